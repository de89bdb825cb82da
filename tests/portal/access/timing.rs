//! An unknown name and a wrong password cannot be told apart: not by the answer and, over many tries, not by the time
//! it takes. `TIMING=200` tries each so often and compares the medians; the test command tries a few and compares the
//! answers alone, since other tests run beside them.

use std::time::{Duration, Instant};

use reqwest::Method;
use reseller_portal::web::Proxies;

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, Page, World};

/// Somebody with an account, and a name of the same length that nobody has.
const KNOWN: &str = "rosa@kestrel.example";
const UNKNOWN: &str = "nobo@kestrel.example";

/// How often each is tried, and whether the times are compared.
fn tries() -> (u16, bool) {
    match std::env::var("TIMING").ok().and_then(|count| count.parse().ok()) {
        Some(count) => (count, true),
        None => (3, false),
    }
}

/// A world that believes its peer about where requests come from.
fn behind_a_proxy(world: &World) -> World {
    World::with(world.database(), |parts| {
        let mut config = (*parts.config).clone();
        config.trusted_proxies = Proxies::parse("127.0.0.1").unwrap();
        parts.config = config.into();
    })
}

/// The answer to a wrong password from an address of its own, a minute after the last one, so that no limit on tries
/// is met; and how long it took.
fn fail(world: &World, client: &Client, name: &str, at: u16) -> (Page, Duration) {
    world.clock.advance(chrono::Duration::minutes(1));
    let token = client.token();
    let fields = [("csrf", token.as_str()), ("name", name), ("password", "not the right sentence")];
    let [high, low] = at.to_be_bytes();
    let address = format!("10.0.{high}.{low}");
    let request = client.request(Method::POST, "/sign-in").form(&fields).header("X-Forwarded-For", address);
    let began = Instant::now();
    let page = client.send("/sign-in", request);
    (page, began.elapsed())
}

/// Status, headers and body without what differs at each request.
fn told(page: &Page, name: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = page
        .headers
        .iter()
        .filter(|(header, _)| !["date", "set-cookie", "x-request-id"].contains(&header.as_str()))
        .map(|(header, value)| format!("{header}: {value:?}"))
        .collect();
    headers.extend(page.headers.get_all("set-cookie").iter().map(|cookie| {
        let cookie = cookie.to_str().unwrap();
        let (name, rest) = cookie.split_once('=').unwrap();
        format!("set-cookie: {name}; {}", rest.split_once(';').unwrap().1)
    }));
    headers.sort();
    let token = page.csrf().unwrap_or_default();
    (page.status, headers, page.html().replace(&token, "TOKEN").replace(name, "NAME"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

on_both! {
    fn an_unknown_name_and_a_wrong_password_take_the_same_time_and_get_the_same_answer(world) {
        let world = &behind_a_proxy(world);
        let reseller = a_reseller("Kestrel").build(world).id;
        an_account(KNOWN).of(reseller).with_password().build(world);
        let (count, is_timed) = tries();
        let client = world.anonymous();
        let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
        for at in 0..count {
            // Neither always comes second.
            let first_unknown = (at % 2 == 0).then(|| fail(world, &client, UNKNOWN, 2 * at));
            let (of_known, took) = fail(world, &client, KNOWN, 2 * at + 1);
            wrong.push(took);
            let (of_unknown, took) = first_unknown.unwrap_or_else(|| fail(world, &client, UNKNOWN, 2 * at));
            unknown.push(took);
            assert_eq!(of_known.status, 422, "{}", of_known.describe());
            assert_eq!(told(&of_unknown, UNKNOWN), told(&of_known, KNOWN));
        }
        let (unknown, wrong) = (median(unknown), median(wrong));
        println!("medians of {count}: unknown name {unknown:?}, wrong password {wrong:?}");
        let apart = unknown.abs_diff(wrong);
        let near = Duration::from_millis(5).max(unknown.max(wrong) / 20);
        assert!(!is_timed || apart <= near, "unknown name {unknown:?}, wrong password {wrong:?}");
    }
}
