//! Which mails somebody wants.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::Occasion;
use crate::audit::{self, Event};
use crate::db::AnyConnection;
use crate::db::query::Both;
use crate::db::schema::mail_choices as c;
use crate::values::{AccountSide, Act, ResellerId, StaffRole, UserId};

/// An account, as far as mails ask.
#[derive(Debug, Clone)]
pub struct Chooser {
    pub user: UserId,
    pub full_name: String,
    pub reseller: Option<ResellerId>,
    pub side: AccountSide,
    pub role: StaffRole,
}

impl Chooser {
    /// What concerns this person, so that they may choose it.
    pub fn offered(&self) -> Vec<Occasion> {
        let offered = Occasion::ALL.iter().copied();
        offered.filter(|occasion| occasion.is_offered(self.side, self.role)).collect()
    }
}

/// What somebody gets of what is offered to them.
pub fn wanted(connection: &mut AnyConnection, chooser: &Chooser) -> QueryResult<Vec<Occasion>> {
    let chosen: HashMap<Occasion, bool> = c::table
        .filter(c::user_id.eq(chooser.user))
        .select((c::occasion, c::wanted))
        .load(connection)?
        .into_iter()
        .collect();
    let reaches =
        |occasion: &Occasion| occasion.reaches(chooser.side, chooser.role, chosen.get(occasion).copied());
    Ok(chooser.offered().into_iter().filter(reaches).collect())
}

/// Keeps which of the offered mails somebody wants; what is not offered stays as it is.
pub fn choose(
    connection: &mut AnyConnection,
    chooser: &Chooser,
    wants: &[Occasion],
    act: &Act,
) -> QueryResult<()> {
    let before = wanted(connection, chooser)?;
    for occasion in chooser.offered() {
        let wanted = wants.contains(&occasion);
        let row = (c::user_id.eq(chooser.user), c::occasion.eq(occasion), c::wanted.eq(wanted));
        let put = diesel::insert_into(c::table).values(row).on_conflict((c::user_id, c::occasion));
        Both(put.do_update().set(c::wanted.eq(wanted))).execute(connection)?;
    }
    let after = wanted(connection, chooser)?;
    let summary = format!("Mails of {} chosen", chooser.full_name);
    let event = Event::on("user", chooser.user, "user.mails_chosen", summary)
        .of_reseller(chooser.reseller)
        .before(json!({ "mails": before }))
        .after(json!({ "mails": after }));
    audit::record(connection, act, event)
}
