//! What a database's address says beyond what the database's own library understands.

/// Options for PostgreSQL unless the address names them: a host that is gone is noticed in seconds, not in minutes, so
/// that another one of the address is tried and pools heal.
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// Ours alone: a pooler between here and the database gives each transaction another connection.
const POOLER: &str = "pgbouncer";

/// An address for libpq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postgres {
    pub for_libpq: String,
    /// Whether a connection is the same one from transaction to transaction, so that prepared statements stay.
    pub is_lasting: bool,
}

impl Postgres {
    pub fn of(url: &str) -> Self {
        let (place, options) = url.split_once('?').unwrap_or((url, ""));
        let (ours, theirs): (Vec<&str>, Vec<&str>) =
            options.split('&').filter(|option| !option.is_empty()).partition(|option| name(option) == POOLER);
        let mut theirs: Vec<String> = theirs.into_iter().map(str::to_owned).collect();
        for (added, value) in PATIENCE {
            if !theirs.iter().any(|option| name(option) == added) {
                theirs.push(format!("{added}={value}"));
            }
        }
        let is_lasting = !ours.contains(&"pgbouncer=true");
        Self { for_libpq: format!("{place}?{}", theirs.join("&")), is_lasting }
    }
}

fn name(option: &str) -> &str {
    option.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_options_and_gets_those_that_it_lacks() {
        let plain =
            Postgres::of("postgres://a,b:5433/portal?target_session_attrs=read-write&connect_timeout=9");
        assert_eq!(
            plain.for_libpq,
            "postgres://a,b:5433/portal?target_session_attrs=read-write&connect_timeout=9&keepalives_idle=10\
             &keepalives_interval=3&keepalives_count=3&tcp_user_timeout=10000"
        );
        assert!(plain.is_lasting);
        assert!(
            Postgres::of("postgres://a/portal")
                .for_libpq
                .starts_with("postgres://a/portal?connect_timeout=3&")
        );
    }

    #[test]
    fn behind_a_pooler_nothing_is_taken_to_last_and_libpq_is_not_told() {
        let pooled = Postgres::of("postgres://a/portal?pgbouncer=true&sslmode=verify-full");
        assert!(!pooled.is_lasting && !pooled.for_libpq.contains("pgbouncer"), "{pooled:?}");
        assert!(pooled.for_libpq.contains("?sslmode=verify-full&"));
        assert!(Postgres::of("postgres://a/portal?pgbouncer=false").is_lasting);
    }
}
