//! `/simulation` and its files: closed months under other terms or prices; for root, and for a re-seller its own.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query, block};
use askama::Template;

use super::asked;
use super::result::Outcome;
use crate::catalog::{self, Bundle};
use crate::channels::choice::{Choice, Named, chosen, missing};
use crate::channels::{self, Channel};
use crate::db::{AnyConnection, Db, QueryResult};
use crate::requests::resellers;
use crate::settlement::Statement;
use crate::simulation::{SettledMonth, SimulatedMonth, WhatIf, export, simulate, store};
use crate::terms::{self, TermsVersion};
use crate::values::{BundleId, Currency, Month, Scope};
use crate::web::sheet::FileKind;
use crate::web::{Answer, Error, Errors, Fields, Member, Shell, links, page_with};

#[derive(Template)]
#[template(path = "simulation/show.html")]
struct SimulationPage {
    shell: Shell,
    is_root: bool,
    channel: Choice,
    /// `None` when there is no channel to simulate.
    place: Option<Place>,
    versions: Vec<(String, String)>,
    has_statements: bool,
    fields: Fields,
    /// The bundle whose prices came from the price editor.
    bundle: Option<Bundle>,
    outcome: Option<Outcome>,
    csv: String,
    xlsx: String,
    errors: Errors,
}

/// Where the months are, and which.
struct Place {
    channel: Channel,
    currency: Currency,
    months: Option<(Month, Month)>,
}

impl SimulationPage {
    fn chosen_currency(&self) -> &'static str {
        self.place.as_ref().map_or("", |place| place.currency.code())
    }

    fn currencies(&self) -> Vec<(&'static str, &'static str)> {
        let currencies = self.place.iter().flat_map(|place| &place.channel.currencies);
        currencies.map(|one| (one.code(), one.code())).collect()
    }

    /// A month as typed, or the one that is shown.
    fn month(&self, name: &str) -> String {
        let shown = self.place.as_ref().and_then(|place| place.months);
        match (self.fields.get(name), shown) {
            ("", Some((from, to))) => if name == "from" { from } else { to }.to_string(),
            (typed, _) => typed.to_owned(),
        }
    }

    /// The prices of the editor travel on.
    fn prices(&self) -> Vec<&(String, String)> {
        self.fields.0.iter().filter(|(name, _)| name.starts_with("price.")).collect()
    }
}

/// What the database knows of a simulation.
struct Loaded {
    choice: Choice,
    place: Option<Place>,
    versions: Vec<TermsVersion>,
    statements: Vec<Statement>,
    bundles: Vec<Bundle>,
    months: Vec<SettledMonth>,
    errors: Errors,
}

impl Loaded {
    fn sees_reference(&self, is_root: bool) -> bool {
        is_root || self.place.as_ref().is_some_and(|place| place.channel.shows_reference)
    }
}

async fn load(db: &Db, scope: Scope, fields: Fields) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let named = fields.get("channel");
        let bundles = catalog::store::bundles(connection)?;
        let mut loaded = Loaded {
            place: None,
            versions: Vec::new(),
            statements: Vec::new(),
            bundles,
            months: Vec::new(),
            errors: Errors::default(),
            choice: Choice::of(connection, scope, named)?,
        };
        let Some(channel) = channel(connection, scope, named, &mut loaded.errors)? else { return Ok(loaded) };
        if loaded.errors.is_empty() {
            loaded.choice.value = channel.code.to_string();
        }
        let Some(currency) = asked::currency(&channel, &fields) else { return Ok(loaded) };
        let reseller = resellers::find(connection, channel.reseller)?;
        loaded.versions = terms::store::of_request(connection, reseller.request)?;
        loaded.statements = store::closed(connection, scope, channel.id, currency)?;
        let months = asked::months(&fields, &loaded.statements, &mut loaded.errors);
        if let Some((from, to)) = months {
            loaded.months = store::months(connection, &loaded.statements, from, to)?;
        }
        loaded.place = Some(Place { channel, currency, months });
        Ok(loaded)
    });
    Ok(loaded.await?)
}

/// The channel that is asked for, or the first one in scope; an id that nothing in scope has is an error.
fn channel(
    connection: &mut AnyConnection,
    scope: Scope,
    named: &str,
    errors: &mut Errors,
) -> QueryResult<Option<Channel>> {
    let found = match Named::parse(named) {
        Named::Any => None,
        Named::Id(id) => Some(channels::store::find(connection, scope, id)?),
        Named::Code(_) | Named::Nothing => {
            let found = chosen(connection, scope, named)?;
            if found.is_none() {
                errors.add("channel", missing(named));
            }
            found
        }
    };
    found.map_or_else(|| channels::store::first(connection, scope), |found| Ok(Some(found)))
}

fn names(bundles: &[Bundle]) -> BTreeMap<BundleId, String> {
    bundles.iter().map(|bundle| (bundle.id, bundle.name.clone())).collect()
}

/// The bundle whose prices are tried: one that the address names.
fn bundle_of<'b>(bundles: &'b [Bundle], fields: &Fields) -> Option<&'b Bundle> {
    let wanted = fields.get("bundle").parse::<BundleId>().ok()?;
    bundles.iter().find(|bundle| bundle.id == wanted)
}

/// Simulates the months off the async threads: years of a large channel take their time.
async fn run(months: Vec<SettledMonth>, what_if: WhatIf) -> Result<Vec<SimulatedMonth>, Error> {
    let work = move || months.iter().map(|month| simulate(month, &what_if)).collect::<Result<_, _>>();
    let simulated = block(work).await.map_err(|error| Error::Unavailable(error.to_string()))?;
    simulated.map_err(|error| Error::Internal(format!("a simulation: {error}")))
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, fields: Query<Fields>) -> Answer {
    let fields = fields.into_inner();
    let mut loaded = load(&db, member.scope, fields.clone()).await?;
    let mut errors = std::mem::take(&mut loaded.errors);
    let bundle = bundle_of(&loaded.bundles, &fields);
    let known = (loaded.versions.as_slice(), loaded.sees_reference(member.is_root()));
    let what_if = asked::what_if(&fields, known, bundle, &mut errors);
    let mut outcome = None;
    let settled = std::mem::take(&mut loaded.months);
    if let Some(place) = loaded.place.as_ref().filter(|_| errors.is_empty() && !settled.is_empty()) {
        let months = run(settled, what_if).await?;
        let found = Outcome::of(&months, &names(&loaded.bundles), place.currency);
        outcome = Some(found.map_err(|error| Error::Internal(format!("a simulation: {error}")))?);
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let parts: Vec<(&str, &str)> = fields.0.iter().map(|(name, value)| (&**name, &**value)).collect();
    let shown = SimulationPage {
        shell,
        is_root: member.is_root(),
        channel: loaded.choice,
        versions: loaded.versions.iter().map(version_option).collect(),
        has_statements: !loaded.statements.is_empty(),
        csv: links::address("/simulation.csv", &parts),
        xlsx: links::address("/simulation.xlsx", &parts),
        bundle: bundle.cloned(),
        place: loaded.place,
        fields,
        outcome,
        errors,
    };
    page_with(status, &shown)
}

fn version_option(version: &TermsVersion) -> (String, String) {
    let words = version.state.words().to_lowercase();
    let share = version.offer.rule.general;
    (version.id.to_string(), format!("Version {}: {share}%, {words}", version.number))
}

/// The simulation as a file.
pub async fn download(member: Member, db: Data<Db>, kind: FileKind, fields: Query<Fields>) -> Answer {
    let fields = fields.into_inner();
    let mut loaded = load(&db, member.scope, fields.clone()).await?;
    let mut errors = std::mem::take(&mut loaded.errors);
    let bundle = bundle_of(&loaded.bundles, &fields);
    let known = (loaded.versions.as_slice(), loaded.sees_reference(member.is_root()));
    let what_if = asked::what_if(&fields, known, bundle, &mut errors);
    let settled = std::mem::take(&mut loaded.months);
    let Some(place) = loaded.place.as_ref().filter(|_| errors.is_empty()) else {
        return Err(Error::NotFound);
    };
    let months = run(settled, what_if).await?;
    let bundles = names(&loaded.bundles);
    let content = export::file(kind, &months, &bundles, place.currency, member.act().at)?;
    Ok(kind.attachment(&format!("simulation-{}-{}", place.channel.code, place.currency), content))
}
