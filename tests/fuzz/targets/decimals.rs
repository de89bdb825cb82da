//! Numbers as people and files write them: no text breaks a parser, and what is shown is read back as the same.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use reseller_portal::values::{Amount, Cost, Currency, Percent, Quantity, UnitPrice, round};
use reseller_portal::web::filters::{grouped, quantity_text};

fuzz_target!(|text: &str| {
    if let Some(quantity) = read_back::<Quantity>(text) {
        assert_eq!(Quantity::from_units(quantity.units()), quantity);
        let shown = quantity_text(quantity).replace(',', "").replace('\u{2212}', "-");
        assert_eq!(shown.parse(), Ok(quantity));
    }
    read_back::<Cost>(text);
    read_back::<Percent>(text);
    if let Ok(share) = Percent::parse_share(text) {
        assert_eq!(Percent::parse_share(&share.to_string()).ok(), Some(share));
    }
    if let Some(price) = read_back::<UnitPrice>(text) {
        assert_eq!(UnitPrice::from_mantissa(price.mantissa()), Ok(price));
        assert_eq!(grouped(price.decimal(), 2).parse(), Ok(price));
    }
    if let Some(amount) = read_back::<Amount>(text) {
        kept_whole(amount);
    }
    // A currency, then an amount.
    if let Some((code, number)) = text.split_at_checked(3)
        && let (Ok(currency), Ok(amount)) = (code.parse::<Currency>(), number.parse::<Amount>())
    {
        assert_eq!(amount.plain(currency).parse(), Ok(amount));
        if let Ok(rounded) = round(&amount.exact(), currency) {
            assert!(rounded.decimal().scale() <= currency.minor_digits());
        }
    }
});

/// What the text means, once its shown form means the same.
fn read_back<T: FromStr + Display + Debug + PartialEq>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    let shown = value.to_string();
    match shown.parse::<T>() {
        Ok(again) => assert_eq!(again, value, "{shown}"),
        Err(_) => panic!("{shown} is shown and cannot be read"),
    }
    assert_eq!(shown.parse::<T>().ok().map(|again| again.to_string()), Some(shown));
    Some(value)
}

fn kept_whole(amount: Amount) {
    assert_eq!(Amount::new(amount.decimal()), Ok(amount));
    assert_eq!(Amount::from_micros(amount.micros()), amount);
    assert_eq!(grouped(amount.decimal(), 2).parse(), Ok(amount));
    assert_eq!(amount.is_negative(), amount < Amount::ZERO);
    assert_eq!(amount.checked_sub(amount), Ok(Amount::ZERO));
}
