//! Channels: made once for each re-seller, changed by root, priced by both sides.

mod as_of;
mod closed;
mod details;
mod editor;
mod one;
mod planned;
mod price_requests;
mod setting;
mod tiers;
mod wizard;
