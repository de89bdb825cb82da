//! `/price-requests/{id}`: what is asked for and why; root approves or declines, the re-seller may withdraw.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::price_form::{self, Loaded, Place};
use super::price_lines::{Line, Seen, lines};
use crate::catalog::pages::wording::{concern_name, part_name};
use crate::channels::price_requests::store::{self, Ending};
use crate::channels::price_requests::{PriceRequest, PriceRequestState, Refusal};
use crate::channels::{Channel, pricing};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::values::{PriceRequestId, Scope, parse_day};
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, Member, NoFields, ResellerStaff, RootStaff, Shell, Site,
    kept_text, page, page_with,
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Deciding {
    from: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "channels/price_request.html")]
struct RequestPage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    request: PriceRequest,
    lines: Vec<Line>,
    /// Each limit that the price breaks: which charge, and what would be allowed.
    broken: Vec<(String, String)>,
    form: Deciding,
    errors: Errors,
}

impl RequestPage {
    fn concerns(&self) -> &'static str {
        concern_name(self.request.concerns)
    }
}

async fn request_page(
    shell: Shell,
    db: &Db,
    scope: Scope,
    id: PriceRequestId,
    today: NaiveDate,
) -> Result<RequestPage, Error> {
    let request = db.read(move |connection| store::find(connection, scope, id)).await?;
    let place = Place { channel: request.channel, bundle: request.bundle, currency: request.currency };
    let loaded = price_form::load(db, scope, &place, today).await?;
    let is_root = scope == Scope::Root;
    let fields = Fields(price_form::filled(&loaded.book, &request.values));
    let lines = lines(&loaded, &fields, Seen { is_root, today, preview: true });
    let broken = broken(&loaded, &request);
    let from = request.effective_from.max(today).to_string();
    let form = Deciding { from, answer: String::new() };
    let channel = loaded.channel;
    Ok(RequestPage { shell, is_root, channel, request, lines, broken, form, errors: Errors::default() })
}

fn broken(loaded: &Loaded, request: &PriceRequest) -> Vec<(String, String)> {
    if !request.is_open() {
        return Vec::new();
    }
    let (book, scope) = (&loaded.book, Scope::Reseller(request.reseller));
    let faults = pricing::check(book, loaded.channel.price_editable, scope, &request.wished());
    let told = |(id, fault): (crate::values::ChargeId, crate::channels::policy::Fault)| {
        let charge = book.bundle.charges.iter().find(|charge| charge.id == id)?;
        Some((part_name(charge, fault.tier, &loaded.products), fault.to_string()))
    };
    faults.err().unwrap_or_default().into_iter().filter_map(told).collect()
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<PriceRequestId>) -> Answer {
    let today = member.act().today();
    page(&request_page(shell, &db, member.scope, id.into_inner(), today).await?)
}

/// The page of a request that still can be decided: without its form no message would have a place.
async fn open_request(
    root: &RootStaff,
    shell: Shell,
    db: &Db,
    id: PriceRequestId,
) -> Result<RequestPage, Error> {
    let shown = request_page(shell, db, root.scope(), id, root.act().today()).await?;
    match shown.request.state {
        PriceRequestState::Open => Ok(shown),
        decided => Err(Error::Conflict(Refusal::Decided(decided).to_string())),
    }
}

const ANSWER: &str = "Say why, in at most 1,000 characters";

pub async fn approve(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<PriceRequestId>,
    form: Form<Deciding>,
) -> Answer {
    let mut shown = open_request(&root, shell, &db, *id).await?;
    shown.form = form.0;
    let day = parse_day(&shown.form.from).map_err(|_| "Enter the first day");
    let from = shown.errors.take("from", day);
    let answer = match shown.form.answer.trim() {
        "" => Some(String::new()),
        typed => kept_text(typed, 1000, "answer", ANSWER, &mut shown.errors),
    };
    match from.zip(answer) {
        Some((from, answer)) => decide(root, &go, &db, &site, shown, Ending::Approve { from, answer }).await,
        None => page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown),
    }
}

pub async fn decline(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<PriceRequestId>,
    form: Form<Deciding>,
) -> Answer {
    let mut shown = open_request(&root, shell, &db, *id).await?;
    shown.form = form.0;
    match kept_text(&shown.form.answer, 1000, "answer", ANSWER, &mut shown.errors) {
        Some(answer) => decide(root, &go, &db, &site, shown, Ending::Decline { answer }).await,
        None => page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown),
    }
}

async fn decide(
    root: RootStaff,
    go: &Go,
    db: &Db,
    site: &Site,
    mut shown: RequestPage,
    ending: Ending,
) -> Answer {
    let (id, scope, act, letterhead) = (shown.request.id, root.scope(), root.act(), Letterhead::from(site));
    let approves = matches!(ending, Ending::Approve { .. });
    let decided =
        db.write(move |connection| store::decide(connection, scope, id, &ending, &letterhead, &act));
    match decided.await.decided()? {
        Ok(_) if approves => go.to(format!("/price-requests/{id}"), "The price is approved and set"),
        Ok(_) => go.to(format!("/price-requests/{id}"), "The price request is declined"),
        Err(Refusal::Price(refusal)) => {
            shown.errors.add("from", refusal);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(refusal) => Err(Error::Conflict(refusal.to_string())),
    }
}

pub async fn withdraw(
    reseller: ResellerStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<PriceRequestId>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, scope, act) = (id.into_inner(), reseller.scope(), reseller.act());
    let letterhead = Letterhead::from(&**site);
    let done = db.write(move |connection| store::withdraw(connection, scope, id, &letterhead, &act));
    done.await.decided()?.map_err(|refusal| Error::Conflict(refusal.to_string()))?;
    go.to(format!("/price-requests/{id}"), "The price request is withdrawn")
}
