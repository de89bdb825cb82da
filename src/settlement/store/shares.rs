//! How a statement's shares came about: the split of its charge lines, computed again.

use diesel::prelude::*;

use super::read::{find, lines};
use super::told::{Told, told};
use crate::db::AnyConnection;
use crate::db::schema::channels;
use crate::rating::{ChargeLine, LineRole};
use crate::settlement::Statement;
use crate::terms::split::{Explained, SplitLine, explained};
use crate::terms::{self, TermsVersion};
use crate::values::{ResellerId, Scope, StatementId};

/// A statement's charges, how they were shared, and what else its lines say.
pub struct SharesTold {
    pub statement: Statement,
    pub terms: Option<TermsVersion>,
    /// The charges, in the order of `explained.lines`.
    pub charges: Vec<Told>,
    pub explained: Explained,
    /// Corrections, commitment, cap and credits, which the split does not count.
    pub others: Vec<Told>,
}

/// The split of a statement in scope, by its pinned terms or, while it is open, by those in effect.
pub fn shares(connection: &mut AnyConnection, scope: Scope, id: StatementId) -> QueryResult<SharesTold> {
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
    let (charges, others) = (told(connection, charges)?, told(connection, others)?);
    Ok(SharesTold { statement, terms, charges, explained, others })
}

fn split_line(line: &ChargeLine) -> Option<SplitLine> {
    let (category, net, reference) = (line.category.clone(), line.gross, line.reference);
    Some(SplitLine { bundle: line.bundle_id?, category, net, reference })
}
