//! The split at its edges, and against a reader of the rule who works in whole fractions and another order.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

use super::*;
use crate::terms::Tier;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn rule(basis: ShareBasis, percent: i64) -> ShareRule {
    ShareRule::flat(basis, Percent::from_units(percent))
}

/// Edges in minor units, shares in ten-thousandths of a percent.
fn tiered(general: i64, tiers: &[(i64, i64)], currency: Currency) -> ShareRule {
    let mut rule = rule(ShareBasis::Revenue, general);
    let tier = |(from, share): &(i64, i64)| Tier {
        from: Amount::from_minor_units(*from, currency).unwrap(),
        share: Percent::from_units(*share),
    };
    rule.tiers.insert(currency, tiers.iter().map(tier).collect());
    rule
}

fn line(net: i64, reference: i64, currency: Currency) -> SplitLine {
    let amount = |units| Amount::from_minor_units(units, currency).unwrap();
    SplitLine {
        bundle: BundleId::derived("a"),
        category: None,
        net: amount(net),
        reference: amount(reference),
    }
}

fn shares(rule: &ShareRule, lines: &[SplitLine], currency: Currency) -> Vec<String> {
    split(rule, lines, currency).unwrap().iter().map(|share| share.reseller.to_string()).collect()
}

#[test]
fn the_rounded_total_goes_to_the_largest_remainders() {
    let usd = currency("USD");
    let lines = [line(10, 0, usd), line(10, 0, usd), line(10, 0, usd)];
    // 18% of 0.30 is 0.054, rounded to 0.05: 0.018 each, two lines get 0.02 and the last the rest.
    assert_eq!(shares(&rule(ShareBasis::Revenue, 180_000), &lines, usd), ["0.02", "0.02", "0.01"]);
}

#[test]
fn the_most_specific_rate_wins() {
    let usd = currency("USD");
    let mut rates = rule(ShareBasis::Revenue, 100_000);
    rates.by_category.insert("Compute".into(), Percent::from_units(200_000));
    rates.by_bundle.insert(BundleId::derived("b"), Percent::from_units(300_000));
    let compute = SplitLine { category: Some("Compute".into()), ..line(1000, 0, usd) };
    let bundle = SplitLine { bundle: BundleId::derived("b"), ..compute.clone() };
    assert_eq!(shares(&rates, &[line(1000, 0, usd), compute, bundle], usd), ["1", "2", "3"]);
}

#[test]
fn a_units_share_is_its_own_rate_of_what_the_rule_shares() {
    let exact = |number: i64| Exact::from_integer(number.into());
    let mut rates = rule(ShareBasis::Margin, 200_000);
    rates.by_category.insert("Compute".into(), Percent::from_units(500_000));
    let of =
        |rates: &ShareRule, category| of_unit(rates, BundleId::derived("a"), category, exact(30), exact(10));
    assert_eq!((of(&rates, None), of(&rates, Some("Compute"))), (exact(4), exact(10)));
    assert_eq!(of(&rule(ShareBasis::Revenue, 200_000), None), exact(6));
}

#[test]
fn a_margin_share_is_never_negative_for_a_line() {
    let usd = currency("USD");
    let lines = [line(1000, 400, usd), line(300, 500, usd)];
    assert_eq!(shares(&rule(ShareBasis::Margin, 500_000), &lines, usd), ["3", "0"]);
}

#[test]
fn each_slice_has_its_own_rate_at_below_and_above_each_edge() {
    let usd = currency("USD");
    // 10% up to 100.00, 20% up to 200.00, 50% above.
    let rule = tiered(100_000, &[(10_000, 200_000), (20_000, 500_000)], usd);
    let of = |net: i64| shares(&rule, &[line(net, 0, usd)], usd).remove(0);
    assert_eq!(of(9_990), "9.99");
    assert_eq!(of(10_000), "10");
    assert_eq!(of(10_010), "10.02");
    assert_eq!(of(19_990), "29.98");
    assert_eq!(of(20_000), "30");
    assert_eq!(of(20_010), "30.05");
    assert_eq!(of(0), "0");
}

#[test]
fn tiers_count_the_months_sum_and_not_each_line() {
    let usd = currency("USD");
    let rule = tiered(100_000, &[(10_000, 300_000)], usd);
    // 100.00 at 10% and 20.00 at 30% are 16.00, by halves.
    assert_eq!(shares(&rule, &[line(6_000, 0, usd), line(6_000, 0, usd)], usd), ["8", "8"]);
}

#[test]
fn what_has_its_own_rate_neither_uses_nor_advances_the_tiers() {
    let usd = currency("USD");
    let mut rule = tiered(100_000, &[(10_000, 500_000)], usd);
    rule.by_bundle.insert(BundleId::derived("b"), Percent::from_units(0));
    let own = SplitLine { bundle: BundleId::derived("b"), ..line(100_000, 0, usd) };
    assert_eq!(shares(&rule, &[line(10_000, 0, usd), own], usd), ["10", "0"]);
}

#[test]
fn another_currency_has_its_own_tiers_or_none() {
    let (usd, jpy) = (currency("USD"), currency("JPY"));
    let rule = tiered(100_000, &[(10_000, 500_000)], usd);
    assert_eq!(shares(&rule, &[line(20_000, 0, jpy)], jpy), ["2000"]);
}

#[test]
fn the_first_slice_holds_where_nothing_or_less_was_charged() {
    let usd = currency("USD");
    let rule = tiered(100_000, &[(100, 500_000)], usd);
    assert_eq!(shares(&rule, &[line(-5_000, 0, usd), line(1_000, 0, usd)], usd), ["-5", "1"]);
    assert_eq!(shares(&rule, &[line(-1_000, 0, usd), line(1_000, 0, usd)], usd), ["-1", "1"]);
}

#[test]
fn nothing_all_one_minor_unit_and_the_largest_amounts_are_shared() {
    for code in ["USD", "JPY", "KWD"] {
        let currency = currency(code);
        let largest = 9_000_000_000_000 * 10i64.pow(currency.minor_digits());
        for net in [1, -1, largest, -largest] {
            let lines = [line(net, 0, currency)];
            let of = |percent| split(&rule(ShareBasis::Revenue, percent), &lines, currency).unwrap()[0];
            assert_eq!((of(0).reseller, of(0).provider), (Amount::ZERO, lines[0].net), "{code} {net}");
            assert_eq!(
                (of(1_000_000).reseller, of(1_000_000).provider),
                (lines[0].net, Amount::ZERO),
                "{code} {net}"
            );
        }
        let half = split(&rule(ShareBasis::Revenue, 500_000), &[line(1, 0, currency)], currency).unwrap()[0];
        assert_eq!(
            half.reseller,
            Amount::from_minor_units(1, currency).unwrap(),
            "half a unit goes away from zero"
        );
    }
}

/// A month to share: nets and references in minor units, which of three bundles and categories, and the rule.
#[derive(Debug, Clone)]
struct Month {
    currency: Currency,
    rule: ShareRule,
    lines: Vec<SplitLine>,
}

fn month() -> impl Strategy<Value = Month> {
    let row = (-50_000i64..2_000_000, 0i64..1_500_000, 0u8..3, 0u8..3);
    let tiers = prop::collection::btree_map(1i64..3_000_000, 0i64..=1_000_000, 0..4);
    let own = (prop::option::of(0i64..=1_000_000), prop::option::of(0i64..=1_000_000));
    (
        prop::sample::select(vec!["USD", "JPY", "KWD"]),
        any::<bool>(),
        0i64..=1_000_000,
        tiers,
        own,
        prop::collection::vec(row, 1..8),
    )
        .prop_map(|(code, is_margin, general, tiers, (bundle, category), rows)| {
            let currency = currency(code);
            let tiers: Vec<(i64, i64)> = tiers.into_iter().collect();
            let mut rule = tiered(general, &tiers, currency);
            rule.basis = if is_margin { ShareBasis::Margin } else { ShareBasis::Revenue };
            if let Some(share) = bundle {
                rule.by_bundle.insert(BundleId::derived("0"), Percent::from_units(share));
            }
            if let Some(share) = category {
                rule.by_category.insert("0".into(), Percent::from_units(share));
            }
            let lines = rows.into_iter().map(|(net, reference, bundle, category)| SplitLine {
                bundle: BundleId::derived(&bundle.to_string()),
                category: (category < 2).then(|| category.to_string()),
                ..line(net, reference, currency)
            });
            Month { currency, rule, lines: lines.collect() }
        })
}

/// The exact share of each line by another reading: a member's part of its group's integral of the rate.
fn oracle(month: &Month) -> Vec<BigRational> {
    let whole = |amount: Amount| BigRational::new(BigInt::from(amount.micros()), BigInt::from(1_000_000));
    let percent = |percent: Percent| BigRational::new(BigInt::from(percent.units()), BigInt::from(1_000_000));
    let base = |line: &SplitLine| match month.rule.basis {
        ShareBasis::Revenue => whole(line.net),
        ShareBasis::Margin => {
            let margin = whole(line.net) - whole(line.reference);
            if margin < BigRational::zero() { BigRational::zero() } else { margin }
        }
    };
    let own = |line: &SplitLine| {
        let by_bundle = month.rule.by_bundle.get(&line.bundle).copied();
        by_bundle.or_else(|| month.rule.by_category.get(line.category.as_ref()?).copied())
    };
    let general: BigRational = month.lines.iter().filter(|line| own(line).is_none()).map(base).sum();
    // From the top edge down: what lies above an edge gets the difference of the rates besides.
    let mut total = &general * percent(month.rule.general);
    let mut below = month.rule.general;
    for tier in month.rule.tiers.get(&month.currency).into_iter().flatten() {
        let above = &general - whole(tier.from);
        if above > BigRational::zero() {
            total += above * (percent(tier.share) - percent(below));
        }
        below = tier.share;
    }
    let mean = if general > BigRational::zero() { total / &general } else { percent(month.rule.general) };
    month.lines.iter().map(|line| base(line) * own(line).map_or_else(|| mean.clone(), percent)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn shares_add_up_and_stay_within_one_minor_unit_of_the_exact_share(month in month()) {
        let shares = split(&month.rule, &month.lines, month.currency).unwrap();
        let unit = Exact::new(1.into(), BigInt::from(10).pow(month.currency.minor_digits()));
        for ((line, share), exact) in month.lines.iter().zip(&shares).zip(oracle(&month)) {
            prop_assert!((share.reseller.exact() - &exact).abs() < unit, "{share:?} of {exact}");
            prop_assert_eq!(share.reseller.checked_add(share.provider).unwrap(), line.net);
        }
    }

    #[test]
    fn each_groups_total_is_its_exact_share_rounded_once(month in month()) {
        let explained = explained(&month.rule, &month.lines, month.currency).unwrap();
        let exact = oracle(&month);
        for (place, group) in explained.groups.iter().enumerate() {
            let members = || explained.lines.iter().zip(&exact).filter(|(line, _)| line.group == place);
            let total = Amount::sum(members().map(|(line, _)| line.share.reseller)).unwrap();
            let sum: Exact = members().map(|(_, exact)| exact).sum();
            prop_assert_eq!(total, round(&sum, month.currency).unwrap());
            prop_assert_eq!(&group.exact, &sum);
            if group.basis.is_positive() {
                let cut: Exact = group.slices.iter().map(|slice| &slice.amount).sum();
                prop_assert_eq!(&cut, &group.basis);
            }
        }
    }

    #[test]
    fn the_order_of_the_lines_changes_no_total_and_no_line_by_more_than_its_tie(month in month(), turn in 0usize..8) {
        let shares = split(&month.rule, &month.lines, month.currency).unwrap();
        let turn = turn % month.lines.len();
        let mut turned = month.lines.clone();
        turned.rotate_left(turn);
        let mut other = split(&month.rule, &turned, month.currency).unwrap();
        other.rotate_right(turn);
        let unit = Amount::from_minor_units(1, month.currency).unwrap().micros();
        for (one, two) in shares.iter().zip(&other) {
            prop_assert!((one.reseller.micros() - two.reseller.micros()).abs() <= unit);
        }
        let sum = |shares: &[LineShare]| Amount::sum(shares.iter().map(|share| share.reseller)).unwrap();
        prop_assert_eq!(sum(&shares), sum(&other));
    }

    #[test]
    fn the_opposite_amounts_have_the_opposite_shares(
        nets in prop::collection::vec(-100_000i64..10_000_000, 1..20), percent in 0i64..=1_000_000,
    ) {
        let usd = currency("USD");
        let rule = rule(ShareBasis::Revenue, percent);
        let lines = |sign: i64| nets.iter().map(|net| line(sign * net, 0, usd)).collect::<Vec<_>>();
        let total: i64 = nets.iter().sum();
        prop_assume!(total != 0);
        let there = split(&rule, &lines(1), usd).unwrap();
        let back = split(&rule, &lines(-1), usd).unwrap();
        for (one, other) in there.iter().zip(back) {
            prop_assert_eq!(one.reseller.micros(), -other.reseller.micros());
        }
    }
}

#[test]
fn what_is_left_over_goes_to_the_largest_remainder_and_mirrored_below_zero() {
    let usd = currency("USD");
    let cents = |number: i64| Amount::from_minor_units(number, usd).unwrap();
    let split = |hundredths_of_cents: &[i64], total: i64| {
        let shares = hundredths_of_cents.iter().map(|number| Exact::new((*number).into(), 10_000.into()));
        distributed(&shares.collect::<Vec<_>>(), cents(total), usd).unwrap()
    };
    // 10.10 and 0.90 cents: the second is nearer to its next cent, though the first is larger.
    assert_eq!(split(&[1_010, 90], 11), [cents(10), cents(1)]);
    assert_eq!(split(&[50, 50], 1), [cents(1), cents(0)]);
    assert_eq!(split(&[-50, -50], -1), [cents(-1), cents(0)]);
}
