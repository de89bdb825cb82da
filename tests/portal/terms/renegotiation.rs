//! New terms for a running agreement: either side offers, the other answers, the touched months are rated again.

use reseller_portal::terms::TermsState;
use reseller_portal::values::ChannelId;

use super::setting::{offer, versions};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{
    Reseller, a_bundle, a_channel, a_customer, a_reseller, a_subscription, some_terms,
};

const NOVEMBER: &str = "/reports/revenue.csv?from=2026-11&to=2026-11&group=bundle";

/// Kestrel sells a bundle at 100 a month to one customer, for a share of 20 percent.
fn kestrel(world: &World) -> (Reseller, ChannelId) {
    let bundle = a_bundle("START").recurring("100").build(world);
    let kestrel = a_reseller("Kestrel").share("20").build(world);
    let channel = a_channel(kestrel.id).sells(&bundle).build(world);
    a_subscription(a_customer(channel, "Aldous").build(world), &bundle).from("2026-01-01").build(world);
    (kestrel, channel)
}

fn states(world: &World, reseller: &Reseller) -> Vec<TermsState> {
    versions(world, reseller.request).into_iter().map(|version| version.state).collect()
}

on_both! {
    fn new_terms_from_a_past_month_change_what_its_months_bring(world) {
        let (kestrel, channel) = kestrel(world);
        let (root, own) = (world.root(), world.reseller(kestrel.id));
        let path = format!("/requests/{}/offers", kestrel.request);
        root.submit(&path, &offer(&[("share", "35"), ("valid_from", "2026-09")])).expect(200);
        world.settle();
        assert!(!world.months_to_rate(channel).contains(&"2026-09".to_owned()), "an offer alone changes nothing");
        let page = own.get("/agreement").expect(200);
        assert_eq!(page.row("Re-seller share")[1..], ["20%", "35% Changed"]);
        assert!(page.main().contains("Your share is 20% from"));
        let page = own.follow(&own.press(&page, "Agree to 35%", &[]));
        assert_eq!(page.flash(), "You agreed to version 2");
        assert!(page.main().contains("Your share is 35% from September 2026 on"), "{}", page.main());
        world.settle();
        assert_eq!(world.months_to_rate(channel), ["2026-09", "2026-10", "2026-11"]);
        let csv = own.get(NOVEMBER).expect(200).html();
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let rows: Vec<std::collections::HashMap<String, String>> = rows.deserialize().map(Result::unwrap).collect();
        assert!(rows.iter().any(|row| row.values().any(|cell| cell == "35.00")), "{csv}");
    }

    fn a_reseller_offers_and_root_counters_agrees_or_declines(world) {
        let (kestrel, _) = kestrel(world);
        let (root, own) = (world.root(), world.reseller(kestrel.id));
        let address = format!("/requests/{}", kestrel.request);
        let page = own.get("/agreement/offers").expect(200);
        own.press(&page, "Send the offer", &[("share", "40")]).expect(303);
        assert!(root.get("/").expect(200).main().contains("Kestrel answered your terms"));
        assert_eq!(states(world, &kestrel), [TermsState::Proposed, TermsState::Agreed]);
        root.submit(&format!("{address}/offers"), &offer(&[("share", "30")])).expect(200);
        own.post("/agreement/offers/2/agreement", &[]).expect(409);
        assert!(own.get("/agreement").expect(200).main().contains("The provider offered version 3"));
        own.submit("/agreement/offers/3/refusal", &[]).expect(200);
        own.submit("/agreement/offers", &offer(&[("share", "33")])).expect(200);
        own.post("/agreement/offers/4/agreement", &[]).expect(409);
        root.submit(&format!("{address}/offers/4/refusal"), &[]).expect(200);
        own.submit("/agreement/offers", &offer(&[("share", "31")])).expect(200);
        root.submit(&format!("{address}/offers/5/agreement"), &[]).expect(200);
        let expected = ["agreed", "declined", "declined", "countered", "agreed"];
        assert_eq!(states(world, &kestrel).into_iter().map(TermsState::as_str).collect::<Vec<_>>(), expected);
        let newest = versions(world, kestrel.request).remove(0);
        assert_eq!((newest.created_by.as_str(), newest.answered_by.as_deref()), ("Kim Kestrel", Some("Rosa Root")));
        assert!(newest.answered_at.is_some());
        // The table lists all of them.
        assert_eq!(own.get("/agreement").rows().iter().filter(|row| row.len() == 5).count(), 5);
    }

    fn a_version_is_never_edited(world) {
        let (kestrel, _) = kestrel(world);
        let first = versions(world, kestrel.request).remove(0);
        let own = world.reseller(kestrel.id);
        own.submit("/agreement/offers", &offer(&[("share", "40")])).expect(200);
        own.submit("/agreement/offers", &offer(&[("share", "41")])).expect(200);
        assert_eq!(versions(world, kestrel.request).remove(2), first);
        for number in [1, 2, 9] {
            world.root().post(&format!("/requests/{}/offers/{number}/agreement", kestrel.request), &[]).expect(409);
        }
        assert_eq!(states(world, &kestrel), [TermsState::Proposed, TermsState::Countered, TermsState::Agreed]);
    }

    fn an_offer_number_reaches_only_the_own_agreement(world) {
        let (kestrel, _) = kestrel(world);
        let halden = a_reseller("Halden").build(world);
        for reseller in [&kestrel, &halden] {
            some_terms(reseller.request).number(2).share("44").state("proposed").build(world);
        }
        world.reseller(halden.id).submit("/agreement/offers/2/agreement", &[]).expect(200);
        assert_eq!(states(world, &kestrel)[0], TermsState::Proposed);
        assert_eq!(states(world, &halden)[0], TermsState::Agreed);
        assert!(!world.reseller(halden.id).get("/agreement").main().contains("Waits for an answer"));
    }
}
