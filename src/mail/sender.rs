//! Sends what waits in the outbox through the configured mail server.

use lettre::message::{Mailbox, MultiPart};
use lettre::{Message, SmtpTransport, Transport};

use super::{Mail, store};
use crate::clock::SharedClock;
use crate::db::{Db, Failure, Never};
use crate::leases;

/// The way to the mail server.
#[derive(Clone)]
pub struct Sender {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Sender {
    /// From the settings `smtp_url` and `mail_from`.
    pub fn new(smtp_url: &str, from: &str) -> anyhow::Result<Self> {
        Ok(Self { transport: SmtpTransport::from_url(smtp_url)?.build(), from: from.parse()? })
    }

    fn send(&self, mail: &Mail) -> Result<(), String> {
        self.transport.send(&self.message(mail)?).map(|_| ()).map_err(|error| error.to_string())
    }

    fn message(&self, mail: &Mail) -> Result<Message, String> {
        let to: Mailbox = mail.recipient.as_str().parse().map_err(|error| format!("{error}"))?;
        let message = Message::builder().from(self.from.clone()).to(to).subject(&mail.subject);
        let made = match &mail.letter {
            Some(letter) => {
                let html = letter.html().map_err(|error| error.to_string())?;
                message.multipart(MultiPart::alternative_plain_html(mail.body.clone(), html))
            }
            None => message.body(mail.body.clone()),
        };
        made.map_err(|error| error.to_string())
    }
}

/// Of several processes one sends; the name of its lease.
const SENDING: &str = "mail";
/// Longer than a mail server may keep a mail waiting.
const LEASE: chrono::Duration = chrono::Duration::minutes(3);

/// Whether this process is the one that sends; it stays so as long as it goes on.
fn is_my_turn(db: &Db, clock: &SharedClock) -> Result<bool, Failure> {
    let (process, now) = (db.process(), clock.now());
    db.claim_blocking::<_, Never>(|connection| {
        Ok(leases::renew(connection, SENDING, process, now.plus(LEASE))?
            || leases::take(connection, SENDING, process, now, now.plus(LEASE))?)
    })
}

/// Sends every waiting mail once and notes how it went; a mail that fails waits for the next time. Of several processes
/// one does so, which others relieve when it is not heard of for some minutes.
pub fn send_waiting(db: &Db, sender: &Sender, clock: &SharedClock) -> Result<usize, Failure> {
    let mut sent = 0;
    let mut waiting = db.read_blocking(store::waiting)?;
    if waiting.is_empty() || !is_my_turn(db, clock)? {
        return Ok(sent);
    }
    // Read again: until now somebody else may have sent them.
    waiting = db.read_blocking(store::waiting)?;
    for mail in &waiting {
        if !is_my_turn(db, clock)? {
            break;
        }
        let outcome = sender.send(mail);
        sent += usize::from(outcome.is_ok());
        if let Err(why) = &outcome {
            tracing::warn!(mail = %mail.id, "a mail was not sent: {why}");
        }
        db.write_blocking::<_, Never>(|connection| {
            Ok(store::note_outcome(connection, mail, &outcome, clock.now())?)
        })?;
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Letter, Letterhead, News, Occasion, Recipient};
    use crate::values::{MailId, Timestamp};

    fn a_mail(subject: &str, body: &str) -> Mail {
        Mail {
            id: MailId::generate(),
            recipient: "kim@kestrel.example".parse().unwrap(),
            subject: subject.into(),
            body: body.into(),
            created_at: Timestamp::from_micros(0).unwrap(),
            sent_at: None,
            attempts: 0,
            last_error: None,
            occasion: None,
            letter: None,
        }
    }

    fn sent(mail: &Mail) -> (Message, String) {
        let sender = Sender::new("smtp://localhost", "portal@northgate.example").unwrap();
        let message = sender.message(mail).unwrap();
        let written = String::from_utf8(message.formatted()).unwrap();
        (message, written)
    }

    #[test]
    fn a_letter_is_sent_as_text_and_as_html_of_the_same_words() {
        let news = News { who: "Kestrel".into(), about: "RR-2026-00042".into(), ..News::default() };
        let to = Recipient::Member("kim@kestrel.example".parse().unwrap());
        let letterhead = Letterhead { portal: "Northgate".into(), public_url: "https://p.example".into() };
        let letter = Letter::of(Occasion::RequestSubmitted, &news, &to, &letterhead);
        let mail = Mail { body: letter.text().unwrap(), letter: Some(letter), ..a_mail("Hello", "") };
        let (_, written) = sent(&mail);
        assert!(written.contains("Content-Type: multipart/alternative;"), "{written}");
        let parts: Vec<&str> = written.split("Content-Type: text/").skip(1).collect();
        assert!(parts.len() == 2 && parts[0].starts_with("plain;") && parts[1].starts_with("html;"));
        for part in parts {
            assert!(part.contains("Kestrel asks to become a re-seller"), "{part}");
        }
        let (_, before) = sent(&a_mail("Hello", "Words from before"));
        assert!(!before.contains("multipart") && before.contains("Words from before"));
    }

    #[test]
    fn line_ends_in_what_people_typed_add_no_header_and_no_recipient() {
        let mail = a_mail(
            "Kestrel\r\nBcc: thief@evil.example\r\n\r\nRead this",
            "Hello\r\n.\r\nRCPT TO:<thief@evil.example>\r\n",
        );
        let (message, written) = sent(&mail);
        let recipients: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
        assert_eq!(recipients, ["kim@kestrel.example"]);
        let (headers, body) = written.split_once("\r\n\r\n").unwrap();
        assert!(!headers.contains("\nBcc") && !headers.contains("\nRead"), "{headers}");
        assert!(body.contains("Hello"), "{written}");
        for typed in
            ["kim@kestrel.example\r\nBcc: a@b.example", "kim@kestrel.example, a@b.example", "<a@b.example>"]
        {
            assert!(typed.parse::<crate::values::Email>().is_err(), "{typed}");
        }
    }
}
