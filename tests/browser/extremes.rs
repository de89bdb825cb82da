//! The pages with nothing on them, and with the longest names, names from right to left and amounts of twelve digits.

use reseller_portal::db::{Failure, Never};
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store;
use reseller_portal::values::{ChannelId, Month, ResellerId, Scope, StatementId};

use crate::browser::{Browser, Desk};
use crate::closely;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_product, a_record, a_request, a_reseller, a_subscription, an_account,
};
use crate::support::{Database, PASSWORD, World};

const ROOT: &str = "root@northgate.example";
const OF_THE_RESELLER: &str = "kim@kestrel.example";
const LONG: &str =
    "Mecklenburgische Rechenzentrums- und Telekommunikationsdienstleistungsgesellschaft mbH & Co. KG";
/// One word, as long as any in a company's name.
const UNBROKEN: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbaugesellschaft";
/// Gulf Company for Cloud Computing.
const FROM_RIGHT: &str = "شركة الخليج للحوسبة السحابية المحدودة";
/// The largest price; a dozen of it a month has twelve digits.
const HUGE: &str = "9999999999.99";

#[test]
fn pages_without_a_row_fit_every_window() {
    let world = World::on(Database::Sqlite);
    let desk = Desk::at(world.url());
    an_account(ROOT).with_password().build(&world);
    let reseller = a_reseller("Kestrel").share("20").build(&world).id;
    a_channel(reseller).code("KESTREL").named("Kestrel").build(&world);
    an_account(OF_THE_RESELLER).of(reseller).with_password().build(&world);
    let (root, kim) = people(&desk, &world);
    let mut faults = Vec::new();
    for page in LISTS_OF_ROOT.iter().chain(&LISTS) {
        faults.extend(look(&root, "root", page));
    }
    for page in LISTS.iter().chain(&["/prices", "/agreement"]) {
        faults.extend(look(&kim, "kim", page));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn long_names_names_from_right_to_left_and_huge_amounts_fit_every_window() {
    let world = World::on(Database::Sqlite);
    let desk = Desk::at(world.url());
    an_account(ROOT).with_password().build(&world);
    let extreme = extreme(&world);
    let (root, kim) = people(&desk, &world);
    let Extreme { reseller, channel, statement } = extreme;
    let mut faults = Vec::new();
    let both = [
        format!("/statements/{statement}"),
        format!("/channels/{channel}/prices"),
        "/reports/revenue?from=2026-10&to=2026-11".to_owned(),
        "/reports/usage?from=2026-10&to=2026-11".to_owned(),
    ];
    let of_root =
        [format!("/resellers/{reseller}"), format!("/channels/{channel}"), "/search?q=me".to_owned()];
    for page in LISTS_OF_ROOT.iter().chain(&LISTS).map(ToString::to_string).chain(of_root).chain(both.clone())
    {
        faults.extend(look(&root, "root", &page));
    }
    root.open("/customers").follow(UNBROKEN).see(UNBROKEN);
    faults.extend(closely::faults_of(&root, "root"));
    let line =
        root.open(&both[0]).evaluate("return document.querySelector('main a[href^=\"/lines/\"]').pathname");
    faults.extend(look(&root, "root", line.as_str().unwrap()));
    for page in LISTS.iter().map(ToString::to_string).chain(both) {
        faults.extend(look(&kim, "kim", &page));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

const LISTS_OF_ROOT: [&str; 8] =
    ["/requests", "/resellers", "/channels", "/products", "/bundles", "/audit", "/people", "/price-requests"];
pub const LISTS: [&str; 6] =
    ["/", "/customers", "/subscriptions", "/usage/files", "/statements", "/reports/revenue"];

struct Extreme {
    reseller: ResellerId,
    channel: ChannelId,
    statement: StatementId,
}

/// Two re-sellers and a request with such names; one of them sold for twelve digits in October.
fn extreme(world: &World) -> Extreme {
    let vm = a_product("VM").named(&format!("Virtual machine {UNBROKEN}")).unit("hour").build(world);
    let bundle = a_bundle("START").named(LONG).recurring(HUGE).usage(vm, "0.0000000001").build(world);
    a_request(UNBROKEN).from("owner@donau.example").build(world);
    let other = a_reseller(FROM_RIGHT).build(world).id;
    a_channel(other).code("GULF").named(FROM_RIGHT).sells(&bundle).build(world);
    let reseller = a_reseller(LONG).share("20").build(world).id;
    let channel = a_channel(reseller).code("MECKLENBURG-VORPOMMERN").named(LONG).sells(&bundle).build(world);
    for name in [FROM_RIGHT, LONG, UNBROKEN] {
        let customer = a_customer(channel, name).external(&format!("C-{}", name.len())).build(world);
        let subscription = a_subscription(customer, &bundle).quantity(12).from("2026-10-01").build(world);
        a_record(customer, &subscription, vm, "2026-10-05").quantity("123456789012.123456789").build(world);
    }
    an_account(OF_THE_RESELLER).of(reseller).with_password().build(world);
    let statement = sent(world, channel, "2026-10".parse().unwrap());
    Extreme { reseller, channel, statement }
}

/// Rates and closes a month, and sends its statement whatever the checklist says.
pub fn sent(world: &World, channel: ChannelId, month: Month) -> StatementId {
    let rated: Result<_, Failure<Never>> =
        world.try_write(|connection| store::rate_month(connection, channel, month, world.now()));
    rated.unwrap();
    let sent: Result<_, Failure<Refusal>> = world.try_write(|connection| {
        let id = store::close(connection, channel, month, &world.act())?[0];
        let statement = store::find(connection, Scope::Root, id)?;
        for item in store::checklist::of(connection, &statement)?.into_iter().filter(|item| item.stops()) {
            store::checklist::waive(connection, id, item.key, "Known", &world.act())?;
        }
        store::send(connection, id, &world.act())?;
        Ok(id)
    });
    sent.unwrap()
}

pub fn people(desk: &Desk, world: &World) -> (Browser, Browser) {
    let (root, kim) = (desk.person(), desk.person());
    root.sign_in(ROOT, PASSWORD).set_up_factor(world);
    kim.sign_in(OF_THE_RESELLER, PASSWORD);
    (root, kim)
}

pub fn look(person: &Browser, name: &str, page: &str) -> Vec<String> {
    person.open(page);
    closely::faults_of(person, name)
}
