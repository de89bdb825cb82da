//! Cookies, and what is different when people reach the portal by TLS.

use reqwest::Method;
use reqwest::header::{COOKIE, SET_COOKIE};

use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, Database, PASSWORD, Page, World};

fn by_tls() -> World {
    World::with(Database::Sqlite, |parts| {
        let mut config = (*parts.config).clone();
        config.public_url = "https://portal.example".into();
        parts.config = config.into();
    })
}

fn cookies(page: &Page) -> Vec<String> {
    page.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// Sends a form with these cookies, which a client without TLS keeps to itself.
fn post(client: &Client, path: &str, cookies: &[String], fields: &[(&str, &str)]) -> Page {
    let sent: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
    client.send(path, client.request(Method::POST, path).header(COOKIE, sent.join("; ")).form(fields))
}

#[test]
fn every_answer_keeps_browsers_on_tls() {
    let world = by_tls();
    let client = world.anonymous();
    let style = client.get("/sign-in").attributes("link[rel='stylesheet']", "href").remove(0);
    let forged = client.send("/theme", client.request(Method::POST, "/theme").form(&[("theme", "dark")]));
    let answers = [
        (200, client.get("/sign-in")),
        (200, client.get(&style)),
        (200, client.get("/healthz")),
        (303, client.get("/audit")),
        (400, client.get("/audit?q=%00")),
        (403, forged),
        (404, client.get("/nowhere")),
    ];
    for (status, answer) in answers {
        let answer = answer.expect(status);
        let told = answer.header("strict-transport-security");
        assert_eq!(told, "max-age=63072000; includeSubDomains", "{}", answer.asked);
    }
}

#[test]
fn the_cookies_of_a_session_are_bound_to_the_host() {
    let world = by_tls();
    let kestrel = a_reseller("Kestrel").build(&world).id;
    an_account("kim@kestrel.example").of(kestrel).with_password().build(&world);
    let client = world.anonymous();
    let page = client.get("/sign-in");
    let (mut set, token) = (cookies(&page), page.csrf().unwrap());
    let fields = [("csrf", token.as_str()), ("name", "kim"), ("password", PASSWORD)];
    set.extend(cookies(&post(&client, "/sign-in", &set, &fields).expect(303)));
    let names: Vec<&str> = set.iter().filter_map(|cookie| cookie.split('=').next()).collect();
    for name in ["__Host-form", "__Host-session", "__Host-known"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for cookie in set {
        assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
        assert!(cookie.contains("; Path=/") && !cookie.contains("Domain="), "{cookie}");
    }
}

#[test]
fn every_cookie_is_kept_from_scripts_and_other_sites() {
    let world = World::on(Database::Sqlite);
    let kestrel = a_reseller("Kestrel").build(&world).id;
    an_account("kim@kestrel.example").of(kestrel).with_password().build(&world);
    let client = world.anonymous();
    let pages = [
        client.get("/sign-in"),
        client.post("/sign-in", &[("name", "kim"), ("password", PASSWORD)]).expect(303),
        client.post("/theme", &[("theme", "dark"), ("back", "/")]).expect(303),
    ];
    let set: Vec<String> = pages.iter().flat_map(cookies).collect();
    for name in ["form=", "session=", "known=", "theme="] {
        assert!(set.iter().any(|cookie| cookie.starts_with(name)), "{name} {set:?}");
    }
    for cookie in set {
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
        assert!(cookie.contains("; Path=/") && !cookie.contains("Domain="), "{cookie}");
    }
}
