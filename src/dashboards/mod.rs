//! The two home pages: what waits for you, what changed, and this month's money; and the counts beside the menu.

mod by_reseller;
pub mod example;
mod figures;
mod first_steps;
pub mod help;
mod kept_funnel;
pub mod pages;
mod price_tasks;
mod statement_tasks;
mod store;
mod tasks;
mod waiting;

pub use kept_funnel::KeptFunnel;
pub use waiting::waiting;
