//! The mails that an act puts into the outbox.

use diesel::prelude::*;
use reseller_portal::db::schema::mails;
use reseller_portal::mail::Occasion;

use super::World;

impl World {
    /// Who is told what by some work, sorted: `kim@kestrel.example terms_offered`.
    pub fn told(&self, work: impl FnOnce()) -> Vec<String> {
        let all = |connection: &mut _| {
            mails::table
                .order(mails::id)
                .select((mails::recipient, mails::occasion.assume_not_null()))
                .load::<(String, Occasion)>(connection)
        };
        let before = self.read(all).len();
        work();
        let new = self.read(all).split_off(before).into_iter();
        let mut told: Vec<String> = new.map(|(to, occasion)| format!("{to} {occasion}")).collect();
        told.sort();
        told
    }

    /// Every mail as text and with the letter it was made from, for what must not be in it.
    pub fn written(&self) -> Vec<(String, String)> {
        self.read(|connection| {
            mails::table
                .order(mails::id)
                .select((mails::recipient, mails::body.concat(mails::letter.assume_not_null())))
                .load(connection)
        })
    }
}
