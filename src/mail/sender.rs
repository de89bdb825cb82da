//! Sends what waits in the outbox through the configured mail server.

use lettre::message::Mailbox;
use lettre::{Message, SmtpTransport, Transport};

use super::{Mail, store};
use crate::clock::SharedClock;
use crate::db::{Db, Failure};

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
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .body(mail.body.clone())
            .map_err(|error| error.to_string())
    }
}

/// Sends every waiting mail once and notes how it went; a mail that fails waits for the next time.
pub fn send_waiting(db: &Db, sender: &Sender, clock: &SharedClock) -> Result<usize, Failure> {
    let waiting = db.read_blocking(store::waiting)?;
    let mut sent = 0;
    for mail in &waiting {
        let outcome = sender.send(mail);
        sent += usize::from(outcome.is_ok());
        if let Err(why) = &outcome {
            tracing::warn!(mail = %mail.id, "a mail was not sent: {why}");
        }
        db.write_blocking::<_, crate::db::Never>(|connection| {
            Ok(store::note_outcome(connection, mail, &outcome, clock.now())?)
        })?;
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{MailId, Timestamp};

    #[test]
    fn line_ends_in_what_people_typed_add_no_header_and_no_recipient() {
        let sender = Sender::new("smtp://localhost", "portal@northgate.example").unwrap();
        let mail = Mail {
            id: MailId::generate(),
            recipient: "kim@kestrel.example".parse().unwrap(),
            subject: "Kestrel\r\nBcc: thief@evil.example\r\n\r\nRead this".into(),
            body: "Hello\r\n.\r\nRCPT TO:<thief@evil.example>\r\n".into(),
            created_at: Timestamp::from_micros(0).unwrap(),
            sent_at: None,
            attempts: 0,
            last_error: None,
        };
        let message = sender.message(&mail).unwrap();
        let recipients: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
        assert_eq!(recipients, ["kim@kestrel.example"]);
        let written = String::from_utf8(message.formatted()).unwrap();
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
