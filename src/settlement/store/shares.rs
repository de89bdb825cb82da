//! How a statement's shares came about: the split of its charge lines, computed again.

use std::collections::HashMap;

use diesel::prelude::*;

use super::read::{find, lines};
use super::told::{Told, told};
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{bundles, channels};
use crate::rating::{ChargeLine, LineRole};
use crate::settlement::Statement;
use crate::settlement::window::{LINES, Window, begin};
use crate::terms::split::{Explained, Rate, SplitLine, explained};
use crate::terms::{self, TermsVersion};
use crate::values::{BundleId, ResellerId, Scope, StatementId};

/// A statement's charges, how they were shared, and what else its lines say.
pub struct SharesTold {
    pub statement: Statement,
    pub terms: Option<TermsVersion>,
    pub explained: Explained,
    /// The bundles that have a share of their own, by name.
    pub bundles: HashMap<BundleId, String>,
    /// The charges of the page, each with its place in `explained.lines`.
    pub charges: Vec<(usize, Told)>,
    /// Of the page, corrections, commitment, cap and credits, which the split does not count.
    pub others: Vec<Told>,
    pub window: Window,
}

/// The split of a statement in scope, by its pinned terms or, while it is open, by those in effect; with its lines from
/// after the first `skipped` ones on. All of them are split, whichever are shown.
pub fn shares(
    connection: &mut AnyConnection,
    scope: Scope,
    id: StatementId,
    skipped: i64,
) -> QueryResult<SharesTold> {
    let statement = find(connection, scope, id)?;
    let (charges, others): (Vec<ChargeLine>, Vec<ChargeLine>) =
        lines(connection, &statement)?.into_iter().partition(|line| line.role == LineRole::Charge);
    let reseller: ResellerId =
        channels::table.find(statement.channel).select(channels::reseller_id).first(connection)?;
    let used = charges.iter().chain(&others).find_map(|line| line.terms_id);
    let terms = terms::store::version(connection, reseller, statement.terms.or(used))?;
    let parts: Vec<SplitLine> = charges.iter().filter_map(split_line).collect();
    let explained = match &terms {
        Some(terms) => {
            explained(&terms.offer.rule, &parts, statement.currency).map_err(super::read::too_large)?
        }
        None => Explained::default(),
    };
    let length = |lines: &[ChargeLine]| i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let count = length(&charges) + length(&others);
    let skipped = begin(skipped, count);
    let first = usize::try_from(skipped).unwrap_or_default();
    let most = usize::try_from(LINES).unwrap_or_default();
    let (before_others, all_charges) = (first.saturating_sub(charges.len()), charges.len());
    let charges: Vec<ChargeLine> = charges.into_iter().skip(first).take(most).collect();
    let others = others.into_iter().skip(before_others).take(most - charges.len()).collect();
    let charges = (first.min(all_charges)..).zip(told(connection, charges)?).collect::<Vec<_>>();
    let others = told(connection, others)?;
    let shown = i64::try_from(charges.len() + others.len()).unwrap_or(i64::MAX);
    let window = Window { skipped, shown, count, path: format!("/statements/{id}/shares") };
    let bundles = bundles(connection, &explained)?;
    Ok(SharesTold { statement, terms, explained, bundles, charges, others, window })
}

fn bundles(connection: &mut AnyConnection, explained: &Explained) -> QueryResult<HashMap<BundleId, String>> {
    let own = explained.groups.iter().filter_map(|group| match group.rate {
        Rate::Bundle(id) => Some(id),
        Rate::General | Rate::Category(_) => None,
    });
    let named = bundles::table.filter(among(bundles::id, own)).select((bundles::id, bundles::name));
    Ok(named.load::<(BundleId, String)>(connection)?.into_iter().collect())
}

fn split_line(line: &ChargeLine) -> Option<SplitLine> {
    let (category, net, reference) = (line.category.clone(), line.gross, line.reference);
    Some(SplitLine { bundle: line.bundle_id?, category, net, reference })
}
