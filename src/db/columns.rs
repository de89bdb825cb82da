//! How the values of the business lie in columns: one SQL type for each kind, the same in both databases.
//!
//! | SQL type | holds | PostgreSQL | SQLite |
//! |---|---|---|---|
//! | [`Uid`] | ids | `UUID` | 16 bytes |
//! | [`Instant`] | a moment, to the microsecond | `TIMESTAMPTZ` | integer microseconds |
//! | [`Amt`] | rounded money, summed by the database | `NUMERIC(20,6)` | integer of 1e-6 |
//! | [`Price`] | unit prices, never summed | `NUMERIC(20,10)` | canonical text |
//! | [`Fixed`] | quantities and costs, summed by [`exact_sum`] | `NUMERIC(38,18)` | canonical text |
//!
//! Percent is `BigInt` in units of 1e-4 percent; words, codes and months are `Text`.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::data_types::PgNumeric;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, BigInt, Foldable, HasSqlType, Nullable, SqlOrd, SqlType, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

use super::{MultiBackend, numeric};
use crate::values::*;

#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Uid;

#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Instant;

#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1700, array_oid = 1231))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Amt;

#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1700, array_oid = 1231))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Price;

#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1700, array_oid = 1231))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Fixed;

impl SqlOrd for Uid {}
impl SqlOrd for Instant {}
impl SqlOrd for Amt {}

impl Foldable for Amt {
    type Sum = Nullable<Amt>;
    type Avg = Nullable<Amt>;
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The sum of quantities or costs to the last digit, on both databases.
    #[aggregate]
    fn exact_sum(x: Fixed) -> Nullable<Fixed>;
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The hash by which a record is known, for a migration of the embedded database; PostgreSQL has SHA-256 itself.
    fn usage_key_hash(source: Text, record_key: Text) -> Binary;

    /// A name as it is searched, for a migration of the embedded database.
    fn search_key(name: Text) -> Text;
}

/// Sums what a `Fixed` column holds for SQLite, whose own `SUM` would turn text into binary floats.
#[derive(Debug, Default)]
struct ExactSum(Option<i128>);

impl diesel::sqlite::SqliteAggregateFunction<Quantity> for ExactSum {
    type Output = Option<Quantity>;

    fn step(&mut self, quantity: Quantity) {
        // A sum that leaves the range stays out of it, so that the result is refused instead of wrong.
        self.0 = Some(self.0.unwrap_or(0).saturating_add(quantity.units()));
    }

    fn finalize(sum: Option<Self>) -> Self::Output {
        sum.and_then(|sum| sum.0).map(Quantity::from_units)
    }
}

/// Makes known to an SQLite connection what migrations ask for: [`usage_key_hash`], [`search_key`] and the exact
/// sums.
pub(super) fn register_for_migrations(connection: &mut diesel::SqliteConnection) -> diesel::QueryResult<()> {
    register_exact(connection)?;
    usage_key_hash_utils::register_impl(connection, |source: String, key: String| {
        KeyHash::of(&source, &key).bytes().to_vec()
    })?;
    search_key_utils::register_impl(connection, |name: String| crate::values::search_key(&name))
}

/// Makes [`exact_sum`] known to an SQLite connection, and `exact_change`, by which triggers change one part of a total;
/// PostgreSQL adds by itself.
pub(super) fn register_exact(connection: &mut diesel::SqliteConnection) -> diesel::QueryResult<()> {
    // What leaves the range stays out of it, as in a sum, so that the total is refused instead of wrong.
    let changed = |(total, before, now): (Quantity, Quantity, Quantity)| {
        Quantity::from_units(total.units().saturating_sub(before.units()).saturating_add(now.units()))
    };
    connection.register_sql_function::<(Fixed, Fixed, Fixed), Fixed, _, _, _>(
        "exact_change",
        true,
        changed,
    )?;
    connection.register_aggregate_function::<Fixed, Nullable<Fixed>, Quantity, _, ExactSum>("exact_sum")
}

/// Makes a value storable in a column type, given its two plain `FromSql`/`ToSql` pairs.
macro_rules! column {
    ($rust:ty => $sql:ty) => {
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = $sql)]
            #[expect(dead_code, reason = "only names the value for the derive")]
            struct Proxy($rust);
        };
        impl FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                raw.from_sql::<$rust, $sql>()
            }
        }
        impl ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(IsNull::No)
            }
        }
    };
}

macro_rules! multi_type {
    ($($sql:ty),*) => { $(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql>(lookup)
            }
        }
    )* };
}
multi_type!(Uid, Instant, Amt, Price, Fixed);

macro_rules! id_columns {
    ($($id:ty),* $(,)?) => { $(
        impl ToSql<Uid, Pg> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<sql_types::Uuid, Pg>::to_sql(&self.as_uuid(), &mut out.reborrow())
            }
        }
        impl FromSql<Uid, Pg> for $id {
            fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
                <Uuid as FromSql<sql_types::Uuid, Pg>>::from_sql(raw).map(Self::from_uuid)
            }
        }
        impl ToSql<Uid, Sqlite> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.as_uuid().as_bytes().to_vec());
                Ok(IsNull::No)
            }
        }
        impl FromSql<Uid, Sqlite> for $id {
            fn from_sql(mut raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(Self::from_uuid(Uuid::from_slice(raw.read_blob())?))
            }
        }
        column!($id => Uid);
    )* };
}
id_columns!(
    ObjectId,
    ApplicantId,
    RequestId,
    ResellerId,
    UserId,
    TokenId,
    SessionId,
    TermsId,
    ProductId,
    BundleId,
    ComponentId,
    ChargeId,
    PriceVersionId,
    PriceRequestId,
    ChannelId,
    CustomerId,
    SubscriptionId,
    UsageFileId,
    UsageFeedId,
    UsageRecordId,
    KeyHash,
    ContentHash,
    ChargeLineId,
    JobId,
    ProcessId,
    MailId,
    EventId,
    StatementId,
    DisputeId,
    PaymentId,
    SettlementRunId,
);

impl ToSql<Instant, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Timestamptz, Pg>::to_sql(&self.utc(), &mut out.reborrow())
    }
}
impl FromSql<Instant, Pg> for Timestamp {
    fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
        <chrono::DateTime<chrono::Utc> as FromSql<sql_types::Timestamptz, Pg>>::from_sql(raw).map(Self::new)
    }
}
impl ToSql<Instant, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<Instant, Sqlite> for Timestamp {
    fn from_sql(raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Sqlite>>::from_sql(raw)?;
        Self::from_micros(micros).ok_or_else(|| "a moment out of range".into())
    }
}
column!(Timestamp => Instant);

impl ToSql<Amt, Sqlite> for Amount {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<Amt, Sqlite> for Amount {
    fn from_sql(raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::from_micros(<i64 as FromSql<BigInt, Sqlite>>::from_sql(raw)?))
    }
}
impl ToSql<Amt, Pg> for Amount {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let number = numeric::encode(i128::from(self.micros()), 6)?;
        ToSql::<sql_types::Numeric, Pg>::to_sql(&number, &mut out.reborrow())
    }
}
impl FromSql<Amt, Pg> for Amount {
    fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = numeric::decode(<PgNumeric as FromSql<sql_types::Numeric, Pg>>::from_sql(raw)?, 6)?;
        Ok(Self::from_micros(i64::try_from(micros)?))
    }
}
column!(Amount => Amt);

/// A fixed-point value: `NUMERIC` on PostgreSQL, canonical text on SQLite.
macro_rules! fixed_column {
    ($rust:ty => $sql:ty, $scale:literal, $units:ident, $from_units:expr) => {
        impl ToSql<$sql, Sqlite> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.to_string());
                Ok(IsNull::No)
            }
        }
        impl FromSql<$sql, Sqlite> for $rust {
            fn from_sql(raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(<String as FromSql<Text, Sqlite>>::from_sql(raw)?.parse()?)
            }
        }
        impl ToSql<$sql, Pg> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let number = numeric::encode(self.$units(), $scale)?;
                ToSql::<sql_types::Numeric, Pg>::to_sql(&number, &mut out.reborrow())
            }
        }
        impl FromSql<$sql, Pg> for $rust {
            fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
                let number = <PgNumeric as FromSql<sql_types::Numeric, Pg>>::from_sql(raw)?;
                $from_units(numeric::decode(number, $scale)?)
            }
        }
        column!($rust => $sql);
    };
}
fixed_column!(Quantity => Fixed, 18, units, |units| Ok(Quantity::ZERO.checked_add(Quantity::from_units(units))?));
fixed_column!(Cost => Fixed, 18, units, |units| Ok(Cost::ZERO.checked_add(Cost::from_units(units))?));
fixed_column!(UnitPrice => Price, 10, mantissa, |units| Ok(UnitPrice::from_mantissa(units)?));

impl ToSql<BigInt, Pg> for Percent {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&self.units(), &mut out.reborrow())
    }
}
impl FromSql<BigInt, Pg> for Percent {
    fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Pg>>::from_sql(raw).map(Self::from_units)
    }
}
impl ToSql<BigInt, Sqlite> for Percent {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.units());
        Ok(IsNull::No)
    }
}
impl FromSql<BigInt, Sqlite> for Percent {
    fn from_sql(raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(raw).map(Self::from_units)
    }
}
column!(Percent => BigInt);

/// Stores types that have one text form (`Display` and `FromStr`) in `Text` columns: codes, months, states.
#[macro_export]
macro_rules! text_columns {
    ($($rust:ty),* $(,)?) => { $(
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql, FromSqlRow};
            use diesel::expression::AsExpression;
            use diesel::serialize::{self, IsNull, Output, ToSql};
            use diesel::sql_types::Text;
            use $crate::db::MultiBackend;

            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = Text)]
            #[expect(dead_code, reason = "only names the value for the derive")]
            struct Proxy($rust);

            impl ToSql<Text, diesel::pg::Pg> for $rust {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                    std::io::Write::write_all(out, self.to_string().as_bytes())?;
                    Ok(IsNull::No)
                }
            }
            impl ToSql<Text, diesel::sqlite::Sqlite> for $rust {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
                    out.set_value(self.to_string());
                    Ok(IsNull::No)
                }
            }
            impl ToSql<Text, MultiBackend> for $rust {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                    out.set_value((Text, self));
                    Ok(IsNull::No)
                }
            }
            impl FromSql<Text, diesel::pg::Pg> for $rust {
                fn from_sql(raw: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
                    Ok(<String as FromSql<Text, diesel::pg::Pg>>::from_sql(raw)?.parse()?)
                }
            }
            impl FromSql<Text, diesel::sqlite::Sqlite> for $rust {
                fn from_sql(raw: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                    Ok(<String as FromSql<Text, diesel::sqlite::Sqlite>>::from_sql(raw)?.parse()?)
                }
            }
            impl FromSql<Text, MultiBackend> for $rust {
                fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    raw.from_sql::<$rust, Text>()
                }
            }
        };
    )* };
}

text_columns!(Currency, Month, Email, UserName, Code, HostName, Country, Phone, ActorKind);
