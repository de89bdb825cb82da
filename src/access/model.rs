//! Accounts and what one-use links are for.

use crate::text_enum;
use crate::values::{AccountSide, Email, ResellerId, StaffRole, Timestamp, UserId, UserName};

text_enum! {
    /// A disabled account is out at its next request.
    pub enum AccountState { Active => "active", Disabled => "disabled" }
}

text_enum! {
    /// What a one-use link lets its holder do.
    pub enum Purpose {
        /// Create the first root administrator.
        FirstRoot => "first_root",
        /// Set the password of an account that was made for somebody.
        SetPassword => "set_password",
        /// Set a new password in place of one that was forgotten.
        Recovery => "recovery",
        /// Enter as the applicant whose e-mail address it was sent to.
        Applicant => "applicant",
    }
}

/// An account.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub side: AccountSide,
    pub reseller: Option<ResellerId>,
    /// What its owner may do on that side.
    pub role: StaffRole,
    pub email: Email,
    pub user_name: UserName,
    pub full_name: String,
    pub state: AccountState,
    pub last_sign_in_at: Option<Timestamp>,
}

/// An account to make; its password is set by a one-use link.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub side: AccountSide,
    pub reseller: Option<ResellerId>,
    pub role: StaffRole,
    pub email: Email,
    /// The wished user name; another is found when it is taken.
    pub user_name: UserName,
    pub full_name: String,
}

impl User {
    /// The role as people call it: “Root administrator”.
    pub fn role_words(&self) -> String {
        role_words(self.side, self.role)
    }
}

/// A role of a side as people call it.
pub fn role_words(side: AccountSide, role: StaffRole) -> String {
    let side = match side {
        AccountSide::Root => "Root",
        AccountSide::Reseller => "Re-seller",
    };
    format!("{side} {}", role.words().to_lowercase())
}
