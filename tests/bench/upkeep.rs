//! Starting, and resting.

use std::time::{Duration, Instant};

use crate::Options;
use crate::pages::resident;
use crate::seed::Seeded;
use crate::support::Program;
use crate::table::Table;

const STARTS: usize = 5;

pub fn measure(_: &Options, seeded: &Seeded, table: &mut Table) {
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let began = Instant::now();
            let program = Program::serve(&seeded.place);
            let time = began.elapsed();
            drop(program);
            time
        })
        .collect();
    times.sort();
    let start = times[STARTS / 2].as_secs_f64() * 1000.0;
    table.add(seeded.at(), "start, until it answers", format!("{start:.0} ms"), String::new());
    let program = Program::serve(&seeded.place);
    std::thread::sleep(Duration::from_secs(3));
    table.add(seeded.at(), "memory at rest", format!("{} MB", resident(program.id())), String::new());
}
