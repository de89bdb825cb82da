//! The pages before anybody is known: sign-in, passwords by link, sign-up; and sign-out.

pub mod enter;
pub mod sign_in;
pub mod sign_up;
pub mod theme;
pub mod welcome;
