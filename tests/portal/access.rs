//! Who gets in, and what each visitor may see.

mod account;
mod apart;
mod assigned;
mod canary;
pub mod crawl;
mod csrf;
mod exported;
mod factor;
mod forms;
mod hostile;
mod links;
mod looking;
mod matrix;
mod offered;
mod once;
mod people;
mod plausible;
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
