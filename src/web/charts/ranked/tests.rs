use proptest::prelude::*;

use super::*;

fn dollars() -> Measure {
    Measure::Money("USD".parse().unwrap())
}

fn entries(values: &[i64]) -> Vec<Entry> {
    let entry = |(index, value): (usize, &i64)| Entry {
        name: format!("Re-seller {index}"),
        href: format!("/{index}"),
        note: String::new(),
        value: Decimal::from(*value),
    };
    values.iter().enumerate().map(entry).collect()
}

fn ranked(values: &[i64]) -> Ranked {
    ranking(
        "Revenue".into(),
        entries(values),
        values.iter().sum::<i64>().into(),
        &dollars(),
        None,
        Size::ACROSS,
    )
}

#[test]
fn the_largest_comes_first_with_its_link_its_value_and_its_part() {
    let ranking = ranked(&[100, 700, 200]);
    let told: Vec<_> = ranking.rows.iter().map(|row| (&*row.href, &*row.value, &*row.percent)).collect();
    assert_eq!(told, [("/1", "$700.00", "70%"), ("/2", "$200.00", "20%"), ("/0", "$100.00", "10%")]);
    assert_eq!(ranking.conclusion, "Re-seller 1 is largest of 3, with $700, 70% of the whole.");
    assert_eq!(ranking.pictures[0].bars[0].value, "$700, 70%");
}

#[test]
fn more_than_nine_are_eight_and_the_others_which_lead_nowhere() {
    assert_eq!(ranked(&[1; 9]).rows.len(), 9);
    let ranking = ranked(&(1..=12).collect::<Vec<_>>());
    let last = ranking.rows.last().unwrap();
    assert_eq!((ranking.rows.len(), &*last.name, &*last.href, &*last.value), (9, "4 others", "", "$10.00"));
    assert_eq!(ranking.pictures[0].bars.last().unwrap().class, "c5");
    assert!(ranking.conclusion.contains("largest of 12"));
}

#[test]
fn who_is_not_among_the_entries_is_part_of_the_whole_and_is_not_counted() {
    for (values, named) in [(&[500, 300][..], 2), (&[500, 40, 40, 40, 40, 40, 40, 40, 10, 10], 8)] {
        let ranking = ranking("Revenue".into(), entries(values), 1000.into(), &dollars(), None, Size::ACROSS);
        let last = ranking.rows.last().unwrap();
        assert_eq!((ranking.rows.len(), &*last.name), (named + 1, "Others"));
        assert_eq!(ranking.conclusion, "Re-seller 0 is largest, with $500, 50% of the whole.");
    }
}

#[test]
fn where_credits_exceed_the_revenue_there_are_no_parts_and_the_bar_hangs_left_of_zero() {
    let ranking = ranked(&[100, -50]);
    assert!(ranking.rows.iter().all(|row| row.percent == "–"));
    let picture = &ranking.pictures[0];
    assert_eq!(picture.bars[0].x, picture.zero);
    assert_eq!(picture.bars[1].x + picture.bars[1].width, picture.zero);
}

#[test]
fn an_unfinished_period_is_said_and_its_bars_are_marked() {
    let ranking =
        ranking("Revenue".into(), entries(&[1]), 1.into(), &dollars(), Some("Nov 2026"), Size::PHONE);
    assert!(ranking.conclusion.ends_with("Nov 2026 is not complete."));
    assert!(ranking.pictures.iter().flat_map(|picture| &picture.bars).all(|bar| bar.unfinished));
}

#[test]
fn stages_keep_their_order_and_are_told_in_percent_of_the_first() {
    let funnel = funnel("Requests".into(), "So far.".into(), &entries(&[8, 6, 0]), &dollars(), Size::HALF);
    let told: Vec<_> = funnel.rows.iter().map(|row| &*row.percent).collect();
    assert_eq!(told, ["100%", "75%", "0%"]);
}

proptest! {
    #[test]
    fn each_bar_with_its_value_fits_its_row_and_is_as_long_as_it_is_worth(
        values in prop::collection::vec(-1_000_000i64..1_000_000_000, 1..20),
    ) {
        for picture in ranked(&values).pictures {
            prop_assert_eq!(picture.height, ROW * i64::try_from(picture.bars.len()).unwrap());
            for bar in &picture.bars {
                prop_assert!(bar.x >= Decimal::ZERO && bar.width >= Decimal::ZERO);
                prop_assert!(bar.value_x + text_width(&bar.value) <= Decimal::from(picture.width));
                prop_assert!(bar.y % ROW >= BAR_TOP && bar.y % ROW + bar.height <= ROW);
            }
            let right: Vec<_> = picture.bars.iter().filter(|bar| bar.x == picture.zero).collect();
            prop_assert!(right.windows(2).all(|pair| pair[0].width >= pair[1].width || picture.bars.len() > MOST_BARS));
        }
    }
}
