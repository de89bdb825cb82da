//! Programs that send usage as events: each with a token, for one channel, and nothing counted twice.

use diesel::prelude::*;
use reqwest::Method;
use reseller_portal::db::schema::{channels, usage_daily, usage_feeds, usage_records};
use reseller_portal::values::{ChannelId, Quantity, UsageFileId};
use serde_json::{Value, json};

use super::setting::{halden, kestrel};
use crate::on_both;
use crate::support::{Client, Page, World};

const SINGLE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

/// Lets a program send, and gives its token.
fn a_feed(client: &Client, channel: ChannelId, name: &str) -> String {
    let page = client.post("/usage/feeds", &[("channel", &channel.to_string()), ("name", name)]).expect(200);
    page.text("code.token")
}

fn send(world: &World, token: &str, kind: &str, content: impl Into<String>) -> Page {
    let client = world.anonymous();
    let request = client.request(Method::POST, "/api/v1/events").header("content-type", kind);
    let request = request.header("authorization", format!("Bearer {token}")).body(content.into());
    client.send("/api/v1/events", request)
}

fn event(id: &str, quantity: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "meter", "type": "DISK", "subject": "NORD",
        "time": "2026-10-05T12:00:00Z", "data": { "quantity": quantity, "unit": "GB" },
    })
}

fn told(page: Page, status: u16) -> Value {
    serde_json::from_slice(&page.expect(status).bytes).unwrap()
}

fn records(world: &World) -> i64 {
    world.read(|connection| usage_records::table.count().get_result(connection))
}

on_both! {
    fn a_program_sends_events_and_each_counts_once(world) {
        let setting = kestrel(world);
        let token = a_feed(&world.root(), setting.channel, "Meter");
        let counts = |accepted: i64, duplicate: i64| {
            json!({ "accepted": accepted, "duplicate": duplicate, "unrated": 0 })
        };
        let one = event("1", "2.5").to_string();
        assert_eq!(told(send(world, &token, SINGLE, one.as_str()), 200), counts(1, 0));
        assert_eq!(told(send(world, &token, SINGLE, one.as_str()), 200), counts(0, 1));
        let list = json!([event("1", "2.50"), event("2", "1"), event("3", "0.5")]).to_string();
        assert_eq!(told(send(world, &token, BATCH, list), 200), counts(2, 1));
        let lines = format!("{}\n{}\n", event("3", "0.5"), event("4", "1"));
        assert_eq!(told(send(world, &token, "application/x-ndjson; charset=utf-8", lines), 200), counts(1, 1));
        let stored: Vec<(ChannelId, Option<UsageFileId>)> = world.read(|connection| {
            usage_records::table.select((usage_records::channel_id, usage_records::file_id)).load(connection)
        });
        assert_eq!(stored, [(setting.channel, None); 4]);
        world.settle();
        let page = world.reseller(setting.reseller).get("/reports/usage?from=2026-10&to=2026-10").expect(200);
        assert!(page.main().contains("5 GB") || page.row("DISK").iter().any(|cell| cell == "5"), "{}", page.main());
        let feeds = world.root().get("/usage/feeds").expect(200);
        assert!(!feeds.row("Meter").contains(&"never".to_owned()));
    }

    fn of_many_messages_at_once_none_is_lost(world) {
        let setting = kestrel(world);
        let token = a_feed(&world.root(), setting.channel, "Meter");
        // Who is asked to come again does so; what had been taken then counts once.
        let insist = &|id: String| {
            let answer = (0..100).map(|_| send(world, &token, SINGLE, event(&id, "0.1").to_string()));
            let taken = answer.map(|page| page.status).find(|status| *status != 503);
            assert_eq!(taken, Some(200), "{id}");
        };
        std::thread::scope(|scope| {
            for program in 0..8 {
                scope.spawn(move || (0..5).for_each(|number| insist(format!("{program}-{number}"))));
            }
        });
        assert_eq!(records(world), 40);
        let sums: Vec<Quantity> =
            world.read(|connection| usage_daily::table.select(usage_daily::quantity).load(connection));
        assert_eq!(sums, ["4".parse().unwrap()]);
    }

    fn a_message_is_taken_whole_or_not_at_all(world) {
        let setting = kestrel(world);
        let token = a_feed(&world.root(), setting.channel, "Meter");
        let mut wrong = event("2", "much");
        wrong["subject"] = json!("");
        let refused = told(send(world, &token, BATCH, json!([event("1", "1"), wrong]).to_string()), 422);
        assert_eq!(refused["error"], "Nothing was taken: some events cannot be taken.");
        let faults: Vec<_> = refused["faults"].as_array().unwrap().iter().collect();
        assert!(faults.iter().all(|fault| fault["event"] == 2), "{faults:?}");
        assert!(faults.iter().any(|fault| fault["field"] == "data.quantity" && fault["value"] == "much"));
        assert_eq!(records(world), 0);
        told(send(world, &token, SINGLE, event("1", "1").to_string()), 200);
        let list = json!([event("9", "1"), event("1", "7")]).to_string();
        let refused = told(send(world, &token, BATCH, list), 422);
        assert_eq!((&refused["faults"][0]["event"], &refused["faults"][0]["field"]), (&json!(2), &json!("id")));
        assert_eq!(records(world), 1);
    }

    fn what_is_no_message_is_told_and_changes_nothing(world) {
        let setting = kestrel(world);
        let token = a_feed(&world.root(), setting.channel, "Meter");
        assert!(told(send(world, &token, "text/csv", "id"), 415)["error"].as_str().unwrap().contains(SINGLE));
        for content in ["", "[]", "{", "hello", "\u{0}"] {
            let error = told(send(world, &token, SINGLE, content), 400)["error"].to_string();
            assert!(error.contains("Nothing was taken"), "{content}: {error}");
        }
        let many: Vec<Value> = (0..10_001).map(|number| json!({ "id": number })).collect();
        let refused = told(send(world, &token, BATCH, json!(many).to_string()), 413);
        assert_eq!(refused["error"], "Nothing was taken: a message has at most 10000 events.");
        let refused = told(send(world, &token, BATCH, " ".repeat(8 * 1024 * 1024 + 1)), 413);
        assert_eq!(refused["error"], "A message has at most 8 MiB.");
        assert_eq!(records(world), 0);
        let most: Vec<Value> = (0..10_000).map(|number| event(&number.to_string(), "1")).collect();
        let most = json!(most).to_string();
        assert!(most.len() > 1024 * 1024);
        assert_eq!(told(send(world, &token, BATCH, most), 200)["accepted"], 10_000);
    }

    fn without_its_token_nobody_sends(world) {
        let setting = kestrel(world);
        let root = world.root();
        let token = a_feed(&root, setting.channel, "Meter");
        let stored: String =
            world.read(|connection| usage_feeds::table.select(usage_feeds::token_hash).first(connection));
        for wrong in ["", "feed_", &token[1..], &stored, &token.to_uppercase()] {
            let refused = send(world, wrong, SINGLE, event("1", "1").to_string()).expect(401);
            assert_eq!(refused.header("www-authenticate"), "Bearer");
        }
        let client = world.anonymous();
        let request = client.request(Method::POST, "/api/v1/events").header("content-type", SINGLE);
        client.send("/api/v1/events", request.header("authorization", format!("Basic {token}"))).expect(401);
        let page = root.get("/usage/feeds").expect(200);
        assert!(!page.html().contains(&token) && !page.html().contains(&stored));
        assert_eq!(records(world), 0);
    }

    fn a_feed_is_ended_once_that_was_asked(world) {
        let setting = kestrel(world);
        let root = world.root();
        let token = a_feed(&root, setting.channel, "Meter");
        let question = root.get("/usage/feeds").expect(200).link("End Meter");
        assert!(root.get(&question).expect(200).main().contains("It never sent anything."));
        told(send(world, &token, SINGLE, event("1", "1").to_string()), 200);
        let asked = root.get(&question).expect(200);
        assert!(asked.main().contains("the usage that was taken stays"), "{}", asked.main());
        root.post(&asked.action("End the feed"), &[]).expect(303);
        send(world, &token, SINGLE, event("2", "1").to_string()).expect(401);
        assert!(root.get("/usage/feeds").expect(200).row("Meter").contains(&"Ended".to_owned()));
        root.get(&question).expect(409);
        assert_eq!(records(world), 1);
    }

    fn a_program_is_told_of_failures_as_json(world) {
        let setting = kestrel(world);
        let token = a_feed(&world.root(), setting.channel, "Meter");
        let absent = told(world.anonymous().get("/api/v1/events"), 404);
        assert_eq!(absent, json!({ "error": "Page not found. Nothing is at this address, or it is not yours to see." }));
        world.when_all_is_busy(|| {
            let busy = send(world, &token, SINGLE, event("1", "1").to_string());
            assert_eq!((busy.header("retry-after"), busy.header("content-type")), ("2", "application/json"));
            let busy = told(busy, 503);
            assert!(busy["error"].as_str().unwrap().starts_with("The portal is busy."), "{busy}");
            assert!(busy["reference"].as_str().is_some_and(|id| !id.is_empty()), "{busy}");
        });
        told(send(world, &token, SINGLE, event("1", "1").to_string()), 200);
    }

    fn a_resellers_feed_serves_its_own_channel_while_that_may_import(world) {
        let setting = kestrel(world);
        let (other, others) = halden(world);
        let own = world.reseller(setting.reseller);
        // Whatever channel a re-seller names, it is its own.
        let token = a_feed(&own, others, "Our meter");
        a_feed(&world.reseller(other), others, "Their meter");
        told(send(world, &token, SINGLE, event("1", "1").to_string()), 200);
        let stored: ChannelId =
            world.read(|connection| usage_records::table.select(usage_records::channel_id).first(connection));
        assert_eq!(stored, setting.channel);
        let page = own.get("/usage/feeds").expect(200);
        assert!(page.main().contains("Our meter") && !page.main().contains("Their meter"));
        let theirs = world.reseller(other).get("/usage/feeds").expect(200).link("End Their meter");
        own.get(&theirs).expect(404);
        own.post(&theirs, &[]).expect(404);
        let providers = a_feed(&world.root(), setting.channel, "Provider's meter");
        assert!(!own.get("/usage/feeds").expect(200).main().contains("Provider's meter"));
        let question = world.root().get("/usage/feeds").expect(200).link("End Provider's meter");
        own.get(&question).expect(404);
        own.post(&question, &[]).expect(404);
        world.write(|connection| {
            let own = channels::table.find(setting.channel);
            diesel::update(own).set(channels::may_import.eq(false)).execute(connection)
        });
        send(world, &token, SINGLE, event("2", "1").to_string()).expect(401);
        told(send(world, &providers, SINGLE, event("2", "1").to_string()), 200);
        own.get("/usage/feeds").expect(403);
        own.post("/usage/feeds", &[("name", "Another")]).expect(403);
    }

    fn a_feed_has_a_name_and_a_channel(world) {
        let setting = kestrel(world);
        let page = world.root().post("/usage/feeds", &[("channel", ""), ("name", " ")]).expect(422);
        assert_eq!((page.error_of("channel"), page.error_of("name")), (
            "Choose a channel".to_owned(), "Name the program, in at most 60 letters".to_owned(),
        ));
        let long = "x".repeat(61);
        let page = world.reseller(setting.reseller).post("/usage/feeds", &[("name", &long)]).expect(422);
        assert_eq!(page.field_value("name"), long);
    }
}
