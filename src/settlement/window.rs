//! A part of a statement's lines, so that its pages stay light however many there are.

/// How many lines a page shows; the downloads have all of them.
pub const LINES: i64 = 200;

/// The lines of a page, among all of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// How many lines come before.
    pub skipped: i64,
    pub shown: i64,
    pub count: i64,
    /// The page's address without its query.
    pub path: String,
}

/// How many lines come before a page, as its address says; the first page where there is no such one.
pub fn begin(asked: i64, count: i64) -> i64 {
    if (0..count).contains(&asked) { asked } else { 0 }
}

impl Window {
    /// `Lines 201 to 400 of 1204`; empty when one page has them all.
    pub fn range(&self) -> String {
        if self.shown == self.count {
            return String::new();
        }
        format!("Lines {} to {} of {}", self.skipped + 1, self.end(), self.count)
    }

    /// The address of the lines before these; empty when there are none.
    pub fn earlier(&self) -> String {
        if self.skipped == 0 { String::new() } else { self.from((self.skipped - LINES).max(0)) }
    }

    /// The address of the lines after these; empty when there are none.
    pub fn later(&self) -> String {
        if self.end() >= self.count { String::new() } else { self.from(self.end()) }
    }

    fn end(&self) -> i64 {
        self.skipped + self.shown
    }

    fn from(&self, skipped: i64) -> String {
        format!("{}?skipped={skipped}#lines", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(skipped: i64, shown: i64, count: i64) -> (String, String, String) {
        let window = Window { skipped, shown, count, path: "/s".into() };
        (window.range(), window.earlier(), window.later())
    }

    #[test]
    fn an_address_that_leads_nowhere_leads_to_the_first_lines() {
        assert_eq!([-1, 0, 199, 200, i64::MAX].map(|asked| begin(asked, 200)), [0, 0, 199, 0, 0]);
        assert_eq!(begin(0, 0), 0);
    }

    #[test]
    fn a_window_leads_to_the_lines_on_both_sides() {
        let nothing = String::new();
        assert_eq!(window(0, 12, 12), (nothing.clone(), nothing.clone(), nothing.clone()));
        let first = ("Lines 1 to 200 of 250".into(), nothing.clone(), "/s?skipped=200#lines".into());
        assert_eq!(window(0, 200, 250), first);
        let last = ("Lines 201 to 250 of 250".into(), "/s?skipped=0#lines".into(), nothing);
        assert_eq!(window(200, 50, 250), last);
    }
}
