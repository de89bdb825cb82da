//! Every setting: a flag, else the environment, else a TOML file, else its default; validated once.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::encryption;
use crate::keyring::Keyring;
use crate::mail::Letterhead;
use crate::private;
use crate::settlement::runs::Office;
use crate::tls::Certificate;
use crate::web::{Proxies, Site};

const DEFAULT_DATABASE: &str = "sqlite://data/portal.db";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const DEFAULT_SILENCE: u32 = 14;
const DEFAULT_REQUESTS: u32 = 1200;
const SHORTEST_SECRET: usize = 32;
/// A key with fewer distinct characters is no random one.
const FEWEST_CHARACTERS: usize = 10;
/// What sample keys are made of.
const SAMPLE_WORDS: [&str; 6] = ["change", "example", "sample", "secret", "password", "0123456789"];

/// The settings as they are given; all optional.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to serve on [default: 127.0.0.1:8080]
    #[arg(long, env = "LISTEN", global = true)]
    pub listen: Option<String>,
    /// Address and port for figures in Prometheus' format, for the network of the operators only [default: none]
    #[arg(long, env = "METRICS_LISTEN", global = true)]
    pub metrics_listen: Option<String>,
    /// sqlite://path or postgres://user:password@host/name [default: sqlite://data/portal.db]
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// A streaming replica for reports and files, postgres://... [default: the database itself]
    #[arg(long, env = "READ_DATABASE_URL", global = true, hide_env_values = true)]
    pub read_database_url: Option<String>,
    /// File that holds the replica's address, in place of it
    #[arg(long, env = "READ_DATABASE_URL_FILE", global = true)]
    pub read_database_url_file: Option<PathBuf>,
    /// File that holds the database's address, in place of it
    #[arg(long, env = "DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// Serve only what is migrated already: the database's user need not be able to change tables
    #[arg(long, env = "NO_MIGRATE", global = true, num_args = 0..=1, default_missing_value = "true")]
    pub no_migrate: Option<bool>,
    /// Send passwords and mails unencrypted to a database or mail server on another host
    #[arg(long, env = "ALLOW_PLAIN_CONNECTIONS", global = true, num_args = 0..=1, default_missing_value = "true")]
    pub allow_plain_connections: Option<bool>,
    /// The address people use, for links in mails, such as https://portal.example.com [default: http://LISTEN, with a certificate https://LISTEN]
    #[arg(long, env = "PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Certificate as a PEM file, with those between it and the authority; without it a proxy in front brings TLS
    #[arg(long, env = "TLS_CERTIFICATE", global = true)]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key as a PEM file
    #[arg(long, env = "TLS_KEY", global = true)]
    pub tls_key: Option<PathBuf>,
    /// The provider's name as pages and mails show it [default: Reseller Portal]
    #[arg(long, env = "PORTAL_NAME", global = true)]
    pub portal_name: Option<String>,
    /// Signs cookies and forms; 32 characters or more [default: made once and kept in data/secret.key]
    #[arg(long, env = "SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// File that holds the secret key, in place of it
    #[arg(long, env = "SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<PathBuf>,
    /// Secret keys that the present one replaced, separated by commas; they still open what they closed
    #[arg(long, env = "PREVIOUS_SECRET_KEYS", global = true, hide_env_values = true)]
    pub previous_secret_keys: Option<String>,
    /// Addresses and networks of proxies in front, whose X-Forwarded-For is believed, separated by commas
    #[arg(long, env = "TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// Re-sellers' people need a second factor, as root's always do
    #[arg(long, env = "REQUIRE_SECOND_FACTOR", global = true, num_args = 0..=1, default_missing_value = "true")]
    pub require_second_factor: Option<bool>,
    /// How many requests a person may make in a minute, 0 for any number [default: 1200]
    #[arg(long, env = "REQUESTS_A_MINUTE", global = true)]
    pub requests_a_minute: Option<u32>,
    /// Whom to tell of a weakness, as the help shows it [default: the root administrator]
    #[arg(long, env = "SECURITY_CONTACT", global = true)]
    pub security_contact: Option<String>,
    /// Mail server, such as smtps://user:password@mail.example.com [default: none, root reads the outbox]
    #[arg(long, env = "SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// File that holds the mail server's address, in place of it
    #[arg(long, env = "SMTP_URL_FILE", global = true)]
    pub smtp_url_file: Option<PathBuf>,
    /// Sender of mails [default: portal@localhost]
    #[arg(long, env = "MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Full days of silence after which a statement counts as agreed [default: 14]
    #[arg(long, env = "AGREE_AFTER_DAYS", global = true)]
    pub agree_after_days: Option<u32>,
}

/// The settings in force.
#[derive(Clone)]
pub struct Config {
    pub listen: String,
    /// Where figures are told, if anywhere.
    pub metrics_listen: Option<String>,
    pub database_url: String,
    /// What reports read from, unless from the database itself.
    pub read_database_url: Option<String>,
    /// Opens only a database whose schema is up to date.
    pub no_migrate: bool,
    pub public_url: String,
    /// Served with, when it is given.
    pub certificate: Option<Certificate>,
    pub portal_name: String,
    /// The secret key and those that it replaced.
    pub keys: Keyring,
    pub trusted_proxies: Proxies,
    pub everyone_needs_factor: bool,
    /// None for 0.
    pub requests_a_minute: Option<NonZeroU32>,
    pub security_contact: Option<String>,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub agree_after_days: u32,
}

impl Config {
    /// Joins what was given with the TOML file and the defaults.
    pub fn from_settings(given: Settings, file: Option<&Path>) -> anyhow::Result<Self> {
        let from_file = read_file(file)?;
        let Kept { database_url, read_database_url, smtp_url, secret_key } =
            Kept::from(&given)?.or(Kept::from(&from_file)?);
        let database_url = database_url.unwrap_or_else(|| DEFAULT_DATABASE.into());
        if !given.allow_plain_connections.or(from_file.allow_plain_connections).unwrap_or_default() {
            encryption::of_database(&database_url)?;
            read_database_url.as_deref().map_or(Ok(()), encryption::of_database)?;
            smtp_url.as_deref().map_or(Ok(()), encryption::of_mail)?;
        }
        let listen = given.listen.or(from_file.listen).unwrap_or_else(|| DEFAULT_LISTEN.into());
        let certificate = Certificate::given(
            given.tls_certificate.or(from_file.tls_certificate),
            given.tls_key.or(from_file.tls_key),
        )?;
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let public_url =
            given.public_url.or(from_file.public_url).unwrap_or_else(|| format!("{scheme}://{listen}"));
        if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
            bail!("the public address {public_url} must begin with http:// or https://");
        }
        let previous = given.previous_secret_keys.or(from_file.previous_secret_keys).unwrap_or_default();
        let previous = previous.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned);
        let proxies = given.trusted_proxies.or(from_file.trusted_proxies).unwrap_or_default();
        Ok(Self {
            keys: Keyring::new(secret(secret_key)?, previous),
            trusted_proxies: Proxies::parse(&proxies)
                .map_err(|why| anyhow::anyhow!("the trusted proxies cannot be read: {why}"))?,
            database_url,
            read_database_url,
            metrics_listen: given.metrics_listen.or(from_file.metrics_listen),
            no_migrate: given.no_migrate.or(from_file.no_migrate).unwrap_or_default(),
            everyone_needs_factor: given
                .require_second_factor
                .or(from_file.require_second_factor)
                .unwrap_or_default(),
            requests_a_minute: NonZeroU32::new(
                given.requests_a_minute.or(from_file.requests_a_minute).unwrap_or(DEFAULT_REQUESTS),
            ),
            public_url: public_url.trim_end_matches('/').to_owned(),
            portal_name: given.portal_name.or(from_file.portal_name).unwrap_or_else(|| Site::UNNAMED.into()),
            security_contact: given.security_contact.or(from_file.security_contact),
            smtp_url,
            agree_after_days: given
                .agree_after_days
                .or(from_file.agree_after_days)
                .unwrap_or(DEFAULT_SILENCE),
            certificate,
            mail_from: given.mail_from.or(from_file.mail_from).unwrap_or_else(|| "portal@localhost".into()),
            listen,
        })
    }

    /// What mails say of the portal.
    pub fn letterhead(&self) -> Letterhead {
        Letterhead { portal: self.portal_name.clone(), public_url: self.public_url.clone() }
    }

    /// In whose name statements are sent.
    pub fn office(&self) -> Office {
        Office { letterhead: self.letterhead(), agree_after_days: self.agree_after_days }
    }

    /// Whether people reach the portal by TLS, so that cookies may insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

fn read_file(named: Option<&Path>) -> anyhow::Result<Settings> {
    let path = named.unwrap_or(Path::new("portal.toml"));
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).with_context(|| format!("the settings file {}", path.display())),
        Err(_) if named.is_none() => Ok(Settings::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read the settings file {}", path.display())),
    }
}

/// The settings that may hold passwords, so that each may be kept in a file of its own.
struct Kept {
    database_url: Option<String>,
    read_database_url: Option<String>,
    smtp_url: Option<String>,
    secret_key: Option<String>,
}

impl Kept {
    fn from(given: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            database_url: given_or_kept(&given.database_url, &given.database_url_file)?,
            read_database_url: given_or_kept(&given.read_database_url, &given.read_database_url_file)?,
            smtp_url: given_or_kept(&given.smtp_url, &given.smtp_url_file)?,
            secret_key: given_or_kept(&given.secret_key, &given.secret_key_file)?,
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            database_url: self.database_url.or(other.database_url),
            read_database_url: self.read_database_url.or(other.read_database_url),
            smtp_url: self.smtp_url.or(other.smtp_url),
            secret_key: self.secret_key.or(other.secret_key),
        }
    }
}

/// A secret as it was given, or as a file keeps it: a container's secret, or a service manager's credential.
fn given_or_kept(given: &Option<String>, file: &Option<PathBuf>) -> anyhow::Result<Option<String>> {
    let (None, Some(path)) = (given, file) else { return Ok(given.clone()) };
    let kept = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(kept.trim().to_owned()))
}

fn secret(given: Option<String>) -> anyhow::Result<String> {
    match given {
        Some(secret) if secret.len() < SHORTEST_SECRET => {
            bail!("the secret key has {} characters; give {SHORTEST_SECRET} or more", secret.len())
        }
        Some(secret) if is_guessable(&secret) => {
            bail!(
                "the secret key looks like a sample; make a random one, such as with: openssl rand -base64 32"
            )
        }
        Some(secret) => Ok(secret),
        None => kept_secret(&PathBuf::from("data/secret.key")),
    }
}

fn is_guessable(secret: &str) -> bool {
    let folded = secret.to_lowercase();
    let distinct: BTreeSet<char> = folded.chars().collect();
    distinct.len() < FEWEST_CHARACTERS || SAMPLE_WORDS.iter().any(|word| folded.contains(word))
}

fn kept_secret(path: &Path) -> anyhow::Result<String> {
    if let Ok(secret) = std::fs::read_to_string(path)
        && secret.trim().len() >= SHORTEST_SECRET
    {
        return Ok(secret.trim().to_owned());
    }
    let secret = crate::web::random_token();
    if let Some(folder) = path.parent() {
        private::folder(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    private::write(path, &secret)
        .with_context(|| format!("cannot keep the secret key in {}", path.display()))?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "nYt3Qw8zLr5Kd0Xs7Pv2Bh6Jm1Gc4Fa9";

    fn with_secret(secret: &str) -> Settings {
        Settings { secret_key: Some(secret.into()), ..Settings::default() }
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Config::from_settings(with_secret("short"), None).is_err());
    }

    #[test]
    fn a_sample_key_is_refused() {
        for sample in [
            "k".repeat(40),
            "change-me-please-change-me-please".into(),
            "my very own secret key for this".repeat(2),
        ] {
            let refused = Config::from_settings(with_secret(&sample), None).map(|_| ()).unwrap_err();
            assert!(refused.to_string().contains("looks like a sample"), "{sample}");
        }
        assert!(Config::from_settings(with_secret(KEY), None).is_ok());
    }

    #[test]
    fn what_an_earlier_key_closed_the_new_one_opens() {
        let old = Config::from_settings(with_secret(KEY), None).unwrap();
        let mut given = with_secret("Vq8v2mTz5uN0yJc1xKfG7hRb4sWd9pLe");
        given.previous_secret_keys = Some(format!("another one that is long gone, {KEY}"));
        let new = Config::from_settings(given, None).unwrap();
        assert_eq!(new.keys.open("x", &old.keys.seal("x", "text").unwrap()).as_deref(), Some("text"));
    }

    #[test]
    fn what_is_given_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portal.toml");
        std::fs::write(&file, "listen = '127.0.0.1:1'\nportal_name = 'Northgate'").unwrap();
        let mut given = with_secret(KEY);
        given.listen = Some("127.0.0.1:2".into());
        let config = Config::from_settings(given, Some(&file)).unwrap();
        assert_eq!(
            (config.listen.as_str(), config.portal_name.as_str(), config.mail_from.as_str()),
            ("127.0.0.1:2", "Northgate", "portal@localhost")
        );
    }

    #[test]
    fn a_secret_can_be_kept_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, format!("{KEY}\n")).unwrap();
        let given = Settings { secret_key_file: Some(file.clone()), ..Settings::default() };
        let (kept, direct) =
            (Config::from_settings(given, None), Config::from_settings(with_secret(KEY), None));
        let sealed = direct.unwrap().keys.seal("x", "text").unwrap();
        assert_eq!(kept.unwrap().keys.open("x", &sealed).as_deref(), Some("text"));
        let missing = Settings { secret_key_file: Some(folder.path().join("none")), ..Settings::default() };
        assert!(Config::from_settings(missing, None).is_err());
    }

    #[test]
    fn passwords_and_mails_go_to_other_hosts_only_encrypted_unless_that_is_allowed() {
        let mut given = with_secret(KEY);
        given.database_url = Some("postgres://portal:secret@db.example/portal".into());
        let refused = Config::from_settings(given.clone(), None).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("sslmode=verify-full") && !refused.contains("secret"), "{refused}");
        given.allow_plain_connections = Some(true);
        assert!(Config::from_settings(given, None).is_ok());
    }

    #[test]
    fn a_misspelt_setting_in_the_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portal.toml");
        std::fs::write(&file, "lissten = '127.0.0.1:1'").unwrap();
        assert!(Config::from_settings(with_secret(KEY), Some(&file)).is_err());
    }
}
