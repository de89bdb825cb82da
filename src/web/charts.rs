//! Charts as SVG without script: pure geometry here, marks in `templates/parts/chart*.html`.
//!
//! A chart starts at zero, has round steps, at most four named series and "others", and draws a period that
//! is not over yet lighter. Series differ by pattern, dash and marker as well as by colour. A chart says its one
//! conclusion in words and offers the same values as a table.

mod axis;
mod drawing;
mod look;
mod measure;
mod percent;
mod picture;
mod plot;
mod ranked;
mod series;
mod split;

use rust_decimal::Decimal;

use self::drawing::Drawing;
pub use self::{
    axis::Axis,
    look::{Key, Look},
    measure::Measure,
    percent::percents,
    picture::{Picture, Size},
    ranked::{Entry, Ranked, RankedBar, RankedPicture, RankedRow, funnel, ranking},
    series::{Label, MOST_SERIES, Series, largest},
    split::{Split, SplitBar, SplitPart, SplitPicture, split},
};

/// A chart over time in each size that it may need, with its words and its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub title: String,
    /// What the chart shows, in a sentence or two.
    pub conclusion: String,
    /// The same marks for different spaces, narrowest first; the style sheet shows the one that fits.
    pub pictures: Vec<Picture>,
    /// Names of the series, with how each looks.
    pub legend: Vec<Key>,
    /// What stands above the columns of the table, beside the period.
    pub heads: Vec<String>,
    /// One row per label: its name and the exact values.
    pub rows: Vec<Row>,
}

impl Chart {
    /// How many patterns its bars need.
    pub fn bars(&self) -> usize {
        self.legend.iter().filter(|key| key.is_bar()).count()
    }
}

/// A row of the chart's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    pub values: Vec<String>,
}

/// What a chart shows, before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub title: String,
    pub labels: Vec<Label>,
    /// In the order in which they are drawn and named.
    pub series: Vec<Series>,
    /// What there was in all at the same places of the period before; a dashed line.
    pub before: Option<Series>,
    pub measure: Measure,
    /// The place that is not over: drawn lighter and named as such. Those after it have not begun.
    pub unfinished: Option<usize>,
}

impl Figures {
    /// The last place, when it is not over.
    pub fn last_is_unfinished(&self, is_it: bool) -> Option<usize> {
        self.labels.len().checked_sub(1).filter(|_| is_it)
    }
}

/// Bars that add up: one column per period, one pattern per series. `space` is the widest it can get.
pub fn stacked_bars(figures: Figures, space: Size) -> Chart {
    let drawing = Drawing::new(figures, |values| {
        let below = values.iter().copied().filter(Decimal::is_sign_negative).sum();
        let above = values.iter().copied().filter(Decimal::is_sign_positive).sum();
        (below, above)
    });
    let conclusion = match &drawing.figures.before {
        Some(before) => drawing.against(before),
        None => drawing.trend(),
    };
    drawing.chart(Picture::stacked, Look::Bar, space, conclusion, true)
}

/// Bars beside each other, for few series that do not add up, such as what was and what would have been.
pub fn paired_bars(figures: Figures, space: Size) -> Chart {
    let drawing = Drawing::new(figures, extremes);
    let conclusion = drawing.second_against_first();
    drawing.chart(Picture::paired, Look::Bar, space, conclusion, false)
}

/// One line per series over the periods. `space` is the widest it can get.
pub fn lines(figures: Figures, space: Size) -> Chart {
    let drawing = Drawing::new(figures, extremes);
    let one = drawing.figures.series.len() <= 1;
    let conclusion = if one { drawing.trend() } else { drawing.leader() };
    drawing.chart(Picture::lines, Look::Line, space, conclusion, false)
}

fn extremes(values: &[Decimal]) -> (Decimal, Decimal) {
    let lowest = values.iter().copied().min().unwrap_or_default();
    (lowest, values.iter().copied().max().unwrap_or_default())
}

#[cfg(test)]
mod tests;
