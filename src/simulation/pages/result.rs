//! A simulation's result as the page shows it.

use std::collections::BTreeMap;

use crate::simulation::export::topic_name;
use crate::simulation::{Compared, SimulatedMonth, Topic};
use crate::values::{Amount, BundleId, Currency, OutOfRange};
use crate::web::charts::{self, Chart, Figures, Label, Measure, Series, Size};
use crate::web::filters::money_text;

/// A row of the page's tables: net, re-seller's and provider's share, each settled, simulated and the difference.
pub struct Row {
    pub name: String,
    pub net: [String; 3],
    pub reseller: [String; 3],
    pub provider: [String; 3],
}

impl Row {
    fn new(name: String, part: Compared, currency: Currency) -> Result<Self, OutOfRange> {
        let difference = part.difference()?;
        let text = |amount| money_text(amount, currency);
        let three = |settled, simulated, difference: Amount| {
            let sign = if difference > Amount::ZERO { "+" } else { "" };
            [text(settled), text(simulated), format!("{sign}{}", text(difference))]
        };
        let (old, new) = (part.settled, part.simulated);
        Ok(Self {
            name,
            net: three(old.net, new.net, difference.net),
            reseller: three(old.reseller, new.reseller, difference.reseller),
            provider: three(old.provider, new.provider, difference.provider),
        })
    }
}

/// Everything that a simulation brought.
pub struct Outcome {
    pub by_month: Vec<Row>,
    pub by_topic: Vec<Row>,
    pub total: Row,
    pub chart: Chart,
}

impl Outcome {
    pub fn of(
        months: &[SimulatedMonth],
        bundles: &BTreeMap<BundleId, String>,
        currency: Currency,
    ) -> Result<Self, OutOfRange> {
        let mut topics: BTreeMap<Topic, Compared> = BTreeMap::new();
        let (mut by_month, mut total, mut shares) = (Vec::new(), Compared::default(), Vec::new());
        for month in months {
            let sum = month.total()?;
            total = total.plus(sum)?;
            shares.push((Label::month(month.month), sum));
            by_month.push(Row::new(month.month.first_day().format("%B %Y").to_string(), sum, currency)?);
            for (topic, part) in &month.parts {
                let sum = topics.entry(*topic).or_default();
                *sum = sum.plus(*part)?;
            }
        }
        let named = topics.iter().map(|(topic, part)| Row::new(topic_name(topic, bundles), *part, currency));
        Ok(Self {
            by_month,
            by_topic: named.collect::<Result<_, _>>()?,
            total: Row::new("Total".into(), total, currency)?,
            chart: chart(shares, currency),
        })
    }
}

/// More months than these stand as lines: bars beside each other would be too thin.
const MOST_BARS: usize = 12;

fn chart(shares: Vec<(Label, Compared)>, currency: Currency) -> Chart {
    let series = |name: &str, share: fn(&Compared) -> Amount| {
        Series::new(name, shares.iter().map(|(_, sum)| share(sum).decimal()).collect())
    };
    let figures = Figures {
        title: format!("Re-seller share by month in {currency}"),
        series: vec![
            series("Settled", |sum| sum.settled.reseller),
            series("Simulated", |sum| sum.simulated.reseller),
        ],
        labels: shares.into_iter().map(|(label, _)| label).collect(),
        before: None,
        measure: Measure::Money(currency),
        unfinished: None,
    };
    if figures.labels.len() <= MOST_BARS {
        charts::paired_bars(figures, Size::ACROSS)
    } else {
        charts::lines(figures, Size::ACROSS)
    }
}
