//! The bytes of a usage file, read from their beginning as often as somebody goes through them: once for the check,
//! once for the import.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::formats::Limits;

/// Something that can be read anew, and how much of it is taken.
pub trait Content: Sync {
    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>>;

    fn limits(&self) -> Limits;
}

/// By which the same content is known again.
pub fn digest(content: &dyn Content) -> io::Result<String> {
    let (mut source, mut hash) = (content.open()?, Sha256::new());
    let mut bytes = vec![0; 256 * 1024];
    loop {
        match source.read(&mut bytes)? {
            0 => return Ok(format!("{:x}", hash.finalize())),
            read => hash.update(bytes.get(..read).unwrap_or_default()),
        }
    }
}

/// A file of the machine, however large.
impl Content for PathBuf {
    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(File::open(self)?))
    }

    fn limits(&self) -> Limits {
        Limits::NONE
    }
}

/// What is in memory anyway.
impl Content for &[u8] {
    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(*self))
    }

    fn limits(&self) -> Limits {
        Limits::UPLOAD
    }
}
