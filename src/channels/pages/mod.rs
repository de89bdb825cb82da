//! The pages of channels: the wizard, the channel, its prices, and the prices that are asked for.

pub mod as_of;
pub mod bulk;
mod bulk_rows;
pub mod channel;
pub mod details;
pub mod drift;
pub mod form;
pub mod list;
pub mod logo;
pub mod price_form;
pub mod price_history;
pub mod price_lines;
pub mod price_request;
pub mod price_requests;
pub mod prices;
pub mod push;
pub mod set_price;
pub mod sold;
pub mod wizard;
