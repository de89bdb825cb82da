//! What people of each role may do. The gate asks this table at every request, and the page that explains the roles
//! is written from it.

use crate::text_enum;

text_enum! {
    /// On whose side an account is.
    pub enum AccountSide { Root => "root", Reseller => "reseller" }
}

text_enum! {
    /// An account's role on its side.
    pub enum StaffRole {
        /// May do everything that its side may do.
        Administrator => "administrator",
        /// Root's: usage and settlement.
        Finance => "finance",
        /// A re-seller's: customers, subscriptions and usage.
        Seller => "seller",
        /// Sees what its side sees and changes nothing but its own account.
        ReadOnly => "read_only",
    }
}

impl StaffRole {
    /// The roles of a side, the mightiest first.
    pub fn of(side: AccountSide) -> &'static [Self] {
        match side {
            AccountSide::Root => &[Self::Administrator, Self::Finance, Self::ReadOnly],
            AccountSide::Reseller => &[Self::Administrator, Self::Seller, Self::ReadOnly],
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Finance => "Finance",
            Self::Seller => "Seller",
            Self::ReadOnly => "Read-only",
        }
    }
}

/// What a route asks for, beside the side that may enter it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// To see what the side sees, and to keep one's own account.
    Read,
    /// To assess requests, negotiate terms, accept, and to suspend or close an account.
    Requests,
    /// To keep products, bundles and reference prices.
    Catalog,
    /// To create channels and say what they sell.
    Channels,
    /// To set channel prices.
    Prices,
    /// To keep customers and subscriptions.
    Selling,
    /// To import usage and map names.
    Usage,
    /// To close months, send and post statements, answer disputes, give credits, record payments.
    Settling,
    /// To answer terms and statements for the re-seller.
    Agreeing,
    /// To invite people, give roles, deactivate.
    People,
    /// To read the outbox, which holds links that open accounts.
    Outbox,
}

impl Right {
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::Requests,
        Self::Catalog,
        Self::Channels,
        Self::Prices,
        Self::Selling,
        Self::Usage,
        Self::Settling,
        Self::Agreeing,
        Self::People,
        Self::Outbox,
    ];

    /// Whether people of this role have it.
    pub fn is_of(self, side: AccountSide, role: StaffRole) -> bool {
        use AccountSide::{Reseller, Root};
        use StaffRole::{Administrator, Finance, ReadOnly, Seller};
        match (side, role) {
            (Root, Administrator) => self != Self::Agreeing,
            (Root, Finance) => matches!(self, Self::Read | Self::Usage | Self::Settling),
            (Reseller, Administrator) => matches!(
                self,
                Self::Read | Self::Prices | Self::Selling | Self::Usage | Self::Agreeing | Self::People
            ),
            (Reseller, Seller) => matches!(self, Self::Read | Self::Selling | Self::Usage),
            (_, ReadOnly) => self == Self::Read,
            (Root, Seller) | (Reseller, Finance) => false,
        }
    }

    /// What it lets people of a side do, for the page that explains the roles.
    pub fn words(self, side: AccountSide) -> &'static str {
        let is_root = side == AccountSide::Root;
        match self {
            Self::Read if is_root => "See every page, report and export, the audit log and the verification",
            Self::Read => "See the re-seller's pages, reports and exports",
            Self::Requests => "Assess requests, negotiate terms, accept, suspend and close re-sellers",
            Self::Catalog => "Keep products, bundles and reference prices",
            Self::Channels => "Create channels and say what they sell and who may change its prices",
            Self::Prices if is_root => "Set channel prices, answer price requests, accept drift",
            Self::Prices => "Set prices where the provider permits it, ask for others",
            Self::Selling => "Keep customers and subscriptions",
            Self::Usage => "Import usage files, map names, retry unrated usage",
            Self::Settling => {
                "Close months, send and post statements, answer disputes, credit, record payments"
            }
            Self::Agreeing => "Answer terms, agree to statements, dispute lines",
            Self::People => "Invite people, give roles, deactivate accounts",
            Self::Outbox => "Read the outbox, which holds links that open accounts",
        }
    }

    /// The rights that anybody of a side has.
    pub fn of_side(side: AccountSide) -> impl Iterator<Item = Self> {
        let has = move |right: &Self| StaffRole::of(side).iter().any(|role| right.is_of(side, *role));
        Self::ALL.into_iter().filter(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: [AccountSide; 2] = [AccountSide::Root, AccountSide::Reseller];

    #[test]
    fn an_administrator_may_all_that_anybody_of_the_side_may() {
        for side in SIDES {
            for right in Right::of_side(side) {
                assert!(right.is_of(side, StaffRole::Administrator), "{right:?} of {side}");
            }
        }
    }

    #[test]
    fn who_only_reads_has_one_right_and_everybody_has_that() {
        for side in SIDES {
            let of_reader = Right::ALL
                .into_iter()
                .filter(|right| right.is_of(side, StaffRole::ReadOnly))
                .collect::<Vec<_>>();
            assert_eq!(of_reader, [Right::Read]);
            assert!(StaffRole::of(side).iter().all(|role| Right::Read.is_of(side, *role)));
        }
    }

    #[test]
    fn a_role_of_the_other_side_has_no_right() {
        for right in Right::ALL {
            assert!(!right.is_of(AccountSide::Root, StaffRole::Seller));
            assert!(!right.is_of(AccountSide::Reseller, StaffRole::Finance));
        }
    }

    #[test]
    fn each_side_has_its_roles_the_mightiest_first() {
        let words = |side| StaffRole::of(side).iter().map(|role| role.words()).collect::<Vec<_>>();
        assert_eq!(words(AccountSide::Root), ["Administrator", "Finance", "Read-only"]);
        assert_eq!(words(AccountSide::Reseller), ["Administrator", "Seller", "Read-only"]);
    }

    #[test]
    fn each_right_says_of_each_side_what_it_lets_do() {
        let told = |side| Right::of_side(side).map(|right| right.words(side)).collect::<Vec<_>>();
        let root = told(AccountSide::Root);
        assert!(root.contains(&"Set channel prices, answer price requests, accept drift"));
        assert!(root.contains(&"See every page, report and export, the audit log and the verification"));
        assert_eq!(
            told(AccountSide::Reseller),
            [
                "See the re-seller's pages, reports and exports",
                "Set prices where the provider permits it, ask for others",
                "Keep customers and subscriptions",
                "Import usage files, map names, retry unrated usage",
                "Answer terms, agree to statements, dispute lines",
                "Invite people, give roles, deactivate accounts",
            ]
        );
        let all = root.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!((all.len(), root.len()), (Right::ALL.len() - 1, Right::ALL.len() - 1));
    }

    #[test]
    fn only_the_reseller_agrees_for_the_reseller_and_only_root_settles() {
        assert!(Right::of_side(AccountSide::Root).all(|right| right != Right::Agreeing));
        assert!(
            Right::of_side(AccountSide::Reseller)
                .all(|right| !matches!(right, Right::Settling | Right::Outbox))
        );
    }
}
