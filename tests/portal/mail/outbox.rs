//! Root looks at mails before and after they are written.

use diesel::prelude::*;
use reseller_portal::db::schema::mails;
use reseller_portal::mail::{self, News, Occasion, Recipient};
use reseller_portal::values::MailId;

use crate::on_both;
use crate::support::World;

const HOSTILE: &str = "<script>alert(1)</script> & \"Sons\"";

fn a_mail(world: &World) -> MailId {
    let news = News {
        who: HOSTILE.into(),
        about: "RR-2026-00042\r\nBcc: thief@evil.example".into(),
        quote: "One\n<b>two</b>".into(),
        facts: vec![("Country", "Norway\n\nThe portal says: all is well".into())],
        path: "/requests/1".into(),
        ..News::default()
    };
    let to = [Recipient::Member("rosa@northgate.example".parse().unwrap())];
    let letterhead = world.config.letterhead();
    world.write(|connection| {
        mail::tell(connection, Occasion::RequestSubmitted, &to, &news, &letterhead, world.now())
    });
    world.read(|connection| mails::table.select(mails::id).first(connection))
}

on_both! {
    fn root_sees_a_mail_as_html_and_as_text_and_nothing_in_it_is_markup(world) {
        let id = a_mail(world);
        let page = world.root().get(&format!("/outbox/{id}")).expect(200);
        let letter = page.text("article.letter");
        for said in ["A request was submitted", HOSTILE, "<b>two</b>", "Norway The portal says: all is well", "Choose your mails:"] {
            assert!(letter.contains(said), "{said}: {letter}");
        }
        assert!(page.text("pre.mail-text").contains(HOSTILE));
        assert!(!page.html().contains("<script>alert") && !page.has("article b"));
        assert_eq!(page.link("Review the request"), format!("{}/requests/1", world.config.public_url));
        assert_eq!(page.h1(), "A request was submitted: RR-2026-00042 Bcc: thief@evil.example");
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
    }

    fn a_mail_from_before_letters_is_shown_as_its_text(world) {
        let id = a_mail(world);
        world.write(|connection| {
            let none = (mails::letter.eq(None::<String>), mails::occasion.eq(None::<String>));
            diesel::update(mails::table).set(none).execute(connection)
        });
        let page = world.root().get(&format!("/outbox/{id}")).expect(200);
        assert!(!page.has("article.letter") && page.has("pre.mail-text"));
    }

    fn every_occasion_has_a_sample_that_leads_nowhere(world) {
        let root = world.root();
        let page = root.get("/outbox").expect(200);
        let page = root.get(&page.link("See sample mails")).expect(200);
        assert_eq!(page.texts("article.letter").len(), Occasion::ALL.len());
        assert_eq!(page.texts("pre.mail-text").len(), Occasion::ALL.len());
        let main = page.main();
        for occasion in Occasion::ALL {
            assert!(main.contains(occasion.title()), "{occasion}");
        }
        assert!(!page.has("article a[href]"));
    }
}
