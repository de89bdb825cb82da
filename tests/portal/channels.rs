//! Channels: made once for each re-seller, changed by root, priced by both sides.

mod as_of;
mod bulk;
mod choice;
mod closed;
mod details;
mod drift;
mod editor;
mod logo;
mod mails;
mod one;
mod planned;
mod price_requests;
pub mod setting;
mod tiers;
mod wizard;
