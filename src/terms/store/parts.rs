//! The rows beside a version's own: its rates, tiers and limits.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{terms_limits as limits, terms_rates as rates, terms_tiers as tiers};
use crate::terms::{ShareRule, Tier};
use crate::values::{Amount, BundleId, Currency, ObjectId, Percent, TermsId};

/// What a version has beside its general share.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub tiers: BTreeMap<Currency, Vec<Tier>>,
    pub by_category: BTreeMap<String, Percent>,
    pub by_bundle: BTreeMap<BundleId, Percent>,
    pub commitments: BTreeMap<Currency, Amount>,
    pub caps: BTreeMap<Currency, Amount>,
}

/// The parts of several versions.
pub(super) fn of(connection: &mut AnyConnection, ids: &[TermsId]) -> QueryResult<HashMap<TermsId, Parts>> {
    let mut found: HashMap<TermsId, Parts> = HashMap::new();
    let own: Vec<(TermsId, Option<BundleId>, Option<String>, Percent)> = rates::table
        .filter(among(rates::terms_id, ids.iter().copied()))
        .select((rates::terms_id, rates::bundle_id, rates::category, rates::share))
        .load(connection)?;
    for (id, bundle, category, share) in own {
        let parts = found.entry(id).or_default();
        parts.by_bundle.extend(bundle.map(|bundle| (bundle, share)));
        parts.by_category.extend(category.map(|category| (category, share)));
    }
    let slices: Vec<(TermsId, Currency, Amount, Percent)> = tiers::table
        .filter(among(tiers::terms_id, ids.iter().copied()))
        .order((tiers::terms_id, tiers::currency, tiers::from_amount))
        .load(connection)?;
    for (id, currency, from, share) in slices {
        found.entry(id).or_default().tiers.entry(currency).or_default().push(Tier { from, share });
    }
    let bounds: Vec<(TermsId, Currency, Option<Amount>, Option<Amount>)> =
        limits::table.filter(among(limits::terms_id, ids.iter().copied())).load(connection)?;
    for (id, currency, commitment, cap) in bounds {
        let parts = found.entry(id).or_default();
        parts.commitments.extend(commitment.map(|amount| (currency, amount)));
        parts.caps.extend(cap.map(|amount| (currency, amount)));
    }
    Ok(found)
}

/// Writes the parts of a new version.
pub(super) fn put(connection: &mut AnyConnection, terms: TermsId, rule: &ShareRule) -> QueryResult<()> {
    let categories = rule.by_category.iter().map(|(name, share)| (None, Some(name.clone()), *share));
    let bundles = rule.by_bundle.iter().map(|(bundle, share)| (Some(*bundle), None, *share));
    for (bundle, category, share) in categories.chain(bundles).collect::<Vec<_>>() {
        diesel::insert_into(rates::table)
            .values((
                rates::id.eq(ObjectId::generate()),
                rates::terms_id.eq(terms),
                rates::bundle_id.eq(bundle),
                rates::category.eq(category),
                rates::share.eq(share),
            ))
            .execute(connection)?;
    }
    for (currency, slices) in &rule.tiers {
        for Tier { from, share } in slices {
            let values = (tiers::from_amount.eq(*from), tiers::share.eq(*share));
            diesel::insert_into(tiers::table)
                .values((tiers::terms_id.eq(terms), tiers::currency.eq(*currency), values))
                .execute(connection)?;
        }
    }
    let mut currencies: Vec<Currency> = rule.commitments.keys().chain(rule.caps.keys()).copied().collect();
    currencies.sort_unstable();
    currencies.dedup();
    for currency in currencies {
        let commitment = rule.commitments.get(&currency).copied();
        let values = (limits::commitment.eq(commitment), limits::cap.eq(rule.caps.get(&currency).copied()));
        diesel::insert_into(limits::table)
            .values((limits::terms_id.eq(terms), limits::currency.eq(currency), values))
            .execute(connection)?;
    }
    Ok(())
}

/// Tiers as the audit log keeps them.
pub(super) fn told(rule: &ShareRule) -> Vec<String> {
    let of_currency = |(currency, slices): (&Currency, &Vec<Tier>)| {
        let told = slices.iter().map(|tier| format!("{currency} {} {}%", tier.from, tier.share));
        told.collect::<Vec<_>>()
    };
    rule.tiers.iter().flat_map(of_currency).collect()
}
