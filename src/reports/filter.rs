//! What a report is about; the same words in addresses and on the command line.

use crate::text_enum;
use crate::values::{BundleId, ChannelId, Code, Currency, CustomerId, Days, Month, ProductId, ResellerId};

text_enum! {
    /// What each row stands for, beside the channel.
    pub enum Group {
        Product => "product",
        Bundle => "bundle",
        Customer => "customer",
        ChargeType => "charge-type",
        Day => "day",
        Week => "week",
        Month => "month",
    }
}

impl Group {
    /// What the Product Usage Report can be grouped by.
    pub const OF_USAGE: &'static [Self] =
        &[Self::Product, Self::Bundle, Self::Customer, Self::Day, Self::Week, Self::Month];
    /// What the Revenue Report can be grouped by.
    pub const OF_REVENUE: &'static [Self] =
        &[Self::Bundle, Self::Product, Self::Customer, Self::ChargeType, Self::Month];

    pub fn words(self) -> &'static str {
        match self {
            Self::Product => "Product",
            Self::Bundle => "Bundle",
            Self::Customer => "Customer",
            Self::ChargeType => "Charge type",
            Self::Day => "Day",
            Self::Week => "Week",
            Self::Month => "Month",
        }
    }
}

/// Which rows a report has: whole months from `from` to `to`, both included, and what narrows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub from: Month,
    pub to: Month,
    pub group: Group,
    pub reseller: Option<ResellerId>,
    pub channel: Option<ChannelId>,
    /// A channel's code, where that is how it was named.
    pub code: Option<Code>,
    pub currency: Option<Currency>,
    pub bundle: Option<BundleId>,
    pub product: Option<ProductId>,
    pub customer: Option<CustomerId>,
}

impl Filter {
    /// One month of everything.
    pub fn month(month: Month, group: Group) -> Self {
        Self {
            from: month,
            to: month,
            group,
            reseller: None,
            channel: None,
            code: None,
            currency: None,
            bundle: None,
            product: None,
            customer: None,
        }
    }

    pub fn days(&self) -> Days {
        Days { from: self.from.first_day(), until: self.to.end() }
    }

    /// The same filter over as many months before.
    pub fn before(&self) -> Self {
        let count = self.from.through(self.to).count();
        let back = |month: Month| (0..count).fold(month, |month, _| month.previous());
        Self { from: back(self.from), to: back(self.to), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_before_has_as_many_months() {
        let filter = Filter {
            to: "2026-03".parse().unwrap(),
            ..Filter::month("2026-01".parse().unwrap(), Group::Product)
        };
        let before = filter.before();
        assert_eq!((before.from.to_string(), before.to.to_string()), ("2025-10".into(), "2025-12".into()));
    }
}
