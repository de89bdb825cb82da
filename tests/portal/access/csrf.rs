//! Forms sent from elsewhere change nothing.

use reqwest::Method;
use reseller_portal::routes::{ROUTES, Route};
use reseller_portal::web::Access;

use super::matrix::absent;
use crate::on_both;
use crate::support::builders::a_reseller;
use crate::support::{Client, World};

/// Every address that changes something, with a client who may enter; made one by one, as some end the others' sessions.
fn unsafe_routes(world: &World) -> impl Iterator<Item = (&'static Route, String, Client)> {
    let kestrel = a_reseller("Kestrel").build(world);
    let enters = move |access: Access| match access {
        Access::Anyone | Access::Feed => world.anonymous(),
        Access::Applicant => world.applicant("owner@halden.example"),
        Access::Root | Access::Member => world.root(),
        Access::Reseller => world.reseller(kestrel.id),
    };
    // A program sends no form and has no session that somebody else could use.
    let is_form = |route: &&Route| route.method != "GET" && route.access != Access::Feed;
    let unsafe_ones = ROUTES.iter().filter(is_form);
    unsafe_ones.map(move |route| (route, absent(route.path), enters(route.access)))
}

/// Sends one field by a form of the kind that the route reads.
fn send(
    client: &Client,
    route: &Route,
    path: &str,
    token: Option<&str>,
    header: Option<(&str, &str)>,
) -> u16 {
    let method: Method = route.method.parse().unwrap();
    let token: Vec<(&str, &str)> = token.map(|token| ("csrf", token)).into_iter().collect();
    let with = |request: reqwest::blocking::RequestBuilder| match header {
        Some((name, value)) => request.header(name, value),
        None => request,
    };
    let answer = client.send(path, with(client.request(method.clone(), path).form(&token)));
    // A form with a file is of another kind.
    if !matches!(answer.status, 400 | 415) {
        return answer.status;
    }
    let mut form = reqwest::blocking::multipart::Form::new();
    for (name, value) in &token {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let file = reqwest::blocking::multipart::Part::bytes(b"a,b\n".as_slice()).file_name("usage.csv");
    let form = form.part("file", file);
    client.send(path, with(client.request(method, path).multipart(form))).status
}

on_both! {
    fn no_form_is_taken_without_its_token_or_with_anothers(world) {
        let other = world.session_of(crate::support::builders::an_account("other@northgate.example").build(world));
        let foreign = other.token();
        for (route, path, client) in unsafe_routes(world) {
            for token in [None, Some(""), Some(foreign.as_str())] {
                let status = send(&client, route, &path, token, None);
                assert_eq!(status, 403, "{} {path} with the token {token:?}", route.method);
            }
            let own = client.token();
            let status = send(&client, route, &path, Some(&own), None);
            assert_ne!(status, 403, "{} {path} with its own token", route.method);
        }
    }

    fn no_form_is_taken_from_another_site(world) {
        for (route, path, client) in unsafe_routes(world) {
            let token = client.token();
            for header in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Site", "same-site")] {
                let status = send(&client, route, &path, Some(&token), Some(header));
                assert_eq!(status, 403, "{} {path} with {header:?}", route.method);
            }
        }
    }

    fn what_a_request_says_of_its_own_host_does_not_make_it_the_portals(world) {
        let client = world.root();
        let token = client.token();
        let send = |origin: &str, forwarded: &str| {
            let form = client.request(Method::POST, "/theme").form(&[("csrf", token.as_str()), ("theme", "dark")]);
            let form = form.header("Origin", origin).header("X-Forwarded-Host", forwarded);
            client.send("/theme", form.header("Forwarded", format!("host={forwarded}")))
        };
        let refused = send("https://evil.example", "evil.example").expect(403);
        assert_eq!(refused.h1(), "Not taken from another site");
        send(&world.url(), "evil.example").expect(303);
    }

    fn a_token_dies_when_somebody_signs_in(world) {
        let client = world.root();
        let stale = world.anonymous().token();
        let path = "/theme";
        let answer = client.send(path, client.request(Method::POST, path).form(&[("csrf", stale.as_str())]));
        answer.expect(403);
        assert_eq!(client.post(path, &[("theme", "dark"), ("back", "/help")]).location(), "/help");
    }
}
