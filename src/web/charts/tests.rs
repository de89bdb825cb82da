use proptest::prelude::*;

use super::*;

fn labels() -> Vec<Label> {
    ["Sep", "Oct", "Nov"].map(|month| Label::new(month, format!("{month} 2026"))).to_vec()
}

fn series(name: &str, values: [i64; 3]) -> Series {
    Series::new(name, values.map(Decimal::from).to_vec())
}

fn dollars() -> Measure {
    Measure::Money("USD".parse().unwrap())
}

fn figures(title: &str, labels: Vec<Label>, series: Vec<Series>) -> Figures {
    let unfinished = labels.len().checked_sub(1);
    Figures { title: title.to_owned(), labels, series, before: None, measure: dollars(), unfinished }
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
    assert_eq!(chart.heads, ["Kestrel", "Opal", "Total"]);
    assert_eq!(chart.rows[1].values, ["$300.00", "$100.00", "$400.00"]);
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
fn the_period_before_is_a_line_over_the_bars_and_compared_at_the_same_time() {
    let before = Some(Series::new("Before: 2025", [100, 100, 400].map(Decimal::from).to_vec()));
    let now = vec![series("Kestrel", [100, 150, 20])];
    let chart = stacked_bars(Figures { before, ..figures("Revenue", labels(), now) }, Size::HALF);
    assert_eq!(
        chart.conclusion,
        "Revenue from Sep 2026 to Oct 2026: $250, 25.0% more than in the same time of the period before ($200). \
         Nov 2026 is not complete."
    );
    let line = &chart.pictures[0].lines[0];
    assert_eq!((line.class.as_str(), line.points.split(' ').count()), ("before", 3));
    assert_eq!(line.points.split(',').next_back(), Some("12"), "the highest value is the top of the axis");
    assert_eq!(chart.rows[2].values, ["$20.00", "$400.00"]);
    assert_eq!(chart.legend.last().map(|key| key.look), Some(Look::Before));
}

#[test]
fn what_has_not_begun_is_neither_drawn_nor_zero() {
    let now = vec![series("Kestrel", [100, 0, 0])];
    let chart = lines(Figures { unfinished: Some(1), ..figures("Usage", labels(), now) }, Size::HALF);
    assert_eq!(chart.rows[2].values, ["–"]);
    assert_eq!(chart.pictures[0].columns[2].title, "Nov 2026");
    assert_eq!(chart.pictures[0].lines[0].unfinished.split(' ').count(), 2);
    assert_eq!(chart.pictures[0].lines[0].marks.matches('M').count(), 2);
}

#[test]
fn bars_beside_each_other_start_at_zero_and_say_the_difference() {
    let pair = vec![series("Settled", [100, 100, 200]), series("Simulated", [90, 90, 180])];
    let chart = paired_bars(Figures { unfinished: None, ..figures("Share", labels(), pair) }, Size::ACROSS);
    assert_eq!(chart.conclusion, "Share: simulated comes to $360, 10.0% less than settled ($400).");
    for picture in &chart.pictures {
        let bottom = picture.top + picture.plot_height;
        for column in &picture.columns {
            let [first, second] = &column.bars[..] else { panic!("two bars") };
            assert!(first.x + first.width <= second.x);
            assert!((bottom - second.y - second.height).abs() <= Decimal::TWO);
        }
    }
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
fn series_keep_their_order_and_so_their_looks_until_there_are_too_many() {
    let names = |chart: &Chart| chart.legend.iter().map(|key| key.name.clone()).collect::<Vec<_>>();
    let few = bars(vec![series("Provider", [1, 1, 1]), series("Re-seller", [2, 2, 2])]);
    assert_eq!(names(&few), ["Provider", "Re-seller"]);
    let many = (1..=7).map(|n| series(&n.to_string(), [n, n, n])).collect();
    assert_eq!(names(&bars(many)), ["7", "6", "5", "4", "3 others"]);
}

#[test]
fn the_last_label_is_always_shown_when_not_all_fit() {
    let labels: Vec<_> = (1..=12).map(|n| Label::new(n.to_string(), n.to_string())).collect();
    let values = vec![Series::new("All", vec![Decimal::ONE; 12])];
    let chart = stacked_bars(figures("Sold", labels, values), Size::HALF);
    let shown: Vec<_> =
        chart.pictures[0].columns.iter().filter(|c| c.label_y.is_some()).map(|c| c.label.as_str()).collect();
    assert_eq!(shown, ["3", "6", "9", "12"]);
    assert!(chart.pictures[1].columns.iter().all(|column| column.label_y.is_some()));
}

#[test]
fn a_quantity_has_its_unit_above_the_axis_and_money_in_its_labels() {
    let hours = Figures { measure: Measure::Unit("hours".into()), ..figures("Used", labels(), vec![]) };
    let picture = &stacked_bars(hours, Size::HALF).pictures[0];
    assert_eq!(picture.unit, "hours");
    assert!(picture.ticks.iter().all(|tick| tick.label_y > Decimal::from(24)), "the unit has its own line");
    assert!(bars(vec![]).pictures[0].unit.is_empty());
}

/// Some series over some days, with both signs.
fn any_figures() -> impl Strategy<Value = Figures> {
    let values = prop::collection::vec(prop::collection::vec(-1_000_000i64..100_000_000, 1..100), 1..9);
    (values, 0usize..100, any::<bool>()).prop_map(|(rows, unfinished, has_before)| {
        let count = rows.iter().map(Vec::len).max().unwrap_or_default();
        let cents = |row: Vec<i64>| row.into_iter().map(|cents| Decimal::new(cents, 2)).collect::<Vec<_>>();
        let before = has_before.then(|| Series::new("Before", cents(rows[0].clone())));
        let series = rows.into_iter().enumerate().map(|(n, row)| Series::new(n.to_string(), cents(row)));
        let days = (1..=count).map(|day| Label::new(format!("{} Nov", day % 30 + 1), format!("day {day}")));
        Figures {
            title: "Revenue".into(),
            labels: days.collect(),
            series: series.collect(),
            before,
            measure: dollars(),
            unfinished: Some(unfinished).filter(|place| *place < count),
        }
    })
}

/// Half of the width of a label, at least.
fn half(label: &str) -> Decimal {
    picture::text_width(label) / Decimal::TWO
}

proptest! {
    #[test]
    fn every_bar_lies_in_its_column_and_in_the_plot(figures in any_figures()) {
        for chart in [stacked_bars(figures.clone(), Size::ACROSS), paired_bars(figures, Size::ACROSS)] {
            for picture in &chart.pictures {
                let bottom = picture.top + picture.plot_height;
                for column in &picture.columns {
                    for bar in &column.bars {
                        prop_assert!(picture.top <= bar.y && bar.y + bar.height <= bottom + Decimal::new(1, 1));
                        prop_assert!(column.x <= bar.x && bar.width > Decimal::ZERO);
                        prop_assert!(bar.x + bar.width <= column.x + column.width + Decimal::new(2, 1));
                    }
                }
            }
        }
    }

    #[test]
    fn stacked_bars_are_as_high_as_their_sum_on_the_axis(cents in prop::collection::vec(1i64..100_000_000, 1..6)) {
        let values: Vec<_> = cents.iter().map(|cents| Decimal::new(*cents, 2)).collect();
        let total: Decimal = values.iter().sum();
        let series = values.iter().map(|value| Series::new("One", vec![*value])).collect();
        let chart = bars(series);
        let axis = Axis::around(Decimal::ZERO, total);
        for picture in &chart.pictures {
            let top = picture.columns[0].bars.iter().map(|bar| bar.y).min().unwrap();
            let height = picture.top + picture.plot_height - top;
            prop_assert!((height - axis.fraction(total) * picture.plot_height).abs() <= Decimal::new(1, 1));
        }
    }

    #[test]
    fn labels_stay_in_the_picture_and_do_not_run_into_each_other(figures in any_figures()) {
        for picture in &lines(figures, Size::ACROSS).pictures {
            let labels: Vec<_> = picture.columns.iter().filter(|column| column.label_y.is_some()).collect();
            for pair in labels.windows(2) {
                prop_assert!(pair[0].label_x + half(&pair[0].label) <= pair[1].label_x - half(&pair[1].label));
            }
            for column in &labels {
                prop_assert!(column.label_x + half(&column.label) <= Decimal::from(picture.width));
                prop_assert!(column.label_x >= half(&column.label));
            }
            for pair in picture.ticks.windows(2) {
                prop_assert!(pair[0].label_y - pair[1].label_y >= Decimal::from(12));
            }
            for tick in &picture.ticks {
                prop_assert!(tick.label_x >= picture::text_width(&tick.label));
            }
        }
    }
}
