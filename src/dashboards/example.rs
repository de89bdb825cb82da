//! `/help/example`: one month of one re-seller with real numbers, from the terms to the payment. For anyone.

use askama::Template;

use crate::web::{Answer, Shell, page};

/// The figures of the worked example, as the portal writes them; a test settles the same month and compares each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// What the re-seller asked for, and what the page named as the nearest allowed price.
    pub asked_price: &'static str,
    pub nearest_price: &'static str,
    pub channel_price: &'static str,
    pub monthly_gross: &'static str,
    /// Exact fraction of the month and of the included hours.
    pub included_hours: &'static str,
    pub used_hours: &'static str,
    pub billable_hours: &'static str,
    pub usage_gross: &'static str,
    pub gross: &'static str,
    pub monthly_share: &'static str,
    pub monthly_rest: &'static str,
    pub usage_share: &'static str,
    pub usage_rest: &'static str,
    pub share: &'static str,
    pub rest: &'static str,
    pub cap: &'static str,
    pub capped_share: &'static str,
    pub capped_rest: &'static str,
    pub credit: &'static str,
    pub credit_share: &'static str,
    pub credit_rest: &'static str,
    pub net: &'static str,
    pub final_share: &'static str,
    pub final_rest: &'static str,
    pub number: &'static str,
    pub balance: &'static str,
}

/// October 2026: see the page for the story.
pub const FIGURES: Figures = Figures {
    asked_price: "$160.00",
    nearest_price: "USD 150",
    channel_price: "$120.00",
    monthly_gross: "$162.58",
    included_hours: "2100/31",
    used_hours: "500.5",
    billable_hours: "26831/62",
    usage_gross: "$216.38",
    gross: "$378.96",
    monthly_share: "$35.90",
    monthly_rest: "$126.68",
    usage_share: "$47.79",
    usage_rest: "$168.59",
    share: "$83.69",
    rest: "$295.27",
    cap: "$15.95",
    capped_share: "$67.74",
    capped_rest: "$311.22",
    credit: "$20.00",
    credit_share: "$4.42",
    credit_rest: "$15.58",
    net: "$358.96",
    final_share: "$63.32",
    final_rest: "$295.64",
    number: "ST-2026-000001",
    balance: "$63.32",
};

#[derive(Template)]
#[template(path = "dashboards/example.html")]
struct ExamplePage {
    shell: Shell,
    of: Figures,
}

/// **Permissions**: anyone.
pub async fn show(shell: Shell) -> Answer {
    page(&ExamplePage { shell, of: FIGURES })
}
