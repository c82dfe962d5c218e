//! History under today's rules: an event is screened again, and what the shield takes out now is taken over.

use std::borrow::Cow;
use std::collections::BTreeSet;

use keys::HashKey;
use model::{Event, Sensitivity, SourceId, WorkspaceId};
use shield::Shield;

use crate::json::{self, Edit, Swap};
use crate::matcher::Sight;
use crate::selector::Screened;

/// The shield of a workspace as it is now, and what of its findings is meant.
pub(crate) struct Rescreen {
    shield: Shield,
    hash: HashKey,
    workspace: WorkspaceId,
    wanted: Screened,
}

impl Rescreen {
    pub(crate) fn new(shield: Shield, hash: HashKey, workspace: WorkspaceId, wanted: Screened) -> Self {
        Self { shield, hash, workspace, wanted }
    }

    /// The objects as the shield leaves them now; `None` where it finds nothing that is meant.
    pub(crate) fn screen(&self, sight: &Sight<'_>) -> Option<[String; 3]> {
        let [properties, context, traits] = sight.objects.map(Cow::Borrowed);
        let event = Event {
            workspace: self.workspace,
            source: SourceId(0),
            message_id: Cow::Borrowed("m"),
            kind: sight.kind,
            name: Cow::Borrowed(sight.name),
            time_ms: 0,
            received_ms: 0,
            user_id: None,
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties,
            traits,
            context,
        };
        let hash = |text: &str| data_encoding::HEXLOWER.encode(&self.hash.short(text.as_bytes()));
        // What was taken in once can be taken in again; an event that cannot is left to a purge by name.
        let record = self.shield.screen(event, &hash).ok()?.into_record();
        let is_wanted = record.findings.iter().any(|finding| match self.wanted {
            Screened::Secrets => finding.class.sensitivity() == Sensitivity::Secret,
            Screened::Class(class) => finding.class == class,
        });
        is_wanted.then_some([record.properties, record.context, record.traits])
    }

    /// The old object with the values that the shield changed, where their mark and their path are asked for.
    pub(crate) fn accept(
        &self,
        part: &str,
        old: &str,
        fresh: &str,
        is_asked: &dyn Fn(&str) -> bool,
        paths: &mut BTreeSet<String>,
    ) -> Option<String> {
        if old == fresh {
            return None;
        }
        let marks: Vec<String> = match self.wanted {
            Screened::Secrets => vec!["[removed: ".to_owned()],
            Screened::Class(class) => vec![format!("[removed: {class}"), format!("[sealed: {class}")],
        };
        let mut texts = Texts::default();
        json::edit(fresh, part, &mut texts).ok()?;
        let mut counted = Texts::default();
        json::edit(old, part, &mut counted).ok()?;
        if counted.found.len() != texts.found.len() {
            // A key was replaced or a whole object became a mark: the shield's object is taken as it is.
            let new_mark = marks.iter().any(|mark| fresh.matches(mark).count() > old.matches(mark).count());
            if !new_mark || !is_asked(part) {
                return None;
            }
            paths.insert(part.to_owned());
            return Some(fresh.to_owned());
        }
        let mut taking = Taking { fresh: texts.found, at: 0, marks: &marks, is_asked, paths };
        json::edit(old, part, &mut taking).ok()?
    }
}

/// Every scalar in the order in which it stands; of strings the text.
#[derive(Default)]
struct Texts {
    found: Vec<Option<String>>,
}

impl Edit for Texts {
    fn value(&mut self, _path: &str, raw: &str, text: Option<&str>) -> Swap {
        if !raw.starts_with(['{', '[']) {
            self.found.push(text.map(str::to_owned));
        }
        Swap::Keep
    }

    fn is_wanted_key(&mut self, _path: &str, _key: &str) -> bool {
        false
    }
}

struct Taking<'a> {
    fresh: Vec<Option<String>>,
    at: usize,
    marks: &'a [String],
    is_asked: &'a dyn Fn(&str) -> bool,
    paths: &'a mut BTreeSet<String>,
}

impl Edit for Taking<'_> {
    fn value(&mut self, path: &str, raw: &str, text: Option<&str>) -> Swap {
        if raw.starts_with(['{', '[']) {
            return Swap::Keep;
        }
        let fresh = self.fresh.get(self.at).cloned().flatten();
        self.at += 1;
        let Some(fresh) = fresh.filter(|fresh| text != Some(fresh.as_str())) else { return Swap::Keep };
        let is_marked = self.marks.iter().any(|mark| fresh.contains(mark.as_str()));
        if !is_marked || !(self.is_asked)(path) {
            return Swap::Keep;
        }
        self.paths.insert(path.to_owned());
        Swap::Text(fresh)
    }

    fn is_wanted_key(&mut self, _path: &str, _key: &str) -> bool {
        false
    }
}
