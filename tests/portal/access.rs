//! Who gets in, and what each visitor may see.

mod csrf;
mod links;
mod sign_in;
