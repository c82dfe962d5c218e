//! A workspace's quarantine: what waits, where it lies, and who writes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::WorkspaceKeys;
use model::{EventRecord, WorkspaceId};
use parking_lot::Mutex;

use super::file::{self, Place, Store, file_name, file_number};
use super::format::Item;
use super::{Amount, BYTES_MAX, Edit, ITEMS_MAX, NewItem, QuarantineError, Waiting, disk};

/// When a file is this long, the next events go to a new one.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// About how many bytes of events are written with one sync.
const FRAME_BYTES: usize = 2 << 20;
/// The name of the note of a release.
const RELEASING: &str = "releasing.hfq";

pub(super) struct Room {
    dir: PathBuf,
    workspace: WorkspaceId,
    keys: Arc<WorkspaceKeys>,
    /// Whose turn it is not yet; taken together by whoever writes next.
    queue: Mutex<Queue>,
    /// Held while files are read and written.
    state: Mutex<State>,
    /// Held for moments only, since every request asks; taken after `state` where both are.
    index: Mutex<Index>,
}

#[derive(Default)]
struct Queue {
    next_ticket: u64,
    items: Vec<(u64, Vec<NewItem>)>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<u64, Store>,
    next_file: u64,
    /// Tickets up to here have been dealt with.
    done: u64,
    /// Those of them that failed, until their owners ask, with whether the disk was full.
    failed: BTreeMap<u64, std::io::ErrorKind>,
    stopped: bool,
}

/// What waits, and how much.
#[derive(Default)]
struct Index {
    waiting: BTreeMap<u64, Known>,
    /// By the hash of source and message id.
    causes: HashMap<[u8; 16], u64>,
    next_number: u64,
    bytes: u64,
}

struct Known {
    place: Place,
    cause: [u8; 16],
    told: Waiting,
}

impl Room {
    pub fn open(
        dir: &Path,
        workspace: WorkspaceId,
        keys: Arc<WorkspaceKeys>,
    ) -> Result<Self, QuarantineError> {
        stdx::files::private_dir(dir).map_err(disk("make", dir))?;
        stdx::files::sync_parent(dir).map_err(disk("sync", dir))?;
        let (mut state, mut index) = (State::default(), Index { next_number: 1, ..Index::default() });
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(disk("read", dir))? {
            let path = entry.map_err(disk("read", dir))?.path();
            if let Some(number) = file_number(&path) {
                paths.push((number, path));
            } else if path.extension().is_some_and(|extension| extension == "partial") {
                // Written beside its place and never renamed: it counts for nothing.
                file::remove(&path)?;
            }
        }
        paths.sort();
        for (number, path) in paths {
            let (store, frames) = Store::open(path, workspace, &keys.seal)?;
            for (frame, items) in frames {
                for item in items {
                    index.enter(&item, Place { file: number, frame }, cause_of(&keys, &item.record));
                }
            }
            state.next_file = number + 1;
            state.files.insert(number, store);
        }
        index.bytes = state.bytes();
        let (state, index) = (Mutex::new(state), Mutex::new(index));
        Ok(Self { dir: dir.to_owned(), workspace, keys, queue: Mutex::default(), state, index })
    }

    pub fn hold(&self, items: Vec<NewItem>) -> Result<(), QuarantineError> {
        let ticket = {
            let mut queue = self.queue.lock();
            queue.next_ticket += 1;
            let ticket = queue.next_ticket;
            queue.items.push((ticket, items));
            ticket
        };
        let mut state = self.state.lock();
        if state.done < ticket {
            // Everybody who waits by now is written with one sync.
            let queued = std::mem::take(&mut self.queue.lock().items);
            self.write(&mut state, queued);
        }
        match state.failed.remove(&ticket) {
            None if state.stopped => Err(QuarantineError::Stopped),
            None => Ok(()),
            Some(kind) => Err(disk("write", &self.dir)(kind.into())),
        }
    }

    fn write(&self, state: &mut State, queued: Vec<(u64, Vec<NewItem>)>) {
        let mut tickets = Vec::with_capacity(queued.len());
        let mut items: Vec<(Item, [u8; 16])> = Vec::new();
        let mut causes = BTreeSet::new();
        let mut index = self.index.lock();
        for (ticket, new) in queued {
            state.done = state.done.max(ticket);
            tickets.push(ticket);
            for one in new {
                let cause = cause_of(&self.keys, &one.record);
                // A sender that repeats itself waits once.
                if !index.causes.contains_key(&cause) && causes.insert(cause) {
                    items.push((index.number(one), cause));
                }
            }
        }
        drop(index);
        if items.is_empty() || state.stopped {
            return;
        }
        match self.append_all(state, items) {
            Ok(()) => {}
            Err(QuarantineError::Stopped) => state.stopped = true,
            Err(error) => {
                tracing::warn!(%error, "events could not be quarantined");
                let kind = match &error {
                    QuarantineError::Disk { source, .. } => source.kind(),
                    _ => std::io::ErrorKind::Other,
                };
                state.failed.extend(tickets.into_iter().map(|ticket| (ticket, kind)));
            }
        }
    }

    /// A frame and a sync for each few megabytes; nearly always that is one.
    fn append_all(&self, state: &mut State, items: Vec<(Item, [u8; 16])>) -> Result<(), QuarantineError> {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let (mut now, mut causes, mut bytes) = (Vec::new(), Vec::new(), 0);
            while bytes < FRAME_BYTES
                && let Some((item, cause)) = items.next()
            {
                bytes += file::bytes_of(&item);
                now.push(item);
                causes.push(cause);
            }
            let place = self.append(state, &now)?;
            let mut index = self.index.lock();
            for (item, cause) in now.iter().zip(causes) {
                index.enter(item, place, cause);
            }
            index.bytes = state.bytes();
        }
        Ok(())
    }

    fn append(&self, state: &mut State, items: &[Item]) -> Result<Place, QuarantineError> {
        let open = state.files.last_key_value().filter(|(_, store)| store.length < FILE_BYTES_MAX);
        let number = match open {
            Some((number, _)) => *number,
            None => {
                let number = state.next_file;
                let path = self.dir.join(file_name(number));
                state.files.insert(number, Store::create(path, self.workspace, &self.keys.seal)?);
                state.next_file += 1;
                number
            }
        };
        let Some(store) = state.files.get_mut(&number) else { return Err(QuarantineError::Stopped) };
        Ok(Place { file: number, frame: store.append(items)? })
    }

    pub fn amount(&self) -> Amount {
        let index = self.index.lock();
        let (items, bytes) = (index.waiting.len(), index.bytes);
        Amount { items, bytes, full: items >= ITEMS_MAX || bytes >= BYTES_MAX }
    }

    pub fn list(&self, from: u64, count_max: usize, wanted: &dyn Fn(&Waiting) -> bool) -> Vec<Waiting> {
        let index = self.index.lock();
        let told = index.waiting.range(from..).map(|(_, known)| &known.told);
        told.filter(|told| wanted(told)).take(count_max).cloned().collect()
    }

    pub fn has(&self, record: &EventRecord) -> Option<u64> {
        let cause = cause_of(&self.keys, record);
        self.index.lock().causes.get(&cause).copied()
    }

    pub fn items(&self, numbers: &[u64]) -> Result<Vec<Item>, QuarantineError> {
        let state = self.state.lock();
        let wanted: BTreeSet<u64> = numbers.iter().copied().collect();
        let places: BTreeSet<Place> = self.places(&wanted);
        let mut items = Vec::with_capacity(wanted.len());
        for place in places {
            if let Some(store) = state.files.get(&place.file) {
                items.extend(
                    store.read(place.frame)?.into_iter().filter(|item| wanted.contains(&item.number)),
                );
            }
        }
        items.sort_by_key(|item| item.number);
        Ok(items)
    }

    pub fn remove(&self, numbers: &[u64]) -> Result<usize, QuarantineError> {
        let gone: BTreeSet<u64> = numbers.iter().copied().collect();
        let mut state = self.state.lock();
        let files: BTreeSet<u64> = self.places(&gone).into_iter().map(|place| place.file).collect();
        let mut removed = 0;
        for file in files {
            removed += self.sift(&mut state, file, &mut |item| {
                if gone.contains(&item.number) { Edit::Drop } else { Edit::Keep }
            })?;
        }
        Ok(removed)
    }

    pub fn edit(&self, look: &mut dyn FnMut(&mut EventRecord) -> Edit) -> Result<usize, QuarantineError> {
        let mut state = self.state.lock();
        let files: Vec<u64> = state.files.keys().copied().collect();
        let mut touched = 0;
        for file in files {
            touched += self.sift(&mut state, file, &mut |item| look(&mut item.record))?;
        }
        Ok(touched)
    }

    /// Writes anew what is sealed under an older key of the workspace; how many files.
    pub fn renew(&self) -> Result<usize, QuarantineError> {
        let mut state = self.state.lock();
        let seal = &self.keys.seal;
        let mut behind = Vec::new();
        for (number, store) in &state.files {
            if store.is_behind(seal)? {
                behind.push(*number);
            }
        }
        for file in &behind {
            let touched = self.sift(&mut state, *file, &mut |_| Edit::Changed)?;
            if touched == 0
                && let Some(store) = state.files.get_mut(file)
            {
                store.rewrite(&[], self.workspace, seal)?;
            }
        }
        let releasing = self.dir.join(RELEASING);
        let noted = file::is_behind(&releasing, seal)?;
        if noted && let Some(numbers) = file::read_releasing(&releasing, self.workspace, seal)? {
            file::write_releasing(&releasing, &numbers, self.workspace, seal)?;
        }
        Ok(behind.len() + usize::from(noted))
    }

    /// Looks at every event of a file and writes it anew where something is to change; gives how many were touched.
    fn sift(
        &self,
        state: &mut State,
        file: u64,
        look: &mut dyn FnMut(&mut Item) -> Edit,
    ) -> Result<usize, QuarantineError> {
        let Some(store) = state.files.get(&file) else { return Ok(0) };
        let here = |known: &&Known| known.place.file == file;
        let frames: BTreeSet<u64> =
            self.index.lock().waiting.values().filter(here).map(|known| known.place.frame).collect();
        let (mut kept, mut gone, mut touched) = (Vec::new(), Vec::new(), 0);
        for frame in frames {
            for mut item in store.read(frame)? {
                let edit = look(&mut item);
                touched += usize::from(edit != Edit::Keep);
                if edit == Edit::Drop { gone.push(item.number) } else { kept.push(item) }
            }
        }
        if touched == 0 {
            return Ok(0);
        }
        let mut moved = Vec::new();
        if kept.is_empty() {
            store.delete()?;
            state.files.remove(&file);
        } else if let Some(store) = state.files.get_mut(&file) {
            moved = store.rewrite(&kept, self.workspace, &self.keys.seal)?;
        }
        let mut index = self.index.lock();
        for (item, frame) in kept.iter().zip(moved) {
            index.enter(item, Place { file, frame }, cause_of(&self.keys, &item.record));
        }
        for number in gone {
            if let Some(known) = index.waiting.remove(&number) {
                index.causes.remove(&known.cause);
            }
        }
        index.bytes = state.bytes();
        Ok(touched)
    }

    fn places(&self, numbers: &BTreeSet<u64>) -> BTreeSet<Place> {
        let index = self.index.lock();
        numbers.iter().filter_map(|number| Some(index.waiting.get(number)?.place)).collect()
    }

    pub fn files(&self) -> Vec<PathBuf> {
        let state = self.state.lock();
        let mut files: Vec<PathBuf> = state.files.values().map(|store| store.path.clone()).collect();
        files.push(self.dir.join(RELEASING));
        files.retain(|path| path.exists());
        files
    }

    pub fn begin_release(&self, numbers: &[u64]) -> Result<(), QuarantineError> {
        let _alone = self.state.lock();
        file::write_releasing(&self.dir.join(RELEASING), numbers, self.workspace, &self.keys.seal)
    }

    pub fn end_release(&self) -> Result<(), QuarantineError> {
        let _alone = self.state.lock();
        file::remove(&self.dir.join(RELEASING))
    }

    pub fn begun(&self) -> Result<Option<Vec<u64>>, QuarantineError> {
        file::read_releasing(&self.dir.join(RELEASING), self.workspace, &self.keys.seal)
    }
}

impl State {
    fn bytes(&self) -> u64 {
        self.files.values().map(|store| store.length).sum()
    }
}

impl Index {
    fn number(&mut self, new: NewItem) -> Item {
        // By the time, so that a number is never used again after a restart: 1,024 a millisecond, then they run ahead.
        let number = self.next_number.max(new.held_ms.max(0).unsigned_abs() << 10);
        self.next_number = number + 1;
        Item {
            number,
            held_ms: new.held_ms,
            plan: new.plan.to_string(),
            version: new.version,
            reasons: new.reasons.into_iter().map(|(property, rule)| (property, rule.to_owned())).collect(),
            record: new.record,
        }
    }

    fn enter(&mut self, item: &Item, place: Place, cause: [u8; 16]) {
        let reasons = item.reasons.iter();
        let told = Waiting {
            number: item.number,
            event: Arc::from(item.record.name.as_str()),
            kind: item.record.kind,
            held_ms: item.held_ms,
            time_ms: item.record.time_ms,
            plan: Arc::from(item.plan.as_str()),
            version: item.version,
            reasons: reasons
                .map(|(property, rule)| (Arc::from(property.as_str()), Arc::from(rule.as_str())))
                .collect(),
        };
        self.next_number = self.next_number.max(item.number + 1);
        // A change may have touched the message id.
        if let Some(known) = self.waiting.insert(item.number, Known { place, cause, told }) {
            self.causes.remove(&known.cause);
        }
        self.causes.insert(cause, item.number);
    }
}

/// What tells an event from others: a keyed hash of its source and the sender's id for it.
fn cause_of(keys: &WorkspaceKeys, record: &EventRecord) -> [u8; 16] {
    let source = record.source.0.to_be_bytes();
    keys.hash.short(&[b"quarantine\0".as_slice(), &source, record.message_id.as_bytes()].concat())
}
