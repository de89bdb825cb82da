//! The units of Azure's price lists, which hold the size of a block and the unit in one text: `10K`, `100 Hours`,
//! `1 GB/Month`, `1/Month`.

use crate::values::Quantity;

/// How much one of a unit's text is, in what: `100 Hours` are 100 of `Hours`, `10K` are 10,000 `Units`. A text
/// without a number is one of what it says, and so is `10000s`, a number in the plural.
pub(super) fn block(text: &str) -> (i64, String) {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, rest) = text.split_at(digits);
    let (factor, rest) = factor(rest);
    let size = number.parse::<i64>().ok().filter(|number| *number > 0 && rest != "s");
    match size.and_then(|number| number.checked_mul(factor)) {
        Some(size) => (size, unit(rest)),
        None => (1, unit(text)),
    }
}

/// `K`, `M` or `B` directly after the number, unless it begins a word.
fn factor(rest: &str) -> (i64, &str) {
    [("K", 1_000), ("M", 1_000_000), ("B", 1_000_000_000)]
        .into_iter()
        .filter_map(|(letter, factor)| Some((factor, rest.strip_prefix(letter)?)))
        .find(|(_, rest)| !rest.starts_with(char::is_alphabetic))
        .unwrap_or((1, rest))
}

fn unit(text: &str) -> String {
    let text = text.trim();
    match text.split_once('/') {
        None if text.is_empty() => "Units".to_owned(),
        None => plural(text),
        Some((what, per)) => format!("{}/{}", unit(what), per.trim()),
    }
}

/// A block of one is named in the singular, and is the same unit as a larger one: `1 Hour`, `100 Hours`.
fn plural(word: &str) -> String {
    const COUNTED: [&str; 10] =
        ["Hour", "Day", "Month", "Minute", "Second", "Unit", "Request", "Transaction", "User", "Connection"];
    match COUNTED.iter().find(|counted| word.eq_ignore_ascii_case(counted)) {
        Some(counted) => format!("{counted}s"),
        None => word.to_owned(),
    }
}

/// A quantity of blocks in single units; `None` when it is more than a column keeps.
pub(super) fn singles(quantity: Quantity, size: i64) -> Option<Quantity> {
    let units = quantity.units().checked_mul(i128::from(size))?;
    Quantity::from_units(units).checked_add(Quantity::ZERO).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_unit_are_told_apart() {
        for (text, size, unit) in [
            ("10K", 10_000, "Units"),
            ("1M", 1_000_000, "Units"),
            ("1B", 1_000_000_000, "Units"),
            ("10000s", 1, "10000s"),
            ("1 Hour", 1, "Hours"),
            ("100 Hours", 100, "Hours"),
            ("1/Month", 1, "Units/Month"),
            ("1 GB/Month", 1, "GB/Month"),
            ("10 GB", 10, "GB"),
            ("1 MB", 1, "MB"),
            ("1M Characters", 1_000_000, "Characters"),
            ("Per Request", 1, "Per Request"),
            ("", 1, "Units"),
            ("0 Hours", 1, "0 Hours"),
            ("99999999999999999999K", 1, "99999999999999999999K"),
        ] {
            assert_eq!(block(text), (size, unit.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_sizes_are_those_of_the_published_list() {
        let list = std::fs::read("../shared/data/reference/PricingUnits.csv").unwrap();
        let mut compared = 0;
        for row in csv::Reader::from_reader(&list[..]).records() {
            let row = row.unwrap();
            let (text, size) = (&row[0], row[2].parse::<i64>().unwrap());
            if text.starts_with(|letter: char| letter.is_ascii_digit()) {
                assert_eq!(block(text).0, size, "{text}");
                compared += 1;
            }
        }
        assert!(compared > 350, "{compared}");
    }

    #[test]
    fn blocks_are_counted_exactly_or_not_at_all() {
        let quantity: Quantity = "0.000000000000000003".parse().unwrap();
        assert_eq!(singles(quantity, 10_000).unwrap().to_string(), "0.00000000000003");
        assert_eq!(singles(Quantity::from_units(10i128.pow(36)), 10), None);
        assert_eq!(singles(Quantity::from_units(i128::MAX), 1_000_000), None);
    }
}
