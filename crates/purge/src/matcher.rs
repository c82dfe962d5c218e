//! Whether an event is meant, and what is left of it: the same judgement for every place in which events lie.

use std::collections::{BTreeSet, HashSet};

use model::origin::Context;
use model::{Finding, Kind, PersonCode, SourceId};
use people::Fate;
use store::Value;

use crate::json::{self, Edit, PURGED, Swap};
use crate::needle::Needle;
use crate::rescreen::Rescreen;
use crate::rows::number_text;
use crate::selector::{Asked, Remove, SdkCondition, version_of};

/// The parts of an event that are JSON objects, in this order.
pub(crate) const PARTS: [&str; 3] = ["properties", "context", "traits"];

/// Says which events are meant and what of them goes.
pub(crate) struct Matcher {
    pub(crate) remove: Remove,
    /// Events from this record on came after the order.
    pub(crate) before: u64,
    event: Option<String>,
    source: Option<SourceId>,
    sdk: Option<Versions>,
    from_ms: i64,
    to_ms: i64,
    /// The people who are meant, after merges; everybody if `None`.
    pub(crate) people: Option<HashSet<PersonCode>>,
    /// Whether `people` are those who were found, of whom everything goes.
    pub(crate) chosen: bool,
    pub(crate) content: Content,
}

/// What inside an event is meant.
#[derive(Default)]
pub(crate) struct Content {
    property: Option<String>,
    needle: Option<Needle>,
    rescreen: Option<Rescreen>,
}

struct Versions {
    name: String,
    from: Option<Vec<u64>>,
    to: Option<Vec<u64>>,
}

/// An event, wherever it lies.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: &'a str,
    pub(crate) message_id: &'a str,
    pub(crate) offset: u64,
    /// Properties, context, traits.
    pub(crate) objects: [&'a str; 3],
    pub(crate) findings: &'a [Finding],
}

/// What is another.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Edited {
    pub(crate) name: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) objects: [Option<String>; 3],
    pub(crate) drop_findings: bool,
    /// Where something stood.
    pub(crate) paths: BTreeSet<String>,
}

impl Matcher {
    /// A matcher for records before `before`.
    pub(crate) fn new(
        asked: &Asked,
        needle: Option<Needle>,
        before: u64,
        rescreen: Option<Rescreen>,
    ) -> Self {
        let conditions = &asked.conditions;
        let versions = |sdk: &SdkCondition| Versions {
            name: sdk.name.clone(),
            from: sdk.from.as_deref().map(version_of),
            to: sdk.to.as_deref().map(version_of),
        };
        Self {
            remove: asked.remove,
            before,
            event: conditions.event.clone(),
            source: conditions.source,
            sdk: conditions.sdk.as_ref().map(versions),
            from_ms: conditions.from.map_or(i64::MIN, jiff::Timestamp::as_millisecond),
            to_ms: conditions.to.map_or(i64::MAX, jiff::Timestamp::as_millisecond),
            people: None,
            chosen: false,
            content: Content { property: conditions.property.clone(), needle, rescreen },
        }
    }

    /// Whether what every event has fits.
    pub(crate) fn fits_head(&self, offset: u64, time_ms: i64, source: SourceId, name: &str) -> bool {
        offset < self.before
            && self.fits_time(time_ms)
            && self.source.is_none_or(|wanted| wanted == source)
            && self.event.as_deref().is_none_or(|wanted| wanted == name)
    }

    pub(crate) fn fits_time(&self, time_ms: i64) -> bool {
        time_ms >= self.from_ms && time_ms < self.to_ms
    }

    pub(crate) fn asks_for_sdk(&self) -> bool {
        self.sdk.is_some()
    }

    /// Whether the people who are meant go with everything they did.
    pub(crate) fn takes_whole_people(&self) -> bool {
        self.remove == Remove::Person && self.chosen
    }

    /// Whether the library that a context names fits.
    pub(crate) fn fits_sdk(&self, context: &str) -> bool {
        self.sdk.as_ref().is_none_or(|versions| {
            let context = Context::read(context);
            versions.fit(&context.sdk, &context.sdk_version)
        })
    }

    /// What of an event that fits otherwise is meant: `None` if nothing.
    pub(crate) fn find(&self, sight: &Sight<'_>) -> Option<Edited> {
        if !self.content.is_asked() {
            return Some(Edited::default());
        }
        let edited = self.content.edit(sight);
        (!edited.paths.is_empty()).then_some(edited)
    }
}

impl Versions {
    fn fit(&self, name: &str, version: &str) -> bool {
        if name != self.name {
            return false;
        }
        let version = version_of(version);
        let known = !version.is_empty() || self.from.is_none() && self.to.is_none();
        known
            && self.from.as_ref().is_none_or(|from| version >= *from)
            && self.to.as_ref().is_none_or(|to| version <= *to)
    }
}

impl Content {
    /// Whether every event must be screened again to know.
    pub(crate) fn is_screened(&self) -> bool {
        self.rescreen.is_some()
    }

    /// Whether a value of the archive may be meant. `path` has a backslash before dots within keys.
    pub(crate) fn may_be_at(&self, part: &str, path: &str, value: &Value<'_>) -> bool {
        let key_fits = || self.needle.as_ref().is_some_and(|needle| needle.is_in(&plain_path(path)));
        let value_fits = match (&self.needle, value) {
            (None, _) => true,
            (Some(needle), Value::Text(text)) => needle.is_in(text),
            (Some(needle), Value::Json(json)) => needle.may_be_in(json),
            (Some(needle), value) => number_text(value).is_some_and(|number| needle.is_number(&number)),
        };
        (value_fits || key_fits()) && self.may_be_below(part, path)
    }

    /// Whether a path of the archive may lie below the property that is asked for, or hold it in a list.
    fn may_be_below(&self, part: &str, path: &str) -> bool {
        let Some(property) = &self.property else { return true };
        let path = format!("{part}.{}", plain_path(path));
        is_below(&path, property) || is_below(property, &path)
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.property.is_some() || self.needle.is_some() || self.rescreen.is_some()
    }

    /// Whether identifiers, names and reasons can be meant: a value may stand anywhere, a property cannot.
    fn needle_anywhere(&self) -> Option<&Needle> {
        self.needle.as_ref().filter(|_| self.property.is_none())
    }

    /// Whether a text outside of the objects is or holds the value.
    pub(crate) fn is_wanted_text(&self, text: &str) -> bool {
        self.needle_anywhere().is_some_and(|needle| text != PURGED && needle.is_in(text))
    }

    /// Whether a sealed value at `path` is meant.
    pub(crate) fn is_wanted_kept(&self, path: &str, value: &str) -> bool {
        let below = self.property.as_deref().is_some_and(|property| is_below(path, property));
        match (&self.needle, &self.property) {
            (Some(needle), _) => self.is_wanted_path(path) && needle.is_in(value),
            (None, Some(_)) => below && self.rescreen.is_none(),
            (None, None) => false,
        }
    }

    /// What becomes of a trait of a found event under today's rules.
    pub(crate) fn rescreened_trait(&self, name: &str, value: &str, is_sealed: bool) -> Fate {
        let (Some(rescreen), false) = (&self.rescreen, is_sealed) else { return Fate::Stays };
        let Ok(key) = serde_json::to_string(name) else { return Fate::Stays };
        let traits = format!("{{{key}:{value}}}");
        let sight = Sight {
            kind: Kind::Identify,
            name: "Identified",
            message_id: "m",
            offset: 0,
            objects: ["{}", "{}", &traits],
            findings: &[],
        };
        let Some([_, _, fresh]) = rescreen.screen(&sight) else { return Fate::Stays };
        let Some(accepted) = self.accept("traits", &traits, &fresh, &mut BTreeSet::new()) else {
            return Fate::Stays;
        };
        let inner = accepted.strip_prefix(&format!("{{{key}:")).and_then(|rest| rest.strip_suffix('}'));
        inner.map_or(Fate::Goes, |inner| Fate::Becomes(inner.to_owned()))
    }

    /// Whether an object may hold what is meant, told quickly.
    pub(crate) fn may_be_in(&self, json: &str) -> bool {
        match (&self.needle, &self.property) {
            (Some(needle), _) => needle.may_be_in(json),
            (None, _) => json != "{}",
        }
    }

    fn edit(&self, sight: &Sight<'_>) -> Edited {
        let mut edited = Edited::default();
        if self.is_wanted_text(sight.name) {
            edited.name = Some(PURGED.to_owned());
            edited.paths.insert("event".to_owned());
        }
        if self.is_wanted_text(sight.message_id) {
            // Two different ids must stay different.
            edited.message_id = Some(format!("[purged {}]", sight.offset));
            edited.paths.insert("message_id".to_owned());
        }
        if sight.findings.iter().any(|finding| self.is_wanted_text(&finding.path)) {
            edited.drop_findings = true;
            edited.paths.insert("findings".to_owned());
        }
        let screened = self.rescreen.as_ref().and_then(|rescreen| rescreen.screen(sight));
        for (index, (part, object)) in PARTS.into_iter().zip(sight.objects).enumerate() {
            let fresh = screened.as_ref().and_then(|screened| screened.get(index));
            let found = match fresh {
                Some(fresh) => self.accept(part, object, fresh, &mut edited.paths),
                None if self.rescreen.is_some() => None,
                None => self.edit_json(part, object, &mut edited.paths),
            };
            if let Some(slot) = edited.objects.get_mut(index) {
                *slot = found;
            }
        }
        edited
    }

    /// A JSON text without what is meant; `None` where it stays as it is.
    pub(crate) fn edit_json(&self, part: &str, json: &str, paths: &mut BTreeSet<String>) -> Option<String> {
        if !self.may_be_in(json) {
            return None;
        }
        let mut editing = Editing { content: self, paths };
        match json::edit(json, part, &mut editing) {
            Ok(edited) => edited,
            // What cannot be looked into goes as a whole if it may hold the value.
            Err(json::Malformed) => {
                self.needle.as_ref().filter(|needle| needle.is_in(json))?;
                paths.insert(part.to_owned());
                Some(format!("{{\"{PURGED}\":\"{PURGED}\"}}"))
            }
        }
    }

    /// Takes over what today's rules made of an object, where it is asked for.
    fn accept(&self, part: &str, old: &str, fresh: &str, paths: &mut BTreeSet<String>) -> Option<String> {
        let rescreen = self.rescreen.as_ref()?;
        let is_asked = |path: &str| self.property.as_deref().is_none_or(|property| is_below(path, property));
        rescreen.accept(part, old, fresh, &is_asked, paths)
    }

    fn is_wanted_path(&self, path: &str) -> bool {
        self.property.as_deref().is_none_or(|property| is_below(path, property))
    }
}

/// A path of the archive without the backslashes before dots.
fn plain_path(path: &str) -> std::borrow::Cow<'_, str> {
    if path.contains('\\') { path.replace('\\', "").into() } else { path.into() }
}

/// Whether a path is that of a property or of something inside it.
pub(crate) fn is_below(path: &str, property: &str) -> bool {
    path.strip_prefix(property).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

struct Editing<'a> {
    content: &'a Content,
    paths: &'a mut BTreeSet<String>,
}

impl Edit for Editing<'_> {
    fn value(&mut self, path: &str, raw: &str, text: Option<&str>) -> Swap {
        if !self.content.is_wanted_path(path) || text == Some(PURGED) {
            return Swap::Keep;
        }
        let is_it = match (&self.content.needle, text) {
            // A property without a value goes with all that is inside it.
            (None, _) => self.content.property.as_deref() == Some(path),
            (Some(needle), Some(text)) => needle.is_in(text),
            (Some(_), None) if raw.starts_with(['{', '[']) => false,
            (Some(needle), None) => needle.is_number(raw),
        };
        if !is_it {
            return Swap::Keep;
        }
        self.paths.insert(path.to_owned());
        Swap::Mark
    }

    fn is_wanted_key(&mut self, path: &str, key: &str) -> bool {
        let needle = self.content.needle.as_ref().filter(|_| self.content.is_wanted_path(path));
        let is_it = key != PURGED && needle.is_some_and(|needle| needle.is_in(key));
        if is_it {
            self.paths.insert(format!("{path}.{PURGED}"));
        }
        is_it
    }
}
