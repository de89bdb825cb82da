//! The outbox, the mail server, and which mails people choose.

mod choices;
mod outbox;
mod sending;
