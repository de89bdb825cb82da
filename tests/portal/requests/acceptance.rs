//! What acceptance makes: the account, its first administrator, and the word to the applicant.

use diesel::prelude::*;
use reseller_portal::access::{self, User};
use reseller_portal::db::schema::{mails, reseller_request_info as requests, resellers};
use reseller_portal::values::{RequestId, ResellerId};

use super::setting::{recorded, state};
use crate::on_both;
use crate::support::builders::{a_request, an_account, some_terms};
use crate::support::{Page, World};

fn negotiated(world: &World, name: &str, user_name: &str) -> RequestId {
    let id = a_request(name).state("negotiating").build(world);
    some_terms(id).share("17.5").build(world);
    world.write(|connection| {
        diesel::update(requests::table.find(id)).set(requests::user_name.eq(user_name)).execute(connection)
    });
    id
}

fn accept(world: &World, id: RequestId) -> Page {
    world.root().post(&format!("/requests/{id}/acceptance"), &[("revision", "1")])
}

/// The account that a request led to, with its people.
fn account(world: &World, request: RequestId) -> (String, String, Vec<User>) {
    world.read(|connection| {
        let (id, name, state): (ResellerId, String, String) = resellers::table
            .filter(resellers::request_id.eq(request))
            .select((resellers::id, resellers::name, resellers::state))
            .first(connection)?;
        Ok((name, state, access::store::of_reseller(connection, id)?))
    })
}

fn mails_to(world: &World, email: &str) -> Vec<String> {
    world.read(|connection| {
        mails::table.filter(mails::recipient.eq(email)).select(mails::body).load(connection)
    })
}

on_both! {
    fn the_account_waits_for_its_channel_and_has_the_applicant_as_first_administrator(world) {
        let id = negotiated(world, "Halden", "mara.h");
        let answer = accept(world, id);
        let (name, stands, people) = account(world, id);
        assert_eq!((name.as_str(), stands.as_str()), ("Halden", "awaiting_channel"));
        let [first] = people.as_slice() else { panic!("{people:?}") };
        assert_eq!((first.user_name.as_str(), first.email.as_str(), first.full_name.as_str()),
            ("mara.h", "owner@halden.example", "Kim Kestrel"));
        let page = world.root().follow(&answer).expect(200);
        assert_eq!(page.h1(), "Halden");
        assert!(page.main().contains("17.5%") && page.has_link("Create channel"), "{}", page.main());
        // The link to set a password waits for the channel.
        let [mail] = mails_to(world, "owner@halden.example").try_into().unwrap();
        assert!(mail.contains("has accepted Halden") && !mail.contains("/welcome/"), "{mail}");
        let own = world.applicant("owner@halden.example").get("/application").expect(200);
        assert!(own.main().contains("You are accepted"));
    }

    fn a_wished_name_that_is_taken_or_cannot_be_gets_another(world) {
        an_account("mara@northgate.example").build(world);
        for (number, (wished, given)) in [("mara", "mara-2"), ("mara", "mara-3"), ("not a name!", "reseller")].into_iter().enumerate() {
            let id = negotiated(world, &format!("Company {number}"), wished);
            accept(world, id).expect(303);
            assert_eq!(account(world, id).2[0].user_name.as_str(), given);
        }
    }

    fn an_address_that_signs_in_already_is_not_accepted_again(world) {
        let id = negotiated(world, "Halden", "mara");
        an_account("owner@halden.example").build(world);
        let mut told = String::new();
        let log = recorded(world, || told = accept(world, id).expect(409).main());
        assert!(told.contains("An account with this e-mail address exists already"), "{told}");
        let made: i64 = world.read(|connection| resellers::table.count().get_result(connection));
        assert_eq!((log, made, state(world, id)), (Vec::new(), 0, "negotiating"));
        assert!(mails_to(world, "owner@halden.example").is_empty());
    }

    fn a_declined_newest_offer_leaves_the_agreed_one_to_accept_on(world) {
        let id = negotiated(world, "Halden", "mara");
        some_terms(id).number(2).share("90").state("declined").build(world);
        accept(world, id).expect(303);
        let reseller: ResellerId = world.read(|connection| {
            resellers::table.filter(resellers::request_id.eq(id)).select(resellers::id).first(connection)
        });
        let month = "2026-12".parse().unwrap();
        let terms = world.read(|connection| reseller_portal::terms::store::in_effect(connection, reseller, month));
        assert_eq!(terms.unwrap().offer.rule.general.to_string(), "17.5");
    }
}
