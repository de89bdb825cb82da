//! Why a usage record is not rated yet.

use crate::text_enum;

text_enum! {
    /// The first thing that is missing, in the order of the search.
    pub enum UnratedCause {
        /// No customer of the channel has the record's customer name, and no mapping says which.
        Customer => "customer",
        /// No product has the record's product name, and no mapping says which.
        Product => "product",
        /// The customer has no subscription on that day whose bundle charges the product.
        Subscription => "subscription",
        /// No price is in effect on that day in the subscription's currency.
        Price => "price",
        /// Cost-plus: the record's cost is in another currency than the subscription's, or it has none.
        Currency => "currency",
        /// The record counts in another unit than the product.
        Unit => "unit",
    }
}
