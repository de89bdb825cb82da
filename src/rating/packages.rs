//! Packages: what the month is charged for, divided by the units of a package and rounded up once.

use num_traits::{Signed, Zero};

use super::piece::Pieces;
use super::usage::Used;
use crate::values::{Exact, OutOfRange, Quantity};

/// Each package costs the price of the day on which the use first exceeds the packages before it. A total of nothing or
/// less needs none. A line's billable is a number of packages.
pub(super) fn packages(used: &Used, size: Option<Quantity>) -> Result<Pieces, OutOfRange> {
    let size = size.filter(|size| *size > Quantity::ZERO).ok_or(OutOfRange)?.exact();
    let needed = |billable: &Exact| {
        if billable.is_positive() { (billable / &size).ceil() } else { Exact::zero() }
    };
    let all = needed(&used.total());
    let mut bought = Exact::zero();
    let mut pieces = Pieces::default();
    for day in &used.days {
        let reached = needed(&used.billable(day.after)).min(all.clone());
        let more = (&reached - &bought).max(Exact::zero());
        bought += &more;
        let piece = pieces.on(day, 0);
        piece.units = piece.units.checked_add(day.quantity)?;
        piece.included += used.free_on(day);
        piece.charge(&more, &day.reference);
        piece.billable += more;
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Charge, ChargeKind, ChargeModel};
    use crate::customers::PriceRule;
    use crate::rating::sample::{Case, charge, metered, product, unit};

    fn by_ten(prices: &[(&str, &str)]) -> Case {
        let charge = Charge { package: "10".parse().ok(), ..charge(ChargeKind::Usage, ChargeModel::Package) };
        let prices: Vec<_> = prices.iter().map(|(from, price)| (*from, unit(price))).collect();
        metered(charge, &prices)
    }

    #[test]
    fn a_begun_package_is_a_whole_one_once_a_month() {
        let mut packages = by_ten(&[("2026-01-01", "5")]);
        assert_eq!(packages.november(&[(2, "9")]), ["0 + 1 = 5"]);
        assert_eq!(packages.november(&[(2, "10")]), ["0 + 1 = 5"]);
        assert_eq!(packages.november(&[(2, "10.000000000000000001")]), ["0 + 2 = 10"]);
        assert_eq!(packages.november(&[(2, "3"), (3, "3"), (4, "3")]), ["0 + 1 = 5"]);
        assert_eq!(packages.november(&[(2, "0")]), ["0 + 0 = 0"]);
        packages.included.insert(product(), "5".parse().unwrap());
        assert_eq!(packages.november(&[(2, "15")]), ["5 + 1 = 5"]);
        assert_eq!(packages.november(&[(2, "16")]), ["5 + 2 = 10"]);
        assert_eq!(packages.november(&[(2, "5")]), ["5 + 0 = 0"]);
    }

    #[test]
    fn a_package_costs_the_price_of_the_day_that_begins_it() {
        let mut packages = by_ten(&[("2026-01-01", "5"), ("2026-11-15", "7")]);
        assert_eq!(packages.november(&[(2, "10"), (15, "1")]), ["0 + 1 = 5", "0 + 1 = 7"]);
        assert_eq!(packages.november(&[(2, "11"), (15, "9")]), ["0 + 2 = 10", "0 + 0 = 0"]);
        packages.subscription.price_rule = PriceRule::Frozen;
        assert_eq!(packages.november(&[(2, "10"), (15, "1")]), ["0 + 2 = 10"]);
    }

    #[test]
    fn a_package_of_nothing_is_refused() {
        let used = Used { days: Vec::new(), included: Exact::zero() };
        assert_eq!(packages(&used, Some(Quantity::ZERO)).err(), Some(OutOfRange));
        assert_eq!(packages(&used, None).err(), Some(OutOfRange));
    }

    #[test]
    fn corrections_give_back_the_last_packages() {
        let mut packages = by_ten(&[("2026-01-01", "5"), ("2026-11-15", "7")]);
        assert_eq!(packages.november(&[(2, "25"), (15, "-10")]), ["0 + 2 = 10", "0 + 0 = 0"]);
        assert_eq!(packages.november(&[(2, "5"), (3, "-6")]), ["0 + 0 = 0"]);
        assert_eq!(packages.november(&[(2, "5"), (3, "-6"), (15, "2")]), ["0 + 1 = 5", "0 + 0 = 0"]);
    }
}
