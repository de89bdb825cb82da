//! What was measured, for people.

/// A measured thing.
struct Line {
    what: String,
    size: &'static str,
    database: &'static str,
    measured: String,
    against: String,
}

/// All that was measured, in order.
#[derive(Default)]
pub struct Table {
    lines: Vec<Line>,
}

impl Table {
    /// Adds what was measured, and says it at once: a run takes its time.
    pub fn add(&mut self, at: (&'static str, &'static str), what: &str, measured: String, against: String) {
        let (size, database) = at;
        eprintln!("{size} {database}: {what}: {measured}; {against}");
        self.lines.push(Line { what: what.to_owned(), size, database, measured, against });
    }

    /// As Markdown.
    pub fn print(&self) {
        println!("| what | size | database | measured | against its limit |\n|---|---|---|---|---|");
        for Line { what, size, database, measured, against } in &self.lines {
            println!("| {what} | {size} | {database} | {measured} | {against} |");
        }
    }
}
