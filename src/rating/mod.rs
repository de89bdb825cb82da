//! Turns subscriptions, usage and prices into charge lines, and shares them by the agreed terms.
//!
//! - **One-time** charges fall in the month of the start. **Recurring** ones are charged in the month served: price x
//!   quantity x active days / days of the month, for each stretch of equal quantity, at the price in effect on the
//!   month's first active day.
//! - **Usage** belongs to the UTC day on which it starts, at the price in effect on that day. What is included (included
//!   quantity x subscription quantity x active days / days of the month, an exact fraction) is used up in order of
//!   days. The rest is charged **per unit**; **graduated**, each unit by its place in the month; by **volume**, all units
//!   at the tier of the month's total; or in **packages**, rounded up once a month, each at the price of the day of its
//!   first unit. **Cost-plus** charges the list cost times (1 + percent), without anything included.
//! - Quantities and costs are summed exactly, and each line is rounded once. The same inputs give the same lines.

mod charge_line;
mod flat;
mod inputs;
mod line;
mod month;
#[cfg(test)]
mod oracle;
mod packages;
mod piece;
#[cfg(test)]
mod sample;
pub mod store;
mod tiers;
mod usage;

pub use charge_line::{ChargeLine, LineKey, LineRole};
pub use inputs::{MonthInputs, SharedLine};
pub use line::{Line, LineKind};
pub use month::{Daily, Input, Prices, rate};
