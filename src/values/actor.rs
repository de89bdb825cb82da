//! Who did something, and when.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Timestamp;
use crate::text_enum;

text_enum! {
    /// In which capacity somebody acts.
    pub enum ActorKind { Root => "root", Reseller => "reseller", Applicant => "applicant", System => "system" }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// The account or applicant; the program itself has none.
    pub id: Option<Uuid>,
    pub name: String,
    /// The network address the act came from.
    pub address: Option<String>,
}

impl Actor {
    /// The program itself, under the name of what it does.
    pub fn system(name: &str) -> Self {
        Self { kind: ActorKind::System, id: None, name: name.to_owned(), address: None }
    }
}

/// An act: who and when. Every change of data has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub who: Actor,
    pub at: Timestamp,
}

impl Act {
    /// The day of the act, in UTC.
    pub fn today(&self) -> NaiveDate {
        self.at.day()
    }
}
