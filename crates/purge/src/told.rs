//! What a purge looks for: as somebody asked for it, or as the list of purges tells it after a restore. The list tells enough
//! to find the same again and holds no value.

use std::collections::HashSet;

use data_encoding::BASE64;
use keys::HashKey;
use model::{PersonCode, PurgeId, WorkspaceId};
use people::{IdentityMark, People};
use serde::{Deserialize, Serialize};
use shield::rules::CustomRules;

use crate::error::PurgeError;
use crate::likeness::{Likeness, Recogniser};
use crate::needle::Needle;
use crate::selector::Asked;

/// The bytes of a mark.
const MARK_BYTES: usize = 16;

/// What a purge looks for.
pub(crate) struct Wanted {
    pub(crate) asked: Asked,
    /// What the list tells beside, where it is the list that asks.
    pub(crate) told: Option<Told>,
}

/// An entry of the list, opened.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Which purge.
    pub purge: PurgeId,
    /// Whose data.
    pub workspace: WorkspaceId,
    /// Who ordered it.
    pub principal: String,
    /// When, milliseconds since 1970, UTC.
    pub ordered_ms: i64,
    /// The conditions; a value is hidden and told by `value`.
    pub(crate) asked: Asked,
    /// The value, by its likeness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Likeness>,
    /// The people who went as a whole, or who were named, by the keyed hashes of all that they were known by; base64.
    pub(crate) people: String,
    /// The workspace's shield rules of then, where it was asked what the shield finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rules: Option<CustomRules>,
}

impl Wanted {
    /// As somebody asked for it.
    pub(crate) fn asked(asked: &Asked) -> Self {
        Self { asked: asked.clone(), told: None }
    }

    /// What is looked for inside events, if it is a value.
    pub(crate) fn needle(&self, key: &HashKey) -> Option<Needle> {
        match &self.told {
            Some(told) => {
                let likeness = told.value.clone()?;
                Some(Needle::alike(Recogniser::new(likeness, key, told.purge)))
            }
            None => self.asked.conditions.value.as_ref().map(|value| Needle::new(&value.text, value.within)),
        }
    }

    /// The people whom the list names, as they are known now.
    pub(crate) fn told_people(
        &self,
        people: &People,
        workspace: WorkspaceId,
    ) -> Result<Vec<PersonCode>, PurgeError> {
        match &self.told {
            Some(told) => Ok(people.codes_marked(workspace, &told.marks()?)?),
            None => Ok(Vec::new()),
        }
    }
}

impl Told {
    /// The entry of a purge that has found what it looks for.
    pub(crate) fn of(
        purge: &crate::table::Purge,
        asked: &Asked,
        key: &HashKey,
        (marks, rules): (&HashSet<IdentityMark>, Option<CustomRules>),
    ) -> Self {
        let value = asked.conditions.value.as_ref();
        let mut marks: Vec<[u8; MARK_BYTES]> = marks.iter().map(|mark| mark.0).collect();
        marks.sort_unstable();
        Self {
            purge: purge.id,
            workspace: purge.workspace,
            principal: purge.principal.clone(),
            ordered_ms: purge.created_ms,
            asked: asked.hidden(),
            value: value.map(|value| Likeness::of(&value.text, value.within, key, purge.id)),
            people: BASE64.encode(&marks.concat()),
            rules,
        }
    }

    fn marks(&self) -> Result<Vec<IdentityMark>, PurgeError> {
        let bytes = BASE64.decode(self.people.as_bytes()).map_err(|_| PurgeError::Unreadable)?;
        let marks = bytes.chunks_exact(MARK_BYTES).filter_map(|mark| mark.try_into().ok());
        Ok(marks.map(IdentityMark).collect())
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({})", self.purge)
    }
}
