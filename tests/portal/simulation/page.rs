//! The page and its ways in: it shows, shares its address, and writes nothing.

use diesel::prelude::*;
use reseller_portal::db::schema::{audit_events, charge_lines, jobs, price_versions, statements};

use super::posted::{a_settled_quarter, post};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_channel, a_reseller, some_terms};
use reseller_portal::values::Scope;

/// How many rows there are of everything that a simulation could touch.
fn rows(world: &World) -> [i64; 5] {
    world.read(|connection| {
        Ok([
            audit_events::table.count().get_result(connection)?,
            charge_lines::table.count().get_result(connection)?,
            jobs::table.count().get_result(connection)?,
            price_versions::table.count().get_result(connection)?,
            statements::table.count().get_result(connection)?,
        ])
    })
}

on_both! {
    fn a_simulation_shows_both_results_and_writes_nothing(world) {
        let channel = a_settled_quarter(world);
        ["2026-07", "2026-08", "2026-09"].iter().for_each(|month| post(world, channel, month));
        let (root, before) = (world.root(), rows(world));
        let page = root.get("/simulation").expect(200);
        assert_eq!((page.field_value("from").as_str(), page.field_value("to").as_str()), ("2026-07", "2026-09"));
        let same = page.row("Total");
        assert_eq!((&same[1], &same[4], same[6].as_str()), (&same[2], &same[5], "$0.00"));
        let page = root.get("/simulation?share=50&basis=revenue&percent=10&from=2026-08&to=2026-08").expect(200);
        assert_eq!(page.field_value("share"), "50");
        let (month, total) = (page.row("August 2026"), page.row("Total"));
        assert_eq!(month[1..], total[1..]);
        assert!(month[6].starts_with('+'), "half of the revenue is more than it was: {month:?}");
        assert!(page.has("svg") && page.main().contains("Commitment and cap"));
        let csv = root.get("/simulation.csv?share=50&percent=10&from=2026-08&to=2026-08").expect(200);
        assert_eq!(csv.html().lines().count(), 5, "{}", csv.html());
        for (name, value) in [("share", "101"), ("percent", "-101"), ("from", "soon"), ("terms", "none")] {
            let page = root.get(&format!("/simulation?{name}={value}")).expect(422);
            assert!(!page.error_of(name).is_empty(), "{name}");
            root.get(&format!("/simulation.csv?{name}={value}")).expect(404);
        }
        assert_eq!(rows(world), before);
    }

    fn a_reseller_simulates_its_own_months_and_an_offer_from_the_negotiation(world) {
        let channel = a_settled_quarter(world);
        ["2026-07", "2026-08"].iter().for_each(|month| post(world, channel, month));
        let (kestrel, request) = world.read(|connection| {
            let channel = reseller_portal::channels::store::find(connection, Scope::Root, channel)?;
            let reseller = reseller_portal::requests::resellers::find(connection, channel.reseller)?;
            Ok((reseller.id, reseller.request))
        });
        some_terms(request).number(2).state("proposed").share("40").from("2027-01").build(world);
        let own = world.reseller(kestrel);
        let agreement = own.get("/agreement").expect(200);
        let page = own.get(&agreement.link("Simulate version 2 on closed months")).expect(200);
        assert!(page.has("select[name='terms'] option[selected]"));
        assert!(page.row("Total")[6].starts_with('+'));
        let halden = a_reseller("Halden").build(world).id;
        a_channel(halden).build(world);
        let stranger = world.reseller(halden);
        stranger.get(&format!("/simulation?channel={channel}")).expect(404);
        stranger.get(&format!("/simulation.csv?channel={channel}")).expect(404);
        assert!(stranger.get("/simulation").expect(200).main().contains("No closed month yet"));
        assert!(!world.root().get("/simulation?from=2025-01&to=2025-02").expect(200).has("svg.chart"));
    }

    fn the_price_editors_prices_are_tried_on_closed_months(world) {
        let channel = a_settled_quarter(world);
        post(world, channel, "2026-07");
        let root = world.root();
        let list = root.get(&format!("/channels/{channel}/prices")).expect(200);
        let editor = list.attributes("a[href$='/USD']", "href").into_iter().next().unwrap();
        let page = root.get(&editor).expect(200);
        let preview = root.press(&page, "Review the price", &[("effective_from", "2027-01-01")]).expect(200);
        let tried = root.get(&preview.link("Simulate on closed months")).expect(200);
        assert!(tried.main().contains("as typed in the price editor"));
        assert!(tried.has("input[type='hidden'][name^='price.']"));
    }

    fn a_hidden_reference_price_is_not_told_by_a_share_of_the_margin(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        a_channel(kestrel.id).hides_reference().build(world);
        let own = world.reseller(kestrel.id);
        let offer = some_terms(kestrel.request).number(2).state("proposed").share("100").of_margin().proposed_by("reseller").from("2027-01").build(world);
        let page = own.get(&format!("/simulation?terms={offer}")).expect(422);
        assert_eq!(page.error_of("terms"), "Choose an agreed version: the channel does not show reference prices");
        let page = own.get("/simulation?share=100&basis=margin").expect(422);
        assert_eq!(page.error_of("basis"), "Choose net revenue: the channel does not show reference prices");
        own.get("/simulation.csv?share=100&basis=margin").expect(404);
        own.get("/simulation?share=100&basis=revenue").expect(200);
        world.root().get("/simulation?share=100&basis=margin").expect(200);
    }
}
