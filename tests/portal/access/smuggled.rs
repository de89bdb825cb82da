//! Ids that come in a filter or a field, beside the address: another re-seller's are worth as much as one that
//! nothing has.

use diesel::prelude::*;
use reseller_portal::db::Never;
use reseller_portal::db::schema::{audit_events, customers, price_versions, usage_files};
use reseller_portal::settlement;
use reseller_portal::values::{ChannelId, PriceVersionId, ResellerId};

use crate::on_both;
use crate::support::builders::{
    Bundle, Customer, Subscription, a_bundle, a_channel, a_customer, a_price, a_product, a_record,
    a_reseller, a_subscription, a_usage_file,
};
use crate::support::{Client, Page, Upload, World};

const ABSENT: &str = "0198f2a0-0000-7000-8000-000000000000";

/// A re-seller with a customer who used something in November, some of it unrated.
struct Tenant {
    reseller: ResellerId,
    channel: ChannelId,
    customer: Customer,
    subscription: Subscription,
    planned: PriceVersionId,
    bundle: Bundle,
}

fn tenant(world: &World, name: &str) -> Tenant {
    // The catalog is everybody's, so that its names are not the re-seller's.
    let code: u32 = name.bytes().map(u32::from).sum();
    let product = a_product(&format!("VM-{code}")).build(world);
    let bundle = a_bundle(&format!("BUNDLE-{code}")).recurring("10").usage(product, "0.5").build(world);
    let reseller = a_reseller(name).build(world).id;
    let channel = a_channel(reseller).named(name).sells(&bundle).build(world);
    let customer = a_customer(channel, &format!("{name} Foods")).external(name).build(world);
    let subscription = a_subscription(customer, &bundle).from("2026-10-01").build(world);
    a_record(customer, &subscription, product, "2026-11-03").quantity("7").build(world);
    a_record(customer, &subscription, product, "2026-11-04").unrated("product").build(world);
    a_usage_file(world, channel);
    let planned = a_price(&bundle, &["12", "1"]).of(channel).from("2027-02-01").build(world);
    let month = "2026-11".parse().unwrap();
    world
        .try_write::<_, Never>(|connection| {
            settlement::store::rate_month(connection, channel, month, world.now())
        })
        .unwrap();
    Tenant { reseller, channel, customer, subscription, planned, bundle }
}

/// What a page says, without what belongs to the request itself.
fn said(page: &Page, id: &str) -> (u16, String) {
    (page.status, page.html().replace(&page.csrf().unwrap_or_default(), "TOKEN").replace(id, "ID"))
}

/// What was asked for: the page's main part, or the file.
fn content(page: &Page) -> String {
    if page.header("content-type").starts_with("text/html") { page.main() } else { page.html() }
}

/// Each filter that takes an id, with the id of theirs that it takes.
fn filters(theirs: &Tenant) -> Vec<(String, String)> {
    let (channel, customer) = (theirs.channel.to_string(), theirs.customer.id.to_string());
    let mut filters = vec![
        ("/customers?after=".to_owned(), customer.clone()),
        ("/customers?before=".to_owned(), customer.clone()),
        ("/subscriptions?customer=".to_owned(), customer.clone()),
        ("/usage/mapping?source=portal&channel=".to_owned(), channel.clone()),
    ];
    for path in ["/customers", "/subscriptions", "/usage/files", "/usage/unrated"] {
        filters.push((format!("{path}?channel="), channel.clone()));
    }
    let narrows = [("reseller", theirs.reseller.to_string()), ("channel", channel), ("customer", customer)];
    for report in ["usage", "usage.csv", "revenue", "revenue.csv"] {
        for (field, id) in &narrows {
            let filter = format!("/reports/{report}?from=2026-11&to=2026-11&group=customer&{field}=");
            filters.push((filter, id.clone()));
        }
    }
    filters
}

fn changes(world: &World) -> i64 {
    world.read(|connection| audit_events::table.count().get_result(connection))
}

fn customers_of(world: &World, channel: ChannelId) -> i64 {
    world.read(|connection| {
        customers::table.filter(customers::channel_id.eq(channel)).count().get_result(connection)
    })
}

fn files_of(world: &World, channel: ChannelId) -> i64 {
    world.read(|connection| {
        usage_files::table.filter(usage_files::channel_id.eq(channel)).count().get_result(connection)
    })
}

/// Complete forms for each address of an object, as its owner would send them.
fn complete_forms(theirs: &Tenant) -> Vec<(String, Vec<(&'static str, String)>)> {
    let text = |fields: &[(&'static str, &str)]| {
        fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>()
    };
    let (customer, subscription) = (theirs.customer.id, theirs.subscription.id);
    let (channel, bundle) = (theirs.channel, theirs.bundle.id);
    let facts = text(&[("external_id", "X"), ("name", "Taken"), ("country", "NO"), ("currency", "USD")]);
    let mut sale = text(&[("quantity", "1"), ("start", "2026-11-01"), ("price_rule", "follow")]);
    sale.push(("bundle", bundle.to_string()));
    let change = text(&[("quantity", "2"), ("from", "2026-11-20")]);
    vec![
        (format!("/customers/{customer}/edit"), facts),
        (format!("/customers/{customer}/subscriptions/new"), sale),
        (format!("/subscriptions/{subscription}/quantities"), change),
        (format!("/subscriptions/{subscription}/cancellation"), text(&[("end", "2026-12-01")])),
        (format!("/channels/{channel}/planned-prices/{}/removal", theirs.planned), Vec::new()),
        (
            format!("/channels/{channel}/prices/{bundle}/USD"),
            text(&[("confirmed", "1"), ("concerns", "existing")]),
        ),
    ]
}

fn send(client: &Client, path: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields)
}

on_both! {
    fn a_filter_by_anothers_id_answers_as_for_one_that_nothing_has(world) {
        let (theirs, own) = (tenant(world, "Osprey"), tenant(world, "Halden"));
        let (owner, stranger) = (world.reseller(theirs.reseller), world.reseller(own.reseller));
        for (filter, id) in filters(&theirs) {
            let (asked, none) = (stranger.get(&format!("{filter}{id}")), stranger.get(&format!("{filter}{ABSENT}")));
            assert_eq!(said(&asked, &id), said(&none, ABSENT), "{filter}");
            assert!(!asked.html().contains("Osprey"), "{filter} tells the name");
            let mine = owner.get(&format!("{filter}{id}")).expect(200);
            // A page beside the only customer is empty, and so is the mapping of names that are all known.
            let is_empty = ["after=", "before=", "/usage/mapping"].iter().any(|part| filter.contains(part));
            assert!(is_empty || content(&mine) != content(&none), "{filter} shows its owner nothing");
        }
    }

    fn a_new_customer_or_file_for_anothers_channel_lands_in_the_own_one(world) {
        let (theirs, own) = (tenant(world, "Osprey"), tenant(world, "Halden"));
        let stranger = world.reseller(own.reseller);
        let channel = theirs.channel.to_string();
        let facts = [("channel", channel.as_str()), ("external_id", "NEW"), ("name", "New"), ("country", "NO"), ("currency", "USD")];
        stranger.post("/customers/new", &facts).expect(303);
        assert_eq!((customers_of(world, theirs.channel), customers_of(world, own.channel)), (1, 2));
        let file = Upload { field: "usage", name: "u.csv", content: b"id,customer,product,quantity,unit,start,end\n" };
        stranger.post_file("/usage/files/new", &[("channel", &channel), ("format", "portal")], &file).expect(303);
        assert_eq!((files_of(world, theirs.channel), files_of(world, own.channel)), (1, 2));
        world.settle();
    }

    fn a_name_is_not_mapped_to_anothers_customer(world) {
        let (theirs, own) = (tenant(world, "Osprey"), tenant(world, "Halden"));
        let channel = theirs.channel.to_string();
        let fields = |to| [("channel", channel.as_str()), ("source", "portal"), ("kind.0", "customer"), ("name.0", "n"), ("to.0", to)];
        let before = changes(world);
        let answer = world.reseller(own.reseller).post("/usage/mapping", &fields("Osprey")).expect(422);
        assert!(answer.html().contains("No customer has the id or the name “Osprey”"));
        assert_eq!(changes(world), before);
        world.reseller(own.reseller).post("/usage/mapping", &fields("Halden")).expect(303);
    }

    fn anothers_planned_price_is_not_dropped_through_the_own_channel(world) {
        let (theirs, own) = (tenant(world, "Osprey"), tenant(world, "Halden"));
        let path = |version| format!("/channels/{}/planned-prices/{version}/removal", own.channel);
        let stranger = world.reseller(own.reseller);
        let (before, none) = (changes(world), stranger.post(&path(ABSENT.parse().unwrap()), &[]));
        let answer = stranger.post(&path(theirs.planned), &[]);
        assert_eq!(said(&answer, &theirs.planned.to_string()), said(&none, ABSENT));
        assert_eq!((answer.status, changes(world)), (404, before));
        let left: i64 = world.read(|connection| {
            price_versions::table.filter(price_versions::id.eq(theirs.planned)).count().get_result(connection)
        });
        assert_eq!(left, 1);
        stranger.post(&path(own.planned), &[]).expect(303);
    }

    fn a_bundle_that_only_another_sells_is_neither_sold_nor_priced(world) {
        let (theirs, own) = (tenant(world, "Osprey"), tenant(world, "Halden"));
        let stranger = world.reseller(own.reseller);
        stranger.get(&format!("/channels/{}/prices/{}/USD", own.channel, theirs.bundle.id)).expect(404);
        let (path, bundle) = (format!("/customers/{}/subscriptions/new", own.customer.id), theirs.bundle.id.to_string());
        let sale = [("bundle", bundle.as_str()), ("quantity", "1"), ("start", "2026-11-01"), ("price_rule", "follow")];
        let answer = stranger.post(&path, &sale).expect(422);
        assert_eq!(answer.error_of("bundle"), "Choose a bundle that the channel sells");
    }

    fn a_complete_form_for_anothers_object_changes_nothing(world) {
        let (theirs, own) = (tenant(world, "Osprey"), tenant(world, "Halden"));
        let (stranger, before) = (world.reseller(own.reseller), changes(world));
        for (path, fields) in complete_forms(&theirs) {
            assert_eq!(send(&stranger, &path, &fields).status, 404, "{path}");
            assert_eq!(changes(world), before, "{path}");
        }
        for (path, fields) in complete_forms(&theirs) {
            let status = send(&world.reseller(theirs.reseller), &path, &fields).status;
            assert!(matches!(status, 303 | 422), "{path} as its owner: {status}");
        }
        assert!(changes(world) >= before + 5, "the forms are complete");
    }
}
