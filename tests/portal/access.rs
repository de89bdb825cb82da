//! Who gets in, and what each visitor may see.

mod csrf;
mod links;
mod matrix;
mod sign_in;
mod smuggled;
mod standing;
mod table;
mod tenancy;
