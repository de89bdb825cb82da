//! A channel is chosen by its name where there are few, and by its code where there are many.

use crate::on_both;
use crate::support::builders::{a_channel, a_customer, a_reseller};
use crate::support::{Client, Page};

/// Every page on which root chooses a channel, when there is something to filter.
const PAGES: [&str; 8] = [
    "/customers",
    "/customers/new",
    "/usage/files/new",
    "/usage/feeds",
    "/usage/mapping",
    "/statements/closing",
    "/simulation",
    "/reports/usage",
];

fn offered(page: &Page) -> usize {
    page.attributes("select[name=channel] option", "value").iter().filter(|value| !value.is_empty()).count()
}

fn add(client: &Client, channel: &str, name: &str) -> Page {
    let fields =
        [("channel", channel), ("external_id", name), ("name", name), ("country", "NO"), ("currency", "USD")];
    client.post("/customers/new", &fields)
}

fn listed(client: &Client, named: &str) -> Page {
    client.get(&format!("/customers?channel={named}")).expect(200)
}

/// The customers that the page shows.
fn names(page: &Page) -> Vec<String> {
    page.texts("tbody a[href^='/customers/']")
}

/// The same, and the channel that is chosen.
fn shown(client: &Client, named: &str) -> (Vec<String>, String) {
    let page = listed(client, named);
    (names(&page), page.field_value("channel"))
}

on_both! {
    fn of_few_channels_one_is_chosen_by_its_name(world) {
        let root = world.root();
        for name in ["Kestrel", "Halden"] {
            a_channel(a_reseller(name).build(world).id).code(&name.to_uppercase()).named(name).build(world);
        }
        for page in PAGES {
            assert_eq!(offered(&root.get(page).expect(200)), 2, "{page}");
        }
        add(&root, "HALDEN", "Fjord AS").expect(303);
        assert_eq!(shown(&root, "HALDEN"), (vec!["Fjord AS".to_owned()], "HALDEN".to_owned()));
        assert_eq!(shown(&root, "KESTREL").0, [""; 0]);
    }

    fn of_many_channels_the_code_is_typed(world) {
        let root = world.root();
        let first = a_channel(a_reseller("Kestrel").build(world).id).code("KESTREL").named("Kestrel").build(world);
        a_customer(first, "Nordlys").build(world);
        for number in 0..100 {
            a_channel(a_reseller(&format!("Re-seller {number}")).build(world).id).build(world);
        }
        for page in PAGES {
            let shown = root.get(page).expect(200);
            assert_eq!((offered(&shown), shown.has("input[name=channel]")), (0, true), "{page}");
        }
        assert_eq!(add(&root, "", "Fjord AS").expect(422).error_of("channel"), "Choose a channel");
        let unknown = add(&root, "no such", "Fjord AS").expect(422);
        assert_eq!(unknown.error_of("channel"), "No channel has this code");
        assert_eq!((unknown.field_value("channel"), unknown.field_value("name")), ("no such".into(), "Fjord AS".into()));
        add(&root, " kestrel ", "Fjord AS").expect(303);
        let both = vec!["Fjord AS".to_owned(), "Nordlys".to_owned()];
        // An address of before, with the id, goes on working.
        for named in ["kestrel", &first.to_string()] {
            assert_eq!(shown(&root, named), (both.clone(), "KESTREL".to_owned()));
        }
        for unknown in ["NOBODY", "two%20words"] {
            assert_eq!(shown(&root, unknown).0, [""; 0], "{unknown}");
        }
    }

    fn whatever_channel_a_reseller_names_its_own_is_meant(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        a_channel(kestrel).code("KESTREL").build(world);
        let halden = a_channel(a_reseller("Halden").build(world).id).code("HALDEN").build(world);
        a_customer(halden, "Fjord AS").build(world);
        let own = world.reseller(kestrel);
        assert!(!own.get("/customers/new").expect(200).has("[name=channel]"));
        add(&own, "HALDEN", "Nordlys").expect(303);
        assert_eq!(names(&listed(&own, "KESTREL")), ["Nordlys"]);
        assert_eq!(names(&listed(&own, "HALDEN")), [""; 0]);
    }

    fn a_simulation_says_when_no_channel_has_the_code(world) {
        let root = world.root();
        a_channel(a_reseller("Kestrel").build(world).id).code("KESTREL").build(world);
        let page = root.get("/simulation?channel=NOBODY").expect(422);
        assert_eq!(page.error_of("channel"), "No channel has this code");
        root.get("/simulation?channel=kestrel").expect(200);
    }
}
