//! Rating: what a month's subscriptions and usage cost. The figures are worked out by hand.

mod again;
mod flat;
mod prices;
mod setting;
mod tiers;
mod usage;
