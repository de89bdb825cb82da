//! The pages before anybody is known: sign-in, passwords by link, sign-up; and those of one's own account and of the
//! people of one's side.

pub mod account;
pub mod code;
pub mod enter;
pub mod invitation;
pub mod keys;
pub mod mail;
pub mod password;
pub mod people;
pub mod person;
pub mod proof;
pub mod recovery;
pub mod second_factor;
pub mod sign_in;
pub mod sign_up;
pub mod theme;
pub mod welcome;
