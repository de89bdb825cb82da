//! How often somebody may try to sign in.
//!
//! A limit lets some tries through at once and more one by one, as time passes. Tries are counted by account, by
//! address and, for a browser that has signed in to the account before, by that browser: a stranger who uses up an
//! account's tries does not keep its owner out.

use chrono::Duration;

use crate::values::Timestamp;

/// So many tries at once, and another each time this long has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub burst: i32,
    pub every: Duration,
}

const ONE_A_MINUTE: Duration = Duration::minutes(1);
/// Of one account.
pub const PER_ACCOUNT: Limit = Limit { burst: 5, every: ONE_A_MINUTE };
/// From one address.
pub const PER_ADDRESS: Limit = Limit { burst: 10, every: ONE_A_MINUTE };
/// From a browser that its owner signed in with before.
pub const PER_KNOWN_BROWSER: Limit = Limit { burst: 5, every: ONE_A_MINUTE };
/// Mails with links that anybody can ask for, to one address.
pub const PER_RECIPIENT: Limit = Limit { burst: 3, every: Duration::minutes(10) };
/// Mails with links that anybody can ask for, from one address.
pub const LINKS_PER_ADDRESS: Limit = Limit { burst: 20, every: ONE_A_MINUTE };

/// This many distinct pairs of name and password that fail from one address within `PAIRS_WITHIN` block it.
pub const PAIRS: i64 = 15;
pub const PAIRS_WITHIN: Duration = Duration::hours(3);
pub const BLOCKED_FOR: Duration = Duration::hours(24);

/// After this many wrong passwords in a row only a known browser or a mailed link opens the account.
pub const IN_A_ROW: i64 = 100;

/// After this many wrong codes in a row a second factor rests.
pub const WRONG_CODES: i64 = 5;
pub const FACTOR_RESTS: Duration = Duration::minutes(15);

impl Limit {
    /// Takes one try: until when the allowance is now spent; or, when there is none left, when the next one comes.
    pub fn take(self, spent_until: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Timestamp> {
        let spent = spent_until.map_or(now, |spent| spent.max(now)).plus(self.every);
        let next = spent.plus(-self.every * self.burst);
        if next <= now { Ok(spent) } else { Err(next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000 * (1_700_000_000 + seconds)).unwrap()
    }

    /// When tries at these seconds are let through.
    fn admitted(limit: Limit, tries: &[i64]) -> Vec<i64> {
        let mut spent = None;
        let mut through = Vec::new();
        for second in tries {
            if let Ok(until) = limit.take(spent, at(*second)) {
                spent = Some(until);
                through.push(*second);
            }
        }
        through
    }

    #[test]
    fn five_at_once_then_one_a_minute() {
        let tries: Vec<i64> = (0..200).collect();
        assert_eq!(admitted(PER_ACCOUNT, &tries), [0, 1, 2, 3, 4, 60, 120, 180]);
    }

    #[test]
    fn after_a_rest_the_whole_allowance_is_back() {
        let tries: Vec<i64> = (0..10).chain(1000..1010).collect();
        assert_eq!(admitted(PER_ACCOUNT, &tries), [0, 1, 2, 3, 4, 1000, 1001, 1002, 1003, 1004]);
    }

    #[test]
    fn who_is_refused_is_told_when_the_next_try_comes_and_loses_nothing_by_asking() {
        let spent = (0..5).fold(None, |spent, _| Some(PER_ACCOUNT.take(spent, at(0)).unwrap()));
        assert_eq!(PER_ACCOUNT.take(spent, at(30)), Err(at(60)));
        assert_eq!(PER_ACCOUNT.take(spent, at(59)), Err(at(60)));
        assert!(PER_ACCOUNT.take(spent, at(60)).is_ok());
    }
}
