//! What can be offered: shares, days, months; what cannot comes back as it was typed.

use super::setting::{offer, versions};
use crate::on_both;
use crate::support::builders::{a_bundle, a_product, a_request};

const ABSENT: &str = "0198f2a0-0000-7000-8000-000000000000";

on_both! {
    fn a_share_is_from_0_to_100_percent_with_4_decimals(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let bundle = a_bundle("START").recurring("10").build(world).id;
        a_product("DISK").category("Storage").build(world);
        let (root, path) = (world.root(), format!("/requests/{id}/offers"));
        let fields = ["share".to_owned(), format!("bundle_share.{bundle}"), "category_share.Storage".to_owned()];
        let refused = [("100.0001", "Enter a percent from 0 to 100"), ("-0.0001", "Enter a percent from 0 to 100"),
            ("17.12345", "Enter a percent with at most 4 decimals, below 100,000"), ("a fifth", "Enter a percent, such as 17.5")];
        for field in &fields {
            for (typed, message) in refused {
                let page = root.post(&path, &offer(&[(field, typed)])).expect(422);
                assert_eq!((page.error_of(field).as_str(), page.field_value(field).as_str()), (message, typed), "{field}");
                assert_eq!((page.errors().len(), page.field_value("payment_days").as_str()), (1, "30"));
            }
        }
        assert!(versions(world, id).is_empty());
        for (typed, kept) in [("0", "0"), ("100", "100"), ("17.1234", "17.1234"), (" 17.50 % ", "17.5")] {
            let changes: Vec<_> = fields.iter().map(|field| (field.as_str(), typed)).collect();
            root.post(&path, &offer(&changes)).expect(303);
            let rule = versions(world, id).remove(0).offer.rule;
            let special = rule.by_bundle.values().chain(rule.by_category.values());
            assert_eq!((rule.general.to_string(), special.map(ToString::to_string).collect()), (kept.to_owned(), vec![kept.to_owned(); 2]));
        }
        root.post(&path, &offer(&[("share", "")])).expect(422);
        root.post(&path, &offer(&[(&fields[1], ""), (&fields[2], " ")])).expect(303);
        let rule = versions(world, id).remove(0).offer.rule;
        assert!(rule.by_bundle.is_empty() && rule.by_category.is_empty());
    }

    fn a_rate_for_a_bundle_that_is_none_is_not_offered(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let field = format!("bundle_share.{ABSENT}");
        world.root().post(&format!("/requests/{id}/offers"), &offer(&[(&field, "5")])).expect(404);
        assert!(versions(world, id).is_empty());
    }

    fn days_months_and_notes_have_their_limits(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, path, long) = (world.root(), format!("/requests/{id}/offers"), "x".repeat(4001));
        for (field, typed) in [("payment_days", "366"), ("payment_days", "-1"), ("payment_days", "1.5"), ("payment_days", ""),
            ("valid_from", ""), ("valid_from", "2026-13"), ("valid_until", "2026-11"), ("valid_until", "never"),
            ("basis", ""), ("collects", "both"), ("note", &long)] {
            let page = root.post(&path, &offer(&[(field, typed)])).expect(422);
            assert!(!page.error_of(field).is_empty(), "{field} {typed}");
            assert_eq!(page.errors().len(), 1, "{field} {typed}");
        }
        assert!(versions(world, id).is_empty());
        for (field, typed) in [("payment_days", "0"), ("payment_days", "365"), ("valid_until", "2026-12"), ("note", &long[1..])] {
            root.post(&path, &offer(&[(field, typed)])).expect(303);
        }
        assert_eq!(versions(world, id).len(), 4);
    }

    fn a_first_offer_begins_next_month_and_may_begin_in_a_past_one(world) {
        let id = a_request("Halden").state("in_review").build(world);
        world.clock.set("2027-02-28T23:59:00Z");
        let (root, path) = (world.root(), format!("/requests/{id}/offers"));
        let page = root.get(&path).expect(200);
        assert_eq!((page.field_value("valid_from").as_str(), page.field_value("payment_days").as_str()), ("2027-03", "30"));
        assert_eq!(page.field_value("share"), "");
        root.press(&page, "Send the offer", &[("share", "15"), ("valid_from", "2024-09")]).expect(303);
        assert_eq!(versions(world, id)[0].offer.valid_from.to_string(), "2024-09");
    }
}
