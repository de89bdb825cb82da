//! Horizontal bars, one below the other: who sells most, and how far requests come.
//!
//! A bar's name stands above it as text of the page, so that it can be a link and never runs into another;
//! the rows of the picture are equally high, and so the style sheet lays the names over it.

use rust_decimal::Decimal;

use super::look::class;
use super::picture::{tenth, text_width};
use super::{Measure, Size, percents};

/// The most bars of a ranking; the rest is one bar, "others".
const MOST_BARS: usize = 8;
/// The height of a row: the name above, the bar below.
const ROW: i64 = 44;
const BAR: i64 = 16;
const BAR_TOP: i64 = 23;

/// One bar before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// What the name leads to; empty for nothing.
    pub href: String,
    /// What stands beside the name; empty for nothing.
    pub note: String,
    pub value: Decimal,
}

/// Bars in each size that they may need, with their words and their table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    pub title: String,
    pub conclusion: String,
    pub pictures: Vec<RankedPicture>,
    pub rows: Vec<RankedRow>,
    /// What stands above the columns of the table: the names, the values, the percent, and the notes if there are any.
    pub heads: &'static [&'static str],
}

/// A row of the table, and what stands above its bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedRow {
    pub name: String,
    pub href: String,
    pub note: String,
    pub value: String,
    /// `62%`; `–` where a part means nothing.
    pub percent: String,
}

/// The bars in one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedPicture {
    pub name: &'static str,
    pub width: i64,
    pub height: i64,
    /// Where zero is.
    pub zero: Decimal,
    pub bars: Vec<RankedBar>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedBar {
    pub class: String,
    pub unfinished: bool,
    pub title: String,
    pub x: Decimal,
    pub y: i64,
    pub width: Decimal,
    pub height: i64,
    /// The value at the end of the bar.
    pub value: String,
    pub value_x: Decimal,
    pub value_y: i64,
}

/// The largest first, at most eight and the others; all of one currency or unit. What is missing to the whole belongs
/// to others that are not among the entries, however many.
pub fn ranking(
    title: String,
    entries: Vec<Entry>,
    whole: Decimal,
    measure: &Measure,
    unfinished: Option<&str>,
    space: Size,
) -> Ranked {
    let (entries, others) = largest(entries, whole);
    let values: Vec<_> = entries.iter().map(|entry| entry.value).collect();
    let is_whole = values.iter().all(|value| !value.is_sign_negative());
    let percents = percents(&values, 0).filter(|_| is_whole);
    let percent = |index| match percents.as_ref().and_then(|all| all.get(index)) {
        Some(percent) => format!("{percent}%"),
        None => "–".to_owned(),
    };
    let rows: Vec<RankedRow> =
        entries.iter().enumerate().map(|(index, entry)| row(entry, measure, percent(index))).collect();
    let not_complete = unfinished.map(|period| format!(" {period} is not complete.")).unwrap_or_default();
    let conclusion = match (entries.first(), percents.is_some()) {
        (Some(first), true) => {
            let of = match others {
                Others::None => format!(" of {}", entries.len()),
                Others::Counted(others) => format!(" of {}", entries.len() - 1 + others),
                Others::Uncounted => String::new(),
            };
            let value = measure.rounded(first.value);
            format!("{} is largest{of}, with {value}, {} of the whole.{not_complete}", first.name, percent(0))
        }
        (Some(first), false) => {
            format!("{} is largest, with {}.{not_complete}", first.name, measure.rounded(first.value))
        }
        (None, _) => format!("{title}: none."),
    };
    let drawing = Drawing {
        rows: &rows,
        values: &values,
        others: others != Others::None,
        unfinished: unfinished.is_some(),
    };
    let heads = &["Re-seller", "Net revenue", "Part"];
    Ranked { pictures: drawing.pictures(space, measure), title, conclusion, rows, heads }
}

/// Stages that are passed one after the other, in their order; each percent is of the first.
pub fn funnel(title: String, conclusion: String, stages: &[Entry], measure: &Measure, space: Size) -> Ranked {
    let values: Vec<_> = stages.iter().map(|stage| stage.value).collect();
    let first = values.first().copied().unwrap_or_default();
    let percent = |value: Decimal| match (value * Decimal::ONE_HUNDRED).checked_div(first) {
        Some(percent) => format!("{}%", percent.round()),
        None => "–".to_owned(),
    };
    let rows: Vec<_> = stages.iter().map(|stage| row(stage, measure, percent(stage.value))).collect();
    let drawing = Drawing { rows: &rows, values: &values, others: false, unfinished: false };
    let heads = &["Stage", "Requests", "Of all sent", "Median time"];
    Ranked { pictures: drawing.pictures(space, measure), title, conclusion, rows, heads }
}

fn row(entry: &Entry, measure: &Measure, percent: String) -> RankedRow {
    let Entry { name, href, note, value } = entry.clone();
    RankedRow { name, href, note, value: measure.exact(value), percent }
}

/// Who is together in the last bar.
#[derive(PartialEq, Eq)]
enum Others {
    None,
    Counted(usize),
    /// Some of them are not among the entries.
    Uncounted,
}

/// The largest first, and the others; nine stay nine, a lone "other" would only hide its name.
fn largest(mut entries: Vec<Entry>, whole: Decimal) -> (Vec<Entry>, Others) {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.value));
    let missing = whole - entries.iter().map(|entry| entry.value).sum::<Decimal>();
    if missing.is_zero() && entries.len() <= MOST_BARS + 1 {
        return (entries, Others::None);
    }
    let split = entries.split_off(entries.len().min(MOST_BARS));
    let value = missing + split.iter().map(|entry| entry.value).sum::<Decimal>();
    let (name, others) = match missing.is_zero() {
        true => (format!("{} others", split.len()), Others::Counted(split.len())),
        false => ("Others".to_owned(), Others::Uncounted),
    };
    entries.push(Entry { name, href: String::new(), note: String::new(), value });
    (entries, others)
}

struct Drawing<'a> {
    rows: &'a [RankedRow],
    values: &'a [Decimal],
    /// Whether the last bar is the others.
    others: bool,
    unfinished: bool,
}

impl Drawing<'_> {
    fn pictures(&self, space: Size, measure: &Measure) -> Vec<RankedPicture> {
        Size::up_to(space).into_iter().map(|size| self.picture(size, measure)).collect()
    }

    /// Bars from zero; what is below zero goes to the left of it. Each value has its place after its bar.
    fn picture(&self, size: Size, measure: &Measure) -> RankedPicture {
        let words: Vec<String> = self
            .values
            .iter()
            .zip(self.rows)
            .map(|(value, row)| words(measure, *value, &row.percent))
            .collect();
        let longest = words.iter().map(|text| text_width(text)).max().unwrap_or_default();
        let room = (Decimal::from(size.width) - longest - Decimal::from(10)).max(Decimal::TEN);
        let low = self.values.iter().copied().min().unwrap_or_default().min(Decimal::ZERO);
        let high = self.values.iter().copied().max().unwrap_or_default().max(Decimal::ZERO);
        let reach = if low == high { Decimal::ONE } else { high - low };
        let x = |value: Decimal| (value - low) / reach * room;
        let count = self.values.len();
        let bars = self.values.iter().zip(self.rows).zip(words).enumerate();
        let bars = bars.map(|(index, ((value, row), words))| {
            let top = ROW * i64::try_from(index).unwrap_or_default();
            let (from, to) = (x(Decimal::ZERO.min(*value)), x(Decimal::ZERO.max(*value)));
            RankedBar {
                class: class(if self.others && index + 1 == count { 4 } else { 0 }),
                unfinished: self.unfinished,
                title: format!("{}: {}", row.name, row.value),
                x: tenth(from),
                y: top + BAR_TOP,
                width: tenth(to - from),
                height: BAR,
                value: words,
                value_x: tenth(to + Decimal::from(6)),
                value_y: top + BAR_TOP + 12,
            }
        });
        RankedPicture {
            name: size.name,
            width: size.width,
            height: ROW * i64::try_from(count).unwrap_or_default(),
            zero: tenth(x(Decimal::ZERO)),
            bars: bars.collect(),
        }
    }
}

/// What stands at the end of a bar.
fn words(measure: &Measure, value: Decimal, percent: &str) -> String {
    match percent {
        "–" => measure.rounded(value),
        _ => format!("{}, {percent}", measure.rounded(value)),
    }
}

#[cfg(test)]
mod tests;
