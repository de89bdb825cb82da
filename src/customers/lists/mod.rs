//! The lists of customers and subscriptions: filtered, bound to the scope.

mod customers;
mod subscriptions;

pub use customers::{CustomerKey, CustomerRow, Customers};
pub use subscriptions::{Standing, SubscriptionKey, SubscriptionRow, Subscriptions, bundle_names};
