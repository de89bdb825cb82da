//! `/usage/unrated`: the records that cannot be rated yet, by what they miss, each with the way to mend it.
//!
//! **Permissions**: members, each with its own channels; searching again as for uploading.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{choice, may_import, may_import_some, own_channel, wording};
use crate::channels::choice::{Choice, Named};
use crate::channels::{self, Channel};
use crate::db::{Db, Never};
use crate::usage::UnratedCause;
use crate::usage::store::{self, UnratedFilter, UnratedGroup};
use crate::values::ChannelId;
use crate::web::filters::counted;
use crate::web::{Answer, Error, Form, Go, Member, NoFields, Shell, links, page};

/// Groups that are shown; mending them makes room for others.
const SHOWN: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    channel: String,
    cause: String,
}

/// Where a group is mended; no address when it is not the visitor's to mend.
struct Remedy {
    href: String,
    label: &'static str,
}

struct Line {
    group: UnratedGroup,
    cause: UnratedCause,
    channel_name: String,
    remedy: Remedy,
}

#[derive(Template)]
#[template(path = "usage/unrated.html")]
struct UnratedPage {
    shell: Shell,
    is_root: bool,
    may_retry: bool,
    search: Search,
    channel: Choice,
    causes: Vec<(&'static str, String)>,
    lines: Vec<Line>,
    total: i64,
    has_more: bool,
}

impl UnratedPage {
    fn is_filtered(&self) -> bool {
        !self.search.channel.is_empty() || !self.search.cause.is_empty()
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let own = own_channel(&db, &member).await?;
    let channel = choice(&db, &member, &search.channel).await?;
    let filter = UnratedFilter { channel: Named::parse(&search.channel), cause: search.cause.parse().ok() };
    let scope = member.scope;
    let (mut groups, counts, channels) = db
        .read(move |connection| {
            let groups = store::unrated_groups(connection, scope, &filter, SHOWN + 1)?;
            let counts = store::unrated_counts(connection, scope, &filter.channel)?;
            let ids: Vec<ChannelId> = groups.iter().map(|group| group.channel).collect();
            Ok((groups, counts, channels::store::some(connection, &ids)?))
        })
        .await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let has_more = groups.len() > shown;
    groups.truncate(shown);
    let count_of =
        |cause| counts.iter().find(|(found, _)| *found == Some(cause)).map_or(0, |(_, count)| *count);
    let causes = UnratedCause::ALL
        .iter()
        .filter(|cause| count_of(**cause) > 0)
        .map(|cause| (cause.as_str(), format!("{} ({})", wording::cause_name(*cause), count_of(*cause))))
        .collect();
    page(&UnratedPage {
        shell,
        is_root: member.is_root(),
        may_retry: may_import_some(&member, own.as_ref()),
        lines: groups.into_iter().filter_map(|group| line(&member, &channels, group)).collect(),
        total: counts.iter().map(|(_, count)| count).sum(),
        channel,
        causes,
        search,
        has_more,
    })
}

fn line(member: &Member, channels: &[Channel], group: UnratedGroup) -> Option<Line> {
    let cause = group.cause?;
    let channel = channels.iter().find(|channel| channel.id == group.channel)?;
    let remedy = remedy(member, channel, &group, cause);
    Some(Line { cause, channel_name: channel.name.clone(), remedy, group })
}

fn remedy(member: &Member, channel: &Channel, group: &UnratedGroup, cause: UnratedCause) -> Remedy {
    let customer = || group.customer.map(|id| format!("/customers/{id}")).unwrap_or_default();
    let (href, label) = match cause {
        UnratedCause::Customer | UnratedCause::Product if may_import(member, channel) => {
            let parts = [("channel", channel.id.to_string()), ("source", group.source.clone())];
            let parts = parts.each_ref().map(|(name, value)| (*name, value.as_str()));
            (links::address("/usage/mapping", &parts), "Map names")
        }
        UnratedCause::Customer | UnratedCause::Product => (String::new(), "The provider maps it"),
        UnratedCause::Subscription => (customer(), "Open customer"),
        UnratedCause::Currency => (customer(), "Open customer"),
        UnratedCause::Price if member.is_root() => (format!("/channels/{}/prices", channel.id), "Set price"),
        UnratedCause::Price => ("/prices".to_owned(), "See prices"),
        UnratedCause::Unit if member.is_root() => {
            (group.product.map(|id| format!("/products/{id}")).unwrap_or_default(), "Open product")
        }
        UnratedCause::Unit => (String::new(), "The provider mends it"),
    };
    Remedy { href, label }
}

/// Searches again for what is missing in every channel that the visitor may import into.
pub async fn retry(member: Member, go: Go, db: Data<Db>, _form: Form<NoFields>) -> Answer {
    let own = own_channel(&db, &member).await?;
    if !may_import_some(&member, own.as_ref()) {
        return Err(Error::Forbidden);
    }
    let waiting = match own {
        Some(own) => vec![own.id],
        None => db.read(store::waiting_channels).await?,
    };
    let now = member.act().at;
    let mut mended = 0;
    for channel in waiting {
        mended += db
            .write::<_, Never>(move |connection| Ok(store::retry_unrated(connection, channel, now)?))
            .await?;
    }
    let said = match mended {
        0 => "Nothing more can be rated yet".to_owned(),
        mended => format!("{} can be rated now", counted(mended, "row")),
    };
    go.to("/usage/unrated", said)
}
