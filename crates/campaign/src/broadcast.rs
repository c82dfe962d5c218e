//! A broadcast: one version of a template for one audience, from the draft to its end.

use aws_lc_rs::digest::{SHA256, digest};
use model::{BroadcastId, GrantId, MemberId, PersonId, SegmentId, TemplateId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::template::Template;

/// Who edited it within this time approves nothing of it.
pub const EDITED_MS: i64 = 7 * 24 * 3_600_000;
/// The most edits that are remembered, the newest.
const EDITS_MAX: usize = 200;

/// A broadcast.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Broadcast {
    /// Its id.
    pub id: BroadcastId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// What is to be sent to whom.
    pub draft: Draft,
    /// Who made it.
    pub by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub made_ms: i64,
    /// Who edited it and when, the newest last; the making among it.
    pub edits: Vec<(MemberId, i64)>,
    /// How it is.
    pub state: State,
    /// The grant of its send, once it was asked for.
    pub grant: Option<GrantId>,
    /// How many people there were when it was asked for.
    pub people: u64,
    /// Why it stopped, and when it ended.
    pub ended: Option<(i64, String)>,
    /// The people it is for, where a program named them.
    #[serde(default)]
    pub only: Option<Vec<PersonId>>,
    /// When tests of it were sent, within the last day.
    #[serde(default)]
    pub tests: Vec<i64>,
}

/// What is to be sent to whom.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// What it is called.
    pub name: String,
    /// The template.
    pub template: TemplateId,
    /// Its version.
    pub version: u32,
    /// Which people, as in a question; everybody with an address if nothing.
    #[serde(default)]
    pub who: Option<Value>,
    /// What it is written for: whoever refused that or withdrew it is not written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// How a broadcast is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written.
    Draft,
    /// Asked for: its grant says whether it waits for a second person, cools, or may begin.
    Waiting,
    /// Being handed over.
    Sending,
    /// Stopped; what was not handed over stays so.
    Stopped,
    /// Handed over whole.
    Done,
}

impl State {
    /// The word in the interface and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Stopped => "stopped",
            Self::Done => "done",
        }
    }
}

impl Broadcast {
    /// Remembers an edit.
    pub(crate) fn edited(&mut self, by: MemberId, at_ms: i64) {
        self.edits.push((by, at_ms));
        let over = self.edits.len().saturating_sub(EDITS_MAX);
        self.edits.drain(..over);
    }

    /// Everything that is approved about it: what it says and links to, whom it is from and for. Hexadecimal digits of
    /// SHA-256.
    pub fn digest(&self, template: &Template, segments: &[(SegmentId, u32)]) -> String {
        let Draft { name, template: id, version, who, purpose } = &self.draft;
        let mut all = json!({
            "broadcast": self.id, "workspace": self.workspace, "name": name, "template": id, "version": version,
            "content": template, "who": who, "only": self.only, "tracking": false,
        });
        if !segments.is_empty() {
            all["segments"] = json!(segments);
        }
        if let Some(purpose) = purpose {
            all["purpose"] = json!(purpose);
        }
        data_encoding::HEXLOWER.encode(digest(&SHA256, all.to_string().as_bytes()).as_ref())
    }
}
