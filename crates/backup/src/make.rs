//! Making a backup, part by part.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::Report;
use crate::error::BackupError;
use crate::manifest::{MANIFEST_NAME, Manifest, Names, Part, part_name};
use crate::seal::seal;
use crate::who::Recipient;

/// A backup that is being made. Unless it is finished, it is none.
pub struct Backup {
    dir: PathBuf,
    recipients: Vec<Recipient>,
    names: Names,
    parts: Vec<Part>,
}

impl Backup {
    /// Begins a backup in the folder `dir`, which is made if absent and must be empty, for `recipients`.
    ///
    /// # Errors
    /// When the folder is not empty or cannot be made, or when nobody is to read the backup.
    pub fn new(dir: &Path, recipients: Vec<Recipient>) -> Result<Self, BackupError> {
        if recipients.is_empty() {
            return Err(BackupError::NoRecipients);
        }
        stdx::files::private_dir(dir).map_err(BackupError::io(dir))?;
        if fs::read_dir(dir).map_err(BackupError::io(dir))?.next().is_some() {
            return Err(BackupError::NotEmpty { path: dir.to_owned() });
        }
        Ok(Self { dir: dir.to_owned(), recipients, names: Names::default(), parts: Vec::new() })
    }

    /// Adds what `reader` gives, up to its end, as the file `name`: relative, parts joined by `/`.
    ///
    /// # Errors
    /// When the name is no good or taken, or when reading or writing fails. The backup is then spoiled.
    pub fn add_file(&mut self, name: &str, mut reader: impl Read) -> Result<(), BackupError> {
        self.add(name, &mut reader, Path::new(name))
    }

    /// Adds the files in the folder `path` and the folders in it, as `name/…`. Nobody may change them
    /// meanwhile but by making files longer: each is taken as long as it is when its turn comes.
    ///
    /// # Errors
    /// As [`Backup::add_file`]; when a file vanishes; when something is neither file nor folder.
    pub fn add_dir_snapshot(&mut self, name: &str, path: &Path) -> Result<(), BackupError> {
        let mut folders = vec![(name.to_owned(), path.to_owned())];
        while let Some((name, folder)) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(BackupError::io(&folder))? {
                let entry = entry.map_err(BackupError::io(&folder))?;
                let path = entry.path();
                let Some(last) = entry.file_name().to_str().map(str::to_owned) else {
                    return Err(BackupError::Name { name: entry.file_name().to_string_lossy().into_owned() });
                };
                let name = format!("{name}/{last}");
                // The entry's own kind: a link to a file is not followed.
                let kind = entry.file_type().map_err(BackupError::io(&path))?;
                if kind.is_dir() {
                    folders.push((name, path));
                } else if kind.is_file() {
                    self.add_path(&name, &path)?;
                } else {
                    return Err(BackupError::Neither { path });
                }
            }
        }
        Ok(())
    }

    /// Makes the backup whole. `mark` is what [`crate::restore`] gives back: which moment it stands for.
    ///
    /// # Errors
    /// When the manifest cannot be written.
    pub fn finish(self, mark: serde_json::Value) -> Result<Report, BackupError> {
        let (files, bytes) = (self.parts.len(), self.parts.iter().map(|part| part.bytes).sum());
        let path = self.dir.join(MANIFEST_NAME);
        let manifest = Manifest::new(self.parts, mark.clone());
        let json = serde_json::to_vec(&manifest).map_err(|error| BackupError::io(&path)(error.into()))?;
        // Every part is durable, and so are their names before that of the manifest.
        stdx::files::sync_parent(&path).map_err(BackupError::io(&self.dir))?;
        let partial = path.with_extension("partial");
        seal(&partial, &self.recipients, &mut json.as_slice(), &path)?;
        fs::rename(&partial, &path).map_err(BackupError::io(&path))?;
        stdx::files::sync_parent(&path).map_err(BackupError::io(&self.dir))?;
        Ok(Report { files, bytes, mark })
    }

    fn add_path(&mut self, name: &str, path: &Path) -> Result<(), BackupError> {
        let file = File::open(path).map_err(BackupError::io(path))?;
        let length = file.metadata().map_err(BackupError::io(path))?.len();
        self.add(name, &mut file.take(length), path)
    }

    fn add(&mut self, name: &str, reader: &mut dyn Read, from: &Path) -> Result<(), BackupError> {
        self.names.enter(name)?;
        let path = self.dir.join(part_name(self.parts.len()));
        let passed = seal(&path, &self.recipients, reader, from)?;
        self.parts.push(Part { name: name.to_owned(), bytes: passed.bytes, sha256: passed.sha256 });
        Ok(())
    }
}
