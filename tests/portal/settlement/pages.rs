//! Statements as people meet them.

use std::io::Read;

use diesel::prelude::*;
use reseller_portal::db::schema::mails;
use reseller_portal::settlement::StatementState;

use super::setting::{find, kestrel, lines, state, statement_of};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_subscription, an_account};

fn mails(world: &World) -> Vec<String> {
    world.read(|connection| {
        mails::table.order(mails::id.desc()).limit(20).select(mails::subject).load(connection)
    })
}

on_both! {
    fn a_month_goes_from_open_to_paid_by_its_buttons(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        kestrel.rate(world, "2026-10");
        an_account("kim@kestrel.example").of(kestrel.reseller).build(world);
        let (root, reseller) = (world.root(), world.reseller(kestrel.reseller));
        let id = statement_of(world, kestrel.channel, "2026-10");
        let path = format!("/statements/{id}");
        let open = root.get(&path).expect(200);
        assert_eq!(open.h1(), "October 2026 in USD");
        let closed = root.follow(&root.press(&open, "Close the month", &[]));
        assert_eq!(closed.flash(), "1 statement closed");
        let closing = root.get(&path).expect(200);
        assert!(closing.main().contains("30 days of the month without usage"));
        let refused = root.post(&format!("{path}/waivers"), &[("item", "missing_days"), ("reason", " ")]).expect(422);
        assert_eq!(refused.error_of("reason-missing_days"), "Enter the reason, in at most 1,000 characters");
        let waived = root.submit(&format!("{path}/waivers"), &[("item", "missing_days"), ("reason", "One record a month")]);
        assert!(waived.main().contains("One record a month"));
        let sent = root.follow(&root.press(&waived, "Send to the re-seller", &[]));
        assert_eq!(sent.flash(), "Kestrel was sent the statement");
        assert!(mails(world).contains(&"Your statement is ready: KESTREL 2026-10 USD".to_owned()), "{:?}", mails(world));
        let theirs = reseller.get(&path).expect(200);
        let agreed = reseller.follow(&reseller.press(&theirs, "Agree to the statement", &[]));
        assert_eq!(agreed.flash(), "You agreed to the statement");
        let confirm = root.get(&format!("{path}/posting")).expect(200);
        assert!(confirm.main().contains("Northgate Cloud owes Kestrel $21.00"), "{}", confirm.main());
        let posted = root.follow(&root.press(&confirm, "Post the statement", &[]));
        assert_eq!(posted.flash(), "Posted as ST-2026-000001");
        let form = root.get(&format!("{path}/payments")).expect(200);
        assert_eq!(form.field_value("amount"), "21.00");
        let wrong = root.post(&format!("{path}/payments"), &[("amount", "21.01"), ("paid_on", "2026-11-20"), ("reference", "B1")]).expect(422);
        assert_eq!(wrong.error_of("amount"), "Enter an amount above zero and up to 21, which is due");
        assert_eq!(wrong.field_value("reference"), "B1");
        let paid = root.follow(&root.press(&form, "Record the payment", &[("reference", "B1")]));
        assert_eq!(paid.flash(), "$21.00 recorded");
        assert!(paid.texts(".badge").contains(&"Paid".to_owned()), "{:?}", paid.texts(".badge"));
        assert!(root.get("/verification").main().contains("Every statement is as it was posted."));
    }

    fn a_dispute_goes_there_and_back(world) {
        let kestrel = kestrel(world);
        let id = kestrel.sent(world, "2026-10");
        let line = lines(world, id)[0].id;
        let (root, reseller) = (world.root(), world.reseller(kestrel.reseller));
        let form = reseller.get(&format!("/statements/{id}/lines/{line}/dispute")).expect(200);
        let path = form.action("Dispute the line");
        let refused = reseller.post(&path, &[("reason", ""), ("claimed", "much")]).expect(422);
        assert_eq!(refused.errors().len(), 2);
        assert_eq!(refused.field_value("claimed"), "much");
        let raised = reseller.submit(&path, &[("reason", "We ended it on the 16th"), ("claimed", "50")]);
        assert_eq!(raised.flash(), "The line is disputed");
        assert_eq!(state(world, id), StatementState::Disputed);
        let again = reseller.post(&path, &[("reason", "Again")]).expect(422);
        assert_eq!(again.error_of("reason"), "The line is disputed already");
        let seen = root.get(&format!("/statements/{id}")).expect(200);
        assert!(seen.row("We ended it on the 16th").contains(&"$50.00".to_owned()));
        let dispute = world.read(|connection| reseller_portal::settlement::store::disputes::of(connection, id))[0].id;
        let path = format!("/statements/{id}/disputes/{dispute}/answer");
        let too_much = root.post(&path, &[("answer", "Right"), ("credit", "100.01")]).expect(422);
        assert_eq!(too_much.error_of("credit"), "Enter an amount above zero and up to 100, which is left of the line");
        let answered = root.submit(&path, &[("answer", "You are right"), ("credit", "50")]);
        assert_eq!(answered.flash(), "The dispute is answered");
        let theirs = reseller.get(&format!("/statements/{id}")).expect(200);
        assert!(theirs.main().contains("You are right") && theirs.main().contains("Credit: You are right"));
        reseller.press(&theirs, "Agree to the statement", &[]);
        assert_eq!(state(world, id), StatementState::Agreed);
    }

    fn what_is_downloaded_is_what_the_page_shows(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let id = kestrel.sent(world, "2026-10");
        let reseller = world.reseller(kestrel.reseller);
        let content = reseller.get(&format!("/statements/{id}/lines.csv")).expect(200);
        let text = String::from_utf8(content.bytes.clone()).unwrap();
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
        let nets: Vec<&str> = rows.iter().map(|row| &row[19]).collect();
        assert_eq!(nets, ["100.00", "5.00"]);
        let book = reseller.get(&format!("/statements/{id}/lines.xlsx")).expect(200);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book.bytes.clone())).unwrap();
        let mut sheet = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        assert!(sheet.contains("<v>100</v>") && sheet.contains("<v>105</v>"), "{sheet}");
    }

    fn a_line_opens_its_chain_down_to_the_usage_record(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let id = kestrel.sent(world, "2026-10");
        let line = lines(world, id)[1].clone();
        for client in [world.root(), world.reseller(kestrel.reseller)] {
            let why = client.get(&format!("/lines/{}", line.id)).expect(200);
            let told = why.main();
            for step in ["10 × 0.5 = 5", "to $5.00", "the reference price book", "version 1", "Net revenue", "5 Oct 2026"] {
                assert!(told.contains(step), "{step}: {told}");
            }
        }
    }

    fn a_list_is_filtered_by_month_and_state(world) {
        let kestrel = kestrel(world);
        kestrel.posted(world, "2026-09");
        kestrel.sent(world, "2026-10");
        let root = world.root();
        let all = root.get("/statements").expect(200);
        assert!(all.has_link("September 2026, USD") && all.has_link("October 2026, USD"));
        let some = root.get("/statements?state=posted").expect(200);
        assert!(some.has_link("September 2026, USD") && !some.has_link("October 2026, USD"));
        let none = root.get("/statements?month=2024-01").expect(200);
        assert!(none.main().contains("No statement matches"));
        assert_eq!(find(world, statement_of(world, kestrel.channel, "2026-10")).state, StatementState::Sent);
    }

    fn the_shares_of_a_month_are_told_rate_by_rate_and_slice_by_slice(world) {
        let kestrel = super::setting::with_terms(world, |terms| terms.share("20").tier("USD", "100", "50").limits("USD", Some("95"), None));
        kestrel.used(world, "2026-10-05", "40");
        let id = kestrel.sent(world, "2026-10");
        for client in [world.root(), world.reseller(kestrel.reseller)] {
            let told = client.get(&format!("/statements/{id}/shares")).expect(200).main();
            for step in ["100 at 20% up to $100.00 = 20", "20 at 50% above $100.00 = 10", "30, rounded once to $30.00", "25", "Minimum commitment"] {
                assert!(told.contains(step), "{step}: {told}");
            }
        }
    }

    fn a_line_of_a_running_month_leads_its_reseller_to_nothing_it_cannot_see(world) {
        let kestrel = kestrel(world);
        kestrel.rate(world, "2026-11");
        let open = statement_of(world, kestrel.channel, "2026-11");
        let path = format!("/lines/{}", lines(world, open)[0].id);
        let (theirs, ours) = (world.reseller(kestrel.reseller).get(&path).expect(200), world.root().get(&path).expect(200));
        let hidden = format!("/statements/{open}");
        assert!(!theirs.html().contains(&hidden) && ours.html().contains(&hidden));
    }

    fn a_long_statement_shows_its_lines_page_by_page(world) {
        let kestrel = kestrel(world);
        for _ in 0..220 {
            a_subscription(kestrel.customer, &kestrel.bundle).from("2026-10-01").build(world);
        }
        let id = kestrel.sent(world, "2026-10");
        let reseller = world.reseller(kestrel.reseller);
        let first = reseller.get(&format!("/statements/{id}")).expect(200);
        assert!(first.main().contains("Lines 1 to 200 of 221"));
        assert_eq!(first.texts("tfoot td").first().map(String::as_str), Some("$22,100.00"));
        let second = reseller.get(&first.link("Next")).expect(200);
        assert!(second.main().contains("Lines 201 to 221 of 221") && second.has_link("Previous"));
        let shares = reseller.get(&format!("/statements/{id}/shares")).expect(200);
        assert!(shares.main().contains("Lines 1 to 200 of 221"));
        let rest = reseller.get(&shares.link("Next")).expect(200);
        let told = |page: &crate::support::Page| page.texts("tbody tr").len();
        assert_eq!((told(&shares), told(&rest)), (200, 21));
        assert!(rest.main().contains("22100, the sum of the lines"), "{}", rest.main());
        for skipped in ["x", "-1", "221", "9223372036854775807"] {
            reseller.get(&format!("/statements/{id}/shares?skipped={skipped}")).expect(200);
            let page = reseller.get(&format!("/statements/{id}?skipped={skipped}")).expect(200);
            assert!(page.main().contains("Lines 1 to 200 of 221"));
        }
    }
}
