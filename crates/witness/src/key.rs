//! A witness's key on disk: one line in a file that its owner alone may read.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use ledger::{Cosigner, LedgerError};
use stdx::{Secret, files};

use crate::error::WitnessError;

/// The beginning of the line; the witness's name and its seed in base64 follow, each behind a plus sign.
const BEGIN: &str = "HOLDFAST+WITNESS+1";

/// Makes the key of a new witness in `dir`.
///
/// # Errors
/// [`WitnessError::HasKey`] when there is one.
pub fn make_key(dir: &Path, name: &str) -> Result<Cosigner, WitnessError> {
    let path = path(dir);
    if path.exists() {
        return Err(WitnessError::HasKey { path });
    }
    let seed = Secret::new(stdx::random_array::<32>());
    let cosigner = Cosigner::new(name, &seed)?;
    files::private_dir(dir).map_err(WitnessError::io("make", dir))?;
    let line = format!("{BEGIN}+{name}+{}\n", BASE64.encode(seed.expose()));
    files::replace(&path, line.as_bytes()).map_err(WitnessError::io("write", path))?;
    Ok(cosigner)
}

/// Reads it.
///
/// # Errors
/// [`WitnessError::NoKey`] when there is none.
pub fn open_key(dir: &Path) -> Result<Cosigner, WitnessError> {
    let path = path(dir);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(WitnessError::NoKey { path: dir.to_owned() });
        }
        read => read.map_err(WitnessError::io("read", &path))?,
    };
    let opened = (|| {
        let (name, seed) = text.trim_end().strip_prefix(BEGIN)?.strip_prefix('+')?.split_once('+')?;
        let seed: [u8; 32] = BASE64.decode(seed.as_bytes()).ok()?.try_into().ok()?;
        Some(Cosigner::new(name, &Secret::new(seed)))
    })();
    let rule = "want the line that was written when it was made";
    let source = LedgerError::Malformed { what: "witness's key file", rule };
    match opened {
        Some(cosigner) => cosigner.map_err(|source| WitnessError::Damaged { path, source }),
        None => Err(WitnessError::Damaged { path, source }),
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("key")
}
