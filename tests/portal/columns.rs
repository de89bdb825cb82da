//! Values come back from both databases as they were stored, and sums are exact.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reseller_portal::db::columns::exact_sum;
use reseller_portal::db::{AnyConnection, Db, Failure};
use reseller_portal::values::{Amount, CustomerId, Percent, Quantity, Timestamp, UnitPrice};
use uuid::Uuid;

use crate::support::{Database, Place};

diesel::table! {
    use reseller_portal::db::columns::*;
    use diesel::sql_types::*;

    probes (id) {
        id -> Uid,
        amount -> Amt,
        quantity -> Fixed,
        price -> Price,
        percent -> BigInt,
        at -> Instant,
        day -> Date,
    }
}

const ON_POSTGRES: &str = "CREATE TABLE probes (id UUID PRIMARY KEY, amount NUMERIC(20,6) NOT NULL, \
    quantity NUMERIC(38,18) NOT NULL, price NUMERIC(20,10) NOT NULL, percent BIGINT NOT NULL, \
    at TIMESTAMPTZ NOT NULL, day DATE NOT NULL)";
const ON_SQLITE: &str = "CREATE TABLE probes (id BLOB PRIMARY KEY, amount INTEGER NOT NULL, \
    quantity TEXT NOT NULL, price TEXT NOT NULL, percent INTEGER NOT NULL, \
    at INTEGER NOT NULL, day TEXT NOT NULL) STRICT";

/// 10^37 units of 10^-18: nineteen whole digits.
const LARGEST_QUANTITY: i128 = 10i128.pow(37) - 1;
const LARGEST_PRICE: i128 = 10i128.pow(20) - 1;
const LARGEST_AMOUNT: i64 = 9_000_000_000_000_000_000;
/// The years 1900 to 9999.
const MOMENTS: std::ops::Range<i64> = -2_208_988_800_000_000..253_402_300_800_000_000;

type Probe = (CustomerId, Amount, Quantity, UnitPrice, Percent, Timestamp, chrono::NaiveDate);

fn a_probe() -> impl Strategy<Value = Probe> {
    let amount = prop_oneof![
        -LARGEST_AMOUNT..=LARGEST_AMOUNT,
        -1000i64..1000,
        Just(LARGEST_AMOUNT),
        Just(-LARGEST_AMOUNT)
    ];
    let numbers = (any::<u128>(), amount, a_quantity(), 0..=LARGEST_PRICE, any::<i32>(), MOMENTS);
    numbers.prop_map(|(id, amount, quantity, price, percent, micros)| {
        let at = Timestamp::from_micros(micros).unwrap();
        (
            CustomerId::from_uuid(Uuid::from_u128(id)),
            Amount::from_micros(amount),
            quantity,
            UnitPrice::from_mantissa(price).unwrap(),
            Percent::from_units(percent.into()),
            at,
            at.day(),
        )
    })
}

fn a_quantity() -> impl Strategy<Value = Quantity> {
    let units = prop_oneof![
        -LARGEST_QUANTITY..=LARGEST_QUANTITY,
        -1000i128..1000,
        Just(LARGEST_QUANTITY),
        Just(-LARGEST_QUANTITY),
    ];
    units.prop_map(Quantity::from_units)
}

struct Probed {
    db: Db,
    _place: Place,
}

impl Probed {
    fn on(database: Database) -> Self {
        let place = Place::migrated(database);
        let db = place.open();
        let made = db.on_writer(|connection| match connection {
            AnyConnection::Postgres(inner) => inner.batch_execute(ON_POSTGRES),
            AnyConnection::Sqlite(inner) => inner.batch_execute(ON_SQLITE),
        });
        made.unwrap().unwrap();
        Self { db, _place: place }
    }

    /// Replaces all rows.
    fn fill(&self, probes: &[Probe]) {
        let filled: Result<(), Failure> = self.db.write_blocking(|connection| {
            diesel::delete(probes::table).execute(connection)?;
            for (id, amount, quantity, price, percent, at, day) in probes {
                diesel::insert_into(probes::table)
                    .values((
                        probes::id.eq(id),
                        probes::amount.eq(amount),
                        probes::quantity.eq(quantity),
                        probes::price.eq(price),
                        probes::percent.eq(percent),
                        probes::at.eq(at),
                        probes::day.eq(day),
                    ))
                    .execute(connection)?;
            }
            Ok(())
        });
        filled.unwrap();
    }

    fn read<T>(&self, work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> Result<T, Failure> {
        self.db.read_blocking(work)
    }
}

/// Runs a property on one database; a failure names the smallest case.
fn check<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config =
        Config { failure_persistence: None, cases: Config::default().cases.min(128), ..Config::default() };
    TestRunner::new(config).run(&strategy, test).unwrap_or_else(|failure| panic!("{failure}"));
}

fn values_come_back(database: Database) {
    let probed = Probed::on(database);
    check(vec(a_probe(), 1..12), |mut probes| {
        probes.sort_by_key(|probe| probe.0);
        probes.dedup_by_key(|probe| probe.0);
        probed.fill(&probes);
        let found =
            probed.read(|connection| probes::table.order(probes::id).load::<Probe>(connection)).unwrap();
        prop_assert_eq!(&found, &probes);

        let ordered = |connection: &mut AnyConnection| {
            probes::table.order((probes::amount, probes::at, probes::id)).load(connection)
        };
        let found: Vec<Probe> = probed.read(ordered).unwrap();
        probes.sort_by_key(|probe| (probe.1, probe.5, probe.0));
        prop_assert_eq!(found, probes);
        Ok(())
    });
}

fn sums_are_exact(database: Database) {
    let probed = Probed::on(database);
    check(vec(a_probe(), 0..12), |mut probes| {
        probes.sort_by_key(|probe| probe.0);
        probes.dedup_by_key(|probe| probe.0);
        for probe in &mut probes {
            // Eleven of the largest would leave the range.
            probe.1 = Amount::from_micros(probe.1.micros() / 16);
            probe.2 = Quantity::from_units(probe.2.units() / 16);
        }
        probed.fill(&probes);
        let sums = probes::table.select((exact_sum(probes::quantity), diesel::dsl::sum(probes::amount)));
        let (quantity, amount): (Option<Quantity>, Option<Amount>) =
            probed.read(|connection| sums.first(connection)).unwrap();
        let is_any = !probes.is_empty();
        let quantities: i128 = probes.iter().map(|probe| probe.2.units()).sum();
        let amounts: i64 = probes.iter().map(|probe| probe.1.micros()).sum();
        prop_assert_eq!(quantity, is_any.then(|| Quantity::from_units(quantities)));
        prop_assert_eq!(amount, is_any.then(|| Amount::from_micros(amounts)));
        Ok(())
    });
}

fn sums_out_of_range_are_refused(database: Database) {
    let probed = Probed::on(database);
    let number = |number: u128, units: i128| {
        let at = Timestamp::from_micros(0).unwrap();
        let id = CustomerId::from_uuid(Uuid::from_u128(number));
        let price = UnitPrice::from_mantissa(0).unwrap();
        (id, Amount::ZERO, Quantity::from_units(units), price, Percent::ZERO, at, at.day())
    };
    for count in [2, 30] {
        let probes: Vec<Probe> = (0..count).map(|id| number(id, LARGEST_QUANTITY)).collect();
        probed.fill(&probes);
        let sum = probes::table.select(exact_sum(probes::quantity));
        let found = probed.read(|connection| sum.first::<Option<Quantity>>(connection));
        assert!(found.is_err(), "{count} of the largest: {found:?}");
    }
}

macro_rules! on_each {
    ($($name:ident => $run:ident;)*) => {
        mod sqlite { $(#[test] fn $name() { super::$run(super::Database::Sqlite) })* }
        mod postgres { $(#[test] fn $name() { super::$run(super::Database::Postgres) })* }
    };
}

on_each! {
    values_come_back_to_the_last_digit_and_in_their_order => values_come_back;
    sums_are_exact_to_the_last_digit => sums_are_exact;
    a_sum_that_leaves_the_range_is_refused_and_not_rounded => sums_out_of_range_are_refused;
}

#[test]
fn a_value_with_more_decimals_than_its_column_is_refused() {
    assert!("0.0000001".parse::<Amount>().is_err());
    assert!("0.00000000001".parse::<UnitPrice>().is_err());
    assert!("0.0000000000000000001".parse::<Quantity>().is_err());
    assert!("0.00001".parse::<Percent>().is_err());
}
