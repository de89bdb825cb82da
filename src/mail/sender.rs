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
        let to: Mailbox = mail.recipient.as_str().parse().map_err(|error| format!("{error}"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .body(mail.body.clone())
            .map_err(|error| error.to_string())?;
        self.transport.send(&message).map(|_| ()).map_err(|error| error.to_string())
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
