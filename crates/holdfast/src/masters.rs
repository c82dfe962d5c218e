//! Where the master key comes from, and the root that it opens.
//!
//! Everything follows from the **root**, a key that never changes: authenticators, look-ups, the ledger, what wraps the
//! workspaces' keys. It stands in `DATA/installation`, wrapped under the **master** key, which lies elsewhere and can be
//! replaced: a new master wraps the same root anew, in one write. An installation made before there was a root has its first
//! master as its root.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use keys::{CredentialFile, Key, KeyError, KeyStore, Passphrase, SealedFile};

use crate::config::{KeysConfig, TransitConfig};
use crate::installation::Identity;
use crate::outcome::{Failure, Outcome};
use crate::transit::Transit;

/// Where the configuration says that the master key is.
pub enum Source {
    /// A file of mode 0600.
    File(PathBuf),
    /// A systemd credential, or a mounted secret.
    Credential(String),
    /// A file with a passphrase, and beside it one with its salt.
    Passphrase(PathBuf),
    /// A service that seals and opens it; the sealed form stands in `DATA/installation`.
    Transit(TransitConfig),
}

/// A master key that was just made, or found where it should be made.
pub struct NewMaster {
    /// The key.
    pub key: Key,
    /// Its sealed form, where a service opens it.
    pub sealed: Option<String>,
}

impl Source {
    /// What the configuration says, for the installation `id` in `data`.
    ///
    /// # Errors
    /// It names two sources, or a file inside the data directory.
    pub fn of(data: &Path, keys: &KeysConfig, demo: bool, id: &str) -> Outcome<Self> {
        if demo {
            return Ok(Self::File(data.join("demo-master.key")));
        }
        let named = [
            keys.master_file.is_some(),
            keys.credential.is_some(),
            keys.passphrase_file.is_some(),
            keys.transit.is_some(),
        ];
        if named.into_iter().filter(|named| *named).count() > 1 {
            return Err(Failure::usage(
                "keys: name one of master_file, credential, passphrase_file and transit",
            ));
        }
        if let Some(transit) = &keys.transit {
            return Ok(Self::Transit(transit.clone()));
        }
        if let Some(name) = &keys.credential {
            return Ok(Self::Credential(name.clone()));
        }
        if let Some(path) = &keys.passphrase_file {
            return outside(data, "keys.passphrase_file", path.clone()).map(Self::Passphrase);
        }
        let path = match &keys.master_file {
            Some(path) => path.clone(),
            None => default_path(id)?,
        };
        outside(data, "keys.master_file", path).map(Self::File)
    }

    /// In words, for whoever asks where the key is. No secret is among them.
    pub fn words(&self) -> String {
        match self {
            Self::File(path) => format!("file {}", path.display()),
            Self::Credential(name) => format!("credential {name}"),
            Self::Passphrase(path) => format!("passphrase in {}", path.display()),
            Self::Transit(transit) => format!("transit key {} at {}", transit.key, transit.url),
        }
    }

    /// The master key of an installation that is there.
    ///
    /// # Errors
    /// It is absent, readable by others, or damaged; the service refuses or does not answer.
    pub fn load(&self, identity: &Identity) -> Outcome<Key> {
        let loaded = match self {
            Self::File(path) => SealedFile::new(path).master(),
            Self::Credential(name) => credential(name),
            Self::Passphrase(path) => Passphrase::new(path, salt_of(path)).master(),
            Self::Transit(transit) => {
                let sealed = identity.sealed_master.as_deref().ok_or_else(|| {
                    Failure::failed("this installation's master key was never sealed by the transit service: see `holdfast keys rotate --from`")
                })?;
                return Transit::new(transit)?.open(sealed);
            }
        };
        loaded.map_err(|error| cannot(&error))
    }

    /// Makes a master key where the configuration says; one that lies there already is taken. A credential is not ours
    /// to make.
    ///
    /// # Errors
    /// As [`Source::load`].
    pub fn make(&self) -> Outcome<NewMaster> {
        let made = match self {
            Self::File(path) => {
                if let Some(folder) = path.parent() {
                    stdx::files::private_dir(folder).map_err(|error| {
                        Failure::failed(format!("cannot make {}: {error}", folder.display()))
                    })?;
                }
                SealedFile::made_when_absent(path).master()
            }
            Self::Credential(name) => credential(name),
            Self::Passphrase(path) => Passphrase::salted_when_absent(path, salt_of(path)).master(),
            Self::Transit(transit) => {
                let key = Key::generate();
                let sealed = Transit::new(transit)?.seal(&key)?;
                return Ok(NewMaster { key, sealed: Some(sealed) });
            }
        };
        made.map(|key| NewMaster { key, sealed: None }).map_err(|error| cannot(&error))
    }
}

/// The root that stands in the identity, wrapped under the master key.
///
/// # Errors
/// The master key is another one's, or the identity is damaged.
pub fn open_root(data: &Path, identity: &Identity, master: &Key) -> Outcome<Key> {
    if master.id().to_string() != identity.master_key {
        return Err(Failure::failed(format!(
            "this is not the master key of {}: it has id {}, the data needs {}; set keys.* to the right one. A backup needs the key of its time",
            data.display(),
            master.id(),
            identity.master_key
        )));
    }
    let Some(wrapped) = &identity.root else { return Ok(master.clone()) };
    let bytes = HEXLOWER.decode(wrapped.as_bytes()).unwrap_or_default();
    master.unwrap(&bytes, &binding(&identity.id)).map_err(|error| {
        Failure::failed(format!("{}/installation is damaged: its root: {error}", data.display()))
    })
}

/// The root wrapped under a master key, as it stands in the identity.
pub fn wrap_root(id: &str, master: &Key, root: &Key) -> String {
    HEXLOWER.encode(&master.wrap(root, &binding(id)))
}

/// The key in a file that was kept: a master key file, 64 hexadecimal digits or 32 bytes.
///
/// # Errors
/// It is absent, readable by others, or damaged.
pub fn kept(path: &Path) -> Outcome<Key> {
    CredentialFile::new(path).master().map_err(|error| cannot(&error))
}

fn binding(id: &str) -> Vec<u8> {
    [b"root of ", id.as_bytes()].concat()
}

fn credential(name: &str) -> Result<Key, KeyError> {
    if name.contains('/') {
        CredentialFile::new(name).master()
    } else {
        CredentialFile::of_systemd(std::env::var_os("CREDENTIALS_DIRECTORY"), name)?.master()
    }
}

/// The salt is no secret, but without it the passphrase gives no key: it is kept where the passphrase is.
fn salt_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".salt");
    path.with_file_name(name)
}

fn outside(data: &Path, key: &str, path: PathBuf) -> Outcome<PathBuf> {
    if path.starts_with(data) {
        return Err(Failure::usage(format!(
            "{key} {} lies inside the data directory; whoever copies the data would have the key",
            path.display()
        )));
    }
    Ok(path)
}

fn default_path(id: &str) -> Outcome<PathBuf> {
    let base = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
        .ok_or_else(|| {
            Failure::usage("no HOME and no XDG_CONFIG_HOME: set keys.master_file or keys.credential")
        })?;
    Ok(base.join("holdfast").join(format!("{id}.key")))
}

fn cannot(error: &KeyError) -> Failure {
    Failure::failed(format!("the master key cannot be had: {error}"))
}
