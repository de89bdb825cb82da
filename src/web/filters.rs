//! How values are written on a page. In a template: `{{ line.net|money(line.currency) }}`.

/// Puts commas between thousands of a plain decimal: `1234567.891` becomes `1,234,567.891`.
///
/// Only the part before the point is grouped, and a leading sign stays in front.
pub fn group_digits(plain: &str) -> String {
    let start = plain.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let (sign, number) = plain.split_at(start);
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (whole, rest) = number.split_at(end);
    let mut grouped = String::with_capacity(plain.len() + whole.len() / 3);
    grouped.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_decimals_are_not() {
        for (plain, grouped) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567.8912345", "1,234,567.8912345"),
            ("-1234.5", "-1,234.5"),
            ("", ""),
        ] {
            assert_eq!(group_digits(plain), grouped);
        }
    }
}
