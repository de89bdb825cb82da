//! What the reports must say, reckoned in exact fractions from the supplier's file and by nothing of the portal.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

/// A supplier's real file: usage of September 2024 in 580 rows.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/focus/focus_1_0_sample.csv");
/// The sub-account that becomes the customer.
pub const ACCOUNT: &str = "18938484842";
/// The service that becomes the product.
pub const SERVICE: &str = "Amazon Elastic Compute Cloud";

/// Cost plus 15% over the rows of [`ACCOUNT`] and [`SERVICE`], 100 dollars a month, and 30% for the re-seller.
pub struct Expected {
    pub rows: usize,
    /// By unit, as the page writes them.
    pub quantities: BTreeMap<String, String>,
    pub usage: String,
    pub net: String,
    pub reseller_share: String,
    pub provider_share: String,
}

impl Expected {
    pub fn of_the_file() -> Self {
        let (mut rows, mut cost) = (0, BigRational::zero());
        let mut quantities: BTreeMap<String, BigRational> = BTreeMap::new();
        let mut file = csv::Reader::from_path(FILE).unwrap();
        for row in file.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
            if row["SubAccountId"] == ACCOUNT && row["ServiceName"] == SERVICE {
                rows += 1;
                cost += fraction(&row["ListCost"]);
                let (quantity, unit) = measure(&row);
                *quantities.entry(unit).or_insert_with(BigRational::zero) += fraction(&quantity);
            }
        }
        let usage = cents(&(cost * fraction("115") / fraction("100")));
        let net = &usage + BigInt::from(10_000);
        let reseller_share = cents(&(BigRational::from(net.clone()) * fraction("0.003")));
        let provider_share = &net - &reseller_share;
        Self {
            rows,
            quantities: quantities.into_iter().map(|(unit, sum)| (unit, plain(&sum))).collect(),
            usage: dollars(&usage),
            net: dollars(&net),
            reseller_share: dollars(&reseller_share),
            provider_share: dollars(&provider_share),
        }
    }
}

/// A row's consumed quantity and unit; of the price where it has none.
fn measure(row: &BTreeMap<String, String>) -> (String, String) {
    let first = |names: [&str; 2]| {
        names.map(|name| row[name].clone()).into_iter().find(|cell| !matches!(cell.as_str(), "" | "NULL"))
    };
    let quantity = first(["ConsumedQuantity", "PricingQuantity"]).unwrap_or_else(|| "0".into());
    (quantity, first(["ConsumedUnit", "PricingUnit"]).unwrap_or_default())
}

/// `-1.5E-7` as a fraction.
fn fraction(text: &str) -> BigRational {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.parse::<i32>().unwrap() - i32::try_from(decimals.len()).unwrap();
    let digits: BigInt = format!("{whole}{decimals}").parse().unwrap();
    BigRational::from(digits) * num_traits::pow::Pow::pow(BigRational::from(BigInt::from(10)), exponent)
}

/// Rounded once to hundredths, half away from zero.
fn cents(amount: &BigRational) -> BigInt {
    (amount * BigRational::from(BigInt::from(100))).round().to_integer()
}

fn dollars(cents: &BigInt) -> String {
    format!("${}", grouped(&plain(&BigRational::new(cents.clone(), BigInt::from(100))), 2))
}

/// All decimals of a fraction that has finitely many.
fn plain(value: &BigRational) -> String {
    let (mut scaled, mut decimals) = (value.clone(), 0);
    while !scaled.is_integer() {
        scaled *= BigRational::from(BigInt::from(10));
        decimals += 1;
    }
    let digits = format!("{:0>width$}", scaled.to_integer().to_string(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    grouped(&if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }, 0)
}

/// `1,234.50`: a positive number in groups of three with at least so many decimals.
fn grouped(number: &str, decimals: usize) -> String {
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.replace(',', "");
    let mut groups = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            groups.push(',');
        }
        groups.push(digit);
    }
    let rest = format!("{rest:0<decimals$}");
    if rest.is_empty() { groups } else { format!("{groups}.{rest}") }
}
