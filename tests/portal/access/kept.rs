//! What was typed outlives its session: it waits until its sender has signed in again.

use chrono::Duration;
use reqwest::Method;
use reseller_portal::values::UserId;

use crate::on_both;
use crate::support::builders::{a_channel, a_reseller, an_account};
use crate::support::{Client, Page, World};

const CUSTOMER: [(&str, &str); 4] =
    [("external_id", "C-1"), ("name", "Nordlys <AS>"), ("country", "NO"), ("currency", "USD")];

/// Two of a re-seller's people.
fn people(world: &World) -> [UserId; 2] {
    let kestrel = a_reseller("Kestrel").build(world).id;
    a_channel(kestrel).build(world);
    ["kim@kestrel.example", "kai@kestrel.example"].map(|email| an_account(email).of(kestrel).build(world))
}

/// Sends the form as a browser does from a page of the portal.
fn send(client: &Client, fields: &[(&str, &str)], token: &str) -> Page {
    let form = [fields, &[("csrf", token)]].concat();
    let request = client.request(Method::POST, "/customers/new").form(&form);
    client.send("/customers/new", request.header("Sec-Fetch-Site", "same-origin"))
}

on_both! {
    fn a_form_whose_session_is_over_waits_and_is_sent_after_signing_in(world) {
        let [kim, _] = people(world);
        let (client, password) = (world.session_of(kim), [&CUSTOMER[..], &[("new_password", "a long secret")]].concat());
        let token = client.token();
        world.clock.advance(Duration::minutes(31));
        let page = send(&client, &password, &token).expect(403);
        assert_eq!(page.h1(), "Your session is over");
        assert!(page.has("a[href='/sign-in'][target=_blank]") && !page.html().contains("a long secret"));
        let kept = page.form("Send what I entered");
        assert!(CUSTOMER.iter().all(|(name, value)| kept.contains(&((*name).into(), (*value).into()))), "{kept:?}");
        // In another tab the same browser signs in.
        let session = world.session_of(kim).cookie("session").unwrap();
        client.set_cookie(&format!("session={session}"));
        let fields: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (&**name, &**value)).collect();
        let path = send(&client, &fields, &token).expect(303).location().to_owned();
        assert!(client.get(&path).main().contains("Nordlys <AS>"));
    }

    fn a_form_that_somebody_else_filled_in_is_asked_about(world) {
        let [kim, kai] = people(world);
        let (kim, kai) = (world.session_of(kim), world.session_of(kai));
        let page = send(&kai, &CUSTOMER, &kim.token()).expect(403);
        assert_eq!(page.h1(), "This form is out of date");
        assert!(kai.get("/customers").main().contains("No customers yet"));
        let answer = kai.press(&page, "Send it now", &[]).expect(303);
        assert!(kai.follow(&answer).main().contains("Nordlys <AS>"));
    }

    fn a_form_that_may_come_from_elsewhere_is_not_kept(world) {
        let [kim, kai] = people(world);
        let (kim, kai) = (world.session_of(kim), world.session_of(kai));
        let page = kai.send("/customers/new", kai.request(Method::POST, "/customers/new").form(&[
            ("name", "Nordlys"), ("csrf", &kim.token())])).expect(403);
        assert!(!page.html().contains("Nordlys"));
        let stranger = world.anonymous();
        assert_eq!(stranger.post("/customers/new", &CUSTOMER).location(), "/sign-in");
    }
}
