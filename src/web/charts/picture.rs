//! A chart over time in one size: where its marks lie, in the units of its SVG, to a tenth.

use rust_decimal::Decimal;

use super::plot::Plot;
use super::{Axis, Figures};

/// The space of a picture and how many labels fit under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The class by which the style sheet picks the picture.
    pub name: &'static str,
    pub width: i64,
    pub height: i64,
    pub most_labels: usize,
}

impl Size {
    /// In a card beside another.
    pub const HALF: Self = Self { name: "half", width: 640, height: 252, most_labels: 12 };
    /// In a card across the page.
    pub const ACROSS: Self = Self { name: "across", width: 1080, height: 280, most_labels: 18 };
    pub const PHONE: Self = Self { name: "phone", width: 340, height: 220, most_labels: 5 };

    /// This size and the smaller ones, narrowest first: a wide space is a narrow one on a small screen.
    pub fn up_to(widest: Self) -> Vec<Self> {
        [Self::PHONE, Self::HALF, Self::ACROSS]
            .into_iter()
            .filter(|size| size.width <= widest.width)
            .collect()
    }
}

/// A chart in one size, ready to be written as SVG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `phone`, `half` or `across`.
    pub name: &'static str,
    pub width: i64,
    pub height: i64,
    /// The sides of the plot.
    pub left: Decimal,
    pub right: Decimal,
    pub top: Decimal,
    pub plot_height: Decimal,
    /// What the axis counts, above its highest label; empty where each label says it.
    pub unit: String,
    pub ticks: Vec<Tick>,
    pub columns: Vec<Column>,
    pub lines: Vec<Line>,
}

/// A grid line with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub y: Decimal,
    pub label_x: Decimal,
    pub label_y: Decimal,
    pub label: String,
    pub is_zero: bool,
}

/// Everything at one place of the time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub x: Decimal,
    pub width: Decimal,
    /// The middle of the label: that of the column, or where the label still ends inside the picture.
    pub label_x: Decimal,
    /// All values of the column in words.
    pub title: String,
    /// Where the label stands; `None` when it would run into another.
    pub label_y: Option<Decimal>,
    pub label: String,
    /// Whether the period is not over yet.
    pub unfinished: bool,
    pub bars: Vec<Bar>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub class: String,
    pub x: Decimal,
    pub y: Decimal,
    pub width: Decimal,
    pub height: Decimal,
}

/// The points of one series as SVG writes them, `x,y x,y`; the way to an unfinished period apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub class: String,
    pub points: String,
    pub unfinished: String,
    /// Its markers as one path.
    pub marks: String,
}

/// What every size of a chart is drawn from.
pub struct Content<'a> {
    pub figures: &'a Figures,
    pub axis: Axis,
    /// The values of each period in words.
    pub titles: &'a [String],
}

impl Picture {
    /// Bars on top of each other, and the period before as a line over them.
    pub fn stacked(content: &Content, size: Size) -> Self {
        Self::bars(content, size, Plot::stack)
    }

    /// Bars beside each other.
    pub fn paired(content: &Content, size: Size) -> Self {
        Self::bars(content, size, Plot::pair)
    }

    fn bars(content: &Content, size: Size, draw: fn(&Plot, &Content, usize) -> Vec<Bar>) -> Self {
        let plot = Plot::new(content, size);
        let mut picture = plot.empty(content);
        for (index, column) in picture.columns.iter_mut().enumerate() {
            column.bars = draw(&plot, content, index);
        }
        picture.lines = plot.before(content).into_iter().collect();
        picture
    }

    pub fn lines(content: &Content, size: Size) -> Self {
        let plot = Plot::new(content, size);
        let series = content.figures.series.iter().enumerate();
        let lines = plot.before(content).into_iter().chain(series.map(|(n, one)| plot.line(content, n, one)));
        Picture { lines: lines.collect(), ..plot.empty(content) }
    }
}

/// As SVG writes it.
pub fn tenth(value: Decimal) -> Decimal {
    value.round_dp(1).normalize()
}

/// About how wide a text of the size of a chart's labels is; rather too wide than too narrow.
pub fn text_width(text: &str) -> Decimal {
    Decimal::from(text.chars().count()) * Decimal::from(7)
}
