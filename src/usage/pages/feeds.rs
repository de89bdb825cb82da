//! `/usage/feeds`: the programs that may send usage of a channel, each by a token that is shown once.
//!
//! **Permissions**: as for uploading.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{choice, chosen, may_import, may_import_some, own_channel};
use crate::channels::choice::{Choice, missing};
use crate::db::{Db, Never};
use crate::usage::store::{self, Feed};
use crate::values::{Timestamp, UsageFeedId};
use crate::web::{
    Answer, Error, Errors, Form, Go, Member, NoFields, Shell, Site, kept_text, page, page_with, random_token,
};

/// What every token begins with, so that one that went astray is known for what it is.
const PREFIX: &str = "feed_";
const LONGEST_NAME: usize = 60;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewFeed {
    channel: String,
    name: String,
}

#[derive(Template)]
#[template(path = "usage/feeds.html")]
struct FeedsPage {
    shell: Shell,
    is_root: bool,
    may_import: bool,
    now: Timestamp,
    /// Where events are sent to.
    address: String,
    channel: Choice,
    feeds: Vec<Feed>,
    form: NewFeed,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "usage/feed.html")]
struct FeedPage {
    shell: Shell,
    name: String,
    channel: String,
    token: String,
    address: String,
}

#[derive(Template)]
#[template(path = "usage/feed_ending.html")]
struct EndingPage {
    shell: Shell,
    feed: Feed,
    now: Timestamp,
}

fn address(site: &Site) -> String {
    format!("{}/api/v1/events", site.public_url)
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, site: Data<Site>) -> Answer {
    let shown = feeds_page(&member, shell, &db, &site, NewFeed::default(), Errors::default()).await?;
    page_with(if shown.may_import { StatusCode::OK } else { StatusCode::FORBIDDEN }, &shown)
}

async fn feeds_page(
    member: &Member,
    shell: Shell,
    db: &Db,
    site: &Site,
    form: NewFeed,
    errors: Errors,
) -> Result<FeedsPage, Error> {
    let scope = member.scope;
    Ok(FeedsPage {
        shell,
        is_root: member.is_root(),
        may_import: may_import_some(member, own_channel(db, member).await?.as_ref()),
        now: member.act().at,
        address: address(site),
        channel: choice(db, member, &form.channel).await?,
        feeds: db.read(move |connection| store::feeds(connection, scope)).await?,
        form,
        errors,
    })
}

pub async fn submit(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<NewFeed>,
) -> Answer {
    let form = form.0;
    let mut errors = Errors::default();
    let channel = chosen(&db, &member, &form.channel).await?;
    if channel.is_none() {
        errors.add("channel", missing(&form.channel));
    }
    let name =
        kept_text(&form.name, LONGEST_NAME, "name", "Name the program, in at most 60 letters", &mut errors);
    let (Some(channel), Some(name)) = (channel, name) else {
        let again = feeds_page(&member, shell, &db, &site, form, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    if !may_import(&member, &channel) {
        return Err(Error::Forbidden);
    }
    let token = format!("{PREFIX}{}", random_token());
    let (act, kept, is_root) = (member.act(), token.clone(), member.is_root());
    let shown = (name.clone(), channel.name.clone());
    db.write::<_, Never>(move |connection| {
        Ok(store::add_feed(connection, &channel, is_root, &name, &kept, &act)?)
    })
    .await?;
    page(&FeedPage { shell, name: shown.0, channel: shown.1, token, address: address(&site) })
}

/// Asks before a token is taken back.
pub async fn ending(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<UsageFeedId>,
) -> Answer {
    feeds_are_open(&member, &db).await?;
    let scope = member.scope;
    let feed = db.read(move |connection| store::feed(connection, scope, *id)).await?;
    if feed.ended_at.is_some() {
        return Err(Error::Conflict(format!("{} was ended before.", feed.name)));
    }
    page(&EndingPage { shell, feed, now: site.clock.now() })
}

async fn feeds_are_open(member: &Member, db: &Db) -> Result<(), Error> {
    let own = own_channel(db, member).await?;
    if may_import_some(member, own.as_ref()) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Takes a token back.
pub async fn end(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<UsageFeedId>,
    _form: Form<NoFields>,
) -> Answer {
    feeds_are_open(&member, &db).await?;
    let (scope, act) = (member.scope, member.act());
    let ended = db.write::<_, Never>(move |connection| Ok(store::end_feed(connection, scope, *id, &act)?));
    go.to("/usage/feeds", format!("{} can send no more usage", ended.await?))
}
