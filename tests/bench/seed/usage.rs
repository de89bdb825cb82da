//! A year of usage, and a year of charge lines: written by the database itself, as twenty million rows are too many
//! to be sent one by one.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reseller_portal::db::schema::charge_lines;
use reseller_portal::values::Month;

use super::partners::SUBSCRIPTIONS;
use crate::size::Size;
use crate::support::{Database, World};

/// Days of usage, to the end of the month.
const DAYS: u64 = 365;

/// What the two databases call differently.
struct Dialect {
    /// The number of a subscription, out of its reference.
    number: &'static str,
    /// An id from a number `n`.
    id: &'static str,
    /// The day `d` days after `first`, and the hour `h` of it.
    day: &'static str,
    moment: &'static str,
    /// Whole numbers `v` below a bound, as a table.
    below: fn(u64) -> String,
    /// A copy's own id, or the hash of a record that no file brings again.
    fresh: &'static str,
    /// A day of a charge line `months` months before.
    earlier: fn(&str, u32) -> String,
}

const SQLITE: Dialect = Dialect {
    number: "CAST(substr(s.reference, 3) AS INTEGER)",
    id: "unhex(printf('%032x', $n))",
    day: "date('$first', '+' || $d || ' days')",
    moment: "(unixepoch('$first') + $d * 86400 + $h * 3600) * 1000000",
    below: |bound| {
        format!(
            "(WITH RECURSIVE up(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM up WHERE v + 1 < {bound}) SELECT v FROM up)"
        )
    },
    fresh: "randomblob(16)",
    earlier: |column, months| format!("date({column}, '-{months} months')"),
};

const POSTGRES: Dialect = Dialect {
    number: "substr(s.reference, 3)::bigint",
    id: "lpad(to_hex($n), 32, '0')::uuid",
    day: "(DATE '$first' + ($d)::int)",
    moment: "(TIMESTAMPTZ '$first 00:00+00' + ($d) * INTERVAL '1 day' + ($h) * INTERVAL '1 hour')",
    below: |bound| format!("(SELECT generate_series(0, {bound} - 1) AS v)"),
    fresh: "gen_random_uuid()",
    earlier: |column, months| format!("({column} - INTERVAL '{months} months')::date"),
};

impl Dialect {
    fn of(world: &World) -> &'static Self {
        if world.database() == Database::Postgres { &POSTGRES } else { &SQLITE }
    }

    /// The expression with its parts put in.
    fn put(expression: &str, parts: &[(&str, &str)]) -> String {
        parts.iter().fold(expression.to_owned(), |text, (name, part)| text.replace(name, part))
    }
}

/// Records, their keys and their daily sums, evenly over the subscriptions and the days.
pub fn fill(world: &World, size: Size, last: Month) {
    let dialect = Dialect::of(world);
    let each = size.records() / SUBSCRIPTIONS;
    let first = (last.end() - chrono::Duration::days(i64::try_from(DAYS).unwrap())).to_string();
    let number = format!("({} * 1000000 + i.v)", dialect.number);
    let id = Dialect::put(dialect.id, &[("$n", &number)]);
    let at = [("$first", first.as_str()), ("$d", "(i.v % 365)"), ("$h", "(i.v / 365)")];
    let (day, start) = (Dialect::put(dialect.day, &at), Dialect::put(dialect.moment, &at));
    let end = Dialect::put(dialect.moment, &[at[0], at[1], ("$h", "(i.v / 365 + 1)")]);
    let used = "FROM subscriptions s JOIN customers c ON c.id = s.customer_id \
        JOIN charges g ON g.bundle_id = s.bundle_id AND g.kind = 'usage' JOIN products p ON p.id = g.product_id";
    let rows = (dialect.below)(each);
    run(
        world,
        &format!(
            "INSERT INTO usage_records (id, channel_id, source, record_key, customer_ref, customer_label, product_ref, \
            product_group, subscription_ref, quantity, unit, started_at, ended_at, day, customer_id, product_id, \
            subscription_id) SELECT {id}, s.channel_id, 'portal', 'R-' || {number}, c.external_id, '', p.sku, '', '', \
            '1', p.unit, {start}, {end}, {day}, c.id, p.id, s.id {used} CROSS JOIN {rows} AS i"
        )
        .replace("'1'", if world.database() == Database::Postgres { "1" } else { "'1'" }),
    );
    run(
        world,
        &format!(
            "INSERT INTO usage_keys (channel_id, key_hash, content_hash) \
            SELECT s.channel_id, {fresh}, {fresh} FROM subscriptions s CROSS JOIN {rows} AS i",
            fresh = dialect.fresh
        ),
    );
    let (whole, rest) = (each / DAYS, each % DAYS);
    let count = format!("({whole} + CASE WHEN i.v < {rest} THEN 1 ELSE 0 END)");
    let quantity =
        if world.database() == Database::Postgres { count.clone() } else { format!("CAST({count} AS TEXT)") };
    let zero = if world.database() == Database::Postgres { "0" } else { "'0'" };
    let day = Dialect::put(dialect.day, &[at[0], ("$d", "i.v")]);
    let days = (dialect.below)(DAYS);
    run(
        world,
        &format!(
            "INSERT INTO usage_daily (channel_id, subscription_id, product_id, day, unit, currency, quantity, cost, \
            record_count) SELECT s.channel_id, s.id, p.id, {day}, p.unit, '', {quantity}, {zero}, {count} {used} \
            CROSS JOIN {days} AS i WHERE {count} > 0"
        ),
    );
}

/// How many charge lines there are.
pub fn lines(world: &World) -> i64 {
    world.read(|connection| charge_lines::table.count().get_result(connection))
}

/// The eleven months before get the same lines as the one that was rated.
pub fn repeat_lines(world: &World, month: Month) {
    let dialect = Dialect::of(world);
    let mut earlier = month;
    for months in 1..12 {
        earlier = earlier.previous();
        let (from, until) = ((dialect.earlier)("day_from", months), (dialect.earlier)("day_until", months));
        run(
            world,
            &format!(
                "INSERT INTO charge_lines (id, channel_id, role, customer_id, subscription_id, bundle_id, product_id, \
                category, charge_id, kind, month, origin_month, corrects_id, position, day_from, day_until, currency, \
                quantity, included, billable, tier, unit_price, percent, cost, price_version_id, gross, credited, \
                reference, terms_id, reseller_share, provider_share) SELECT {fresh}, channel_id, role, customer_id, \
                subscription_id, bundle_id, product_id, category, charge_id, kind, '{earlier}', '{earlier}', NULL, \
                position, {from}, {until}, currency, quantity, included, billable, tier, unit_price, percent, cost, \
                price_version_id, gross, credited, reference, terms_id, reseller_share, provider_share \
                FROM charge_lines WHERE month = '{month}'",
                fresh = dialect.fresh
            ),
        );
        run(
            world,
            &format!(
                "INSERT INTO rated_months (channel_id, month, rated_at, line_count) \
                SELECT channel_id, '{earlier}', rated_at, line_count FROM rated_months WHERE month = '{month}'"
            ),
        );
    }
}

fn run(world: &World, statement: &str) {
    world.tamper(|connection| connection.batch_execute(statement)).unwrap();
}
