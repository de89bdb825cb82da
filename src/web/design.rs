//! The pages of components: every part of the interface once, with invented data.

mod examples;

use chrono::NaiveDate;

use self::examples::Charts;
use super::{Answer, page, shell::Shell};
use crate::values::Timestamp;

/// Shows the page of components. **Permissions**: root; nothing on it is real.
pub async fn show(shell: Shell) -> Answer {
    page(&DesignPage::new(shell))
}

/// Shows the page of charts. **Permissions**: root; nothing on it is real.
pub async fn charts(shell: Shell) -> Answer {
    page(&ChartsPage { shell, charts: Charts::new() })
}

/// Shows each chart.
#[derive(askama::Template)]
#[template(path = "design_charts.html")]
struct ChartsPage {
    shell: Shell,
    charts: Charts,
}

/// Shows each component, so that a change of the style can be judged in one place.
#[derive(askama::Template)]
#[template(path = "design.html")]
pub struct DesignPage {
    pub shell: Shell,
    errors: Vec<(&'static str, &'static str)>,
    typed: &'static str,
    options: [(&'static str, &'static str); 3],
    ratings: [(u8, &'static str); 3],
    sent: Timestamp,
    read: Timestamp,
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
            sent: moment(9),
            read: moment(23),
        }
    }
}

/// A day of November 2026.
fn moment(day: u32) -> Timestamp {
    Timestamp::start_of(NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default())
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

    fn charts() -> String {
        let page = ChartsPage { shell: Shell::for_test(), charts: Charts::new() };
        page.render().unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn a_page_has_no_inline_style_or_script_and_no_data_address() {
        let page = page() + &charts();
        for forbidden in [" style=", "<style", "<script>", " onclick=", " onchange=", "data:"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn every_id_of_a_page_is_used_once() {
        for page in [page(), charts()] {
            let mut ids: Vec<_> =
                page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all);
        }
    }

    #[test]
    fn an_error_is_tied_to_its_field() {
        let page = page();
        assert!(page.contains("<a href=\"#f-legal_name\">"));
        assert!(page.contains("aria-invalid=\"true\" aria-describedby=\" f-legal_name-error\""));
        assert!(page.contains("id=\"f-legal_name-error\""));
    }
}
