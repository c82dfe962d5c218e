//! Folders with something in them, and keys.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use backup::{Backup, Identities, Recipient, Report};
use serde_json::json;

/// A person who can read backups: the line for the identity file, and the public half.
pub struct Reader {
    pub secret: String,
    pub recipient: Recipient,
}

impl Reader {
    pub fn new() -> Self {
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string().parse().unwrap();
        Self { secret: identity.to_string().expose_secret().to_owned(), recipient }
    }

    pub fn identities(&self, dir: &Path) -> Identities {
        let path = dir.join("identity");
        put(&path, format!("# public key: {}\n\n{}\n", self.recipient, self.secret).as_bytes());
        Identities::read(&path).unwrap()
    }
}

/// A folder for everything of one test.
pub struct Place {
    pub dir: tempfile::TempDir,
    pub reader: Reader,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), reader: Reader::new() }
    }

    pub fn backup(&self) -> PathBuf {
        self.dir.path().join("backup")
    }

    pub fn target(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn identities(&self) -> Identities {
        self.reader.identities(self.dir.path())
    }

    pub fn begin(&self) -> Backup {
        Backup::new(&self.backup(), vec![self.reader.recipient.clone()]).unwrap()
    }

    /// A small backup.
    pub fn written(&self) -> Report {
        let mut backup = self.begin();
        backup.add_file("control.db", &b"decisions"[..]).unwrap();
        backup.add_file("journal/0.log", &[7; 300][..]).unwrap();
        backup.finish(json!({"journal_end": 9})).unwrap()
    }

    pub fn restore(&self) -> Result<Report, backup::BackupError> {
        backup::restore(&self.backup(), &self.identities(), &self.target())
    }

    /// Nothing of a failed restore is left.
    pub fn assert_nothing_restored(&self) {
        let names: Vec<_> =
            fs::read_dir(&self.dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        let left = names.iter().any(|name| name.to_str().is_some_and(|name| name.starts_with("data")));
        assert!(!left, "{names:?}");
    }
}

pub fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(path).and_then(|mut file| file.write_all(bytes)).unwrap();
}

/// All files below `dir` with their contents.
pub fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}
