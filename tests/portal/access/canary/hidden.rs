//! Which rows a re-seller may not see: those of others, and what is the provider's alone.

/// Each table with a condition for its rows that are none of Kestrel's business.
pub const HIDDEN: &[(&str, &str)] = &[
    ("settings", "true"),
    ("counters", "true"),
    ("applicants", "id <> (SELECT applicant_id FROM reseller_request_info WHERE id = OWN_REQUEST)"),
    ("reseller_request_info", "id <> OWN_REQUEST"),
    ("resellers", "id <> OWN_RESELLER"),
    ("users", "reseller_id IS NULL OR reseller_id <> OWN_RESELLER"),
    ("tokens", "true"),
    ("sessions", "true"),
    ("sent_forms", "true"),
    ("second_factors", "true"),
    ("recovery_codes", "true"),
    ("throttles", "true"),
    ("failed_pairs", "true"),
    // A re-seller reads what happened to its own customers, files, statements and people, on their pages.
    (
        "audit_events",
        "(reseller_id IS NULL OR reseller_id <> OWN_RESELLER)
         AND object_id NOT IN (SELECT id FROM users WHERE reseller_id = OWN_RESELLER)",
    ),
    ("audit_seals", "true"),
    ("mails", "true"),
    ("mail_choices", "true"),
    ("jobs", "true"),
    ("leases", "true"),
    // What the provider noted on Kestrel itself is not for Kestrel.
    ("request_events", "request_id <> OWN_REQUEST OR kind IN ('contact', 'note')"),
    ("request_assessments", "true"),
    ("terms_versions", "request_id <> OWN_REQUEST"),
    ("terms_tiers", "terms_id NOT IN OWN_TERMS"),
    ("terms_limits", "terms_id NOT IN OWN_TERMS"),
    ("terms_rates", "terms_id NOT IN OWN_TERMS"),
    (
        "products",
        "id NOT IN (SELECT product_id FROM bundle_components WHERE product_id IS NOT NULL AND bundle_id IN OWN_BUNDLES) AND id NOT IN (SELECT product_id FROM charges WHERE product_id IS NOT NULL AND bundle_id IN OWN_BUNDLES)",
    ),
    ("bundles", "id NOT IN OWN_BUNDLES"),
    ("bundle_components", "true"),
    ("charges", "true"),
    ("charge_tiers", "true"),
    ("channels", "id <> OWN_CHANNEL"),
    ("channel_currencies", "channel_id <> OWN_CHANNEL"),
    ("channel_bundles", "channel_id <> OWN_CHANNEL"),
    ("channel_logos", "channel_id <> OWN_CHANNEL"),
    ("price_versions", "channel_id IS NULL OR channel_id <> OWN_CHANNEL"),
    ("price_values", "true"),
    ("price_requests", "channel_id <> OWN_CHANNEL"),
    ("kept_prices", "true"),
    ("customers", "channel_id <> OWN_CHANNEL"),
    ("subscriptions", "channel_id <> OWN_CHANNEL"),
    ("subscription_quantities", "true"),
    ("usage_files", "channel_id <> OWN_CHANNEL"),
    ("usage_file_parts", "true"),
    ("usage_file_errors", "file_id IN (SELECT id FROM usage_files WHERE channel_id <> OWN_CHANNEL)"),
    ("usage_file_totals", "file_id IN (SELECT id FROM usage_files WHERE channel_id <> OWN_CHANNEL)"),
    ("usage_records", "channel_id <> OWN_CHANNEL"),
    ("usage_keys", "channel_id <> OWN_CHANNEL"),
    ("usage_daily", "channel_id <> OWN_CHANNEL"),
    ("usage_feeds", "channel_id <> OWN_CHANNEL"),
    ("usage_mappings", "channel_id <> OWN_CHANNEL"),
    ("charge_lines", "channel_id <> OWN_CHANNEL"),
    ("rated_months", "channel_id <> OWN_CHANNEL"),
    ("revenue_channels", "channel_id <> OWN_CHANNEL"),
    // Sums of everybody are the provider's alone.
    ("revenue_totals", "true"),
    ("usage_totals", "true"),
    ("statements", "channel_id <> OWN_CHANNEL"),
    ("statement_waivers", "true"),
    ("disputes", "statement_id IN (SELECT id FROM statements WHERE channel_id <> OWN_CHANNEL)"),
    ("credits", "line_id IN (SELECT id FROM charge_lines WHERE channel_id <> OWN_CHANNEL)"),
    ("payments", "channel_id <> OWN_CHANNEL"),
    // What root does for all at once, it alone sees.
    ("settlement_runs", "true"),
    ("settlement_refusals", "true"),
];

/// What the conditions name in capitals.
const OWN: [(&str, &str); 5] = [
    ("OWN_TERMS", "(SELECT id FROM terms_versions WHERE request_id = OWN_REQUEST)"),
    ("OWN_BUNDLES", "(SELECT bundle_id FROM channel_bundles WHERE channel_id = OWN_CHANNEL)"),
    ("OWN_REQUEST", "(SELECT request_id FROM resellers WHERE id = OWN_RESELLER)"),
    ("OWN_RESELLER", "(SELECT reseller_id FROM channels WHERE id = OWN_CHANNEL)"),
    ("OWN_CHANNEL", "(SELECT id FROM channels WHERE code = 'KESTREL')"),
];

/// A condition as the database reads it.
pub fn spelled(condition: &str) -> String {
    OWN.iter().fold(condition.to_owned(), |text, (name, meaning)| text.replace(name, meaning))
}
