//! What leaves this machine is encrypted: a connection to another host that is not is refused before it is made.

use std::net::IpAddr;

use anyhow::bail;

/// Refuses a database on another host that is reached without TLS, or without looking at its certificate.
pub fn of_database(url: &str) -> anyhow::Result<()> {
    let is_plain = url.starts_with("postgres") && !is_here(url) && !asks_for(url, "sslmode=verify-full");
    if is_plain {
        bail!(
            "the database is on another host: build with the feature tls and add ?sslmode=verify-full to its \
             address, or allow plain connections where the network itself is encrypted"
        );
    }
    Ok(())
}

/// Refuses a mail server on another host that is reached without TLS: mails carry links that open accounts.
pub fn of_mail(url: &str) -> anyhow::Result<()> {
    if url.starts_with("smtp://") && !is_here(url) && !asks_for(url, "tls=required") {
        bail!(
            "the mail server is on another host: use smtps://, or smtp:// with ?tls=required, or allow plain \
             connections where the network itself is encrypted"
        );
    }
    Ok(())
}

fn asks_for(url: &str, option: &str) -> bool {
    url.split_once('?').is_some_and(|(_, options)| options.split('&').any(|given| given == option))
}

/// Whether every host of the address is this machine: by name, by address, or by a socket's folder.
fn is_here(url: &str) -> bool {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?']).next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let by_option = url.split_once('?').is_some_and(|(_, options)| options.contains("host="));
    !by_option && hosts.split(',').all(is_this_machine)
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.is_empty()
        || name.to_ascii_lowercase().starts_with("%2f")
        || name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_here_needs_no_tls_and_one_elsewhere_a_looked_at_certificate() {
        for here in [
            "sqlite://data/portal.db",
            "postgres://portal:pw@localhost/portal",
            "postgres://portal:p@w@127.0.0.1:5432/portal",
            "postgres://portal@[::1]:5432/portal",
            "postgres://portal@%2Fvar%2Frun%2Fpostgresql/portal",
            "postgres:///portal",
            "postgres://portal@db.example/portal?connect_timeout=3&sslmode=verify-full",
        ] {
            assert!(of_database(here).is_ok(), "{here}");
        }
        for elsewhere in [
            "postgres://portal:pw@db.example/portal",
            "postgresql://portal:pw@10.0.0.7:5432/portal?sslmode=require",
            "postgres://portal@localhost,db.example/portal",
            "postgres://portal@/portal?host=db.example",
            "postgres://portal@localhost.evil.example/portal",
        ] {
            assert!(of_database(elsewhere).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn mails_leave_this_machine_by_tls_only() {
        for fine in ["smtps://mail.example", "smtp://mail.example:587?tls=required", "smtp://localhost:25"] {
            assert!(of_mail(fine).is_ok(), "{fine}");
        }
        for plain in ["smtp://mail.example", "smtp://user:pw@mail.example?tls=opportunistic"] {
            assert!(of_mail(plain).is_err(), "{plain}");
        }
    }
}
