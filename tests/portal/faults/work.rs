//! Somebody who works without a pause, and knows what was answered as done.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use reseller_portal::db::schema::products;
use reseller_portal::values::ChannelId;

use super::setting::usage;
use crate::support::{Client, Page, Upload, World, wait_for};
use crate::web::is_hardened;

/// What became of each product that was sent: whether it was answered as added.
#[derive(Default)]
pub struct Work {
    sent: Mutex<Vec<bool>>,
    ended: AtomicBool,
}

struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub fn add_product(client: &Client, sku: &str) -> Page {
    let fields = [("sku", sku), ("name", sku), ("category", "Storage"), ("unit", "GB"), ("metered", "on")];
    client.post("/products/new", &fields)
}

/// Uploads a usage file of so many rows for a channel.
pub fn upload(client: &Client, channel: ChannelId, rows: usize) -> Page {
    try_upload(client, channel, rows).unwrap()
}

/// The same, for a portal that may break off.
pub fn try_upload(client: &Client, channel: ChannelId, rows: usize) -> reqwest::Result<Page> {
    let (channel, content) = (channel.to_string(), usage(rows));
    let file = Upload { field: "usage", name: "usage.csv", content: content.as_bytes() };
    client.try_post_file("/usage/files/new", &[("channel", &channel), ("format", "portal")], &file)
}

impl Work {
    /// Adds one product after the other until it is told to end. Each answer says that it is added, or that the database is
    /// away.
    pub fn go_on(&self, client: &Client) {
        while !self.ended.load(Ordering::Relaxed) {
            let number = self.sent.lock().unwrap().len();
            let page = add_product(client, &format!("P-{number}"));
            if page.status != 303 {
                says_that_it_is_away(&page);
            }
            self.sent.lock().unwrap().push(page.status == 303);
        }
    }

    /// Tells it to end with the value that this gives, whatever happens until then.
    pub fn while_kept(&self) -> impl Drop + '_ {
        Ends(&self.ended)
    }

    fn count(&self, was_added: bool) -> usize {
        self.sent.lock().unwrap().iter().filter(|added| **added == was_added).count()
    }

    /// Waits until more was added.
    pub fn wait_for_more(&self) {
        let before = self.count(true);
        wait_for("more is added", || self.count(true) > before + 3);
    }

    pub fn wait_for_a_refusal(&self) {
        wait_for("somebody is told", || self.count(false) > 0);
    }

    /// What was answered as added is there once, what was not is there once or absent.
    pub fn is_kept(&self, world: &World) {
        let skus: Vec<String> = world.read(|connection| {
            products::table.filter(products::sku.like("P-%")).select(products::sku).load(connection)
        });
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        skus.into_iter().for_each(|sku| *times.entry(sku).or_default() += 1);
        for (number, was_added) in self.sent.lock().unwrap().iter().enumerate() {
            let found = times.get(&format!("P-{number}")).copied().unwrap_or_default();
            assert!(found == 1 || (found == 0 && !was_added), "P-{number} is there {found} times");
        }
    }
}

/// The page asks to come back, because the database does not answer.
#[track_caller]
pub fn says_that_it_is_away(page: &Page) {
    assert_eq!((page.status, page.header("retry-after")), (503, "2"), "{}", page.describe());
    is_hardened(page);
    assert!(page.html().contains("The portal is busy"), "{}", page.describe());
}
