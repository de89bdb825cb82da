//! What people could type, by the name of a field.

use crate::support::{Input, PageForm};

/// What a form lacks as its page fills it, by the start of a field's name.
const TYPED: &[(&str, &str)] = &[
    ("name", "New name"),
    ("legal_name", "Pixelforge"),
    ("full_name", "New Person"),
    ("email", "new.person@people.example"),
    ("user_name", "new.person"),
    ("phone", "+4722123456"),
    ("external_id", "NEW-1"),
    ("code", "NEW-CODE"),
    ("sku", "NEW-SKU"),
    ("category", "Storage"),
    ("unit", "GB"),
    ("tax_id", "PL5252445566"),
    ("contact_name", "New Person"),
    ("contact_on", "2026-11-20"),
    ("paid_on", "2026-11-20"),
    ("start", "2026-12-01"),
    ("end", "2026-12-31"),
    ("effective_from", "2026-12-01"),
    ("from", "2026-12-01"),
    ("valid_from", "2026-12"),
    ("month", "2026-10"),
    ("expected_currency", "USD"),
    ("password", "a long enough sentence"),
];

fn typed(input: &Input) -> String {
    let known = TYPED.iter().find(|(name, _)| *name == input.name);
    let usual = if input.kind == "decimal" { "5" } else { "Because it is so" };
    known.map_or(usual, |(_, value)| value).to_owned()
}

/// The form as its page fills it, with something in each field that is empty.
pub fn completed(form: &PageForm) -> Vec<(String, String)> {
    let mut sent: Vec<(String, String)> = Vec::new();
    for input in &form.inputs {
        let is_chosen = form.inputs.iter().any(|other| other.name == input.name && other.value.is_some());
        let value = match (input.kind.as_str(), &input.value) {
            ("select", Some(value)) if value.is_empty() => {
                input.options.iter().find(|option| !option.is_empty()).cloned()
            }
            ("radio", None) if !is_chosen && !sent.iter().any(|(name, _)| *name == input.name) => {
                input.options.first().cloned()
            }
            (_, Some(value)) if value.is_empty() && input.kind != "hidden" && input.kind != "button" => {
                Some(typed(input))
            }
            (_, value) => value.clone(),
        };
        sent.extend(value.map(|value| (input.name.clone(), value)));
    }
    sent
}

/// What somebody would try who hopes that a column is taken from the form.
pub fn extra_value(column: &str) -> String {
    const OTHERS: &str = "0198f2a0-0000-7000-8000-000000000000";
    let value = match column {
        "state" => "posted",
        "role" => "administrator",
        "side" | "actor_kind" => "root",
        "proposed_by" | "collects" => "provider",
        "policy" => "free",
        "price_rule" => "frozen",
        "currency" => "EUR",
        "share" | "min_margin" | "percent" => "100",
        "metered" | "price_editable" | "shows_reference" | "may_import" | "enabled" => "on",
        "month" | "origin_month" => "2025-01",
        name if name.ends_with("_on") || name.ends_with("_at") || name.ends_with("day") => "2020-01-01",
        name if name == "id" || name.ends_with("_id") => OTHERS,
        "reseller" | "channel" | "customer" | "user" | "bundle" | "product" | "subscription"
        | "statement" => OTHERS,
        "revision" | "number" | "position" => "0",
        "amount" | "gross" | "credited" | "reseller_share" | "provider_share" | "opening" | "closing" => {
            "999999"
        }
        _ => "Taken over",
    };
    value.to_owned()
}
