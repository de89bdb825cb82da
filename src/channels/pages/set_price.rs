//! `/channels/{id}/prices/{bundle}/{currency}`: a new channel price: typed, previewed with who will notice, saved. A
//! re-seller whose price is outside its limits can ask the provider for it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::price_form::{Loaded, Place, add_refusal, check, filled, load, parse, place};
use super::price_lines::{Line, Seen, lines};
use crate::catalog::{PriceRefusal, price_store, prices};
use crate::channels::pricing::{self, Book, Refusal, Wished};
use crate::channels::{Channel, PricePolicy, notices, price_requests};
use crate::db::{AnyConnection, Db, Decided, Failure};
use crate::mail::Letterhead;
use crate::values::{Act, ChannelId, PriceRequestId, Scope};
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, Member, Shell, Site, kept_text, links, page, page_with,
};

#[derive(Template)]
#[template(path = "channels/set_price.html")]
struct SetPricePage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    book: Book,
    lines: Vec<Line>,
    fields: Fields,
    errors: Errors,
    /// In the preview: customers and subscriptions that notice.
    concerned: Option<(usize, usize)>,
    /// Nothing but the limits stands in the way, so the price can be asked for.
    can_ask: bool,
}

impl SetPricePage {
    /// The same prices on closed months.
    fn simulation(&self) -> String {
        let (channel, bundle) = (self.channel.id.to_string(), self.book.bundle.id.to_string());
        let mut parts = vec![
            ("channel", channel.as_str()),
            ("currency", self.book.currency.code()),
            ("bundle", bundle.as_str()),
        ];
        let prices = self.fields.0.iter().filter(|(name, _)| name.starts_with("price."));
        parts.extend(prices.map(|(name, value)| (name.as_str(), value.as_str())));
        links::address("/simulation", &parts)
    }

    fn mark(&self) -> String {
        prices::mark(&self.book.channel_versions)
    }

    fn fault(&self, line: &Line) -> &str {
        self.errors.of(&line.field)
    }
}

fn page_of(shell: Shell, loaded: Loaded, fields: Fields, seen: Seen) -> SetPricePage {
    let lines = lines(&loaded, &fields, seen);
    let Loaded { channel, book, .. } = loaded;
    SetPricePage {
        shell,
        is_root: seen.is_root,
        channel,
        book,
        lines,
        fields,
        errors: Errors::default(),
        concerned: None,
        can_ask: false,
    }
}

/// A locked price has no editor for the re-seller.
fn refuse_locked(loaded: &Loaded, scope: Scope) -> Result<(), Error> {
    let is_locked = !loaded.channel.price_editable || loaded.book.sold.policy == PricePolicy::Locked;
    if scope != Scope::Root && is_locked { Err(Error::Forbidden) } else { Ok(()) }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    path: Path<(String, String, String)>,
) -> Answer {
    let place = place(&path)?;
    let today = member.act().today();
    let loaded = load(&db, member.scope, &place, today).await?;
    refuse_locked(&loaded, member.scope)?;
    let from = loaded.book.planned(today).map_or(today, |planned| planned.effective_from);
    let mut fields = vec![("concerns".to_owned(), "existing".to_owned())];
    fields.push(("effective_from".into(), from.to_string()));
    if let Some(version) = loaded.book.planned(today).or_else(|| loaded.book.in_effect(today)) {
        fields.extend(filled(&loaded.book, &version.values));
    }
    let seen = Seen { is_root: member.is_root(), today, preview: false };
    page(&page_of(shell, loaded, Fields(fields), seen))
}

pub async fn submit(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(String, String, String)>,
    form: Form<Fields>,
) -> Answer {
    let place = place(&path)?;
    let Form(fields) = form;
    let (scope, act, is_root) = (member.scope, member.act(), member.is_root());
    let today = act.today();
    let loaded = load(&db, scope, &place, today).await?;
    refuse_locked(&loaded, scope)?;
    let mut errors = Errors::default();
    let wished = parse(&place, &loaded.book, &fields, &mut errors);
    let seen = fields.get("seen").to_owned();
    if !seen.is_empty() && seen != prices::mark(&loaded.book.channel_versions) {
        add_refusal(Refusal::Price(PriceRefusal::Changed), &mut errors);
    }
    let can_ask = wished.as_ref().is_some_and(|wished| check(&loaded, scope, wished, today, &mut errors));
    if let Some(wished) = wished.as_ref().filter(|_| can_ask && fields.has("ask")) {
        let letterhead = Letterhead::from(site.get_ref());
        if let Some(id) = ask(&member, &db, wished, letterhead, &mut errors).await? {
            return go.to(format!("/price-requests/{id}"), "The provider is asked for this price");
        }
    }
    let preview = wished.is_some() && errors.is_empty();
    let mut shown = page_of(shell, loaded, fields, Seen { is_root, today, preview });
    (shown.errors, shown.can_ask) = (errors, can_ask);
    let (Some(wished), true) = (wished, preview) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    if shown.fields.has("change") {
        return page(&shown);
    }
    let Wished { channel, effective_from, .. } = wished;
    if !shown.fields.has("confirmed") {
        let Place { bundle, currency, .. } = place;
        let counted = db.read(move |connection| {
            pricing::concerned(connection, channel, bundle, currency, effective_from)
        });
        shown.concerned = Some(counted.await?);
        return page(&shown);
    }
    let tidings = Tidings::of(&shown, &place, &site);
    match db
        .write(move |connection| save(connection, scope, &wished, &seen, &tidings, &act))
        .await
        .decided()?
    {
        Ok(()) => went(&go, channel, effective_from),
        Err(refusal) => {
            add_refusal(refusal, &mut shown.errors);
            shown.book = load(&db, scope, &place, today).await?.book;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

/// What the re-seller is told of a price that the provider set.
struct Tidings {
    channel: Channel,
    what: String,
    letterhead: Letterhead,
}

impl Tidings {
    fn of(shown: &SetPricePage, place: &Place, site: &Site) -> Self {
        Self {
            channel: shown.channel.clone(),
            what: format!("{} in {}", shown.book.bundle.name, place.currency),
            letterhead: Letterhead::from(site),
        }
    }
}

/// Sets the price, unless the prices are no longer as they were `seen`.
fn save(
    connection: &mut AnyConnection,
    scope: Scope,
    wished: &Wished,
    seen: &str,
    tidings: &Tidings,
    act: &Act,
) -> Result<(), Failure<Refusal>> {
    let place = (Some(wished.channel), wished.bundle, wished.currency);
    price_store::refuse_changed(connection, place, seen)
        .map_err(|failure| failure.map_refusal(Refusal::Price))?;
    pricing::set(connection, scope, wished, act)?;
    let Tidings { channel, what, letterhead } = tidings;
    Ok(notices::prices_set(connection, channel, what.clone(), wished.effective_from, letterhead, act)?)
}

fn went(go: &Go, channel: ChannelId, from: chrono::NaiveDate) -> Answer {
    let when = from.format("%-d %B %Y");
    go.to(format!("/channels/{channel}/prices"), format!("The channel price is set from {when}"))
}

/// Sends the price as a request; `None` with a message beside its field when that is refused.
async fn ask(
    member: &Member,
    db: &Db,
    wished: &Wished,
    letterhead: Letterhead,
    errors: &mut Errors,
) -> Result<Option<PriceRequestId>, Error> {
    let why = "Say why you need this price, in at most 400 characters";
    let Some(reason) = kept_text(&wished.reason, 400, "reason", why, errors) else { return Ok(None) };
    let wished = Wished { reason, ..wished.clone() };
    let (scope, act) = (member.scope, member.act());
    let asked =
        db.write(move |connection| price_requests::store::ask(connection, scope, &wished, &letterhead, &act));
    match asked.await.decided()? {
        Ok(id) => Ok(Some(id)),
        Err(refusal) => {
            errors.add("reason", refusal);
            Ok(None)
        }
    }
}
