//! The pages of customers and subscriptions, the same for root and re-sellers, each with its own scope.

pub mod customer;
pub mod customers;
pub mod edit_customer;
pub mod sell;
pub mod subscription;
pub mod subscriptions;

use crate::customers::lists::{Standing, SubscriptionRow};

/// How the state of a subscription reads: tone and words.
fn standing(row: &SubscriptionRow) -> (&'static str, &'static str) {
    match row.standing {
        Standing::Running if row.end.is_some() => ("warn", "Ends soon"),
        Standing::Running => ("ok", "Running"),
        Standing::Future => ("info", "Not begun"),
        Standing::Ended => ("plain", "Ended"),
    }
}
