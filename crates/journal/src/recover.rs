//! Opening: which files there are, what was durable, where to go on.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::KeyDirectory;
use model::Offset;
use stdx::Clock;

use crate::config::Config;
use crate::error::JournalError;
use crate::files::{Files, LogFile, file_name};
use crate::format::{FILE_HEADER_BYTES, FileHeader, FileId, SYNCED_BYTES, Synced};
use crate::index::Index;
use crate::rewrite::REPLACED;
use crate::seal::Sealer;
use crate::shared::Shared;
use crate::tail;
use crate::writer::{Writer, make_file};

/// The name of the synced mark. It is no part of a backup.
pub(crate) const MARK_NAME: &str = "synced";

/// What opening found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recovery {
    /// The number of the first record that is kept.
    pub begin: Offset,
    /// The number that the next record gets.
    pub end: Offset,
    /// How many files there are.
    pub files: usize,
    /// What was cut off, if anything.
    pub cut: Option<Cut>,
}

/// The tail of the last file that never became durable and was never acknowledged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// Which file.
    pub file: PathBuf,
    /// Where it was cut.
    pub position: u64,
    /// How much was behind.
    pub bytes: u64,
}

pub(crate) fn open(
    dir: &Path,
    keys: KeyDirectory,
    clock: Clock,
    config: Config,
) -> Result<(Arc<Shared>, Writer, Recovery), JournalError> {
    stdx::files::private_dir(dir).map_err(JournalError::io(dir))?;
    let mark_path = dir.join(MARK_NAME);
    let mark = read_mark(&mark_path)?;
    let mut files = list(dir)?;
    if let Some(mark) = mark {
        tail::check_mark(&files, dir, mark, &mark_path)?;
    }
    let last = match files.pop() {
        Some(last) => open_last(last, mark.map(|mark| (mark, mark_path.as_path())))?,
        None => begin(dir, &clock, &config)?,
    };
    let mark_file = open_mark(&mark_path).map_err(JournalError::io(&mark_path))?;
    let Last { log, file, length, end, next_slot, cut } = last;
    let log = Arc::new(log);
    let all = Files::new(files.into_iter().map(Arc::new).collect());
    all.push(log.clone());
    let sealer = Arc::new(Sealer::new(log.id(), keys.clone(), next_slot));
    let recovery = Recovery { begin: Offset(all.begin()), end: Offset(end), files: all.all().len(), cut };
    let shared = Arc::new(Shared::new(dir, keys, clock, config, (all, sealer, end)));
    let writer = Writer::new(shared.clone(), log, file, mark_file, (length, end));
    Ok((shared, writer, recovery))
}

/// The file that is written to.
struct Last {
    log: LogFile,
    file: File,
    length: u64,
    end: u64,
    next_slot: u32,
    cut: Option<Cut>,
}

fn begin(dir: &Path, clock: &Clock, config: &Config) -> Result<Last, JournalError> {
    let start = config.start;
    let header = FileHeader { id: FileId(stdx::random_array()), first: start.0, made_ms: clock.now_ms() };
    let path = dir.join(file_name(start.0));
    let file = make_file(&*config.disk, &path, &header).map_err(JournalError::io(&path))?;
    let log = LogFile::new(path, header, Some(Index::new(start.0)));
    Ok(Last { log, file, length: FILE_HEADER_BYTES as u64, end: start.0, next_slot: 0, cut: None })
}

fn open_last(log: LogFile, mark: Option<(Synced, &Path)>) -> Result<Last, JournalError> {
    let failed = || JournalError::io(&log.path);
    let file = OpenOptions::new().read(true).write(true).open(&log.path).map_err(failed())?;
    let (index, cut) = tail::examine(&log, &file, mark)?;
    if let Some(cut) = &cut {
        tracing::warn!(file = %cut.file.display(), position = cut.position, bytes = cut.bytes, "cut off a torn tail");
        file.set_len(cut.position).map_err(failed())?;
    }
    // Frames that were written and not yet synced when the process died are kept, so they must be durable
    // before anybody reads them.
    file.sync_all().map_err(failed())?;
    let (length, end, next_slot) = (index.length, index.end, index.next_slot());
    let log = LogFile::new(log.path, log.header, Some(index));
    Ok(Last { log, file, length, end, next_slot, cut })
}

/// All files in order, headers looked at. What an interrupted making left behind is removed.
fn list(dir: &Path) -> Result<Vec<LogFile>, JournalError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(JournalError::io(dir))? {
        let path = entry.map_err(JournalError::io(dir))?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("log") => files.push(LogFile::open(path)?),
            Some("partial") => fs::remove_file(&path).map_err(JournalError::io(&path))?,
            Some(REPLACED) => stdx::files::shred(&path, u64::MAX).map_err(JournalError::io(&path))?,
            _ => {}
        }
    }
    files.sort_by_key(|file| file.header.first);
    for (file, next) in files.iter().zip(files.iter().skip(1)) {
        file.seal(next.header.first);
    }
    Ok(files)
}

pub(crate) fn read_mark(path: &Path) -> Result<Option<Synced>, JournalError> {
    let mut bytes = Vec::with_capacity(SYNCED_BYTES);
    match File::open(path)
        .and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, SYNCED_BYTES as u64), &mut bytes))
    {
        Ok(_) => Ok(Synced::decode(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(JournalError::io(path)(error)),
    }
}

fn open_mark(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}
