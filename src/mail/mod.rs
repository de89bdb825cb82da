//! Mail goes through an outbox table in the change's own transaction, so that nothing is lost and nothing is sent
//! for a change that did not happen. Without a mail server root reads the outbox in the portal.

pub mod pages;
pub mod people;
mod sender;
pub mod store;

pub use sender::{Sender, send_waiting};

use crate::values::{Email, MailId, Timestamp};

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct NewMail {
    pub recipient: Email,
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// A mail in the outbox.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: MailId,
    pub recipient: Email,
    pub subject: String,
    pub body: String,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub attempts: i64,
    pub last_error: Option<String>,
}

impl Mail {
    /// The body in pieces, each with whether it is a link to be followed.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let is_link = |piece: &str| piece.starts_with("https://") || piece.starts_with("http://");
        self.body
            .split_inclusive(char::is_whitespace)
            .flat_map(|piece| {
                let (word, space) = piece.split_at(piece.trim_end().len());
                [(word, is_link(word)), (space, false)]
            })
            .collect()
    }

    /// The body without what lets somebody in: once it is sent, that is its recipient's alone.
    fn without_secrets(&self) -> String {
        self.pieces()
            .into_iter()
            .map(|(piece, is_link)| if is_link { closed(piece) } else { piece })
            .collect()
    }
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
        }
    }

    #[test]
    fn a_sent_mail_keeps_its_words_and_other_links_but_no_way_in() {
        let body = "Open\n\nhttps://portal.example/welcome/s3cret\n\nor https://portal.example/enter/s3cret and \
                    see https://portal.example/statements/1\n";
        assert_eq!(a_mail(body).without_secrets(), body.replace("s3cret", ""));
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
