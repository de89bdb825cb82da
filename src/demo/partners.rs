//! Walks each invented company as far as it has come: request, terms, acceptance, channel.

use super::companies::{COMPANIES, Company, Stage as Reached};
use super::load::{Stage, ok};
use super::season::office_hour;
use crate::access::store as accounts;
use crate::catalog::{self, BundleState, ChargeKind, PriceConcern};
use crate::channels::pricing::Wished;
use crate::channels::{self, Band, ChannelBundle, PricePolicy};
use crate::db::AnyConnection;
use crate::requests::resellers::{self, ResellerState};
use crate::requests::state::Step;
use crate::requests::store;
use crate::requests::{
    Assessment, CONDITIONS_VERSION, Contact, ContactKind, Interest, Recommendation, accept, negotiate,
    notices,
};
use crate::terms::{Collector, Offer, ShareBasis, ShareRule, Side, Tier};
use crate::values::{Act, Actor, ActorKind, ChannelId, Month, RequestId, Scope, Timestamp};

/// A company whose channel is open.
pub(super) struct Opened {
    pub company: &'static Company,
    pub channel: ChannelId,
    pub since: Month,
}

/// Every company, in the order in which they asked.
pub(super) fn load(connection: &mut AnyConnection, stage: &Stage) -> anyhow::Result<Vec<Opened>> {
    let mut opened = Vec::new();
    for company in COMPANIES {
        if let Some(channel) = walk(connection, stage, company)? {
            let since = stage.month(company.months_ago).next();
            opened.push(Opened { company, channel, since });
        }
    }
    Ok(opened)
}

/// When something happened: so many days after the request, never in the future.
fn at(stage: &Stage, company: &Company, days: u64) -> Timestamp {
    let first = stage.month(company.months_ago).first_day();
    let day = (first + chrono::Days::new(days)).min(stage.today - chrono::Days::new(1));
    office_hour(day, company.name).plus(chrono::Duration::minutes(i64::try_from(days).unwrap_or_default()))
}

fn applicant(company: &Company, at: Timestamp) -> Act {
    by(ActorKind::Applicant, company, at)
}

/// What the company's person does once it is a re-seller.
pub(super) fn by_reseller(company: &Company, at: Timestamp) -> Act {
    by(ActorKind::Reseller, company, at)
}

fn by(kind: ActorKind, company: &Company, at: Timestamp) -> Act {
    Act { who: Actor { kind, id: None, name: company.person.to_owned(), address: None }, at }
}

fn walk(
    connection: &mut AnyConnection,
    stage: &Stage,
    company: &'static Company,
) -> anyhow::Result<Option<ChannelId>> {
    let id = draft(connection, stage, company)?;
    if company.stage == Reached::Draft {
        return Ok(None);
    }
    let by_them = |days| applicant(company, at(stage, company, days));
    let by_root = |days| stage.root(at(stage, company, days));
    let step = |connection: &mut AnyConnection, step, text: &str, act: Act| -> anyhow::Result<()> {
        let request = ok(store::take_step(connection, id, None, step, text, &act))?;
        Ok(notices::step(connection, &request, step, text, &stage.letterhead, &act)?)
    };
    step(connection, Step::Submit, "", by_them(1))?;
    match company.stage {
        Reached::Submitted => return Ok(None),
        Reached::Withdrawn => {
            step(connection, Step::Withdraw, "", by_them(6))?;
            return Ok(None);
        }
        _ => step(connection, Step::StartReview, "", by_root(2))?,
    }
    ok(store::assign(connection, id, Some(stage.root), &by_root(2)))?;
    let day = at(stage, company, 3).day();
    let contact = (ContactKind::Call, day, company.person);
    ok(store::log_contact(
        connection,
        id,
        contact,
        "First call: who they are and whom they serve.",
        &by_root(3),
    ))?;
    if company.stage == Reached::InReview {
        return Ok(None);
    }
    assess(connection, id, company, &by_root(4))?;
    match company.stage {
        Reached::InfoRequested => {
            step(
                connection,
                Step::AskInformation,
                "How many of your customers use a cloud service today?",
                by_root(4),
            )?;
            Ok(None)
        }
        Reached::Rejected => {
            let reason =
                "We cannot serve this market at present. Ask again when you give first-line support.";
            step(connection, Step::Reject, reason, by_root(5))?;
            Ok(None)
        }
        _ => negotiation(connection, stage, company, id),
    }
}

fn draft(connection: &mut AnyConnection, stage: &Stage, company: &Company) -> anyhow::Result<RequestId> {
    let act = applicant(company, at(stage, company, 0));
    let email = company.email.parse()?;
    let person = accounts::applicant(connection, &email, act.at)?;
    accounts::verify_applicant(connection, person, act.at)?;
    let id = ok(store::begin(connection, person, &email, &act))?;
    let about = crate::requests::Company {
        legal_name: company.name.into(),
        trading_name: String::new(),
        registration_number: company.tax_id.chars().filter(char::is_ascii_digit).collect(),
        tax_id: company.tax_id.into(),
        website: format!("https://{}", email.domain()),
        country: company.country.into(),
        address: "1 Harbour Street".into(),
    };
    ok(store::save_company(connection, id, &about, &act))?;
    if company.stage == Reached::Draft {
        return Ok(id);
    }
    let contact = Contact {
        name: company.person.into(),
        job_title: "Managing director".into(),
        phone: company.phone.into(),
        user_name: company.user_name.into(),
    };
    ok(store::save_contact(connection, id, &contact, &act))?;
    let customers = i64::try_from(company.customers).unwrap_or_default();
    let interest = Interest {
        sells_today: "Managed workplaces and hosting for small and middle-sized companies".into(),
        target_market: "Companies of 20 to 500 people in our region".into(),
        expected_customers: Some(40 + 12 * customers),
        expected_revenue: Some((8_000 + 2_000 * customers).to_string().parse()?),
        expected_currency: Some(company.currencies.first().unwrap_or(&"USD").parse()?),
        bundles: "Compute M, Storage Plus".into(),
        message: String::new(),
    };
    ok(store::save_interest(connection, id, &interest, Some(CONDITIONS_VERSION), &act))?;
    Ok(id)
}

fn assess(connection: &mut AnyConnection, id: RequestId, company: &Company, act: &Act) -> anyhow::Result<()> {
    let is_good = company.stage != Reached::Rejected;
    let assessment = Assessment {
        interest: Some(if is_good { 4 } else { 2 }),
        feasibility: Some(if is_good { 4 } else { 1 }),
        checklist: vec!["register".into(), "sanctions".into()],
        due_on: Some(act.today() + chrono::Days::new(10)),
        recommendation: Some(if is_good { Recommendation::Negotiate } else { Recommendation::Reject }),
        note: String::new(),
    };
    ok(store::assess(connection, id, &assessment, act))
}

fn offer(company: &Company, share: &str, from: Month, note: &str) -> anyhow::Result<Offer> {
    let basis = if company.on_margin { ShareBasis::Margin } else { ShareBasis::Revenue };
    let mut rule = ShareRule::flat(basis, share.parse()?);
    if company.channel == "BRIGHTLINE" {
        let tier = |from: &str, share: &str| anyhow::Ok(Tier { from: from.parse()?, share: share.parse()? });
        rule.tiers.insert("USD".parse()?, vec![tier("5000", "22.5")?, tier("10000", "25")?]);
    }
    if company.channel == "HARBOR" {
        rule.commitments.insert("USD".parse()?, "1500".parse()?);
        rule.caps.insert("USD".parse()?, "400".parse()?);
    }
    Ok(Offer {
        rule,
        collects: Collector::Provider,
        payment_days: 30,
        valid_from: from,
        valid_until: None,
        note: note.into(),
    })
}

fn negotiation(
    connection: &mut AnyConnection,
    stage: &Stage,
    company: &'static Company,
    id: RequestId,
) -> anyhow::Result<Option<ChannelId>> {
    let by_them = |days| applicant(company, at(stage, company, days));
    let by_root = |days| stage.root(at(stage, company, days));
    let from = stage.month(company.months_ago).next();
    let first = if company.on_margin { "50" } else { "14" };
    ok(negotiate::offer(
        connection,
        id,
        Side::Provider,
        &offer(company, first, from, "Our usual terms")?,
        &stage.letterhead,
        &by_root(5),
    ))?;
    if company.stage == Reached::Offered {
        return Ok(None);
    }
    let wish = "With our support desk carrying first line, this is where the numbers work.";
    let asked = offer(company, company.share, from, wish)?;
    let number =
        ok(negotiate::offer(connection, id, Side::Reseller, &asked, &stage.letterhead, &by_them(7)))?;
    if company.stage == Reached::Countered {
        return Ok(None);
    }
    ok(negotiate::agree(connection, id, Side::Provider, number, &stage.letterhead, &by_root(8)))?;
    let revision = store::find(connection, id)?.revision;
    let reseller = ok(accept::accept(connection, id, revision, &stage.letterhead, &by_root(9)))?;
    if company.channel.is_empty() {
        return Ok(None);
    }
    let details = channels::store::Details {
        code: company.channel.parse()?,
        name: company.name.into(),
        host: Some(
            format!("cloud.{}", company.email.rsplit('@').next().unwrap_or("portal.example")).parse()?,
        ),
        price_editable: company.stage == Reached::Active,
        shows_reference: true,
        may_import: company.channel == "KESTREL",
    };
    let currencies: Vec<_> = company.currencies.iter().map(|code| code.parse()).collect::<Result<_, _>>()?;
    let sold = sold(connection)?;
    let act = by_root(12);
    let channel = ok(channels::store::create(connection, reseller, &details, &currencies, &sold, &act))?;
    notices::channel_opened(connection, reseller, &stage.letterhead, &act)?;
    Ok(Some(channel))
}

/// Everything, most of it within a band.
fn sold(connection: &mut AnyConnection) -> anyhow::Result<Vec<ChannelBundle>> {
    let band =
        Band { floor: Some("95".parse()?), ceiling: Some("160".parse()?), min_margin: Some("2".parse()?) };
    let bundles = catalog::store::bundles(connection)?;
    let one = |bundle: catalog::Bundle| {
        let policy = match bundle.code.as_str() {
            "CLOUD-RESALE" => PricePolicy::Locked,
            "OFFICE-SEAT" => PricePolicy::Free,
            _ => PricePolicy::Band,
        };
        let band = if policy == PricePolicy::Band { band } else { Band::default() };
        ChannelBundle { bundle: bundle.id, enabled: true, policy, band }
    };
    Ok(bundles.into_iter().filter(|bundle| bundle.state == BundleState::Active).map(one).collect())
}

/// At the end: one account is suspended, one closed, and one re-seller asks for better terms.
pub(super) fn leave(connection: &mut AnyConnection, stage: &Stage) -> anyhow::Result<()> {
    for account in resellers::list(connection)? {
        let Some(company) = COMPANIES.iter().find(|company| company.name == account.name) else { continue };
        let (next, reason, days) = match company.stage {
            Reached::Suspended => (ResellerState::Suspended, "Two invoices are overdue", 20),
            Reached::Closed => (ResellerState::Closed, "The company was sold", 70),
            _ => continue,
        };
        let act = stage.root(office_hour(stage.today - chrono::Days::new(days), company.name));
        ok(resellers::change_state(connection, account.id, next, reason, &stage.letterhead, &act))?;
    }
    ask_for_a_price(connection, stage)?;
    let costa = resellers::list(connection)?.into_iter().find(|account| account.name == "Costa Cloud");
    if let (Some(account), Some(company)) = (costa, COMPANIES.iter().find(|one| one.name == "Costa Cloud")) {
        let act = by_reseller(company, office_hour(stage.today - chrono::Days::new(2), "renegotiation"));
        let better =
            offer(company, "18", stage.month(0).next(), "We have doubled our customers since we began.")?;
        ok(negotiate::offer(connection, account.request, Side::Reseller, &better, &stage.letterhead, &act))?;
    }
    Ok(())
}

/// Kestrel asks for a Database S below its floor, for the next month.
fn ask_for_a_price(connection: &mut AnyConnection, stage: &Stage) -> anyhow::Result<()> {
    let bundles = catalog::store::bundles(connection)?;
    let Some(bundle) = bundles.into_iter().find(|bundle| bundle.code == "DATABASE-S") else { return Ok(()) };
    let Some(channel) = channels::store::by_code(connection, "KESTREL")? else { return Ok(()) };
    let Some(company) = COMPANIES.iter().find(|company| company.channel == "KESTREL") else { return Ok(()) };
    let (scope, currency) = (Scope::Reseller(channel.reseller), "USD".parse()?);
    let book = channels::pricing::book(connection, scope, channel.id, bundle.id, currency)?;
    let Some(now) = book.in_effect(stage.today) else { return Ok(()) };
    let mut values = now.values.clone();
    for charge in bundle.charges.iter().filter(|charge| charge.kind == ChargeKind::Recurring) {
        if let Some(value) = values.get_mut(&charge.id) {
            *value = value.scaled("-20".parse()?, 0)?;
        }
    }
    let wished = Wished {
        channel: channel.id,
        bundle: bundle.id,
        currency,
        effective_from: stage.month(0).next().first_day(),
        concerns: PriceConcern::New,
        reason: "A competitor sells it for less; we would win three shops with this price.".into(),
        values,
    };
    let act = by_reseller(company, office_hour(stage.today - chrono::Days::new(1), "price"));
    ok(channels::price_requests::store::ask(connection, scope, &wished, &stage.letterhead, &act))?;
    Ok(())
}
