//! The portal speaks TLS by itself when it is given a certificate.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reseller_portal::tls::Certificate;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, Stream};

use crate::support::{Database, World};

/// Writes a new certificate for `localhost` and its key; where they are, and what a client must trust.
fn a_certificate(folder: &Path) -> (Certificate, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = Certificate { chain: folder.join("certificate.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.chain, cert.pem()).unwrap();
    std::fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    (files, cert.der().clone())
}

/// Asks for a page over TLS; the whole answer, and the protocol's version.
fn get(address: SocketAddr, trusted: CertificateDer<'static>, path: &str) -> (String, ProtocolVersion) {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut session = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let mut stream = Stream::new(&mut session, &mut socket);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer, session.protocol_version().unwrap())
}

#[test]
fn with_a_certificate_pages_come_over_tls_with_what_belongs_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (files, trusted) = a_certificate(folder.path());
    let world = World::with(Database::Sqlite, |parts| {
        let mut config = (*parts.config).clone();
        config.certificate = Some(files.clone());
        config.public_url = "https://localhost".into();
        parts.config = config.into();
    });
    let (answer, version) = get(world.address(), trusted, "/sign-in");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(version, ProtocolVersion::TLSv1_3);
    assert!(answer.to_lowercase().contains("strict-transport-security: max-age=63072000; includesubdomains"));
    assert!(answer.contains("__Host-form=") && answer.contains("Secure"), "{answer}");
    let mut plain = TcpStream::connect(world.address()).unwrap();
    plain.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!String::from_utf8_lossy(&said).contains("HTTP/1.1 200"), "nothing is told without TLS");
}

#[test]
fn a_certificate_without_its_key_or_with_anothers_is_refused_with_the_reason() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (files, _) = a_certificate(one.path());
    let (foreign, _) = a_certificate(other.path());
    let alone = Certificate::given(Some(files.chain.clone()), None).unwrap_err();
    assert_eq!(alone.to_string(), "a certificate needs its key: give --tls-key too");
    let mixed = Certificate { key: foreign.key, ..files.clone() }.server_config().unwrap_err();
    assert!(mixed.to_string().ends_with("is not this certificate's"), "{mixed}");
    let swapped = Certificate { chain: files.key.clone(), key: files.chain.clone() };
    assert!(swapped.server_config().is_err());
    assert!(files.server_config().is_ok());
}
