//! Counts and sums that the database keeps beside the rows, held against the rows themselves.
//!
//! Triggers keep them, in the transaction that changes a row; reports, menus and lists read nothing else. What somebody
//! changes past the triggers, or a fault in one, is found here.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::AnyConnection;
use crate::db::query::Written;

/// What is kept, and in how many places it is not what the rows say.
type Check = (&'static str, Written<BigInt>);

/// Counts what two queries do not have in common: rows that only one of them gives.
macro_rules! check {
    ($what:literal, kept: $kept:expr, counted: $counted:expr) => {
        (
            $what,
            Written::new(concat!(
                "(SELECT count(*) FROM (SELECT * FROM (",
                $kept,
                ") AS kept EXCEPT SELECT * FROM (",
                $counted,
                ") AS counted) AS more) + (SELECT count(*) FROM (SELECT * FROM (",
                $counted,
                ") AS counted EXCEPT SELECT * FROM (",
                $kept,
                ") AS kept) AS less)"
            )),
        )
    };
}

/// The checks, with what stands for no bundle and no product on a database.
macro_rules! checks {
    ($none:literal) => {
        [
            check!(
                "requests of a state",
                kept: "SELECT state, request_count FROM request_counts WHERE request_count <> 0",
                counted: "SELECT state, count(*) FROM reseller_request_info WHERE submitted_at IS NOT NULL GROUP BY state"
            ),
            check!(
                "unrated records of a channel's day",
                kept: "SELECT channel_id, day, record_count FROM usage_unrated",
                counted: "SELECT channel_id, day, count(*) FROM usage_records WHERE unrated_cause IS NOT NULL \
                    GROUP BY channel_id, day"
            ),
            // A month whose records were archived has nothing to be held against.
            check!(
                "rated records of a subscription's day",
                kept: "SELECT subscription_id, product_id, day, sum(record_count) AS records FROM usage_daily \
                    WHERE record_count <> 0 AND substr(CAST(day AS TEXT), 1, 7) IN \
                    (SELECT substr(CAST(day AS TEXT), 1, 7) FROM usage_records) GROUP BY subscription_id, product_id, day",
                counted: "SELECT subscription_id, product_id, day, count(*) FROM usage_records \
                    WHERE unrated_cause IS NULL GROUP BY subscription_id, product_id, day"
            ),
            check!(
                "usage of a day in all channels",
                kept: "SELECT day, product_id, unit, exact_sum(quantity) AS quantity, sum(record_count) AS records \
                    FROM usage_totals GROUP BY day, product_id, unit HAVING sum(record_count) <> 0",
                counted: "SELECT day, product_id, unit, exact_sum(quantity), sum(record_count) FROM usage_daily \
                    GROUP BY day, product_id, unit HAVING sum(record_count) <> 0"
            ),
            check!(
                "revenue of a channel's month",
                kept: "SELECT channel_id, month, currency, gross, credited, net, reseller_share, provider_share, line_count \
                    FROM revenue_channels WHERE line_count <> 0",
                counted: "SELECT channel_id, month, currency, sum(gross), sum(credited), sum(gross) - sum(credited), \
                    sum(reseller_share), sum(provider_share), count(*) FROM charge_lines GROUP BY channel_id, month, currency"
            ),
            check!(
                "revenue of a bundle's month in all channels",
                kept: "SELECT month, currency, bundle_id, product_id, kind, sum(gross) AS gross, sum(credited) AS credited, \
                    sum(reseller_share) AS reseller, sum(provider_share) AS provider, sum(line_count) AS lines FROM revenue_totals \
                    GROUP BY month, currency, bundle_id, product_id, kind HAVING sum(line_count) <> 0",
                counted: concat!(
                    "SELECT month, currency, COALESCE(bundle_id, ",
                    $none,
                    "), COALESCE(product_id, ",
                    $none,
                    "), kind, sum(gross), sum(credited), sum(reseller_share), sum(provider_share), count(*) \
                    FROM charge_lines GROUP BY 1, 2, 3, 4, kind"
                )
            ),
        ]
    };
}

/// What is not as the rows say, in a sentence each.
pub fn verify(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    let checks: [Check; 6] = match connection {
        AnyConnection::Postgres(_) => checks!("'00000000-0000-0000-0000-000000000000'::uuid"),
        AnyConnection::Sqlite(_) => checks!("x'00000000000000000000000000000000'"),
    };
    let mut faults = Vec::new();
    for (what, differences) in checks {
        let count: i64 = diesel::select(differences).get_result(connection)?;
        if count > 0 {
            faults.push(format!("{what}: what is kept is not what the rows add up to"));
        }
    }
    Ok(faults)
}
