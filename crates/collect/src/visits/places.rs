//! Where an address is: country, region and city from a file in MaxMind's format, which an operator gives. The address itself is
//! kept nowhere.

use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwapOption;
use maxminddb::{PathElement, Reader};
use parking_lot::Mutex;

use crate::compose::Object;
use crate::visits::cut;

/// The largest file that is read; it is held in memory.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// The longest name of a place.
const NAME_BYTES_MAX: usize = 128;

const COUNTRY: &[PathElement<'_>] = &[PathElement::Key("country"), PathElement::Key("iso_code")];
const REGION: &[PathElement<'_>] = &[
    PathElement::Key("subdivisions"),
    PathElement::Index(0),
    PathElement::Key("names"),
    PathElement::Key("en"),
];
const CITY: &[PathElement<'_>] =
    &[PathElement::Key("city"), PathElement::Key("names"), PathElement::Key("en")];

/// Places of addresses.
pub(crate) struct Places {
    file: Option<PathBuf>,
    table: ArcSwapOption<Reader<Vec<u8>>>,
    /// What the file was like when it was read, or could not be.
    seen: Mutex<Option<Stamp>>,
}

/// A file's size and when it was changed.
type Stamp = (u64, SystemTime);

impl Places {
    /// Those of a file. One that cannot be read is told in the log, and tried again when it changes.
    pub fn new(file: Option<PathBuf>) -> Self {
        let places = Self { file, table: ArcSwapOption::empty(), seen: Mutex::default() };
        places.refresh();
        if let Some(file) = places.file.as_deref().filter(|_| !places.is_open()) {
            tracing::warn!(file = %file.display(), "there is no file of places yet, so events are told no place");
        }
        places
    }

    /// Whether there is a file that can be used.
    pub fn is_open(&self) -> bool {
        self.table.load().is_some()
    }

    /// Reads the file anew if it has changed. What cannot be used leaves the old one in place.
    pub fn refresh(&self) {
        let Some(file) = &self.file else { return };
        let Ok(stamp) = stamp(file) else { return };
        let mut seen = self.seen.lock();
        if *seen == Some(stamp) {
            return;
        }
        *seen = Some(stamp);
        let read = bytes(file).map_err(|error| error.to_string());
        match read.and_then(|bytes| Reader::from_source(bytes).map_err(|error| error.to_string())) {
            Ok(table) => {
                self.table.store(Some(Arc::new(table)));
                tracing::info!(file = %file.display(), "places are told by this file from now on");
            }
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "the file of places cannot be used");
            }
        }
    }

    /// Where an address is, as JSON; nothing where the file does not know it.
    pub fn of(&self, address: IpAddr) -> Option<String> {
        let table = self.table.load_full()?;
        let found = table.lookup(address.to_canonical()).ok()?;
        let mut place = Object::default();
        for (name, path) in [("country", COUNTRY), ("region", REGION), ("city", CITY)] {
            if let Ok(Some(text)) = found.decode_path::<&str>(path)
                && !text.is_empty()
            {
                place.text(name, cut(text, NAME_BYTES_MAX));
            }
        }
        (!place.is_empty()).then(|| place.done())
    }
}

fn stamp(file: &Path) -> io::Result<Stamp> {
    let metadata = std::fs::metadata(file)?;
    Ok((metadata.len(), metadata.modified()?))
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than a gibibyte"));
    }
    Ok(bytes)
}
