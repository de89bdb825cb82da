//! Money: currencies, rounded amounts, unit prices. Never a binary float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::exact::parts_of;
use super::quantity::typed_digits;
use super::{Exact, OutOfRange};

/// Code, minor digits, symbol (empty when the code is clearer).
const CURRENCIES: &[(&str, u32, &str)] = &[
    ("AED", 2, ""),
    ("AUD", 2, "A$"),
    ("BHD", 3, ""),
    ("BRL", 2, "R$"),
    ("CAD", 2, "CA$"),
    ("CHF", 2, ""),
    ("CLP", 0, ""),
    ("CNY", 2, ""),
    ("CZK", 2, ""),
    ("DKK", 2, ""),
    ("EUR", 2, "€"),
    ("GBP", 2, "£"),
    ("HKD", 2, ""),
    ("HUF", 2, ""),
    ("IDR", 2, ""),
    ("ILS", 2, ""),
    ("INR", 2, "₹"),
    ("ISK", 0, ""),
    ("JOD", 3, ""),
    ("JPY", 0, "¥"),
    ("KRW", 0, "₩"),
    ("KWD", 3, ""),
    ("MXN", 2, ""),
    ("MYR", 2, ""),
    ("NOK", 2, ""),
    ("NZD", 2, "NZ$"),
    ("OMR", 3, ""),
    ("PHP", 2, ""),
    ("PLN", 2, ""),
    ("QAR", 2, ""),
    ("RON", 2, ""),
    ("SAR", 2, ""),
    ("SEK", 2, ""),
    ("SGD", 2, ""),
    ("THB", 2, ""),
    ("TND", 3, ""),
    ("TRY", 2, ""),
    ("TWD", 2, ""),
    ("UAH", 2, ""),
    ("USD", 2, "$"),
    ("VND", 0, ""),
    ("ZAR", 2, ""),
];

/// An ISO 4217 currency that the portal knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

/// A currency that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a three-letter currency code, such as USD or EUR")]
pub struct UnknownCurrency;

impl Currency {
    /// Every known currency, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        (0u8..).take(CURRENCIES.len()).map(Self)
    }

    fn entry(self) -> (&'static str, u32, &'static str) {
        CURRENCIES.get(usize::from(self.0)).copied().unwrap_or(("XXX", 2, ""))
    }

    pub fn code(self) -> &'static str {
        self.entry().0
    }

    /// How many decimals an amount has: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn minor_digits(self) -> u32 {
        self.entry().1
    }

    /// The common symbol; empty when the code is clearer.
    pub fn symbol(self) -> &'static str {
        self.entry().2
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.trim().to_ascii_uppercase();
        let place = CURRENCIES.binary_search_by_key(&code.as_str(), |(code, ..)| code);
        place.ok().and_then(|place| u8::try_from(place).ok()).map(Self).ok_or(UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Rounded money in some currency's units: at most 6 decimals, at most 9,000,000,000,000 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

const MICROS: u32 = 6;
const LARGEST: i64 = 9_000_000_000_000_000_000;

impl Amount {
    pub const ZERO: Self = Self(0);

    /// The decimal as an amount; more than 6 decimals are refused, not rounded.
    pub fn new(decimal: Decimal) -> Result<Self, OutOfRange> {
        let mut scaled = decimal.normalize();
        if scaled.scale() > MICROS {
            return Err(OutOfRange);
        }
        scaled.rescale(MICROS);
        let micros = i64::try_from(scaled.mantissa()).map_err(|_| OutOfRange)?;
        if scaled.scale() != MICROS {
            return Err(OutOfRange);
        }
        Self::within(micros).ok_or(OutOfRange)
    }

    pub fn zero() -> Self {
        Self::ZERO
    }

    /// From millionths.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// In millionths.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// From the currency's minor units: cents for USD, yen for JPY.
    pub fn from_minor_units(units: i64, currency: Currency) -> Result<Self, OutOfRange> {
        let factor = 10i64.pow(MICROS - currency.minor_digits());
        units.checked_mul(factor).and_then(Self::within).ok_or(OutOfRange)
    }

    /// `None` beyond the largest amount; the least integer has no positive twin.
    fn within(micros: i64) -> Option<Self> {
        (-LARGEST..=LARGEST).contains(&micros).then_some(Self(micros))
    }

    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, MICROS).normalize()
    }

    /// For programs: all decimals of the currency's minor unit and no groups, such as `1234.50`.
    pub fn plain(self, currency: Currency) -> String {
        let mut decimal = self.decimal();
        decimal.rescale(decimal.scale().max(currency.minor_digits()));
        decimal.to_string()
    }

    pub fn exact(self) -> Exact {
        parts_of(self.0.into(), 1_000_000)
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, OutOfRange> {
        self.0.checked_add(other.0).and_then(Self::within).ok_or(OutOfRange)
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, OutOfRange> {
        self.0.checked_sub(other.0).and_then(Self::within).ok_or(OutOfRange)
    }

    /// The sum, or an error; never a wrong one.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, OutOfRange> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl FromStr for Amount {
    type Err = AmountFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let decimal = typed_digits(text).parse::<Decimal>().map_err(|_| AmountFault)?;
        Self::new(decimal).map_err(|_| AmountFault)
    }
}

/// An amount that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter an amount, such as 1,234.50")]
pub struct AmountFault;

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Money {
    pub amount: Amount,
    pub currency: Currency,
}

/// Why two sums of money cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{0} and {1} cannot be added")]
    Currencies(Currency, Currency),
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl Money {
    /// The sum; two currencies are never added.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies(self.currency, other.currency));
        }
        Ok(Self { amount: self.amount.checked_add(other.amount)?, currency: self.currency })
    }
}

/// The price of one unit: from 0 to below 10,000,000,000, at most 10 decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(Decimal);

const PRICE_DECIMALS: u32 = 10;

/// A price that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceFault {
    #[error("Enter a price, such as 12.50")]
    NotANumber,
    #[error("Enter a price of 0 or more")]
    Negative,
    #[error("Enter a price below 10,000,000,000 with at most 10 decimals")]
    OutOfRange,
}

impl UnitPrice {
    pub fn new(decimal: Decimal) -> Result<Self, PriceFault> {
        let decimal = decimal.normalize();
        if decimal.is_sign_negative() && !decimal.is_zero() {
            return Err(PriceFault::Negative);
        }
        if decimal.scale() > PRICE_DECIMALS || decimal >= Decimal::from(10_000_000_000u64) {
            return Err(PriceFault::OutOfRange);
        }
        Ok(Self(decimal))
    }

    /// From units of 10^-10.
    pub fn from_mantissa(mantissa: i128) -> Result<Self, PriceFault> {
        let decimal = Decimal::try_from_i128_with_scale(mantissa, PRICE_DECIMALS);
        Self::new(decimal.map_err(|_| PriceFault::OutOfRange)?)
    }

    /// In units of 10^-10.
    pub fn mantissa(self) -> i128 {
        let mut scaled = self.0;
        scaled.rescale(PRICE_DECIMALS);
        scaled.mantissa()
    }

    pub fn decimal(self) -> Decimal {
        self.0
    }

    pub fn exact(self) -> Exact {
        parts_of(self.mantissa(), 10i128.pow(PRICE_DECIMALS))
    }
}

impl FromStr for UnitPrice {
    type Err = PriceFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(typed_digits(text).parse().map_err(|_| PriceFault::NotANumber)?)
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_is_found_by_its_code() {
        assert!(CURRENCIES.is_sorted_by_key(|(code, ..)| code));
        for currency in Currency::all() {
            assert_eq!(currency.code().to_lowercase().parse(), Ok(currency));
        }
        assert!("XXX".parse::<Currency>().is_err() && "".parse::<Currency>().is_err());
    }

    #[test]
    fn programs_read_all_decimals_of_the_minor_unit() {
        let plain =
            |amount: &str, currency: &str| amount.parse::<Amount>().unwrap().plain(currency.parse().unwrap());
        assert_eq!(plain("1,234.5", "USD"), "1234.50");
        assert_eq!((plain("-0.5", "KWD"), plain("120", "JPY")), ("-0.500".into(), "120".into()));
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for typed in ["1,234.5", "1234.50", " 1 234.5 ", "$1,234.50"] {
            assert_eq!(typed.parse::<Amount>().unwrap().to_string(), "1234.5");
        }
        for wrong in ["", "abc", "1.2345678", "9999999999999999", "-9223372036854.775808"] {
            assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn two_currencies_are_never_added() {
        let money = |code: &str| Money { amount: Amount::from_micros(1), currency: code.parse().unwrap() };
        assert!(matches!(money("USD").checked_add(money("EUR")), Err(MoneyError::Currencies(..))));
    }

    #[test]
    fn an_overflowing_sum_is_an_error() {
        assert_eq!(Amount::sum([Amount::from_micros(i64::MAX), Amount::from_micros(1)]), Err(OutOfRange));
    }

    #[test]
    fn unit_prices_keep_ten_decimals_and_refuse_eleven() {
        assert_eq!("0.0000000001".parse::<UnitPrice>().unwrap().mantissa(), 1);
        assert_eq!("0.00000000001".parse::<UnitPrice>(), Err(PriceFault::OutOfRange));
        assert_eq!("-1".parse::<UnitPrice>(), Err(PriceFault::Negative));
        assert_eq!("12.500".parse::<UnitPrice>().unwrap().to_string(), "12.5");
    }
}
