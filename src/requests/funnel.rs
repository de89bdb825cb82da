//! How far requests come, and how long each stage takes.
//!
//! A request has reached a stage when it was there once, whatever became of it later; the time counts from when it
//! first was in the stage before. What takes long for one or two tells little of the others, hence the median.

use chrono::Duration;

use super::RequestState;
use crate::values::Timestamp;

/// The stages on the way to an account.
pub const STAGES: [RequestState; 4] =
    [RequestState::Submitted, RequestState::InReview, RequestState::Negotiating, RequestState::Accepted];

/// When one request first was in each stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passage(pub [Option<Timestamp>; STAGES.len()]);

/// What many requests did at one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub state: RequestState,
    /// How many were there.
    pub reached: usize,
    /// The median time from the stage before; `None` for the first, and where nobody came.
    pub after: Option<Duration>,
}

/// The way of some requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funnel {
    pub stages: Vec<Stage>,
    /// The median time from the first stage to the last.
    pub whole: Option<Duration>,
}

impl Funnel {
    pub fn of(passages: &[Passage]) -> Self {
        let between = |from: usize, to: usize| {
            let times = passages.iter().filter_map(|Passage(at)| Some(at[to]?.utc() - at[from]?.utc()));
            median(times.collect())
        };
        let stage = |(index, state): (usize, &RequestState)| Stage {
            state: *state,
            reached: passages.iter().filter(|Passage(at)| at[index].is_some()).count(),
            after: index.checked_sub(1).and_then(|before| between(before, index)),
        };
        Self { stages: STAGES.iter().enumerate().map(stage).collect(), whole: between(0, STAGES.len() - 1) }
    }

    /// How many requests reached the first stage, and how many the last.
    pub fn ends(&self) -> (usize, usize) {
        let reached = |stage: Option<&Stage>| stage.map_or(0, |stage| stage.reached);
        (reached(self.stages.first()), reached(self.stages.last()))
    }
}

/// The middle one; of an even number the mean of the two in the middle.
fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    let upper = *times.get(times.len() / 2)?;
    let lower = *times.get((times.len() - 1) / 2)?;
    Some((upper + lower) / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A request that was in its stages on these days.
    fn passage(days: &[i64]) -> Passage {
        let mut at = [None; STAGES.len()];
        for (place, day) in at.iter_mut().zip(days) {
            *place = Timestamp::from_micros(day * 86_400_000_000);
        }
        Passage(at)
    }

    #[test]
    fn each_stage_counts_who_came_and_the_median_time_since_the_stage_before() {
        let funnel =
            Funnel::of(&[passage(&[0]), passage(&[0, 1]), passage(&[0, 4, 10]), passage(&[0, 2, 4, 30])]);
        let counts: Vec<_> = funnel.stages.iter().map(|stage| stage.reached).collect();
        assert_eq!(counts, [4, 3, 2, 1]);
        let days: Vec<_> =
            funnel.stages.iter().map(|stage| stage.after.map(|time| time.num_days())).collect();
        assert_eq!(days, [None, Some(2), Some(4), Some(26)]);
        assert_eq!((funnel.whole, funnel.ends()), (Some(Duration::days(30)), (4, 1)));
    }

    #[test]
    fn of_no_requests_there_is_no_time() {
        let funnel = Funnel::of(&[]);
        assert!(funnel.stages.iter().all(|stage| stage.reached == 0 && stage.after.is_none()));
    }

    proptest! {
        #[test]
        fn half_of_the_times_are_at_most_the_median_and_half_at_least(days in prop::collection::vec(0i64..1000, 1..40)) {
            let times: Vec<_> = days.iter().copied().map(Duration::days).collect();
            let found = median(times.clone()).unwrap();
            let count = |is_it: &dyn Fn(&Duration) -> bool| times.iter().filter(|time| is_it(time)).count();
            prop_assert!(count(&|time| *time <= found) * 2 >= times.len());
            prop_assert!(count(&|time| *time >= found) * 2 >= times.len());
        }
    }
}
