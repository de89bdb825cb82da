//! `/help`: how the portal works, and its words. For anyone.

use actix_web::web::Data;
use askama::Template;

use crate::web::{Answer, Shell, Site, page};

#[derive(Template)]
#[template(path = "dashboards/help.html")]
struct HelpPage {
    shell: Shell,
    contact: Option<String>,
    words: &'static [(&'static str, &'static str)],
}

/// Each term of the portal, once.
const WORDS: &[(&str, &str)] = &[
    ("Request", "A company's wish to become a re-seller, from the first draft to the decision."),
    (
        "Terms",
        "The profit-share agreement as numbered versions. The agreed version is what splits the revenue.",
    ),
    (
        "Share",
        "The re-seller's part of the revenue or of the margin, in percent. The provider keeps the rest.",
    ),
    (
        "Channel",
        "What a re-seller sells, in which currencies and at which prices. Each re-seller has exactly one.",
    ),
    ("Product", "The smallest thing that is counted, with its unit."),
    ("Bundle", "What a customer subscribes to: charges, and products with included quantities."),
    ("Package", "A bundle made of bundles, with its own charges."),
    (
        "Reference price",
        "The provider's own price of a bundle, dated. It applies while a channel has no price of its own.",
    ),
    ("Channel price", "What the re-seller's customers pay."),
    ("Price policy", "Whether a re-seller may change a channel price: locked, within a band, or free."),
    (
        "Price request",
        "A re-seller's wish for a price outside its limits, with a reason. The provider approves or declines it.",
    ),
    (
        "Drift",
        "A reference price moved after a channel price was set. The provider accepts it, keeps the channel price, or reprices.",
    ),
    (
        "Floor and ceiling",
        "The lowest and highest channel price of a band, in percent of the reference price.",
    ),
    ("Margin", "Channel price less reference price, in percent of the channel price."),
    ("Cost-plus", "A usage charge made of the supplier's list cost and a percent on top."),
    (
        "Graduated and volume prices",
        "Graduated: each unit costs the price of its tier. Volume: the month's total decides one price for all of it.",
    ),
    ("Package price", "A price for each full or begun number of units in a month."),
    ("Subscription", "A bundle that a customer has from a day on, with dated quantities."),
    ("Usage record", "How much of a product was used in a period, as a file says. It counts once."),
    (
        "Unrated usage",
        "Records whose customer, product, subscription or price is not known yet. They are kept and rated once that is mended.",
    ),
    ("Charge line", "What one charge of a subscription costs in a month, rounded once."),
    ("Net revenue", "Gross charges less credits."),
    ("Tier", "An amount of the month's basis from which another share holds, for what lies above it."),
    ("Minimum commitment", "What the provider's share of a full month is at least."),
    ("Simulation", "Closed months once more under other terms or prices. It changes nothing."),
    ("Cap", "What the re-seller's share of a full month is at most."),
    (
        "Statement",
        "What a channel's month brought in one currency, how it is shared, and the balance it leaves.",
    ),
    (
        "Correction",
        "What a closed month costs more or less than its statement said, as a line of a later statement.",
    ),
    ("Credit", "What the provider gives back of a charged line, with a reason."),
    (
        "Dispute",
        "A line of a statement that the re-seller does not agree to. The provider keeps it or credits it.",
    ),
    ("Role", "What somebody may do on their side: administrator, finance or seller, read-only."),
    (
        "Second factor",
        "A code of a device beside the password. Root's people need one; a re-seller's may set one up.",
    ),
    ("Recovery code", "Opens an account once in place of the device's code. Shown once, kept as a hash."),
    (
        "Audit log",
        "Who changed what, when and from where, sealed in a chain so that nothing in it changes unnoticed.",
    ),
    (
        "Seal",
        "A checksum over a posted statement and the seal before it. It tells when anything was changed afterwards.",
    ),
];

/// What a word means; empty for one that is not among them.
pub fn meaning(word: &str) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == word).map_or("", |(_, meaning)| meaning)
}

/// Where the help explains a word: `word-channel-price`.
pub fn anchor(word: &str) -> String {
    format!("word-{}", word.to_lowercase().replace(' ', "-"))
}

pub async fn show(shell: Shell, site: Data<Site>) -> Answer {
    page(&HelpPage { shell, contact: site.security_contact.clone(), words: WORDS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_a_page_explains_is_among_the_words() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut explained = 0;
        for part in
            std::fs::read_dir(folder).unwrap().map(|part| part.unwrap().path()).filter(|part| part.is_dir())
        {
            for page in std::fs::read_dir(part).unwrap() {
                let page = std::fs::read_to_string(page.unwrap().path()).unwrap();
                for word in page.split("ui::term(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(!meaning(word).is_empty(), "{word}");
                    explained += 1;
                }
            }
        }
        assert!(explained > 20, "{explained}");
    }

    #[test]
    fn an_anchor_is_a_word_without_spaces() {
        assert_eq!(anchor("Channel price"), "word-channel-price");
    }
}
