//! The outbox and the mail server.

use std::net::TcpListener;

use diesel::prelude::*;
use reseller_portal::clock::SharedClock;
use reseller_portal::db::schema::mails;
use reseller_portal::mail::{self, News, Occasion, Recipient, Sender};
use reseller_portal::values::Timestamp;

use crate::on_both;

/// A port that nobody listens at.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

on_both! {
    fn a_mail_that_no_server_takes_waits_with_the_reason_and_the_portal_goes_on(world) {
        let to = [Recipient::Applicant("kim@kestrel.example".parse().unwrap())];
        let letterhead = world.config.letterhead();
        world.write(|connection| {
            mail::tell(connection, Occasion::SignUpLink, &to, &News::default(), &letterhead, world.now())
        });
        let sender = Sender::new(&format!("smtp://127.0.0.1:{}", closed_port()), "portal@northgate.example").unwrap();
        let clock: SharedClock = world.clock.clone();
        for attempt in 1..=2 {
            assert_eq!(mail::send_waiting(world.db(), &sender, &clock).unwrap(), 0);
            let kept: (Option<Timestamp>, i64, Option<String>) = world.read(|connection| {
                mails::table.select((mails::sent_at, mails::attempts, mails::last_error)).first(connection)
            });
            assert_eq!((kept.0, kept.1), (None, attempt));
            assert!(kept.2.is_some_and(|reason| !reason.is_empty()));
        }
        world.root().get("/outbox").expect(200);
    }
}
