//! Warns when a request looks like another one: same tax id, same e-mail domain, or a name that is nearly the same.

use super::Request;
use crate::values::{Email, RequestId, search_key};

/// What of a request tells whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    pub id: RequestId,
    pub reference: String,
    pub legal_name: String,
    pub tax_id: String,
    pub email: Email,
}

impl Likeness {
    pub fn of(request: &Request) -> Self {
        Self {
            id: request.id,
            reference: request.reference.clone(),
            legal_name: request.company.legal_name.clone(),
            tax_id: request.company.tax_id.clone(),
            email: request.email.clone(),
        }
    }
}

/// Domains at which anybody has an address.
const FREE_MAIL: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "proton.me",
    "protonmail.com",
    "aol.com",
    "mail.com",
    "zoho.com",
];

/// Forms of companies, which say nothing about who it is.
const FORMS: &[&str] = &[
    "ltd", "limited", "inc", "llc", "gmbh", "ag", "as", "asa", "ab", "oy", "bv", "nv", "sa", "srl", "sl",
    "plc", "co", "corp",
];

/// Why two requests may be of one company; the sentence to show.
pub fn reason(one: &Likeness, other: &Likeness) -> Option<&'static str> {
    if !one.tax_id.is_empty() && compact(&one.tax_id) == compact(&other.tax_id) {
        return Some("Same tax id");
    }
    if !is_free_mail(&one.email) && one.email.domain() == other.email.domain() {
        return Some("Same e-mail domain");
    }
    let (name, other_name) = (core_name(&one.legal_name), core_name(&other.legal_name));
    let is_near = name.chars().count() > 3 && distance(&name, &other_name) <= 1 + name.chars().count() / 10;
    is_near.then_some("Nearly the same name")
}

fn is_free_mail(email: &Email) -> bool {
    FREE_MAIL.contains(&email.domain())
}

fn compact(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The name without punctuation and the form of company.
fn core_name(name: &str) -> String {
    let letters: String =
        search_key(name).chars().filter(|letter| letter.is_alphanumeric() || *letter == ' ').collect();
    letters.split_whitespace().filter(|word| !FORMS.contains(word)).collect()
}

/// How many letters are to be added, left out or exchanged to get from one to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (place, candidate) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *candidate);
            diagonal = row[place + 1];
            row[place + 1] = exchanged.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_form_and_dots_are_near() {
        assert_eq!(core_name("Opal Managed I.T. Ltd"), core_name("OPAL Managed IT"));
        assert_eq!(distance("kestrel", "kestral"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
