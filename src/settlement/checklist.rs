//! What root looks at before a statement is sent.

/// A thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name in the database.
    pub key: &'static str,
    /// What was found, in a sentence.
    pub text: String,
    /// Where it is looked at or mended; empty when there is nothing to do.
    pub href: String,
    pub finding: Finding,
    /// Who let it pass, and why.
    pub waived: Option<Waiver>,
}

/// How serious it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Clear,
    /// Worth a look.
    Notable,
    /// Must be mended or waived.
    Blocking,
}

/// Lets a blocking item pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    pub reason: String,
    pub by: String,
}

impl Item {
    pub fn is_clear(&self) -> bool {
        self.finding == Finding::Clear
    }

    pub fn is_notable(&self) -> bool {
        self.finding == Finding::Notable
    }

    /// The field in which the reason of its waiver is typed.
    pub fn field(&self) -> String {
        format!("reason-{}", self.key)
    }

    /// Whether the statement cannot be sent because of it.
    pub fn stops(&self) -> bool {
        self.finding == Finding::Blocking && self.waived.is_none()
    }
}

/// `1 day`, `3 days`.
pub fn many(count: i64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Whether net revenue moved by more than half against the month before: worth a look.
pub fn is_outlier(net: crate::values::Amount, before: crate::values::Amount) -> bool {
    let (net, before) = (i128::from(net.micros()), i128::from(before.micros()));
    before != 0 && (net - before).abs() * 2 > before.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_of_more_than_half_is_an_outlier() {
        let is = |net: &str, before: &str| is_outlier(net.parse().unwrap(), before.parse().unwrap());
        assert!(is("151", "100") && is("49", "100") && is("-100", "100"));
        assert!(!is("150", "100") && !is("50", "100") && !is("100", "0"));
    }

    #[test]
    fn an_item_is_clear_or_notable_by_what_was_found() {
        let found = |finding| {
            let item = Item { key: "usage", text: String::new(), href: String::new(), finding, waived: None };
            (item.is_clear(), item.is_notable(), item.field())
        };
        assert_eq!(found(Finding::Clear), (true, false, "reason-usage".into()));
        assert_eq!(found(Finding::Notable), (false, true, "reason-usage".into()));
        assert_eq!(found(Finding::Blocking), (false, false, "reason-usage".into()));
    }

    #[test]
    fn one_is_told_without_an_s() {
        assert_eq!([0, 1, 3].map(|count| many(count, "day")), ["0 days", "1 day", "3 days"]);
    }

    #[test]
    fn only_a_blocking_item_that_nobody_waived_stops() {
        let item =
            |finding, waived| Item { key: "k", text: String::new(), href: String::new(), finding, waived };
        let waiver = || Some(Waiver { reason: "known".into(), by: "Root".into() });
        assert!(item(Finding::Blocking, None).stops());
        assert!(!item(Finding::Blocking, waiver()).stops() && !item(Finding::Notable, None).stops());
    }
}
