//! Accounts and what one-use links are for.

use crate::text_enum;
use crate::values::{Email, ResellerId, Timestamp, UserId, UserName};

text_enum! {
    /// The two roles that sign in.
    pub enum AccountRole { Root => "root", Reseller => "reseller" }
}

text_enum! {
    /// A disabled account is out at its next request.
    pub enum AccountState { Active => "active", Disabled => "disabled" }
}

text_enum! {
    /// What a one-use link lets its holder do.
    pub enum Purpose {
        /// Create the first root administrator.
        FirstRoot => "first_root",
        /// Set the password of an account.
        SetPassword => "set_password",
        /// Enter as the applicant whose e-mail address it was sent to.
        Applicant => "applicant",
    }
}

/// An account.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub role: AccountRole,
    pub reseller: Option<ResellerId>,
    pub email: Email,
    pub user_name: UserName,
    pub full_name: String,
    pub state: AccountState,
    pub last_sign_in_at: Option<Timestamp>,
}

/// An account to make; its password is set by a one-use link.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub role: AccountRole,
    pub reseller: Option<ResellerId>,
    pub email: Email,
    /// The wished user name; another is found when it is taken.
    pub user_name: UserName,
    pub full_name: String,
}
