//! The data directory: its one owner, its identity, its root key, and its paths.
//!
//! `DATA/installation` says which installation this is and which master key opens it (by key id), so that a
//! wrong key is told at once and not by the first row that does not open. Where that key is, `masters` says.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use keys::Key;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::masters::{self, Source};
use crate::outcome::{Failure, Outcome};

/// The version of the directory's layout.
const LAYOUT: u16 = 2;

/// What `DATA/installation` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// The layout's version.
    pub layout: u16,
    /// Which installation this is.
    pub id: String,
    /// Whether it is a demo, whose master key lies inside.
    pub demo: bool,
    /// The id of the master key that opens it.
    pub master_key: String,
    /// The key that everything follows from, wrapped under the master key; without one it is the master key itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The master key as a transit service sealed it, where one opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_master: Option<String>,
    /// The console's host name. Every passkey is bound to it, so it is fixed when the installation is made.
    pub rp_id: String,
}

/// A data directory that belongs to this process.
#[derive(Debug)]
pub struct Installation {
    /// Where it is.
    pub data: PathBuf,
    /// What it is.
    pub identity: Identity,
    /// The key that everything follows from.
    pub root: Key,
    // Held for as long as the process owns the directory.
    _lock: File,
}

impl Installation {
    /// Whether there is an installation in `data`.
    pub fn exists(data: &Path) -> bool {
        data.join("installation").exists()
    }

    /// Makes one in an absent or empty `data`.
    ///
    /// # Errors
    /// Somebody else owns it, something is in it, or the disk refuses.
    pub fn make(data: &Path, config: &Config, demo: bool) -> Outcome<Self> {
        stdx::files::private_dir(data).map_err(|error| cannot("make the data directory", data, &error))?;
        let lock = lock(data)?;
        if Self::exists(data) {
            return Err(Failure::conflict(format!(
                "{} already holds an installation; serve it, or name another directory",
                data.display()
            )));
        }
        refuse_foreign_files(data)?;
        let id = stdx::random_text::<10>();
        let master = Source::of(data, &config.keys, demo, &id)?.make()?;
        let root = Key::generate();
        let identity = Identity {
            layout: LAYOUT,
            master_key: master.key.id().to_string(),
            root: Some(masters::wrap_root(&id, &master.key, &root)),
            sealed_master: master.sealed,
            id,
            demo,
            rp_id: config.console.host(),
        };
        identity.keep(data)?;
        Ok(Self { data: data.to_owned(), identity, root, _lock: lock })
    }

    /// Opens the one in `data`.
    ///
    /// # Errors
    /// Somebody else owns it, its layout is newer than this program, or the master key is not the right one.
    pub fn open(data: &Path, config: &Config) -> Outcome<Self> {
        if !Self::exists(data) {
            return Err(Failure::not_found(format!(
                "no installation in {}; `holdfast init` makes one, and so does `holdfast serve`",
                data.display()
            )));
        }
        let lock = lock(data)?;
        let identity = Self::identity(data)?;
        if identity.layout > LAYOUT {
            return Err(Failure::failed(format!(
                "{} was written by a newer holdfast (layout {}, this one knows {LAYOUT}); use that one",
                data.display(),
                identity.layout
            )));
        }
        let host = config.console.host();
        if host != identity.rp_id {
            return Err(Failure::usage(format!(
                "passkeys of {} belong to {}, but console.url says {host}; they would all stop working",
                data.display(),
                identity.rp_id
            )));
        }
        let root = identity.open(data, config)?;
        Ok(Self { data: data.to_owned(), identity, root, _lock: lock })
    }

    /// Owns the directory without opening it, for as long as what this answers lives.
    ///
    /// # Errors
    /// Somebody else owns it.
    pub fn claim(data: &Path) -> Outcome<Claim> {
        Self::identity(data)?;
        lock(data).map(Claim)
    }

    /// What the directory says it is, without owning it.
    ///
    /// # Errors
    /// The file is absent or damaged.
    pub fn identity(data: &Path) -> Outcome<Identity> {
        let path = data.join("installation");
        let text = std::fs::read(&path).map_err(|error| {
            Failure::not_found(format!(
                "no installation in {} ({error}); name the data directory with --data or HOLDFAST_DATA",
                data.display()
            ))
        })?;
        serde_json::from_slice(&text)
            .map_err(|_| Failure::failed(format!("{} is damaged; restore it from a backup", path.display())))
    }

    /// The path of a part of the data directory.
    pub fn path(&self, part: &str) -> PathBuf {
        self.data.join(part)
    }
}

impl Identity {
    /// The root, with the master key that the configuration names.
    ///
    /// # Errors
    /// The master key cannot be had, or is another one's.
    pub fn open(&self, data: &Path, config: &Config) -> Outcome<Key> {
        let master = Source::of(data, &config.keys, self.demo, &self.id)?.load(self)?;
        masters::open_root(data, self, &master)
    }

    /// Writes it, whole.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep(&self, data: &Path) -> Outcome {
        let path = data.join("installation");
        let text = serde_json::to_vec_pretty(self).map_err(|error| Failure::failed(error.to_string()))?;
        stdx::files::replace(&path, &text).map_err(|error| cannot("write", &path, &error))
    }
}

/// A data directory that nobody else may open meanwhile.
#[derive(Debug)]
pub struct Claim(#[expect(dead_code, reason = "held, not read")] File);

fn lock(data: &Path) -> Outcome<File> {
    let path = data.join("holdfast.lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| cannot("open", &path, &error))?;
    match file.try_lock() {
        Ok(()) => {
            let written = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
            written.map_err(|error| cannot("write", &path, &error))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let _ = file.rewind().and_then(|()| file.read_to_string(&mut owner));
            let who =
                if owner.is_empty() { "another process".to_owned() } else { format!("process {owner}") };
            Err(Failure::conflict(format!(
                "{} belongs to {who}; stop it first, or name another directory",
                data.display()
            )))
        }
        Err(TryLockError::Error(error)) => Err(cannot("lock", &path, &error)),
    }
}

fn refuse_foreign_files(data: &Path) -> Outcome {
    let entries = std::fs::read_dir(data).map_err(|error| cannot("read", data, &error))?;
    for entry in entries.flatten() {
        if entry.file_name() != "holdfast.lock" && entry.file_name() != "demo-master.key" {
            return Err(Failure::conflict(format!(
                "{} is not empty ({}); name an empty or absent directory",
                data.display(),
                entry.file_name().to_string_lossy()
            )));
        }
    }
    Ok(())
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot {what} {}: {error}", path.display()))
}
