//! The search in the database, one query for each kind.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Found, Hit, Kind};
use crate::db::AnyConnection;
use crate::db::query::contains_pattern;
use crate::db::schema::{
    bundles, channel_bundles, channels, customers, reseller_request_info as requests, resellers, statements,
    subscriptions,
};
use crate::requests::RequestState;
use crate::requests::resellers::ResellerState;
use crate::settlement::StatementState;
use crate::values::{
    BundleId, ChannelId, Currency, CustomerId, Month, RequestId, ResellerId, Scope, StatementId,
    SubscriptionId,
};

/// So many of each kind.
const HITS: i64 = 6;

#[diesel::declare_sql_function]
extern "SQL" {
    /// In small letters; SQLite knows only those of English.
    fn lower(text: Text) -> Text;
}

/// What is looked for: part of a name, as search columns keep them, or of a code or number, in capitals.
struct Sought {
    name: String,
    code: String,
}

/// What somebody may see of what is named or numbered so, kind by kind; kinds without a hit are left out.
pub fn find(connection: &mut AnyConnection, scope: Scope, text: &str) -> QueryResult<Vec<Found>> {
    let name = contains_pattern(text);
    let sought = Sought { code: name.to_uppercase(), name };
    let mut found = Vec::new();
    let mut add = |kind, hits: Vec<Hit>| {
        if !hits.is_empty() {
            found.push(Found { kind, hits });
        }
    };
    match scope.reseller() {
        None => {
            add(Kind::Requests, requests_of(connection, &sought)?);
            add(Kind::Resellers, resellers_of(connection, &sought)?);
            add(Kind::Channels, channels_of(connection, &sought)?);
            add(Kind::Bundles, bundles_of(connection, &sought)?);
        }
        Some(reseller) => add(Kind::Bundles, sold_bundles(connection, reseller, &sought)?),
    }
    add(Kind::Customers, customers_of(connection, scope, &sought)?);
    add(Kind::Subscriptions, subscriptions_of(connection, scope, &sought)?);
    add(Kind::Statements, statements_of(connection, scope, &sought)?);
    Ok(found)
}

fn requests_of(connection: &mut AnyConnection, sought: &Sought) -> QueryResult<Vec<Hit>> {
    let named = requests::name_key.like(&sought.name).escape('\\');
    let numbered = requests::reference.like(&sought.code).escape('\\');
    let rows: Vec<(RequestId, String, String, RequestState)> = requests::table
        .filter(requests::state.ne(RequestState::Draft))
        .filter(named.or(numbered).or(requests::email.like(&sought.name).escape('\\')))
        .order(requests::id.desc())
        .limit(HITS)
        .select((requests::id, requests::legal_name, requests::reference, requests::state))
        .load(connection)?;
    let hit = |(id, name, reference, state): (RequestId, String, String, RequestState)| Hit {
        name,
        detail: format!("{reference}, {}", state.words().to_lowercase()),
        address: format!("/requests/{id}"),
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn resellers_of(connection: &mut AnyConnection, sought: &Sought) -> QueryResult<Vec<Hit>> {
    let rows: Vec<(ResellerId, String, ResellerState)> = resellers::table
        .filter(resellers::name_key.like(&sought.name).escape('\\'))
        .order((resellers::name_key, resellers::id))
        .limit(HITS)
        .select((resellers::id, resellers::name, resellers::state))
        .load(connection)?;
    let hit = |(id, name, state): (ResellerId, String, ResellerState)| Hit {
        name,
        detail: state.words().to_owned(),
        address: format!("/resellers/{id}"),
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn channels_of(connection: &mut AnyConnection, sought: &Sought) -> QueryResult<Vec<Hit>> {
    let named = channels::name_key.like(&sought.name).escape('\\');
    let rows: Vec<(ChannelId, String, String)> = channels::table
        .filter(named.or(channels::code.like(&sought.code).escape('\\')))
        .order((channels::name_key, channels::id))
        .limit(HITS)
        .select((channels::id, channels::name, channels::code))
        .load(connection)?;
    let hit = |(id, name, detail)| Hit { name, detail, address: format!("/channels/{id}") };
    Ok(rows.into_iter().map(|(id, name, code): (ChannelId, _, _)| hit((id, name, code))).collect())
}

fn bundles_of(connection: &mut AnyConnection, sought: &Sought) -> QueryResult<Vec<Hit>> {
    let named = bundles::name_key.like(&sought.name).escape('\\');
    let rows: Vec<(BundleId, String, String)> = bundles::table
        .filter(named.or(bundles::code.like(&sought.code).escape('\\')))
        .order((bundles::name_key, bundles::id))
        .limit(HITS)
        .select((bundles::id, bundles::name, bundles::code))
        .load(connection)?;
    let hit = |(id, name, detail): (BundleId, _, _)| Hit { name, detail, address: format!("/bundles/{id}") };
    Ok(rows.into_iter().map(hit).collect())
}

/// The bundles that a re-seller's channel sells, among its prices.
fn sold_bundles(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    sought: &Sought,
) -> QueryResult<Vec<Hit>> {
    let named = bundles::name_key.like(&sought.name).escape('\\');
    let rows: Vec<(String, String)> = channel_bundles::table
        .inner_join(bundles::table.on(bundles::id.eq(channel_bundles::bundle_id)))
        .inner_join(channels::table.on(channels::id.eq(channel_bundles::channel_id)))
        .filter(channels::reseller_id.eq(reseller))
        .filter(named.or(bundles::code.like(&sought.code).escape('\\')))
        .order((bundles::name_key, bundles::id))
        .limit(HITS)
        .select((bundles::name, bundles::code))
        .load(connection)?;
    let hit = |(name, code): (String, String)| Hit { address: "/prices".into(), name, detail: code };
    Ok(rows.into_iter().map(hit).collect())
}

fn customers_of(connection: &mut AnyConnection, scope: Scope, sought: &Sought) -> QueryResult<Vec<Hit>> {
    let mut query =
        customers::table.inner_join(channels::table.on(channels::id.eq(customers::channel_id))).into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    let named = customers::name_key.like(&sought.name).escape('\\');
    let rows: Vec<(CustomerId, String, String, String)> = query
        .filter(named.or(lower(customers::external_id).like(&sought.name).escape('\\')))
        .order((customers::name_key, customers::id))
        .limit(HITS)
        .select((customers::id, customers::name, customers::external_id, channels::name))
        .load(connection)?;
    let is_root = scope == Scope::Root;
    let hit = |(id, name, external_id, channel): (CustomerId, String, String, String)| Hit {
        name,
        detail: if is_root { format!("{external_id}, {channel}") } else { external_id },
        address: format!("/customers/{id}"),
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn subscriptions_of(connection: &mut AnyConnection, scope: Scope, sought: &Sought) -> QueryResult<Vec<Hit>> {
    let mut query = subscriptions::table
        .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
        .inner_join(bundles::table.on(bundles::id.eq(subscriptions::bundle_id)))
        .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    let named = customers::name_key.like(&sought.name).escape('\\');
    let rows: Vec<(SubscriptionId, String, String, String)> = query
        .filter(named.or(subscriptions::reference.like(&sought.code).escape('\\')))
        .order(subscriptions::id.desc())
        .limit(HITS)
        .select((subscriptions::id, subscriptions::reference, bundles::name, customers::name))
        .load(connection)?;
    let hit = |(id, name, bundle, customer): (SubscriptionId, String, String, String)| Hit {
        name,
        detail: format!("{bundle} of {customer}"),
        address: format!("/subscriptions/{id}"),
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn statements_of(connection: &mut AnyConnection, scope: Scope, sought: &Sought) -> QueryResult<Vec<Hit>> {
    type Row = (StatementId, Option<String>, String, Month, Currency, StatementState);
    let mut query = statements::table
        .inner_join(channels::table.on(channels::id.eq(statements::channel_id)))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    let numbered = statements::number.like(&sought.code).escape('\\');
    let rows: Vec<Row> = query
        .filter(numbered)
        .order(statements::number.desc())
        .limit(HITS)
        .select((
            statements::id,
            statements::number,
            channels::name,
            statements::month,
            statements::currency,
            statements::state,
        ))
        .load(connection)?;
    let hit = |(id, number, channel, month, currency, state): Row| Hit {
        name: number.unwrap_or_default(),
        detail: format!(
            "{channel}, {} in {currency}, {}",
            month.first_day().format("%B %Y"),
            state.words().to_lowercase()
        ),
        address: format!("/statements/{id}"),
    };
    Ok(rows.into_iter().map(hit).collect())
}
