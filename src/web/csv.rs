//! CSV for spreadsheets: a text that a program would take for a formula is marked as text.

/// A text cell; one that begins like a formula gets an apostrophe in front. Numbers are not guarded: they stay numbers.
pub fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn cells_that_look_like_formulas_are_guarded() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
        assert_eq!(guarded("Halden"), "Halden");
    }
}
