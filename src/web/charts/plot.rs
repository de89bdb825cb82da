//! The plane of a chart over time: from places and values to points.

use rust_decimal::Decimal;

use super::look::{class, marker};
use super::picture::{Bar, Column, Content, Line, Picture, Tick, tenth, text_width};
use super::{Axis, Series, Size};

pub struct Plot {
    size: Size,
    axis: Axis,
    left: Decimal,
    right: Decimal,
    top: Decimal,
    bottom: Decimal,
    slot: Decimal,
    /// Every so many places have a label and a marker, counted from the last.
    every: usize,
}

/// Space between two stacked bars.
const GAP: Decimal = Decimal::from_parts(15, 0, 0, false, 1);
/// The widest that the bars of one place get, together.
const WIDEST: i64 = 34;

impl Plot {
    pub fn new(content: &Content, size: Size) -> Self {
        let ticks = content.axis.ticks().into_iter();
        let label_width = ticks.map(|tick| text_width(&content.tick(tick))).max().unwrap_or_default();
        let (left, right) = (label_width + Decimal::from(12), Decimal::from(size.width - 4));
        let columns = content.figures.labels.len();
        let slot = (right - left) / Decimal::from(columns.max(1));
        Self {
            size,
            axis: content.axis,
            left,
            right,
            top: Decimal::from(if content.unit().is_empty() { 12 } else { 28 }),
            bottom: Decimal::from(size.height - 26),
            slot,
            every: columns.div_ceil(size.most_labels).max(apart(content, slot)),
        }
    }

    fn y(&self, value: Decimal) -> Decimal {
        self.bottom - self.axis.fraction(value) * (self.bottom - self.top)
    }

    /// Everything but the values.
    pub fn empty(&self, content: &Content) -> Picture {
        Picture {
            name: self.size.name,
            width: self.size.width,
            height: self.size.height,
            left: self.left,
            right: self.right,
            top: self.top,
            plot_height: self.bottom - self.top,
            unit: content.unit().to_owned(),
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
        let label = content.figures.labels.get(index).map(|label| label.short.clone()).unwrap_or_default();
        let rightmost = Decimal::from(self.size.width) - text_width(&label) / Decimal::TWO;
        Column {
            x: tenth(x),
            width: tenth(self.slot),
            label_x: tenth(self.middle(index).min(rightmost)),
            title: content.titles.get(index).cloned().unwrap_or_default(),
            label_y: self.is_labelled(content, index).then(|| Decimal::from(self.size.height - 8)),
            label,
            unfinished: content.figures.unfinished == Some(index),
            bars: Vec::new(),
        }
    }

    fn is_labelled(&self, content: &Content, index: usize) -> bool {
        (content.figures.labels.len() - 1 - index).is_multiple_of(self.every)
    }

    fn middle(&self, index: usize) -> Decimal {
        self.left + self.slot * (Decimal::from(index) + Decimal::new(5, 1))
    }

    /// Positive values upward from zero, negative ones downward.
    pub fn stack(&self, content: &Content, index: usize) -> Vec<Bar> {
        let width = (self.slot * Decimal::new(62, 2)).min(Decimal::from(WIDEST));
        let x = self.middle(index) - width / Decimal::TWO;
        let (mut above, mut below) = (Decimal::ZERO, Decimal::ZERO);
        let mut bars = Vec::new();
        for (number, series) in content.figures.series.iter().enumerate() {
            let value = series.at(index);
            let reached = if value.is_sign_negative() { &mut below } else { &mut above };
            let from = *reached;
            *reached += value;
            bars.extend(self.bar(number, x, width, (from, *reached)));
        }
        bars
    }

    /// Each series from zero, beside the one before it.
    pub fn pair(&self, content: &Content, index: usize) -> Vec<Bar> {
        let series = &content.figures.series;
        let whole = (self.slot * Decimal::new(76, 2)).min(Decimal::from(WIDEST * 2));
        let width = whole / Decimal::from(series.len().max(1));
        let left = self.middle(index) - whole / Decimal::TWO;
        let bar = |(number, one): (usize, &Series)| {
            let x = left + width * Decimal::from(number);
            self.bar(number, x, width - GAP.min(width / Decimal::TWO), (Decimal::ZERO, one.at(index)))
        };
        series.iter().enumerate().filter_map(bar).collect()
    }

    fn bar(&self, number: usize, x: Decimal, width: Decimal, ends: (Decimal, Decimal)) -> Option<Bar> {
        let (upper, lower) = (self.y(ends.0.max(ends.1)), self.y(ends.0.min(ends.1)));
        let height = lower - upper;
        let shown = if height > GAP + Decimal::ONE { height - GAP } else { height };
        (ends.0 != ends.1).then(|| Bar {
            class: class(number),
            x: tenth(x),
            y: tenth(upper),
            width: tenth(width),
            height: tenth(shown),
        })
    }

    /// A series up to the last period that has begun.
    pub fn line(&self, content: &Content, number: usize, series: &Series) -> Line {
        let begun = content.figures.unfinished.map_or(content.figures.labels.len(), |index| index + 1);
        let points: Vec<_> = (0..begun).map(|index| self.point(index, series)).collect();
        let is_parted = content.figures.unfinished.is_some() && points.len() > 1;
        let whole = points.len() - usize::from(is_parted);
        let unfinished = if is_parted { points[whole - 1..].join(" ") } else { String::new() };
        let marks = (0..begun)
            .filter(|index| self.is_labelled(content, *index))
            .map(|index| marker(number, tenth(self.middle(index)), tenth(self.y(series.at(index)))));
        Line { class: class(number), points: points[..whole].join(" "), unfinished, marks: marks.collect() }
    }

    /// The period before, which is over as a whole.
    pub fn before(&self, content: &Content) -> Option<Line> {
        let series = content.figures.before.as_ref()?;
        let places = 0..series.values.len().min(content.figures.labels.len());
        let points: Vec<_> = places.clone().map(|index| self.point(index, series)).collect();
        let marks = places
            .filter(|index| self.is_labelled(content, *index))
            .map(|index| marker(0, tenth(self.middle(index)), tenth(self.y(series.at(index)))));
        let class = "before".to_owned();
        Some(Line { class, points: points.join(" "), unfinished: String::new(), marks: marks.collect() })
    }

    fn point(&self, index: usize, series: &Series) -> String {
        format!("{},{}", tenth(self.middle(index)), tenth(self.y(series.at(index))))
    }
}

/// Every how many places there is room for a label, even where the last one is moved into the picture.
fn apart(content: &Content, slot: Decimal) -> usize {
    let widths = content.figures.labels.iter().map(|label| text_width(&label.short));
    let widest = widths.max().unwrap_or_default();
    let moved = ((widest - slot) / Decimal::TWO).max(Decimal::ZERO);
    let places = ((widest + moved) / slot).ceil();
    usize::try_from(places.mantissa() / 10i128.pow(places.scale())).unwrap_or(1).max(1)
}

impl Content<'_> {
    fn tick(&self, value: Decimal) -> String {
        self.figures.measure.tick(value, self.axis.step)
    }

    fn unit(&self) -> &str {
        self.figures.measure.axis_unit()
    }
}
