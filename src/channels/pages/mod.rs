//! The pages of channels: the wizard, the channel, and its prices.

pub mod as_of;
pub mod channel;
pub mod details;
pub mod form;
pub mod list;
pub mod prices;
pub mod set_price;
pub mod sold;
pub mod wizard;
