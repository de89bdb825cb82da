//! Customers and subscriptions, sold within one's own channel.

mod lists;
mod people;
mod selling;
mod subscriptions;
