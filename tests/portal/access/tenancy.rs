//! Another re-seller's objects are as absent: the same answer, to the letter, as for an id that nothing has.

use diesel::prelude::*;
use reseller_portal::channels::{self, logo};
use reseller_portal::db::schema::sessions;
use reseller_portal::routes::ROUTES;
use reseller_portal::usage::store::add_feed;
use reseller_portal::values::{ResellerId, Scope, SessionId};
use reseller_portal::web::Access;

use super::matrix::absent;
use crate::on_both;
use crate::support::builders::{
    SentStatement, a_bundle, a_channel, a_customer, a_disputed_statement, a_price, a_price_request,
    a_request, a_reseller, a_subscription, a_usage_file, an_account, some_terms,
};
use crate::support::{Client, Page, Upload, World};

/// A re-seller with one of everything, and the ids by the addresses that name them.
struct Tenant {
    reseller: ResellerId,
    ids: [(&'static str, String); 10],
    bundle: String,
    planned: String,
    statement: SentStatement,
}

fn tenant(world: &World, name: &str, bundle: &crate::support::builders::Bundle) -> Tenant {
    let reseller = a_reseller(name).build(world).id;
    let channel = a_channel(reseller).sells_within(bundle, "90", "150", "5").build(world);
    let act = world.act();
    world.write(|connection| logo::store::put(connection, Scope::Root, channel, b"a picture", &act));
    let customer = a_customer(channel, name).build(world);
    let subscription = a_subscription(customer, bundle).from("2026-09-01").build(world);
    let planned = a_price(bundle, &["12"]).of(channel).from("2027-02-01").build(world);
    let wish = a_price_request(world, reseller, channel, bundle, "5");
    let file = a_usage_file(world, channel);
    let feed = world.write(|connection| {
        let own = channels::store::find(connection, Scope::Root, channel)?;
        add_feed(connection, &own, false, "Meter", &format!("feed_{name}"), &act)
    });
    let statement = a_disputed_statement(world, reseller, channel, "2026-10");
    let person = an_account(&format!("{name}@people.example")).of(reseller).build(world);
    world.session_of(person);
    let session: SessionId = world.read(|connection| {
        sessions::table.filter(sessions::user_id.eq(person)).select(sessions::id).first(connection)
    });
    let ids = [
        ("/people", person.to_string()),
        ("/account", session.to_string()),
        ("/customers", customer.id.to_string()),
        ("/subscriptions", subscription.id.to_string()),
        ("/channels", channel.to_string()),
        ("/price-requests", wish.to_string()),
        ("/usage/files", file.to_string()),
        ("/usage/feeds", feed.to_string()),
        ("/statements", statement.id.to_string()),
        ("/lines", statement.line.to_string()),
    ];
    Tenant { reseller, ids, bundle: bundle.id.to_string(), planned: planned.to_string(), statement }
}

impl Tenant {
    /// The address of this re-seller's own object.
    fn path(&self, pattern: &str) -> String {
        let (_, id) =
            self.ids.iter().find(|(start, _)| pattern.starts_with(start)).expect("an id for the address");
        let gaps = [
            ("{id}", id.as_str()),
            ("{bundle}", &self.bundle),
            ("{version}", &self.planned),
            ("{currency}", "USD"),
            ("{line}", &self.statement.line.to_string()),
            ("{dispute}", &self.statement.dispute.to_string()),
        ];
        gaps.iter().fold(pattern.to_owned(), |path, (gap, value)| path.replace(gap, value))
    }
}

/// The addresses of single objects that a re-seller may enter.
fn addresses() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = ROUTES.iter().filter(|route| matches!(route.access, Access::Member | Access::Reseller));
    own.filter(|route| route.path.contains("{id}")).map(|route| (route.method, route.path))
}

fn ask(client: &Client, method: &str, path: &str) -> Page {
    if method == "GET" {
        return client.get(path);
    }
    let answer = client.post(path, &[]);
    // A form with a file is of another kind.
    if answer.status == 404 {
        return answer;
    }
    client.post_file(path, &[], &Upload { field: "file", name: "table.csv", content: b"a,b" })
}

/// The page's words without what belongs to the request.
fn words(page: &Page, path: &str) -> String {
    let token = page.csrf().unwrap_or_default();
    page.html().replace(&token, "TOKEN").replace(path, "PATH")
}

on_both! {
    fn what_belongs_to_another_reseller_is_as_absent(world) {
        let bundle = a_bundle("CLOUD").recurring("10").build(world);
        let (kestrel, halden) = (tenant(world, "Kestrel", &bundle), tenant(world, "Halden", &bundle));
        let (owner, stranger) = (world.reseller(kestrel.reseller), world.reseller(halden.reseller));
        assert!(addresses().count() >= 15);
        for (method, pattern) in addresses() {
            let (path, nothing) = (kestrel.path(pattern), absent(pattern));
            let (theirs, none) = (ask(&stranger, method, &path), ask(&stranger, method, &nothing));
            assert_eq!((theirs.status, none.status), (404, 404), "{method} {pattern}");
            assert_eq!(words(&theirs, &path), words(&none, &nothing), "{method} {pattern}");
            if method == "GET" {
                assert_eq!(ask(&owner, method, &path).status, 200, "{method} {pattern} as its owner");
            }
        }
    }

    fn a_list_shows_a_reseller_its_own_rows_and_root_all(world) {
        let bundle = a_bundle("CLOUD").recurring("10").build(world);
        let (kestrel, _) = (tenant(world, "Kestrel", &bundle), tenant(world, "Halden", &bundle));
        let own = world.reseller(kestrel.reseller);
        for path in ["/customers", "/subscriptions"] {
            assert!(own.get(path).main().contains("Kestrel") && !own.get(path).main().contains("Halden"), "{path}");
            let all = world.root().get(path).main();
            assert!(all.contains("Kestrel") && all.contains("Halden"), "{path}");
        }
    }

    fn an_applicant_sees_and_answers_only_the_own_request(world) {
        let theirs = a_request("Kestrel").state("negotiating").build(world);
        some_terms(theirs).state("proposed").build(world);
        a_request("Halden").state("submitted").from("owner@halden.example").build(world);
        let stranger = world.applicant("owner@halden.example");
        let page = stranger.get("/application").expect(200);
        assert_eq!(page.h1(), "Halden");
        let answer = stranger.post("/application/offers/1/agreement", &[]);
        assert!(matches!(answer.status, 404 | 409 | 422), "{}", answer.status);
        let owner = world.applicant("owner@kestrel.example").get("/application").expect(200);
        assert!(owner.has("form[action='/application/offers/1/agreement']"), "the offer is still open");
    }
}
