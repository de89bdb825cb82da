//! How one amount is shared: one bar, its parts side by side, with money and percent.

use rust_decimal::Decimal;

use super::look::class;
use super::picture::tenth;
use super::{Measure, Size, percents};

const HEIGHT: i64 = 30;

/// A bar in each size that it may need, with its words; its legend is its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub title: String,
    pub conclusion: String,
    /// Whether the period is not over.
    pub unfinished: bool,
    pub pictures: Vec<SplitPicture>,
    pub parts: Vec<SplitPart>,
}

/// A row of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPart {
    pub name: String,
    pub class: String,
    pub money: String,
    /// `81.6%`; `–` where a part means nothing.
    pub percent: String,
}

/// The bar in one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPicture {
    pub name: &'static str,
    pub width: i64,
    pub height: i64,
    /// Where zero is; a part below zero lies to the left of it.
    pub zero: Decimal,
    pub bars: Vec<SplitBar>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitBar {
    pub class: String,
    pub title: String,
    pub x: Decimal,
    pub width: Decimal,
}

/// The parts of an amount, in the order given. `unfinished` names the period when it is not over.
pub fn split(
    title: String,
    parts: &[(&str, Decimal)],
    measure: &Measure,
    unfinished: Option<&str>,
    space: Size,
) -> Split {
    let values: Vec<Decimal> = parts.iter().map(|(_, value)| *value).collect();
    let percents = percents(&values, 1);
    let rows = parts.iter().enumerate().map(|(index, (name, value))| SplitPart {
        name: (*name).to_owned(),
        class: class(index),
        money: measure.exact(*value),
        percent: match percents.as_ref().and_then(|all| all.get(index)) {
            Some(percent) => crate::web::filters::rounded(*percent, 1) + "%",
            None => "–".to_owned(),
        },
    });
    let rows: Vec<SplitPart> = rows.collect();
    let words = rows.iter().map(|row| match row.percent.as_str() {
        "–" => format!("{} {}", row.name, row.money),
        percent => format!("{} {} ({percent})", row.name, row.money),
    });
    let not_complete = unfinished.map(|period| format!(" {period} is not complete.")).unwrap_or_default();
    Split {
        conclusion: format!("{title}: {}.{not_complete}", words.collect::<Vec<_>>().join(", ")),
        title,
        unfinished: unfinished.is_some(),
        pictures: Size::up_to(space).into_iter().map(|size| picture(size, &values, &rows)).collect(),
        parts: rows,
    }
}

/// What is above zero side by side to the right of it, what is below zero to the left.
fn picture(size: Size, values: &[Decimal], rows: &[SplitPart]) -> SplitPicture {
    let sum = |is_asked: fn(&Decimal) -> bool| -> Decimal { values.iter().copied().filter(is_asked).sum() };
    let (low, high) = (sum(Decimal::is_sign_negative), sum(Decimal::is_sign_positive));
    let reach = if low == high { Decimal::ONE } else { high - low };
    // The edge of a bar is drawn half outside of it.
    let (left, width) = (Decimal::ONE, Decimal::from(size.width - 2));
    let x = |value: Decimal| left + (value - low) / reach * width;
    let (mut above, mut below) = (Decimal::ZERO, Decimal::ZERO);
    let bars = values.iter().zip(rows).map(|(value, row)| {
        let reached = if value.is_sign_negative() { &mut below } else { &mut above };
        let from = *reached;
        *reached += *value;
        let (start, end) = (x(from.min(*reached)), x(from.max(*reached)));
        let title = format!("{}: {}, {}", row.name, row.money, row.percent);
        SplitBar { class: row.class.clone(), title, x: tenth(start), width: tenth(end) - tenth(start) }
    });
    let bars = bars.collect();
    SplitPicture { name: size.name, width: size.width, height: HEIGHT, zero: tenth(x(Decimal::ZERO)), bars }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shared(parts: &[(&str, Decimal)]) -> Split {
        let dollars = Measure::Money("USD".parse().unwrap());
        split("Net revenue in USD".into(), parts, &dollars, None, Size::ACROSS)
    }

    #[test]
    fn each_part_tells_its_money_and_its_percent() {
        let split =
            shared(&[("Provider share", Decimal::new(2_764, 2)), ("Re-seller share", Decimal::new(691, 2))]);
        assert_eq!(
            split.conclusion,
            "Net revenue in USD: Provider share $27.64 (80.0%), Re-seller share $6.91 (20.0%)."
        );
    }

    #[test]
    fn a_share_below_zero_hangs_to_the_left_of_zero() {
        let split =
            shared(&[("Provider share", Decimal::from(150)), ("Re-seller share", Decimal::from(-50))]);
        let picture = &split.pictures[0];
        let [provider, reseller] = &picture.bars[..] else { panic!("two bars") };
        assert_eq!((provider.x, reseller.x + reseller.width), (picture.zero, picture.zero));
        assert_eq!(split.parts[1].percent, "\u{2212}50.0%");
    }

    #[test]
    fn of_nothing_there_are_no_percent() {
        let split = shared(&[("Provider share", Decimal::ZERO), ("Re-seller share", Decimal::ZERO)]);
        assert!(split.parts.iter().all(|part| part.percent == "–"));
        assert!(!split.conclusion.contains('%'));
    }

    proptest! {
        #[test]
        fn parts_touch_and_fill_the_bar(provider in 0i64..1_000_000_000, reseller in 1i64..1_000_000_000) {
            let split = shared(&[("A", Decimal::new(provider, 2)), ("B", Decimal::new(reseller, 2))]);
            for picture in &split.pictures {
                let [first, second] = &picture.bars[..] else { panic!("two bars") };
                prop_assert_eq!(first.x, Decimal::ONE);
                prop_assert_eq!(first.x + first.width, second.x);
                prop_assert_eq!(second.x + second.width, Decimal::from(picture.width - 1));
            }
        }
    }
}
