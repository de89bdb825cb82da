//! The words of the business as types: ids, money, percents, quantities, periods, names. Pure: no database, no
//! HTTP, no clock. A value that exists is valid; what was typed becomes one by `parse`, or a message.

mod actor;
mod exact;
mod hashes;
mod ids;
mod money;
mod names;
mod percent;
mod period;
mod quantity;
mod rights;
mod scope;
mod sending;
mod text;
mod time;
mod words;

pub use actor::{Act, Actor, ActorKind};
pub use exact::{Exact, OutOfRange, round, rounded};
pub use hashes::{ContentHash, KeyHash};
pub use ids::*;
pub use money::{Amount, Currency, Money, MoneyError, PriceFault, UnitPrice};
pub use names::{Code, Country, HostName, UserName};
pub use percent::Percent;
pub use period::{DayFault, Days, Month, parse_day};
pub use quantity::{Cost, Quantity, QuantityFault, whole_number};
pub use rights::{AccountSide, Right, StaffRole};
pub use scope::Scope;
pub use sending::{Sending, SentForm};
pub use text::{Email, Phone, TextError, search_key};
pub use time::Timestamp;
pub use words::UnknownWord;
