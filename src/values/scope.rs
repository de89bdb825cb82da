//! Whose rows a store function may touch.

use super::ResellerId;

/// Every store function that touches a re-seller's data takes one. Guards make it from the session; the command line
/// and jobs, which act for the provider, use `Root`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every re-seller's.
    Root,
    /// One re-seller's; all others are as absent.
    Reseller(ResellerId),
}

impl Scope {
    /// The one re-seller, or `None` for all.
    pub fn reseller(self) -> Option<ResellerId> {
        match self {
            Self::Root => None,
            Self::Reseller(id) => Some(id),
        }
    }

    pub fn allows(self, reseller: ResellerId) -> bool {
        self.reseller().is_none_or(|own| own == reseller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resellers_scope_holds_one_and_roots_all() {
        let (own, other) = (ResellerId::derived("own"), ResellerId::derived("other"));
        let scope = Scope::Reseller(own);
        assert_eq!(scope.reseller(), Some(own));
        assert!(scope.allows(own) && !scope.allows(other));
        assert_eq!(Scope::Root.reseller(), None);
        assert!(Scope::Root.allows(own) && Scope::Root.allows(other));
    }
}
