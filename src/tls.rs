//! TLS, when a certificate is given; without one a proxy in front brings it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate and its key are, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate itself first, then those between it and the authority.
    pub chain: PathBuf,
    pub key: PathBuf,
}

impl Certificate {
    /// Both files, or neither.
    pub fn given(chain: Option<PathBuf>, key: Option<PathBuf>) -> anyhow::Result<Option<Self>> {
        match (chain, key) {
            (Some(chain), Some(key)) => Ok(Some(Self { chain, key })),
            (None, None) => Ok(None),
            (Some(_), None) => bail!("a certificate needs its key: give --tls-key too"),
            (None, Some(_)) => bail!("a key needs its certificate: give --tls-certificate too"),
        }
    }

    /// How to answer TLS 1.2 and 1.3 with it.
    pub fn server_config(&self) -> anyhow::Result<ServerConfig> {
        let chain = CertificateDer::pem_file_iter(&self.chain)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| unreadable("certificate", &self.chain))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).with_context(|| unreadable("key", &self.key))?;
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .with_context(|| format!("the key {} is not this certificate's", self.key.display()))
    }
}

fn unreadable(what: &str, path: &Path) -> String {
    format!("cannot read the {what} {}", path.display())
}
