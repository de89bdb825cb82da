//! What every page needs and no capability owns: who is visiting, forms, errors, headers, the page's frame.

mod again;
pub mod assets;
pub mod charts;
pub mod csrf;
pub mod csv;
pub mod design;
mod error;
pub mod filters;
pub mod form;
mod frame;
mod guards;
pub mod headers;
pub mod links;
pub mod pace;
pub mod proof;
mod proxies;
pub mod request_id;
mod respond;
pub mod sheet;
pub mod shell;
mod site;
pub mod upload;
mod visitor;

pub use error::{Error, error_pages};
pub use form::{Errors, Fields, Form, NoFields, kept_text, optional_text};
pub use guards::{Applicant, Member, ResellerStaff, RootStaff};
pub use proxies::Proxies;
pub use respond::{Go, page, page_with, random_token, see_other};
pub use shell::Shell;
pub use site::Site;
pub use visitor::{Access, Entry, Lasting, Role, Visitor};

/// What a handler answers.
pub type Answer = Result<actix_web::HttpResponse, Error>;
