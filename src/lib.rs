//! Carries a provider's re-seller relationships from the first request to the monthly revenue share.

pub mod web;
