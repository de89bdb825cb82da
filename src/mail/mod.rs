//! Mail goes through an outbox table in the change's own transaction, so that nothing is lost and nothing is sent
//! for a change that did not happen. Without a mail server root reads the outbox in the portal.
//!
//! A change tells its news on an occasion; the words of every occasion stand in one place, and one letter is rendered
//! as text and as HTML. A mail goes to the other side, never to whoever acted, and says nothing that is
//! internal to the side it comes from.

pub mod choices;
mod letter;
pub mod listed;
mod news;
mod occasion;
pub mod pages;
pub mod people;
pub mod samples;
mod sender;
pub mod store;

pub use letter::{Button, Letter};
pub use news::{HALF_AN_HOUR, News, TWO_WEEKS};
pub use occasion::{Group, Occasion};
pub use sender::{Sender, send_waiting};
pub use store::tell;

use crate::values::{Email, MailId, Timestamp};

/// Who gets a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Somebody with an account, who chooses.
    Member(Email),
    /// Somebody without one, who gets all.
    Applicant(Email),
}

impl Recipient {
    pub fn address(&self) -> &Email {
        match self {
            Self::Member(address) | Self::Applicant(address) => address,
        }
    }
}

/// A mail in the outbox.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: MailId,
    pub recipient: Email,
    pub subject: String,
    /// Plain text.
    pub body: String,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub attempts: i64,
    pub last_error: Option<String>,
    /// `None` for a mail from before mails had occasions.
    pub occasion: Option<Occasion>,
    /// What text and HTML are made from; `None` for a mail from before, which has its text alone.
    pub letter: Option<Letter>,
}

impl Mail {
    /// The body in pieces, each with whether it is a link to be followed.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        pieces(&self.body)
    }

    /// Body and letter without what lets somebody in: once the mail is sent, that is its recipient's alone.
    fn without_secrets(&self) -> (String, Option<Letter>) {
        (without_secrets(&self.body), self.letter.clone().map(|letter| letter.with_words(without_secrets)))
    }
}

/// A text in pieces, each with whether it is a link to be followed.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let is_link = |piece: &str| piece.starts_with("https://") || piece.starts_with("http://");
    text.split_inclusive(char::is_whitespace)
        .flat_map(|piece| {
            let (word, space) = piece.split_at(piece.trim_end().len());
            [(word, is_link(word)), (space, false)]
        })
        .collect()
}

fn without_secrets(text: &str) -> String {
    pieces(text).into_iter().map(|(piece, is_link)| if is_link { closed(piece) } else { piece }).collect()
}

/// A one-use link without its secret; any other link as it is.
fn closed(link: &str) -> &str {
    const OPENING: [&str; 2] = ["/welcome/", "/enter/"];
    let end = OPENING.iter().find_map(|path| Some(link.find(path)? + path.len()));
    end.and_then(|end| link.get(..end)).unwrap_or(link)
}

/// What mails say of the portal: its name, and the address that links begin with.
#[derive(Debug, Clone)]
pub struct Letterhead {
    pub portal: String,
    pub public_url: String,
}

impl From<&crate::web::Site> for Letterhead {
    fn from(site: &crate::web::Site) -> Self {
        Self { portal: site.name.clone(), public_url: site.public_url.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_mail(body: &str) -> Mail {
        Mail {
            id: MailId::generate(),
            recipient: "kim@kestrel.example".parse().unwrap(),
            subject: "Hello".into(),
            body: body.into(),
            created_at: Timestamp::from_micros(0).unwrap(),
            sent_at: None,
            attempts: 0,
            last_error: None,
            occasion: None,
            letter: None,
        }
    }

    #[test]
    fn a_sent_mail_keeps_its_words_and_other_links_but_no_way_in() {
        let body = "Open\n\nhttps://portal.example/welcome/s3cret\n\nor https://portal.example/enter/s3cret and \
                    see https://portal.example/statements/1\n";
        assert_eq!(a_mail(body).without_secrets(), (body.replace("s3cret", ""), None));
    }

    #[test]
    fn what_is_sent_loses_its_way_in_in_both_of_its_parts() {
        let letterhead =
            Letterhead { portal: "Northgate".into(), public_url: "https://portal.example".into() };
        for path in ["/welcome/s3cret", "/enter/s3cret"] {
            let news = News { path: path.into(), once: Some(TWO_WEEKS), ..News::default() };
            let to = Recipient::Member("kim@kestrel.example".parse().unwrap());
            let letter = Letter::of(Occasion::PasswordLink, &news, &to, &letterhead);
            let body = letter.text().unwrap();
            assert!(body.contains("s3cret") && letter.html().unwrap().contains("s3cret"));
            let (body, letter) = Mail { letter: Some(letter), ..a_mail(&body) }.without_secrets();
            let letter = letter.unwrap();
            for part in [&body, &letter.text().unwrap(), &letter.html().unwrap()] {
                assert!(!part.contains("s3cret") && part.contains("Set the password"), "{part}");
            }
        }
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        let mail = a_mail(
            "javascript:alert(1) data:text/html,x HTTPS:x //evil.example ftp://x https://portal.example/a\n",
        );
        let links: Vec<&str> =
            mail.pieces().into_iter().filter_map(|(piece, is_link)| is_link.then_some(piece)).collect();
        assert_eq!(links, ["https://portal.example/a"]);
    }
}
