//! What can go wrong. Names of files, never what is in them.

use std::io;
use std::path::{Path, PathBuf};

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file system refused.
    #[error("{path} cannot be read or written: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder that must be empty is not.
    #[error("{path} is not empty: name a folder that is empty or does not exist")]
    NotEmpty {
        /// Which folder.
        path: PathBuf,
    },
    /// Nobody could ever read the backup.
    #[error("no recipients: name at least one, a text that begins with age1")]
    NoRecipients,
    /// Not the public half of an age key.
    #[error("not a recipient: want a text that begins with age1, as age-keygen prints it")]
    Recipient,
    /// The identity file has no identities.
    #[error("{path} has no identities: want lines that begin with AGE-SECRET-KEY-1")]
    NoIdentities {
        /// Which file.
        path: PathBuf,
    },
    /// A name that could lead out of the folder, or that no system takes.
    #[error("{name:?} is no name for a file in a backup: want relative parts without `..`")]
    Name {
        /// Which name.
        name: String,
    },
    /// Two files of one name.
    #[error("{name:?} is twice in the backup")]
    Twice {
        /// Which name.
        name: String,
    },
    /// More files than a backup may have.
    #[error("more than {files_max} files")]
    TooMany {
        /// How many there may be.
        files_max: usize,
    },
    /// Something that is neither a file nor a folder.
    #[error("{path} is neither a file nor a folder: it is in no backup, take it away")]
    Neither {
        /// What.
        path: PathBuf,
    },
    /// No manifest: the making was interrupted, or this is no backup.
    #[error("{path} has no manifest: it is no backup, or one that was never finished")]
    Unfinished {
        /// Which folder.
        path: PathBuf,
    },
    /// None of the identities is among the recipients.
    #[error("{path} opens with none of the identities: it was made for others, or its beginning is damaged")]
    NotForUs {
        /// Which file.
        path: PathBuf,
    },
    /// Made by a later version.
    #[error("the backup has format {found}, this program knows {known}: use a later version")]
    Format {
        /// The backup's.
        found: u32,
        /// This program's.
        known: u32,
    },
    /// Something is not what it was.
    #[error("{path} does not verify: {what}; nothing was restored")]
    Damaged {
        /// Which file of the backup.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
}

impl BackupError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn damaged(path: &Path, what: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), what }
    }
}
