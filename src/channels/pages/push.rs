//! `/bundles/{id}/channels`: gives a bundle to channels that do not sell it yet; root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::form;
use crate::catalog::{self, Bundle, BundleState, PriceVersion, price_store, prices};
use crate::channels::{Channel, notices, store};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::values::{BundleId, ChannelId, Currency};
use crate::web::filters::counted;
use crate::web::{Answer, Error, Errors, Fields, Form, Go, RootStaff, Shell, Site, page, page_with};

#[derive(Template)]
#[template(path = "channels/push.html")]
struct PushPage {
    shell: Shell,
    bundle: Bundle,
    /// The channels that can take it: id and label.
    options: Vec<(String, String)>,
    policies: &'static [(&'static str, &'static str)],
    fields: Fields,
    errors: Errors,
}

impl PushPage {
    fn chosen(&self) -> Vec<&str> {
        self.fields.all("channel").collect()
    }

    fn of_bundle(&self, name: &str) -> &str {
        self.fields.get(&format!("{name}.{}", self.bundle.id))
    }

    fn fault(&self, name: &str) -> &str {
        self.errors.of(&format!("{name}.{}", self.bundle.id))
    }
}

/// Id and label of a channel, with a warning for the currencies that it could not sell in.
fn option(channel: &Channel, reference: &[PriceVersion], today: NaiveDate) -> (String, String) {
    let has_price = |currency: &Currency| {
        let own: Vec<_> = reference.iter().filter(|one| one.currency == *currency).cloned().collect();
        prices::current(&own, today).is_some()
    };
    let missing = channel.currencies.iter().filter(|one| !has_price(one)).map(|one| one.code());
    let missing: Vec<&str> = missing.collect();
    let warning = match missing[..] {
        [] => String::new(),
        _ => format!(" (no reference price in {} today: not sold in it)", missing.join(", ")),
    };
    (channel.id.to_string(), format!("{}, {}{warning}", channel.name, channel.reseller_name))
}

async fn push_page(
    root: &RootStaff,
    shell: Shell,
    db: &Db,
    id: BundleId,
    fields: Fields,
) -> Result<PushPage, Error> {
    let (scope, today) = (root.scope(), root.act().today());
    let (bundle, reference, selling, channels) = db
        .read(move |connection| {
            let bundle = catalog::store::bundle(connection, id)?;
            let reference = price_store::versions_of_bundle(connection, None, id)?;
            let selling = catalog::bundle_store::sold_by(connection, id)?;
            Ok((bundle, reference, selling, store::list(connection, scope)?))
        })
        .await?;
    if bundle.state != BundleState::Active {
        return Err(Error::Conflict("Only an active bundle can be given to channels.".into()));
    }
    let sells = |id: ChannelId| selling.iter().any(|(channel, _, enabled)| *channel == id && *enabled);
    let others = channels.iter().filter(|channel| !sells(channel.id));
    let options = others.map(|channel| option(channel, &reference, today)).collect();
    let policies = form::POLICIES;
    Ok(PushPage { shell, bundle, options, policies, fields, errors: Errors::default() })
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<BundleId>) -> Answer {
    page(&push_page(&root, shell, &db, *id, Fields::default()).await?)
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<BundleId>,
    form: Form<Fields>,
) -> Answer {
    let id = id.into_inner();
    let mut shown = push_page(&root, shell, &db, id, form.0).await?;
    let offered = shown.chosen().into_iter().filter(|id| shown.options.iter().any(|(known, _)| known == id));
    let chosen: Vec<ChannelId> = offered.filter_map(|id| id.parse().ok()).collect();
    if chosen.is_empty() {
        shown.errors.add("channel", "Choose one channel or more");
    }
    let sold = form::parse_policy(&shown.fields, id, &mut shown.errors);
    if !shown.errors.is_empty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    let (act, scope, count) = (root.act(), root.scope(), chosen.len());
    let (name, letterhead) = (shown.bundle.name.clone(), Letterhead::from(site.get_ref()));
    let given = db.write(move |connection| {
        chosen.iter().try_for_each(|id| {
            store::add_bundle(connection, *id, &sold, &act)?;
            let channel = store::find(connection, scope, *id)?;
            Ok(notices::bundle_added(connection, &channel, &name, &letterhead, &act)?)
        })
    });
    given.await.decided()?.map_err(|refusal| Error::Conflict(refusal.to_string()))?;
    let channels = counted(i64::try_from(count).unwrap_or(i64::MAX), "channel");
    let verb = if count == 1 { "sells" } else { "sell" };
    go.to(format!("/bundles/{id}"), format!("{channels} {verb} the bundle now"))
}
