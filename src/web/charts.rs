//! Charts as SVG without script: pure geometry here, marks in `templates/parts/chart.html`.
//!
//! A chart starts at zero, has round steps, at most four named series and "others", and draws a period that
//! is not over yet lighter. It says its one conclusion in words and offers the same values as a table.

mod axis;
mod measure;
mod picture;
mod series;

use rust_decimal::Decimal;

use self::picture::Content;
pub use self::{
    axis::Axis,
    measure::Measure,
    picture::{Picture, Size, class},
    series::{Label, MOST_SERIES, Series},
};

/// A chart in each size that it may need, with its words and its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub title: String,
    /// What the chart shows, in a sentence or two.
    pub conclusion: String,
    /// The same marks for different spaces, narrowest first; the style sheet shows the one that fits.
    pub pictures: Vec<Picture>,
    /// Names of the series, with the class of their colour.
    pub legend: Vec<(String, String)>,
    /// One row per label: its name, the exact values, and their total where a total means something.
    pub rows: Vec<Row>,
    pub has_total: bool,
}

/// A row of the chart's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    pub values: Vec<String>,
    pub total: String,
}

/// What a chart shows, before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub title: String,
    pub labels: Vec<Label>,
    pub series: Vec<Series>,
    pub measure: Measure,
    /// Whether the last period is not over; it is drawn lighter and named as such.
    pub last_is_partial: bool,
}

/// Bars that add up: one column per period, one colour per series. `space` is the widest it can get.
pub fn stacked_bars(figures: Figures, space: Size) -> Chart {
    let drawing = Drawing::new(figures, |values| {
        let below = values.iter().copied().filter(Decimal::is_sign_negative).sum();
        let above = values.iter().copied().filter(Decimal::is_sign_positive).sum();
        (below, above)
    });
    drawing.chart(Picture::bars, space, drawing.trend(), true)
}

/// One line per series over the periods. `space` is the widest it can get.
pub fn lines(figures: Figures, space: Size) -> Chart {
    let drawing = Drawing::new(figures, |values| {
        let lowest = values.iter().copied().min().unwrap_or_default();
        let highest = values.iter().copied().max().unwrap_or_default();
        (lowest, highest)
    });
    let one = drawing.figures.series.len() <= 1;
    let conclusion = if one { drawing.trend() } else { drawing.leader() };
    drawing.chart(Picture::lines, space, conclusion, false)
}

struct Drawing {
    figures: Figures,
    axis: Axis,
}

impl Drawing {
    /// `reach` tells how far down and up the values of one period go.
    fn new(mut figures: Figures, reach: fn(&[Decimal]) -> (Decimal, Decimal)) -> Self {
        figures.series = series::largest(figures.series);
        let period = |index| figures.series.iter().map(|one| one.at(index)).collect::<Vec<_>>();
        let reaches: Vec<_> = (0..figures.labels.len()).map(|index| reach(&period(index))).collect();
        let low = reaches.iter().map(|(low, _)| *low).min().unwrap_or_default();
        let high = reaches.iter().map(|(_, high)| *high).max().unwrap_or_default();
        Self { figures, axis: Axis::around(low, high) }
    }

    fn chart(
        &self,
        draw: fn(&Content, Size) -> Picture,
        space: Size,
        conclusion: String,
        adds_up: bool,
    ) -> Chart {
        let Figures { title, labels, series, .. } = &self.figures;
        let has_total = adds_up && series.len() > 1;
        let titles: Vec<_> = (0..labels.len()).map(|index| self.column_title(index, has_total)).collect();
        let content = Content { figures: &self.figures, axis: self.axis, titles: &titles };
        Chart {
            title: title.clone(),
            conclusion,
            pictures: Size::up_to(space).into_iter().map(|size| draw(&content, size)).collect(),
            legend: series.iter().enumerate().map(|(n, one)| (one.name.clone(), class(n))).collect(),
            rows: (0..labels.len()).map(|index| self.row(index)).collect(),
            has_total,
        }
    }

    fn total(&self, index: usize) -> Decimal {
        self.figures.series.iter().map(|one| one.at(index)).sum()
    }

    fn label(&self, index: usize) -> &str {
        self.figures.labels.get(index).map_or("", |label| &label.full)
    }

    fn column_title(&self, index: usize, has_total: bool) -> String {
        let part = |one: &Series| format!("{} {}", one.name, self.figures.measure.rounded(one.at(index)));
        let parts = self.figures.series.iter().map(part).collect::<Vec<_>>().join(", ");
        let so_far = if self.is_partial(index) { " (to date)" } else { "" };
        let total = match has_total {
            true => format!(". Total {}", self.figures.measure.rounded(self.total(index))),
            false => String::new(),
        };
        format!("{}{so_far}: {parts}{total}", self.label(index))
    }

    fn is_partial(&self, index: usize) -> bool {
        self.figures.last_is_partial && index + 1 == self.figures.labels.len()
    }

    fn row(&self, index: usize) -> Row {
        Row {
            label: format!("{}{}", self.label(index), if self.is_partial(index) { " to date" } else { "" }),
            values: self.figures.series.iter().map(|one| self.figures.measure.exact(one.at(index))).collect(),
            total: self.figures.measure.exact(self.total(index)),
        }
    }

    /// The last period that is over.
    fn last_complete(&self) -> Option<usize> {
        self.figures.labels.len().checked_sub(1 + usize::from(self.figures.last_is_partial))
    }

    fn trend(&self) -> String {
        let Some(last) = self.last_complete().filter(|last| *last > 0) else {
            return format!("{}.{}", self.figures.title, self.unfinished());
        };
        let (from, to) = (self.total(0), self.total(last));
        let verb = match to.cmp(&from) {
            std::cmp::Ordering::Greater => "rose",
            std::cmp::Ordering::Less => "fell",
            std::cmp::Ordering::Equal => "stayed at the same level",
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

    fn leader(&self) -> String {
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

    fn unfinished(&self) -> String {
        match self.figures.labels.last().filter(|_| self.figures.last_is_partial) {
            Some(label) => format!(" {} is not complete.", label.full),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<Label> {
        ["Sep", "Oct", "Nov"].map(|month| Label::new(month, format!("{month} 2026"))).to_vec()
    }

    fn series(name: &str, values: [i64; 3]) -> Series {
        Series::new(name, values.map(Decimal::from).to_vec())
    }

    fn figures(title: &str, labels: Vec<Label>, series: Vec<Series>) -> Figures {
        let measure = Measure::Money("USD".parse().unwrap());
        Figures { title: title.to_owned(), labels, series, measure, last_is_partial: true }
    }

    fn bars(series: Vec<Series>) -> Chart {
        stacked_bars(figures("Revenue", labels(), series), Size::HALF)
    }

    #[test]
    fn bars_say_how_the_complete_periods_went() {
        let chart = bars(vec![series("Kestrel", [100, 300, 50]), series("Opal", [50, 100, 10])]);
        assert_eq!(
            chart.conclusion,
            "Revenue rose from $150 in Sep 2026 to $400 in Oct 2026. Nov 2026 is not complete."
        );
        assert_eq!(chart.rows[1].total, "$400.00");
        assert_eq!(
            chart.pictures[1].columns[2].title,
            "Nov 2026 (to date): Kestrel $50.00, Opal $10.00. Total $60.00"
        );
    }

    #[test]
    fn stacked_bars_touch_each_other_and_end_at_their_total() {
        let chart = bars(vec![series("Kestrel", [300, 0, 0]), series("Opal", [100, 0, 0])]);
        let [lower, upper] = &chart.pictures[1].columns[0].bars[..] else { panic!("two bars") };
        assert_eq!(upper.y + upper.height + Decimal::new(15, 1), lower.y);
        assert_eq!(upper.y, chart.pictures[1].top);
        assert!(chart.pictures[1].columns[1].bars.is_empty());
    }

    #[test]
    fn negative_values_hang_below_zero() {
        let chart = bars(vec![series("Sold", [100, 0, 0]), series("Credits", [-50, 0, 0])]);
        let zero = chart.pictures[1].ticks.iter().find(|tick| tick.is_zero).map(|tick| tick.y);
        let [sold, credits] = &chart.pictures[1].columns[0].bars[..] else { panic!("two bars") };
        assert!(Some(sold.y) < zero);
        assert_eq!(Some(credits.y), zero);
    }

    #[test]
    fn only_the_way_to_an_unfinished_period_is_apart_in_a_line() {
        let chart = lines(figures("Usage", labels(), vec![series("Storage", [1, 2, 3])]), Size::HALF);
        let line = &chart.pictures[0].lines[0];
        assert_eq!(line.points.split(' ').count(), 2);
        assert_eq!(line.unfinished.split(' ').count(), 2);
        assert!(line.unfinished.starts_with(line.points.split(' ').next_back().unwrap_or_default()));
    }

    #[test]
    fn a_chart_without_periods_is_empty_and_does_not_fail() {
        let chart = lines(figures("Usage", vec![], vec![]), Size::HALF);
        assert!(chart.pictures[1].columns.is_empty());
    }

    #[test]
    fn the_last_label_is_always_shown_when_not_all_fit() {
        let labels: Vec<_> = (1..=12).map(|n| Label::new(n.to_string(), n.to_string())).collect();
        let values = vec![Series::new("All", vec![Decimal::ONE; 12])];
        let chart = stacked_bars(figures("Sold", labels, values), Size::HALF);
        let shown: Vec<_> = chart.pictures[0]
            .columns
            .iter()
            .filter(|c| c.label_y.is_some())
            .map(|c| c.label.as_str())
            .collect();
        assert_eq!(shown, ["3", "6", "9", "12"]);
        assert!(chart.pictures[1].columns.iter().all(|column| column.label_y.is_some()));
    }
}
