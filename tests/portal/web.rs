//! What every answer has in common: headers, error pages, redirects, static files.

mod contrast;
mod downloads;
mod messages;
mod queries;
mod tls;

use diesel::connection::SimpleConnection;

use reqwest::Method;

use crate::on_both;
use crate::requests::setting::refuse_rows;
use crate::support::builders::{a_request, a_reseller, an_account};
use crate::support::{Client, PASSWORD, Page, World};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// Carries every header that all answers have.
#[track_caller]
pub fn is_hardened(page: &Page) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{name} of {}", page.asked);
    }
}

/// One answer of each kind: pages, redirects, refusals, errors.
fn answers(world: &World) -> Vec<(u16, Page)> {
    let (root, stranger) = (world.root(), world.anonymous());
    let forged = root.send("/theme", root.request(Method::POST, "/theme").form(&[("theme", "dark")]));
    let huge = "x".repeat(2 * 1024 * 1024);
    vec![
        (200, root.get("/audit")),
        (200, stranger.get("/sign-in")),
        (303, stranger.get("/audit")),
        (403, forged),
        (404, root.get("/nowhere")),
        (404, stranger.get("/nowhere")),
        (404, stranger.get("/static/nothing.css")),
        (422, stranger.post("/sign-up", &[("email", "no address")])),
        (400, stranger.post("/sign-up", &[("email", &huge)])),
    ]
}

fn asset(client: &Client, selector: &str, attribute: &str) -> Page {
    let page = client.get("/sign-in");
    client.get(&page.attributes(selector, attribute)[0]).expect(200)
}

on_both! {
    fn a_zero_character_in_a_field_or_a_filter_is_refused_and_breaks_nothing(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, path) = (world.root(), format!("/requests/{id}/rejection"));
        root.post(&path, &[("revision", "1"), ("text", "to\0o far")]).expect(400);
        for filter in ["/customers?q=%00", "/products?q=a%00", "/audit?q=%00", "/usage/mapping?channel=&source=%00"] {
            assert_eq!(root.get(filter).status, 400, "{filter}");
        }
        root.post(&path, &[("revision", "1"), ("text", "too far")]).expect(303);
    }

    fn every_answer_carries_the_headers_and_is_not_stored(world) {
        for (status, page) in answers(world) {
            let page = page.expect(status);
            is_hardened(&page);
            assert_eq!(page.header("cache-control"), "no-store", "{}", page.asked);
        }
    }

    fn static_files_may_be_kept_for_ever_under_their_fingerprint(world) {
        let client = world.anonymous();
        let style = asset(&client, "link[rel='stylesheet']", "href");
        assert!(style.header("content-type").starts_with("text/css"));
        let script = asset(&client, "script[src]", "src");
        assert!(script.header("content-type").starts_with("text/javascript"));
        let font = asset(&client, "link[as='font']", "href");
        assert_eq!(font.header("content-type"), "font/woff2");
        for file in [style, script, font] {
            is_hardened(&file);
            assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        }
    }

    fn the_style_sheet_names_only_files_that_exist(world) {
        let client = world.anonymous();
        let style = asset(&client, "link[rel='stylesheet']", "href").html();
        for address in style.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            client.get(address).expect(200);
        }
    }

    fn every_answer_says_what_it_is_and_in_which_encoding(world) {
        let client = world.root();
        let kinds = ["/healthz", "/audit.csv"].map(|path| (200, client.get(path)));
        for (status, page) in answers(world).into_iter().chain(kinds) {
            let kind = page.expect(status).header("content-type").to_owned();
            let is_named = kind.starts_with("text/") && kind.ends_with("; charset=utf-8");
            assert!(is_named || (status == 303 && kind.is_empty()), "{status}: {kind}");
        }
    }

    fn nothing_beside_the_pages_and_their_files_is_served(world) {
        let client = world.root();
        for path in ["/.git/HEAD", "/.svn/entries", "/.env", "/Cargo.toml", "/portal.toml", "/data/secret.key", "/static",
            "/static/", "/static/vendor/", "/static/portal.js", "/static/..%2fCargo.toml", "/static/%2e%2e/Cargo.toml"] {
            client.get(path).expect(404);
        }
    }

    fn no_other_site_may_read_an_answer(world) {
        let client = world.root();
        for path in ["/audit", "/sign-in", "/audit.csv", "/healthz", "/nowhere"] {
            let page = client.send(path, client.request(Method::GET, path).header("Origin", "https://evil.example"));
            assert!(!page.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{path}");
        }
    }

    fn what_fails_inside_is_told_by_a_reference_only(world) {
        let root = world.root();
        world.tamper(|connection| connection.batch_execute("ALTER TABLE mails RENAME TO gone")).unwrap();
        let page = root.get("/outbox").expect(500);
        is_hardened(&page);
        assert_eq!(page.h1(), "Something failed here");
        let said = page.main().to_lowercase();
        for inner in ["mails", "select", "relation", "no such table", "diesel", "panicked", "backtrace", ".rs"] {
            assert!(!said.contains(inner), "{inner}: {said}");
        }
    }

    fn an_unknown_address_is_a_page_with_a_way_back(world) {
        let page = world.root().get("/nowhere").expect(404);
        assert_eq!(page.h1(), "Page not found");
        assert!(page.has("main a[href='/']"));
    }

    fn an_address_that_cannot_be_read_says_so(world) {
        let page = world.root().get("/audit?page=%FF%FE&page=two").html();
        assert!(!page.contains("panicked"));
    }

    fn cookies_are_out_of_reach_for_scripts_and_other_sites(world) {
        let client = world.anonymous();
        let cookies = client.get("/sign-in").headers;
        let set: Vec<&str> = cookies.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(!set.is_empty());
        for cookie in set {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
            assert!(!cookie.contains("Domain="), "{cookie}");
        }
    }

    fn a_head_request_is_answered_like_a_get_without_the_body(world) {
        let client = world.root();
        let answer = client.send("/audit", client.request(Method::HEAD, "/audit"));
        assert!(answer.bytes.is_empty());
        assert!(matches!(answer.status, 200 | 404 | 405), "{}", answer.describe());
    }

    fn when_every_connection_is_in_use_pages_say_so_and_come_back(world) {
        let root = world.root();
        world.when_all_is_busy(|| {
            let busy = root.get("/audit").expect(503);
            assert_eq!(busy.header("retry-after"), "2");
            is_hardened(&busy);
            world.anonymous().get("/healthz").expect(200);
            world.anonymous().get("/readyz").expect(503);
        });
        root.get("/audit").expect(200);
        world.anonymous().get("/readyz").expect(200);
    }

    fn an_answer_whose_session_cannot_be_kept_is_one_like_any_other(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        an_account("kim@kestrel.example").of(kestrel).with_password().build(world);
        refuse_rows(world, "sessions");
        let page = world.anonymous().post("/sign-in", &[("name", "kim"), ("password", PASSWORD)]).expect(503);
        is_hardened(&page);
        assert_eq!((page.header("retry-after"), page.header("cache-control")), ("2", "no-store"));
        assert!(page.html().contains("The portal is busy") && !page.html().contains("no row"), "{}", page.html());
    }

    fn the_health_check_answers_without_a_session(world) {
        assert_eq!(world.anonymous().get("/healthz").expect(200).html(), "ok\n");
    }
}

#[test]
fn over_tls_cookies_are_bound_to_the_host_and_browsers_stay_on_tls() {
    let world = World::with(crate::support::Database::Sqlite, |parts| {
        let mut config = (*parts.config).clone();
        config.public_url = "https://portal.example".into();
        parts.config = config.into();
    });
    let page = world.anonymous().get("/sign-in").expect(200);
    assert_eq!(page.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    let chosen = world.anonymous().post("/theme", &[("theme", "dark")]).expect(303);
    let cookies =
        [&page, &chosen].map(|page| page.headers.get_all("set-cookie").iter().collect::<Vec<_>>()).concat();
    assert!(cookies.len() >= 2);
    for cookie in cookies {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
    }
}
