//! Where the marks of a chart lie, in the units of its SVG, to a tenth.

use rust_decimal::Decimal;

use super::{Axis, Figures, Series};

/// The space of a picture and how many labels fit under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The class by which the style sheet picks the picture.
    name: &'static str,
    width: i64,
    height: i64,
    most_labels: usize,
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
    pub middle: Decimal,
    /// All values of the column in words.
    pub title: String,
    /// Where the label stands; `None` when it would run into another.
    pub label_y: Option<Decimal>,
    pub label: String,
    /// Whether the period is not over yet.
    pub partial: bool,
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
}

/// What every size of a chart is drawn from.
pub struct Content<'a> {
    pub figures: &'a Figures,
    pub axis: Axis,
    /// The values of each period in words.
    pub titles: &'a [String],
}

impl Picture {
    pub fn bars(content: &Content, size: Size) -> Self {
        let plot = Plot::new(content, size);
        let mut picture = plot.empty(content);
        for (index, column) in picture.columns.iter_mut().enumerate() {
            column.bars = plot.stack(content, index);
        }
        picture
    }

    pub fn lines(content: &Content, size: Size) -> Self {
        let plot = Plot::new(content, size);
        let lines =
            content.figures.series.iter().enumerate().map(|(index, one)| plot.line(content, index, one));
        Picture { lines: lines.collect(), ..plot.empty(content) }
    }
}

struct Plot {
    size: Size,
    axis: Axis,
    left: Decimal,
    right: Decimal,
    top: Decimal,
    bottom: Decimal,
    slot: Decimal,
}

/// Space between two stacked bars.
const GAP: Decimal = Decimal::from_parts(15, 0, 0, false, 1);

impl Plot {
    fn new(content: &Content, size: Size) -> Self {
        let longest = content.axis.ticks().into_iter().map(|tick| content.tick(tick).chars().count()).max();
        let label_width = longest.and_then(|count| i64::try_from(count).ok()).unwrap_or_default() * 7;
        let (left, right) = (Decimal::from(label_width + 12), Decimal::from(size.width - 4));
        let columns = Decimal::from(content.figures.labels.len().max(1));
        Self {
            size,
            axis: content.axis,
            left,
            right,
            top: Decimal::from(12),
            bottom: Decimal::from(size.height - 26),
            slot: (right - left) / columns,
        }
    }

    fn y(&self, value: Decimal) -> Decimal {
        self.bottom - self.axis.fraction(value) * (self.bottom - self.top)
    }

    fn empty(&self, content: &Content) -> Picture {
        Picture {
            name: self.size.name,
            width: self.size.width,
            height: self.size.height,
            left: self.left,
            right: self.right,
            top: self.top,
            plot_height: self.bottom - self.top,
            ticks: self.axis.ticks().into_iter().map(|value| self.tick(content, value)).collect(),
            columns: (0..content.figures.labels.len()).map(|index| self.column(content, index)).collect(),
            lines: Vec::new(),
        }
    }

    fn tick(&self, content: &Content, value: Decimal) -> Tick {
        let y = tenth(self.y(value));
        Tick {
            y,
            label_x: self.left - Decimal::from(8),
            label_y: y + Decimal::from(4),
            label: content.tick(value),
            is_zero: value.is_zero(),
        }
    }

    fn column(&self, content: &Content, index: usize) -> Column {
        let x = self.left + self.slot * Decimal::from(index);
        let after = content.figures.labels.len() - 1 - index;
        let every = content.figures.labels.len().div_ceil(self.size.most_labels).max(1);
        Column {
            x: tenth(x),
            width: tenth(self.slot),
            middle: tenth(x + self.slot / Decimal::TWO),
            title: content.titles.get(index).cloned().unwrap_or_default(),
            label_y: after.is_multiple_of(every).then(|| Decimal::from(self.size.height - 8)),
            label: content.figures.labels.get(index).map(|label| label.short.clone()).unwrap_or_default(),
            partial: after == 0 && content.figures.last_is_partial,
            bars: Vec::new(),
        }
    }

    /// Positive values upward from zero, negative ones downward.
    fn stack(&self, content: &Content, index: usize) -> Vec<Bar> {
        let width = (self.slot * Decimal::new(62, 2)).min(Decimal::from(34));
        let x = self.left + self.slot * Decimal::from(index) + (self.slot - width) / Decimal::TWO;
        let (mut above, mut below) = (Decimal::ZERO, Decimal::ZERO);
        let mut bars = Vec::new();
        for (number, series) in content.figures.series.iter().enumerate() {
            let value = series.at(index);
            let reached = if value.is_sign_negative() { &mut below } else { &mut above };
            let from = *reached;
            *reached += value;
            let (upper, lower) = (self.y(from.max(*reached)), self.y(from.min(*reached)));
            if value.is_zero() {
                continue;
            }
            let height = lower - upper;
            let shown = if height > GAP + Decimal::ONE { height - GAP } else { height };
            bars.push(Bar {
                class: class(number),
                x: tenth(x),
                y: tenth(upper),
                width: tenth(width),
                height: tenth(shown),
            });
        }
        bars
    }

    fn line(&self, content: &Content, number: usize, series: &Series) -> Line {
        let middle = |index: usize| self.left + self.slot * (Decimal::from(index) + Decimal::new(5, 1));
        let point = |index: usize| format!("{},{}", tenth(middle(index)), tenth(self.y(series.at(index))));
        let points: Vec<_> = (0..content.figures.labels.len()).map(point).collect();
        let whole = points.len() - usize::from(content.figures.last_is_partial && points.len() > 1);
        let unfinished = if whole < points.len() { points[whole - 1..].join(" ") } else { String::new() };
        Line { class: class(number), points: points[..whole].join(" "), unfinished }
    }
}

impl Content<'_> {
    fn tick(&self, value: Decimal) -> String {
        self.figures.measure.tick(value, self.axis.step)
    }
}

/// The class that colours the series at this place.
pub fn class(number: usize) -> String {
    format!("c{}", number + 1)
}

fn tenth(value: Decimal) -> Decimal {
    value.round_dp(1).normalize()
}
