//! `/channels/{id}/prices/{bundle}/{currency}/history`: every price that a channel had, has or plans for a bundle in a
//! currency; one whose day has not come can be dropped here.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::price_form::{Loaded, load, place};
use crate::catalog::pages::wording::{concern_name, price_badge, price_lines};
use crate::catalog::{PriceVersion, prices};
use crate::channels::pricing::{self, Book};
use crate::channels::{Channel, PricePolicy, notices, store};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::values::{ChannelId, PriceVersionId};
use crate::web::{Answer, Error, Form, Go, Member, NoFields, Shell, Site, page};

/// A price with the days that it holds from.
struct Row {
    id: PriceVersionId,
    effective_from: NaiveDate,
    /// Tone and word.
    badge: (&'static str, &'static str),
    is_planned: bool,
    concerns: &'static str,
    /// Charge and price, tier by tier.
    values: Vec<(String, String)>,
    set_by: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "channels/price_history.html")]
struct HistoryPage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    book: Book,
    /// The latest day first.
    rows: Vec<Row>,
    may_change: bool,
}

impl HistoryPage {
    /// The list of the channel's prices.
    fn list(&self) -> String {
        if self.is_root { format!("/channels/{}/prices", self.channel.id) } else { "/prices".into() }
    }
}

/// Whether prices of a bundle may be set by whom the page is for.
pub fn may_change(channel: &Channel, book: &Book, is_root: bool) -> bool {
    is_root || (channel.price_editable && book.sold.policy != PricePolicy::Locked)
}

fn rows(Loaded { book, products, .. }: &Loaded, today: NaiveDate) -> Vec<Row> {
    let row = |version: &PriceVersion| Row {
        id: version.id,
        effective_from: version.effective_from,
        badge: price_badge(prices::state(version, &book.channel_versions, today)),
        is_planned: version.effective_from > today,
        concerns: concern_name(version.concerns),
        values: book
            .bundle
            .charges
            .iter()
            .filter_map(|charge| {
                let value = version.values.get(&charge.id)?;
                Some(price_lines(charge, value, products, book.currency))
            })
            .flatten()
            .collect(),
        set_by: version.created_by.clone(),
        reason: version.reason.clone(),
    };
    book.channel_versions.iter().rev().map(row).collect()
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    path: Path<(String, String, String)>,
) -> Answer {
    let (today, is_root) = (member.act().today(), member.is_root());
    let loaded = load(&db, member.scope, &place(&path)?, today).await?;
    let rows = rows(&loaded, today);
    let Loaded { channel, book, .. } = loaded;
    let may_change = may_change(&channel, &book, is_root);
    page(&HistoryPage { shell, is_root, channel, book, rows, may_change })
}

/// Drops a price whose day has not come.
pub async fn drop_planned(
    member: Member,
    go: Go,
    (db, site): (Data<Db>, Data<Site>),
    path: Path<(String, String)>,
    _form: Form<NoFields>,
) -> Answer {
    let (channel, version) = path.into_inner();
    let channel: ChannelId = channel.parse().map_err(|_| Error::NotFound)?;
    let version: PriceVersionId = version.parse().map_err(|_| Error::NotFound)?;
    let (scope, act) = (member.scope, member.act());
    let letterhead = Letterhead::from(site.get_ref());
    let dropped = db.write(move |connection| {
        let dropped = pricing::drop_planned(connection, scope, channel, version, &act)?;
        let channel = store::find(connection, scope, channel)?;
        Ok(notices::price_dropped(connection, &channel, &dropped, &letterhead, &act)?)
    });
    match dropped.await.decided()? {
        Ok(()) => go.to(format!("/channels/{channel}/prices"), "The planned price is dropped"),
        Err(_) => Err(Error::Conflict("This price is in effect or locked; it stays.".into())),
    }
}
