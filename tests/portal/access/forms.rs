//! Every form that somebody is offered.

use std::collections::BTreeMap;

use diesel::prelude::*;
use reseller_portal::db::schema::users;
use reseller_portal::values::UserId;

use super::crawl::{crawl, crawl_from, line};
use crate::support::{Client, PageForm, World};

/// Forms that would end the session that sends them.
const SPARED: [&str; 3] = ["/sign-out", "/account/sessions/ending", "/account/sessions/{id}/ending"];

/// Each form that somebody is offered, once for each kind of address, as the page fills it.
pub fn forms(client: &Client) -> BTreeMap<&'static str, PageForm> {
    let mut forms = BTreeMap::new();
    let starts = ["/application", "/application/company"];
    let pages =
        crawl(client, 3).into_iter().chain(starts.iter().flat_map(|start| crawl_from(client, start, 3)));
    for (_, page) in pages {
        for form in page.posting_forms() {
            if let Some(route) = line("POST", &form.action).filter(|route| !SPARED.contains(&route.path)) {
                forms.entry(route.path).or_insert(form);
            }
        }
    }
    forms
}

/// A new session of somebody of the demonstration; applicants are known by their address.
pub fn session(world: &World, name: &str) -> Client {
    if name.contains('@') {
        return world.applicant(name);
    }
    let user: UserId = world.read(|connection| {
        users::table.filter(users::user_name.eq(name)).select(users::id).first(connection)
    });
    world.session_of(user)
}
