//! The profiles of one workspace, found by event and path, and the libraries that send to it.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;
use hashbrown::{Equivalent, HashMap};
use model::origin::{Context, is_autocaptured};
use model::{EventRecord, SourceId};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use crate::arrival::{Arrival, Arrivals, Arriving};
use crate::census::DAY_MS;
use crate::drift::Suspicion;
use breach::PasswordFilter;
use crate::profile::{Around, Profile, Text};
use crate::shape::Shape;
use crate::tally::speaks;
use crate::versions::{OTHER_ORIGIN, stands_out};
use crate::walk::{Place, Scalar, walk};

/// The most properties of one workspace that have a profile; values of further ones are counted together.
pub const PROPERTIES_MAX: usize = 4_000;
/// The most senders that are told apart.
const ORIGINS_MAX: usize = 1_000;
/// Properties that have not been seen for that long make room for new ones.
const FORGOTTEN_AFTER_MS: i64 = 30 * 24 * 3_600_000;
/// The same for properties that were hardly ever seen.
const STRAY_AFTER_MS: i64 = 24 * 3_600_000;
const STRAY_VALUES_MAX: u64 = 100;
/// Under which event and path the values of further properties are counted.
pub const OTHERS: &str = "(others)";
/// Under which event a context's properties stand, which are the same for all.
pub const ANY_EVENT: &str = "*";
/// How many events of a name must have come for a property of it to be new.
const KNOWN_FROM: u64 = 100;
/// Versions are compared at every so many values that speak for an alarm.
const COMPARED_EVERY: u64 = 8;
/// Parts of a context that describe the library and the machine, not the page.
const CONTEXT_LEFT_OUT: [&str; 5] = ["library", "userAgent", "userAgentData", "holdfast", "__eventOrigin"];

/// Who sends: a source's library in a version, by itself or called.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub source: u128,
    pub sdk: String,
    pub version: String,
    pub automatic: bool,
}

/// Finds an [`Origin`] without making one.
#[derive(Hash)]
struct OriginRef<'a> {
    source: u128,
    sdk: &'a str,
    version: &'a str,
    automatic: bool,
}

impl Equivalent<Origin> for OriginRef<'_> {
    fn equivalent(&self, origin: &Origin) -> bool {
        self.source == origin.source
            && self.sdk == origin.sdk
            && self.version == origin.version
            && self.automatic == origin.automatic
    }
}

/// What is kept of a workspace on disk.
#[derive(Default)]
pub(crate) struct Kept {
    pub origins: Vec<Origin>,
    pub arrivals: Arrivals,
    /// In the order of their numbers.
    pub profiles: Vec<Profile>,
}

/// One workspace.
pub(crate) struct Room {
    /// Of values: under the workspace's key.
    value_keys: (u64, u64),
    /// Of paths, for finding them in memory.
    path_state: RandomState,
    places: HashMap<u64, u32, RandomState>,
    pub profiles: Vec<Profile>,
    pub origins: Vec<Origin>,
    origin_places: HashMap<Origin, u16, RandomState>,
    pub origins_changed: bool,
    pub arrivals: Arrivals,
    /// When it was last looked for properties to forget.
    swept_ms: i64,
    scratch: String,
}

impl Room {
    pub fn new(value_keys: (u64, u64), kept: Kept) -> Self {
        let Kept { origins, arrivals, profiles } = kept;
        let mut room = Self {
            value_keys,
            path_state: RandomState::default(),
            places: HashMap::default(),
            profiles,
            origins,
            origin_places: HashMap::default(),
            origins_changed: false,
            arrivals,
            swept_ms: i64::MIN,
            scratch: String::new(),
        };
        if room.origins.is_empty() {
            room.origins.push(Origin { sdk: OTHERS.to_owned(), ..Origin::default() });
        }
        if room.profiles.is_empty() {
            room.profiles.push(Profile::new(OTHERS, OTHERS.to_owned(), 0));
        }
        for (origin, place) in room.origins.iter().zip(0..) {
            room.origin_places.insert(origin.clone(), place);
        }
        for place in 0..room.profiles.len() {
            room.enter(place);
        }
        room
    }

    fn enter(&mut self, place: usize) {
        if let Some(hash) = self.hash_at(place) {
            self.places.insert(hash, u32::try_from(place).unwrap_or(u32::MAX));
        }
    }

    fn hash_at(&self, place: usize) -> Option<u64> {
        let profile = self.profiles.get(place)?;
        let path = profile.path.replace("[]", ".[]");
        let mut keys = path.split('.');
        let family = keys.next().unwrap_or_default();
        let root = path_hash(&self.path_state, self.path_state.hash_one(profile.event.as_str()), family);
        Some(keys.fold(root, |parent, key| path_hash(&self.path_state, parent, key)))
    }

    /// The profile of a property.
    pub fn find(&self, event: &str, path: &str) -> Option<usize> {
        self.profiles.iter().position(|profile| profile.event == event && profile.path == path)
    }

    /// Forgets what was learned of a property; gives how many profiles went. Their places stay, empty.
    pub fn forget(&mut self, event: Option<&str>, path: &str) -> usize {
        let mut forgotten = 0;
        // Both ways of writing a list are meant: `items[].sku` and `items.[].sku`.
        let path = path.replace(".[]", "[]");
        let is_below = |own: &str| {
            own.strip_prefix(path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.arrivals.forget(is_below);
        for profile in self.profiles.iter_mut().skip(1) {
            // How often other versions sent the event says nothing about a property that begins anew.
            if profile.path.is_empty() && event.is_none_or(|event| event == profile.event) {
                profile.senders.clear();
                profile.changed = true;
            }
            let is_meant = event.is_none_or(|event| event == profile.event) && is_below(&profile.path);
            if is_meant {
                let name = std::mem::take(&mut profile.event);
                *profile = Profile::new(&name, std::mem::take(&mut profile.path), profile.last_ms);
                profile.changed = true;
                forgotten += 1;
            }
        }
        forgotten
    }

    /// Takes an event in; gives the places of profiles that raise an alarm now.
    pub fn see(
        &mut self,
        event: &EventRecord,
        context: &Context<'_>,
        filter: &PasswordFilter,
    ) -> Vec<(usize, Suspicion)> {
        let automatic = is_autocaptured(&event.name, context.autocapture);
        let origin = self.origin(event.source, context, automatic);
        let around = Around {
            at_ms: event.received_ms,
            source: event.source.0,
            origin,
            automatic,
            page_path: &context.page_path,
        };
        let mut alarms = Vec::new();
        let own = self.count(&event.name, &around);
        let families = [("properties", event.properties.as_str()), ("traits", event.traits.as_str())];
        for (family, object) in families {
            if object.len() > 2 {
                self.see_object((&event.name, own, family, object), &around, filter, &mut alarms);
            }
        }
        if event.context.len() > 2 {
            let any = self.count(ANY_EVENT, &around);
            self.see_object((ANY_EVENT, any, "context", &event.context), &around, filter, &mut alarms);
        }
        alarms
    }

    /// Counts an event by its name; gives the place of the profile that does.
    fn count(&mut self, name: &str, around: &Around<'_>) -> usize {
        let hash = path_hash(&self.path_state, self.path_state.hash_one(name), "");
        let index = match self.places.get(&hash) {
            Some(index) => *index as usize,
            None => self.make(hash, Profile::new(name, String::new(), around.at_ms), around.at_ms),
        };
        if let Some(profile) = self.profiles.get_mut(index).filter(|_| index != 0) {
            profile.count(around);
        }
        index
    }

    fn see_object(
        &mut self,
        (name, own, family, object): (&str, usize, &str, &str),
        around: &Around<'_>,
        filter: &PasswordFilter,
        alarms: &mut Vec<(usize, Suspicion)>,
    ) {
        let state = self.path_state.clone();
        let root = path_hash(&state, state.hash_one(name), family);
        let is_context = name == ANY_EVENT;
        walk(
            object,
            root,
            |parent, key| path_hash(&state, parent, key),
            |place, scalar| {
                if is_context && place.keys.first().is_some_and(|key| CONTEXT_LEFT_OUT.contains(key)) {
                    return;
                }
                let index = match self.places.get(&place.hash) {
                    Some(index) => *index as usize,
                    None => self.begin((name, own, family), place, around.at_ms),
                };
                if let Some(suspicion) = self.see_value((index, own), scalar, around, filter) {
                    alarms.push((index, suspicion));
                }
            },
        );
    }

    /// Takes a value in; `own` is the profile of the event itself.
    fn see_value(
        &mut self,
        (index, own): (usize, usize),
        scalar: Scalar<'_>,
        around: &Around<'_>,
        filter: &PasswordFilter,
    ) -> Option<Suspicion> {
        let (first, second) = self.value_keys;
        let profile = self.profiles.get_mut(index)?;
        let shape_of = |text: &str| Shape::of(text, filter);
        let mut hash = 0;
        let (alarm, shape) = if let Scalar::Text(raw) = scalar {
            let text = unescaped(raw, &mut self.scratch);
            let mut hasher = SipHasher13::new_with_keys(first, second);
            hasher.write(text.as_bytes());
            hash = hasher.finish();
            profile.see(scalar, Some(Text { text, hash }), around, shape_of)
        } else {
            profile.see(scalar, None, around, shape_of)
        };
        // What stands together has no usual; it is only counted.
        if index == 0 {
            return None;
        }
        // Told already, about all events that have it.
        let is_told = profile.arrival.and_then(|id| self.arrivals.get(id)).is_some_and(Arrival::is_raised);
        if is_told && alarm == Some(Suspicion::NewSecrets) {
            profile.drift.settle(false);
            return None;
        }
        let spread = profile.arrival.is_some().then(|| self.arrive(index, (shape, hash), around)).flatten();
        let speaks = shape.is_some_and(|shape| speaks(shape, around.automatic));
        alarm.or(spread).or_else(|| speaks.then(|| self.compare((index, own), around)).flatten())
    }

    /// A value of a property that is new in the workspace.
    fn arrive(
        &mut self,
        index: usize,
        (shape, hash): (Option<Shape>, u64),
        around: &Around<'_>,
    ) -> Option<Suspicion> {
        let profile = self.profiles.get_mut(index)?;
        let id = profile.arrival?;
        let arriving = Arriving {
            profile: u32::try_from(index).unwrap_or(0),
            source: around.source,
            origin: around.origin,
            automatic: around.automatic,
            at_ms: around.at_ms,
            shape,
            hash,
        };
        let Some(is_due) = self.arrivals.see(id, &arriving) else {
            profile.arrival = None;
            return None;
        };
        // One alarm stands for a property at a time; another event of those that have it tells.
        if !is_due || profile.drift.is_raised() {
            return None;
        }
        self.arrivals.raise(id);
        profile.raise(around);
        Some(Suspicion::Spread)
    }

    /// Whether the version that sent this stands out among those of its library, looked at now and then.
    fn compare(&mut self, (index, own): (usize, usize), around: &Around<'_>) -> Option<Suspicion> {
        let (profile, event) = (self.profiles.get(index)?, self.profiles.get(own).filter(|_| own != 0)?);
        let share = profile.senders.get(around.origin)?;
        let is_told = profile.drift.is_raised()
            || profile.is_meant
            || profile.arrival.and_then(|id| self.arrivals.get(id)).is_some_and(Arrival::is_raised);
        let is_time = (share.tally.secrets + share.tally.free) % COMPARED_EVERY == 2;
        if is_told || !is_time || !stands_out(&profile.senders, &event.senders, &self.origins, around.origin)
        {
            return None;
        }
        self.profiles.get_mut(index)?.raise(around);
        Some(Suspicion::OneVersion)
    }

    /// Begins the profile of a property.
    fn begin(
        &mut self,
        (event, own, family): (&str, usize, &str),
        place: &Place<'_, '_>,
        at_ms: i64,
    ) -> usize {
        let join = |path: String, key: &&str| if *key == "[]" { path + key } else { path + "." + key };
        let path = place.keys.iter().fold(family.to_owned(), join);
        let arrival = self.arrival(own, &path, at_ms);
        self.make(place.hash, Profile { arrival, ..Profile::new(event, path, at_ms) }, at_ms)
    }

    /// Under which number a property is followed that comes new to an event: where the event has come without it, and
    /// nothing in the workspace has had it for longer than a day.
    fn arrival(&mut self, own: usize, path: &str, at_ms: i64) -> Option<u32> {
        self.profiles.get(own).filter(|event| own != 0 && event.values() >= KNOWN_FROM)?;
        if let Some(id) = self.arrivals.known(path, at_ms) {
            return Some(id);
        }
        let is_old =
            |profile: &Profile| profile.path == path && at_ms.saturating_sub(profile.first_ms) > DAY_MS;
        if self.profiles.iter().any(is_old) { None } else { Some(self.arrivals.begin(path, at_ms)) }
    }

    /// Gives a new profile a place, where there is one left; 0 where there is none.
    fn make(&mut self, hash: u64, profile: Profile, at_ms: i64) -> usize {
        let index = if self.profiles.len() < PROPERTIES_MAX {
            self.profiles.push(profile);
            self.profiles.len() - 1
        } else if let Some(index) = self.room_for_one(at_ms) {
            if let Some(gone) = self.hash_at(index) {
                self.places.remove(&gone);
            }
            if let Some(old) = self.profiles.get_mut(index) {
                *old = profile;
            }
            index
        } else {
            return 0;
        };
        self.places.insert(hash, u32::try_from(index).unwrap_or(0));
        index
    }

    /// A property that nobody misses, looked for at most once a minute when there is none.
    fn room_for_one(&mut self, at_ms: i64) -> Option<usize> {
        if at_ms.saturating_sub(self.swept_ms) < 60_000 && self.swept_ms != i64::MIN {
            return None;
        }
        let found = self.profiles.iter().enumerate().skip(1).find(|(_, profile)| {
            let idle_ms = at_ms.saturating_sub(profile.last_ms);
            let stray = profile.values() < STRAY_VALUES_MAX && idle_ms > STRAY_AFTER_MS;
            profile.alarm.is_none() && (stray || idle_ms > FORGOTTEN_AFTER_MS)
        });
        let index = found.map(|(index, _)| index);
        self.swept_ms = if index.is_none() { at_ms } else { i64::MIN };
        index
    }

    fn origin(&mut self, source: SourceId, context: &Context<'_>, automatic: bool) -> u16 {
        let (sdk, version) = (&*context.sdk, &*context.sdk_version);
        if let Some(place) = self.origin_places.get(&OriginRef { source: source.0, sdk, version, automatic })
        {
            return *place;
        }
        if self.origins.len() >= ORIGINS_MAX {
            return OTHER_ORIGIN;
        }
        let place = u16::try_from(self.origins.len()).unwrap_or(OTHER_ORIGIN);
        let (sdk, version) = (sdk.to_owned(), version.to_owned());
        let origin = Origin { source: source.0, sdk, version, automatic };
        self.origins.push(origin.clone());
        self.origin_places.insert(origin, place);
        self.origins_changed = true;
        place
    }
}

/// A key with dots in it is the same as the keys between them: so are the paths.
fn path_hash(state: &RandomState, parent: u64, key: &str) -> u64 {
    if key.as_bytes().contains(&b'.')
        && let Some((first, rest)) = key.split_once('.')
    {
        return path_hash(state, path_hash(state, parent, first), rest);
    }
    let mut hasher = state.build_hasher();
    hasher.write_u64(parent);
    hasher.write(key.as_bytes());
    hasher.finish()
}

/// The text that stands in JSON, its escapes undone in `scratch`.
fn unescaped<'a>(raw: &'a str, scratch: &'a mut String) -> &'a str {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return raw;
    }
    let quoted = format!("\"{raw}\"");
    *scratch = serde_json::from_str::<Cow<'_, str>>(&quoted).map(Cow::into_owned).unwrap_or_default();
    scratch
}
