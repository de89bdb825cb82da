//! One chart of each kind, with invented data.

use rust_decimal::Decimal;

use crate::web::charts::{self, Chart, Entry, Figures, Label, Measure, Ranked, Series, Size, Split};

/// The charts of the page of components.
pub struct Charts {
    pub stacked: Chart,
    pub lines: Chart,
    pub paired: Chart,
    pub with_before: Chart,
    pub ranking: Ranked,
    pub split: Split,
    /// A commitment can turn a share negative.
    pub below_zero: Split,
    pub funnel: Ranked,
}

impl Charts {
    pub fn new() -> Self {
        let below_zero =
            [("Provider share", Decimal::from(12_000)), ("Re-seller share", Decimal::from(-1_900))];
        let shares = [("Provider share", Decimal::from(68_586)), ("Re-seller share", Decimal::from(15_450))];
        let split =
            |parts| charts::split("Channel revenue by side".into(), parts, &dollars(), None, Size::HALF);
        Self {
            stacked: charts::stacked_bars(revenue(), Size::HALF),
            lines: charts::lines(usage(), Size::HALF),
            paired: charts::paired_bars(simulated(), Size::HALF),
            with_before: charts::stacked_bars(with_before(), Size::ACROSS),
            ranking: ranking(),
            split: split(&shares),
            below_zero: split(&below_zero),
            funnel: funnel(),
        }
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Six companies with what they sell in the first month, and by how much it grows.
const SELLERS: [(&str, i64, i64); 6] = [
    ("Brightline Hosting", 41_205, 1_632),
    ("Kestrel Networks", 22_100, 650),
    ("Opal Managed IT", 8_120, 840),
    ("Fjord Cloud", 3_010, 260),
    ("Halden Systems", 1_200, 190),
    ("Marsh and Daughters", 900, 40),
];

fn dollars() -> Measure {
    "USD".parse().map_or_else(|_| Measure::Unit("USD".into()), Measure::Money)
}

/// A series that starts at `start` and grows by `growth` a month; the last month is half over.
fn growing(name: &str, start: i64, growth: i64) -> Series {
    let value = |index| Decimal::from(start + growth * index) / Decimal::from(1 + index / 11);
    Series::new(name, (0..12).map(value).collect())
}

fn figures(title: &str, measure: Measure, series: Vec<Series>) -> Figures {
    let labels = MONTHS.map(|month| Label::new(month, format!("{month} 2026"))).to_vec();
    Figures { title: title.to_owned(), labels, series, before: None, measure, unfinished: Some(11) }
}

fn revenue() -> Figures {
    let mut series: Vec<_> = SELLERS.map(|(name, start, growth)| growing(name, start, growth)).into();
    series.push(growing("Credits", -600, -310));
    figures("Channel revenue", dollars(), series)
}

fn usage() -> Figures {
    let series = [
        ("Block storage", 310, 22),
        ("Object storage", 120, 61),
        ("Backup", 240, 9),
        ("Archive", 60, 12),
        ("Snapshots", 20, 4),
    ];
    let series = series.map(|(name, start, growth)| growing(name, start, growth));
    figures("Storage used", Measure::Unit("TB".into()), series.into())
}

fn simulated() -> Figures {
    let series = vec![growing("Settled", 4_200, 160), growing("Simulated", 5_100, 170)];
    Figures { unfinished: None, ..figures("Re-seller share by month", dollars(), series) }
}

fn with_before() -> Figures {
    let day = |day: i64| Label::new(format!("{day} Nov"), format!("{day} Nov 2026"));
    let values = |count: i64, base: i64| -> Vec<Decimal> {
        (1..=count).map(|day| Decimal::from(base + day * 3 + (day * day * 7) % 40)).collect()
    };
    Figures {
        title: "Usage in hours".into(),
        labels: (1..=30).map(day).collect(),
        series: vec![
            Series::new("Virtual machine", values(23, 120)),
            Series::new("Database", values(23, 40)),
        ],
        before: Some(Series::new("Before: October 2026", values(30, 150))),
        measure: Measure::Unit("hours".into()),
        unfinished: Some(22),
    }
}

fn entry(name: &str, href: &str, note: &str, value: i64) -> Entry {
    Entry { name: name.into(), href: href.into(), note: note.into(), value: Decimal::from(value) }
}

fn ranking() -> Ranked {
    let more = ["Sable Systems", "Tern Works", "Umber IT", "Vale Hosting"].map(|name| (name, 600, 0));
    let sellers = SELLERS.into_iter().chain(more);
    let entries: Vec<_> =
        sellers.map(|(name, start, _)| entry(name, "/reports/revenue", "", start)).collect();
    let whole = entries.iter().map(|entry| entry.value).sum();
    let title = "Channel revenue by re-seller".to_owned();
    charts::ranking(title, entries, whole, &dollars(), Some("Nov 2026"), Size::HALF)
}

fn funnel() -> Ranked {
    let stages = [
        entry("Submitted", "", "", 42),
        entry("In review", "", "after 1.5 days (median)", 37),
        entry("Negotiating", "", "after 6 days (median)", 21),
        entry("Accepted", "", "after 11.5 days (median)", 14),
    ];
    let conclusion =
        "Of 42 requests sent in the last 12 months 14 came to an account so far, after 20 days (median).";
    charts::funnel(
        "Requests by stage".into(),
        conclusion.into(),
        &stages,
        &Measure::Unit(String::new()),
        Size::HALF,
    )
}
