//! A chart over time from its figures: its axis, its table, and its conclusion in words.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::look::{Key, Look};
use super::picture::Content;
use super::series::{self, MOST_SERIES};
use super::{Axis, Chart, Figures, Picture, Row, Series, Size};

pub struct Drawing {
    pub figures: Figures,
    axis: Axis,
}

impl Drawing {
    /// `reach` tells how far down and up the values of one period go.
    pub fn new(mut figures: Figures, reach: fn(&[Decimal]) -> (Decimal, Decimal)) -> Self {
        if figures.series.len() > MOST_SERIES + 1 {
            figures.series = series::largest(figures.series);
        }
        let period = |index| figures.series.iter().map(|one| one.at(index)).collect::<Vec<_>>();
        let before = |index| figures.before.as_ref().map(|one| one.at(index)).unwrap_or_default();
        let reaches = (0..figures.labels.len()).map(|index| {
            let (low, high) = reach(&period(index));
            (low.min(before(index)), high.max(before(index)))
        });
        let (low, high) = reaches.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default();
        Self { figures, axis: Axis::around(low, high) }
    }

    pub fn chart(
        &self,
        draw: fn(&Content, Size) -> Picture,
        look: Look,
        space: Size,
        conclusion: String,
        adds_up: bool,
    ) -> Chart {
        let Figures { title, labels, series, before, .. } = &self.figures;
        let has_total = adds_up && series.len() > 1;
        let titles: Vec<_> = (0..labels.len()).map(|index| self.column_title(index, has_total)).collect();
        let content = Content { figures: &self.figures, axis: self.axis, titles: &titles };
        let keys = series.iter().enumerate().map(|(number, one)| Key::new(&one.name, number, look));
        let total = has_total.then(|| "Total".to_owned());
        let names = series.iter().map(|one| one.name.clone());
        Chart {
            title: title.clone(),
            conclusion,
            pictures: Size::up_to(space).into_iter().map(|size| draw(&content, size)).collect(),
            legend: keys.chain(before.iter().map(|one| Key::new(&one.name, 0, Look::Before))).collect(),
            heads: names.chain(total).chain(before.iter().map(|one| one.name.clone())).collect(),
            rows: (0..labels.len()).map(|index| self.row(index, has_total)).collect(),
        }
    }

    fn total(&self, index: usize) -> Decimal {
        self.figures.series.iter().map(|one| one.at(index)).sum()
    }

    fn label(&self, index: usize) -> &str {
        self.figures.labels.get(index).map_or("", |label| &label.full)
    }

    fn column_title(&self, index: usize, has_total: bool) -> String {
        let measure = &self.figures.measure;
        let part = |one: &Series| format!("{} {}", one.name, measure.rounded(one.at(index)));
        let so_far = if self.figures.unfinished == Some(index) { " (to date)" } else { "" };
        let mut title = format!("{}{so_far}", self.label(index));
        if self.has_begun(index) {
            let parts: Vec<_> = self.figures.series.iter().map(part).collect();
            title += &format!(": {}", parts.join(", "));
            if has_total {
                title += &format!(". Total {}", measure.rounded(self.total(index)));
            }
        }
        if let Some(before) = &self.figures.before {
            title += &format!(". {}", part(before));
        }
        title
    }

    fn has_begun(&self, index: usize) -> bool {
        self.figures.unfinished.is_none_or(|unfinished| index <= unfinished)
    }

    fn row(&self, index: usize, has_total: bool) -> Row {
        let measure = &self.figures.measure;
        let exact = |value| if self.has_begun(index) { measure.exact(value) } else { "–".to_owned() };
        let values = self.figures.series.iter().map(|one| exact(one.at(index)));
        let total = has_total.then(|| exact(self.total(index)));
        let before = self.figures.before.iter().map(|one| measure.exact(one.at(index)));
        let to_date = if self.figures.unfinished == Some(index) { " to date" } else { "" };
        Row {
            label: format!("{}{to_date}", self.label(index)),
            values: values.chain(total).chain(before).collect(),
        }
    }

    /// The last period that is over.
    fn last_complete(&self) -> Option<usize> {
        self.figures.unfinished.unwrap_or(self.figures.labels.len()).checked_sub(1)
    }

    /// How the total went from the first period to the last that is over.
    pub fn trend(&self) -> String {
        let Some(last) = self.last_complete().filter(|last| *last > 0) else {
            return format!("{}.{}", self.figures.title, self.unfinished());
        };
        let (from, to) = (self.total(0), self.total(last));
        let verb = match to.cmp(&from) {
            Ordering::Greater => "rose",
            Ordering::Less => "fell",
            Ordering::Equal => "stayed at the same level",
        };
        format!(
            "{} {verb} from {} in {} to {} in {}.{}",
            self.figures.title,
            self.figures.measure.rounded(from),
            self.label(0),
            self.figures.measure.rounded(to),
            self.label(last),
            self.unfinished(),
        )
    }

    /// Which series is highest in the last period that is over.
    pub fn leader(&self) -> String {
        let Some(last) = self.last_complete() else {
            return format!("{}.{}", self.figures.title, self.unfinished());
        };
        let Some(leader) = self.figures.series.iter().max_by_key(|one| one.at(last)) else {
            return format!("{}.", self.figures.title);
        };
        let value = self.figures.measure.rounded(leader.at(last));
        format!(
            "{}: {} is highest in {}, at {value}.{}",
            self.figures.title,
            leader.name,
            self.label(last),
            self.unfinished()
        )
    }

    /// What is over, against the same places of the period before.
    pub fn against(&self, before: &Series) -> String {
        let Some(last) = self.last_complete() else {
            return format!("{}.{}", self.figures.title, self.unfinished());
        };
        let now: Decimal = (0..=last).map(|index| self.total(index)).sum();
        let then: Decimal = (0..=last).map(|index| before.at(index)).sum();
        let measure = &self.figures.measure;
        format!(
            "{} from {} to {}: {}, {} ({}).{}",
            self.figures.title,
            self.label(0),
            self.label(last),
            measure.rounded(now),
            self.compared(now, then, "in the same time of the period before"),
            measure.rounded(then),
            self.unfinished(),
        )
    }

    /// The second series against the first, over all periods.
    pub fn second_against_first(&self) -> String {
        let Figures { title, series, measure, .. } = &self.figures;
        let [first, second, ..] = series.as_slice() else { return format!("{title}.") };
        let sum =
            |one: &Series| -> Decimal { (0..self.figures.labels.len()).map(|index| one.at(index)).sum() };
        let (old, new) = (sum(first), sum(second));
        let than = format!("{} ({})", in_sentence(&first.name), measure.rounded(old));
        format!(
            "{title}: {} comes to {}, {}.",
            in_sentence(&second.name),
            measure.rounded(new),
            self.compared(new, old, &than)
        )
    }

    /// `12.5% more than before`, `as much as before`; without anything to compare with, the difference.
    fn compared(&self, now: Decimal, then: Decimal, than: &str) -> String {
        let word = match now.cmp(&then) {
            Ordering::Equal => return format!("as much as {than}"),
            Ordering::Greater => "more",
            Ordering::Less => "less",
        };
        let difference = (now - then).abs();
        let tenths =
            if then.is_zero() { None } else { (difference * Decimal::ONE_HUNDRED).checked_div(then.abs()) };
        match tenths {
            Some(percent) => format!("{}% {word} than {than}", crate::web::filters::rounded(percent, 1)),
            None => format!("{} {word} than {than}", self.figures.measure.rounded(difference)),
        }
    }

    fn unfinished(&self) -> String {
        match self.figures.unfinished.and_then(|index| self.figures.labels.get(index)) {
            Some(label) => format!(" {} is not complete.", label.full),
            None => String::new(),
        }
    }
}

/// A name inside a sentence.
fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
