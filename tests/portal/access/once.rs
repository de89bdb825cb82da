//! A form that is sent twice does what it does once, and is answered the same.

use std::sync::Barrier;

use chrono::Duration;
use diesel::prelude::*;
use reqwest::Method;
use reseller_portal::db::once;
use reseller_portal::db::schema::{audit_events, customers, sent_forms, usage_files};

use crate::on_both;
use crate::support::builders::{a_channel, a_reseller};
use crate::support::{Client, Page, World};

/// How many are sent at once.
const MANY: usize = 50;
const NEW: &str = "/customers/new";

fn fields<'a>(token: &'a str, external: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", token),
        ("external_id", external),
        ("name", "Aldous & Sons"),
        ("country", "NO"),
        ("currency", "USD"),
    ]
}

/// Sends the form with this very token.
fn send(client: &Client, path: &str, fields: &[(&str, &str)]) -> Page {
    client.send(path, client.request(Method::POST, path).form(fields))
}

/// Somebody who sells.
fn seller(world: &World, name: &str) -> Client {
    let reseller = a_reseller(name).build(world).id;
    a_channel(reseller).named(name).build(world);
    world.reseller(reseller)
}

fn count(world: &World) -> i64 {
    world.read(|connection| customers::table.count().get_result(connection))
}

fn events(world: &World) -> i64 {
    world.read(|connection| audit_events::table.count().get_result(connection))
}

on_both! {
    fn fifty_equal_forms_at_once_do_one_thing_and_get_one_answer(world) {
        let client = seller(world, "Kestrel");
        let (token, before, start) = (client.token(), events(world), Barrier::new(MANY));
        let answers: Vec<String> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..MANY)
                .map(|_| scope.spawn(|| {
                    start.wait();
                    send(&client, NEW, &fields(&token, "A-17")).location().to_owned()
                }))
                .collect();
            sent.into_iter().map(|answer| answer.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!((count(world), events(world)), (1, before + 1));
        assert!(client.get(&answers[0]).main().contains("Aldous & Sons"));
    }

    fn a_form_that_comes_again_later_is_answered_as_it_was(world) {
        let client = seller(world, "Kestrel");
        let token = client.token();
        let first = send(&client, NEW, &fields(&token, "A-17"));
        let again = send(&client, NEW, &fields(&token, "A-17"));
        assert_eq!((first.location(), count(world)), (again.location(), 1));
        let (now, kept) = (world.now(), |world: &World| -> i64 {
            world.read(|connection| sent_forms::table.count().get_result(connection))
        });
        world.write(|connection| once::forget_old(connection, now));
        assert_eq!(kept(world), 1);
        world.write(|connection| once::forget_old(connection, now.plus(Duration::seconds(1))));
        assert_eq!(kept(world), 0);
        assert_eq!(send(&client, NEW, &fields(&token, "A-17")).status, 422, "the id is taken now");
    }

    fn a_form_that_was_refused_can_be_mended_and_sent_again(world) {
        let client = seller(world, "Kestrel");
        let token = client.token();
        for _ in 0..2 {
            send(&client, NEW, &fields(&token, "")).expect(422);
        }
        send(&client, NEW, &fields(&token, "A-17")).expect(303);
        assert_eq!(count(world), 1);
    }

    fn other_content_from_a_page_whose_work_is_done_is_asked_about(world) {
        let client = seller(world, "Kestrel");
        let token = client.token();
        send(&client, NEW, &fields(&token, "A-17")).expect(303);
        let page = send(&client, NEW, &fields(&token, "B-18")).expect(409);
        assert_eq!((page.h1().as_str(), count(world)), ("Sent before with other content", 1));
        assert_eq!(page.field_value("external_id"), "B-18");
        client.press(&page, "Send this as well", &[]).expect(303);
        assert_eq!(count(world), 2);
    }

    fn one_page_serves_each_of_its_forms_and_each_person_its_own(world) {
        let (kestrel, halden) = (seller(world, "Kestrel"), seller(world, "Halden"));
        let page = |client: &Client| client.token().split_once('.').unwrap().0.to_owned() + ".samepage";
        let (own, other) = (page(&kestrel), page(&halden));
        let first = send(&kestrel, NEW, &fields(&own, "A-17")).location().to_owned();
        let edit = format!("{first}/edit");
        send(&kestrel, &edit, &fields(&own, "A-18")).expect(303);
        assert_ne!(send(&halden, NEW, &fields(&other, "A-17")).location(), first);
        assert_eq!(count(world), 2);
        assert!(kestrel.get(&first).main().contains("A-18"));
    }

    fn a_file_that_is_uploaded_twice_by_one_press_is_one_file(world) {
        seller(world, "Kestrel");
        let root = world.root();
        let channels: Vec<String> = root.get("/usage/files/new").attributes("select[name='channel'] option[value]", "value");
        let channel = channels.into_iter().find(|value| !value.is_empty()).unwrap();
        let token = root.token();
        let upload = || {
            let file = reqwest::blocking::multipart::Part::bytes(b"id,customer,product,quantity,unit,start,end\n".as_slice());
            let form = reqwest::blocking::multipart::Form::new()
                .text("csrf", token.clone())
                .text("channel", channel.clone())
                .text("format", "portal")
                .part("usage", file.file_name("october.csv"));
            let path = "/usage/files/new";
            root.send(path, root.request(Method::POST, path).multipart(form)).location().to_owned()
        };
        assert_eq!(upload(), upload());
        let files: i64 = world.read(|connection| usage_files::table.count().get_result(connection));
        assert_eq!(files, 1);
        world.settle();
    }
}
