//! CSV for spreadsheets: a text that a program would take for a formula is marked as text.

use std::collections::HashSet;

/// A text cell; one that begins like a formula gets an apostrophe in front. Numbers are not guarded: they stay numbers.
pub fn guarded(text: &str) -> String {
    if looks_like_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell that [`guarded`] wrote.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| looks_like_a_formula(text)).unwrap_or(cell)
}

/// Apostrophes in front count as well, so that each text is read back as it was.
fn looks_like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Why a table would not be read as it was meant, with the line: a quote that is never closed swallows the rows below
/// it, and of two columns with one name nobody knows which one counts.
pub fn ambiguity<'a>(text: &str, mut headers: impl Iterator<Item = &'a str>) -> Option<(u64, String)> {
    if let Some(line) = unclosed_quote(text) {
        return Some((line, "The quote that opens here is never closed".to_owned()));
    }
    let mut seen = HashSet::new();
    let twice = headers.find(|name| !name.is_empty() && !seen.insert(name.to_lowercase()))?;
    Some((1, format!("The column {twice:?} stands there twice")))
}

fn unclosed_quote(text: &str) -> Option<u64> {
    let (mut line, mut opened) = (1, None);
    for letter in text.chars() {
        match letter {
            '"' => opened = if opened.is_none() { Some(line) } else { None },
            '\n' => line += 1,
            _ => {}
        }
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::{ambiguity, guarded, unguarded};

    #[test]
    fn a_table_with_two_meanings_is_told_by_its_line() {
        let told = |text: &str| ambiguity(text, text.lines().next().unwrap().split(','));
        assert_eq!(told("a,b\n1,\"x\n2\"\"\"\n,"), None);
        assert_eq!(told("a,b\n1,\"x\n2,y\n").map(|(line, _)| line), Some(2));
        assert_eq!(told("a,b,A\n").unwrap().1, "The column \"A\" stands there twice");
        assert_eq!(told("a,,\n"), None);
    }

    #[test]
    fn cells_that_look_like_formulas_are_guarded() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
        assert_eq!(guarded("Halden"), "Halden");
    }

    #[test]
    fn a_guarded_text_is_read_back_as_it_was() {
        for text in ["=1+1", "'=1+1", "''-", "'t Hooft", "'", "", "-", "Halden", "'Halden'"] {
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }
}
