//! The master key from a file that somebody else keeps: systemd, a container engine, an operator.

use std::ffi::OsString;
use std::path::PathBuf;

use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::key::{KEY_BYTES, Key};
use crate::store::files::{Readers, read_secret};
use crate::store::{KeyStore, sealed};

/// A file with 64 hexadecimal digits (and perhaps a line end), 32 raw bytes, or a copy of a master key file.
#[derive(Clone, Debug)]
pub struct CredentialFile {
    path: PathBuf,
}

impl CredentialFile {
    /// The key in `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The credential `name` in the directory that systemd hands over in `$CREDENTIALS_DIRECTORY`.
    ///
    /// # Errors
    /// [`KeyError::NoCredentials`] when the variable is absent or empty.
    pub fn of_systemd(directory: Option<OsString>, name: &str) -> Result<Self, KeyError> {
        match directory.filter(|directory| !directory.is_empty()) {
            Some(directory) => Ok(Self::new(PathBuf::from(directory).join(name))),
            None => Err(KeyError::NoCredentials { name: name.to_owned() }),
        }
    }
}

impl KeyStore for CredentialFile {
    fn master(&self) -> Result<Key, KeyError> {
        let bytes = read_secret(&self.path, Readers::Group)?;
        binary(&bytes).or_else(|| hexadecimal(&bytes)).or_else(|| sealed::parse(&bytes)).ok_or_else(|| {
            KeyError::Damaged {
                path: self.path.clone(),
                expected: "key of 64 hexadecimal digits or 32 bytes",
            }
        })
    }
}

/// Text of 32 characters is no key: it is a passphrase, or 64 hexadecimal digits of which half got lost.
fn binary(bytes: &[u8]) -> Option<Key> {
    let text = bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    if text { None } else { raw(bytes) }
}

fn raw(bytes: &[u8]) -> Option<Key> {
    <[u8; KEY_BYTES]>::try_from(bytes).ok().map(Key::from_bytes)
}

fn hexadecimal(bytes: &[u8]) -> Option<Key> {
    raw(&Zeroizing::new(HEXLOWER_PERMISSIVE.decode(bytes.trim_ascii()).ok()?))
}
