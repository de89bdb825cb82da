//! The channel that root chooses in a form or a filter: one of a few by its name, one of many by its code. A re-seller
//! has no choice: whatever it names, its own channel is meant.

use std::convert::Infallible;
use std::str::FromStr;

use diesel::prelude::*;

use super::{Channel, store};
use crate::db::schema::channels;
use crate::db::{AnyConnection, QueryResult};
use crate::values::{ChannelId, Code, Scope};

/// More channels than these are not offered one by one.
const OFFERED: i64 = 100;

/// A channel as an address or a form names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// No channel in particular.
    Any,
    Id(ChannelId),
    Code(Code),
    /// What no channel is named, such as a code with a blank.
    Nothing,
}

impl FromStr for Named {
    type Err = Infallible;

    fn from_str(typed: &str) -> Result<Self, Infallible> {
        let typed = typed.trim();
        Ok(match typed.parse() {
            Ok(id) => Self::Id(id),
            Err(_) if typed.is_empty() => Self::Any,
            Err(_) => typed.to_ascii_uppercase().parse().map_or(Self::Nothing, Self::Code),
        })
    }
}

impl Named {
    pub fn parse(typed: &str) -> Self {
        typed.parse().unwrap_or_else(|never: Infallible| match never {})
    }
}

/// Narrows a boxed query to the rows whose column says the [`Named`] channel; how a row is of the channel with a code,
/// the query knows.
#[macro_export]
macro_rules! of_channel {
    ($query:ident, $column:expr, $named:expr, |$code:ident| $coded:expr) => {
        match $named {
            $crate::channels::choice::Named::Any => {}
            $crate::channels::choice::Named::Id(id) => $query = $query.filter($column.eq(*id)),
            $crate::channels::choice::Named::Code(code) => {
                let $code = code.clone();
                $query = $query.filter($coded);
            }
            // Each row is of some channel.
            $crate::channels::choice::Named::Nothing => $query = $query.filter($column.is_null()),
        }
    };
}

/// What a page asks root for a channel with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Codes and names; empty when there are too many to choose from, so that the code is typed.
    pub offered: Vec<(String, String)>,
    /// The code of the chosen one, or what was typed for it.
    pub value: String,
    /// There is none to choose.
    pub is_empty: bool,
}

impl Choice {
    /// For root: the channels, with one of them named or none. For a re-seller: no choice.
    pub fn of(connection: &mut AnyConnection, scope: Scope, named: &str) -> QueryResult<Self> {
        if scope != Scope::Root {
            return Ok(Self::default());
        }
        let mut offered: Vec<(String, String)> = channels::table
            .order((channels::name_key, channels::id))
            .select((channels::code, channels::name))
            .limit(OFFERED + 1)
            .load(connection)?;
        let is_empty = offered.is_empty();
        if offered.len() > usize::try_from(OFFERED).unwrap_or(usize::MAX) {
            offered.clear();
        }
        let value = match Named::parse(named) {
            Named::Any => String::new(),
            Named::Id(id) => code(connection, id)?.unwrap_or_else(|| named.to_owned()),
            Named::Code(code) => code.to_string(),
            Named::Nothing => named.to_owned(),
        };
        Ok(Self { offered, value, is_empty })
    }

    /// The only channel, where there is one.
    pub fn only(&self) -> Option<&str> {
        match self.offered.as_slice() {
            [(code, _)] => Some(code),
            _ => None,
        }
    }
}

fn code(connection: &mut AnyConnection, id: ChannelId) -> QueryResult<Option<String>> {
    channels::table.find(id).select(channels::code).first(connection).optional()
}

/// The channel to work in: the re-seller's own, or the one that root named.
pub fn chosen(connection: &mut AnyConnection, scope: Scope, named: &str) -> QueryResult<Option<Channel>> {
    if let Some(reseller) = scope.reseller() {
        return store::of_reseller(connection, reseller);
    }
    match Named::parse(named) {
        Named::Any | Named::Nothing => Ok(None),
        Named::Id(id) => store::find(connection, scope, id).optional(),
        Named::Code(code) => store::by_code(connection, code.as_str()),
    }
}

/// Why no channel is chosen, for people.
pub fn missing(named: &str) -> &'static str {
    match Named::parse(named) {
        Named::Any => "Choose a channel",
        Named::Id(_) | Named::Code(_) | Named::Nothing => "No channel has this code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_named_by_its_id_or_its_code() {
        let id = ChannelId::derived("kestrel");
        assert_eq!(Named::parse(&format!(" {id} ")), Named::Id(id));
        assert_eq!(Named::parse(" kestrel-eu"), Named::Code("KESTREL-EU".parse().unwrap()));
        assert_eq!(Named::parse(" "), Named::Any);
        assert_eq!(Named::parse("Kestrel \u{0}"), Named::Nothing);
    }

    #[test]
    fn what_is_not_found_is_told_from_what_is_not_typed() {
        assert_eq!(missing(""), "Choose a channel");
        assert_eq!(missing("NOBODY"), "No channel has this code");
    }
}
