//! The page of components: every part of the interface once, with invented data.

use super::shell::Shell;

/// Shows each component, so that a change of the style can be judged in one place.
#[derive(askama::Template)]
#[template(path = "design.html")]
pub struct DesignPage {
    pub shell: Shell,
    errors: Vec<(&'static str, &'static str)>,
    typed: &'static str,
    options: [(&'static str, &'static str); 3],
    ratings: [(u8, &'static str); 3],
}

impl DesignPage {
    pub fn new(shell: Shell) -> Self {
        Self {
            shell,
            errors: vec![
                ("legal_name", "Enter the legal name as registered"),
                ("price", "Compute M: enter a channel price of $88.00 or more"),
            ],
            typed: "Halden & <Systems> \"AS\"",
            options: [("dk", "Denmark"), ("no", "Norway"), ("se", "Sweden")],
            ratings: [(1, "Weak"), (2, "Fair"), (3, "Strong")],
        }
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;

    fn page() -> String {
        DesignPage::new(Shell::for_test()).render().unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn typed_values_are_escaped_in_inputs_and_text_areas() {
        let page = page();
        assert!(!page.contains("<Systems>"));
        assert!(page.contains("Halden &#38; &#60;Systems&#62; &#34;AS&#34;"));
    }
}
