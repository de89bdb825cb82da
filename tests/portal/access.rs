//! Who gets in, and what each visitor may see.

mod account;
pub mod crawl;
mod csrf;
mod factor;
mod hostile;
mod links;
mod looking;
mod matrix;
mod offered;
mod once;
mod people;
mod pressure;
mod proof;
mod recovery;
mod sign_in;
mod smuggled;
mod standing;
mod table;
mod tenancy;
mod throttle;
mod timing;
