//! The pages of the two reports, for members: root sees all re-sellers, a re-seller itself.

pub mod revenue;
mod revenue_charts;
pub mod usage;
mod usage_charts;

use serde::Deserialize;

use super::revenue::Row;
use super::store::RowName;
use super::{Filter, Group};
use crate::db::paging::{Cursor, Slice};
use crate::values::{ChannelId, Currency, Month};
use crate::web::filters::counted;
use crate::web::links::address;

/// The filter as the address has it; what cannot be read is as if it were not there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    to: String,
    group: String,
    reseller: String,
    /// Its id or its code.
    channel: String,
    currency: String,
    bundle: String,
    product: String,
    customer: String,
    /// A row of the report, whose lines are asked for: the channel's code, its name, its code.
    row_channel: String,
    row_name: String,
    row_code: String,
    /// The channel beside the page, of a report of all re-sellers.
    after: String,
    before: String,
}

impl Asked {
    /// The row that is asked for; `None` for all rows.
    pub fn row(&self) -> Option<RowName> {
        Some(RowName {
            channel_code: self.row_channel.parse().ok()?,
            name: self.row_name.clone(),
            code: self.row_code.clone(),
            currency: self.currency.parse().ok()?,
        })
    }

    /// The lines behind a row, or behind the total of a currency.
    pub fn lines(&self, filter: &Filter, currency: Currency, row: Option<&Row>) -> String {
        let mut asked = Self { currency: currency.to_string(), ..self.clone() };
        if let Some(row) = row {
            asked.row_channel.clone_from(&row.channel_code);
            asked.row_name.clone_from(&row.name);
            asked.row_code.clone_from(&row.code);
        }
        asked.address("/lines", filter)
    }

    /// The filter; without months the running one and the one before.
    pub fn filter(&self, today: Month, default: Group, allowed: &[Group]) -> Filter {
        let to = self.to.parse().unwrap_or(today);
        let from =
            self.from.parse().unwrap_or_else(|_| if self.to.is_empty() { to.previous() } else { to }).min(to);
        let group = self.group.parse().ok().filter(|group| allowed.contains(group)).unwrap_or(default);
        Filter {
            from,
            to,
            group,
            reseller: self.reseller.parse().ok(),
            channel: self.channel.parse().ok(),
            code: self
                .channel
                .parse::<ChannelId>()
                .map_or_else(|_| self.channel.trim().parse().ok(), |_| None),
            currency: self.currency.parse().ok(),
            bundle: self.bundle.parse().ok(),
            product: self.product.parse().ok(),
            customer: self.customer.parse().ok(),
        }
    }

    /// Where the page of channels lies.
    fn cursor(&self) -> Cursor<ChannelId> {
        Cursor::typed(&self.after, &self.before)
    }

    /// The same report of one channel.
    fn of_channel(&self, path: &str, filter: &Filter, channel: &str) -> String {
        Self { channel: channel.to_owned(), ..self.clone() }.address(path, filter)
    }

    /// Whether one of the less common filters is set.
    fn is_narrow(&self) -> bool {
        [&self.bundle, &self.product, &self.customer, &self.currency].iter().any(|field| !field.is_empty())
    }

    /// The same filter at another path.
    pub fn address(&self, path: &str, filter: &Filter) -> String {
        let (from, to) = (filter.from.to_string(), filter.to.to_string());
        let parts = [
            ("from", from.as_str()),
            ("to", &to),
            ("group", filter.group.as_str()),
            ("reseller", &self.reseller),
            ("channel", &self.channel),
            ("currency", &self.currency),
            ("bundle", &self.bundle),
            ("product", &self.product),
            ("customer", &self.customer),
            ("row_channel", &self.row_channel),
            ("row_name", &self.row_name),
            ("row_code", &self.row_code),
        ];
        address(path, &parts)
    }
}

fn groups(allowed: &[Group]) -> Vec<(&'static str, &'static str)> {
    allowed.iter().map(|group| (group.as_str(), group.words())).collect()
}

/// `September to November 2026`.
pub fn period_words(filter: &Filter) -> String {
    let (from, to) = (filter.from.first_day(), filter.to.first_day());
    if filter.from == filter.to {
        return to.format("%B %Y").to_string();
    }
    format!("{} to {}", from.format("%B %Y"), to.format("%B %Y"))
}

/// The pages of a report that shows some channels at a time.
struct Pages {
    said: String,
    /// Addresses; empty where there is no such page.
    earlier: String,
    later: String,
}

impl Pages {
    fn of(asked: &Asked, path: &str, filter: &Filter, channels: &Slice<ChannelId>) -> Self {
        let beside = |is_there: bool, name: &str, channel: Option<&ChannelId>| match channel {
            Some(channel) if is_there => {
                let here = asked.address(path, filter);
                let separator = if here.contains('?') { '&' } else { '?' };
                format!("{here}{separator}{name}={channel}")
            }
            _ => String::new(),
        };
        let shown = counted(i64::try_from(channels.rows.len()).unwrap_or(i64::MAX), "re-seller");
        Self {
            said: format!("{shown} on this page, by name"),
            earlier: beside(channels.has_earlier, "before", channels.rows.first()),
            later: beside(channels.has_later, "after", channels.rows.last()),
        }
    }

    /// Whether all channels are on one page.
    fn is_only(&self) -> bool {
        self.earlier.is_empty() && self.later.is_empty()
    }
}

/// The name of a report's file.
fn file_name(report: &str, filter: &Filter) -> String {
    format!("{report}-{}-{}", filter.from, filter.to)
}
