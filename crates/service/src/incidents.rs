//! Incidents: the exact scope of what somebody saw and did, the timeline, the notices, the reset.
//!
//! For a workspace those who run it see whom it was, by id; an operator sees workspaces and numbers, and nothing here gives
//! them more. Asking is a look like any other: it is entered, with the digest of the answer.

use std::time::Duration;

use guard::Granted;
use guard::reset::{Reset, ResetSet};
use incident::notice::{self, Words};
use incident::scope::{self, sha256};
use incident::table::{self, Closing, checked};
use incident::{Incident, Line, Notice, Question, Summary, WorkspaceScope};
use model::{IncidentId, WorkspaceId};
use parking_lot::Mutex;
use serde_json::json;

use crate::{ServiceError, Services};

/// One scope at a time: each goes through every entry of its window.
static ASKING: Mutex<()> = Mutex::new(());
/// How long the next one waits for it.
const WAITING: Duration = Duration::from_secs(20);

/// Whose looks and acts are asked for.
#[derive(Clone, Debug, Default)]
pub struct Suspect {
    /// A session.
    pub session: Option<String>,
    /// A member, a token, an operator.
    pub principal: Option<String>,
    /// An address or a network.
    pub address: Option<String>,
    /// From this instant on, milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// Before this instant.
    pub to_ms: Option<i64>,
    /// Only entries before this one; all there are where nothing is said.
    pub before: Option<u64>,
}

/// An incident with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The incident.
    pub incident: Incident,
    /// The timeline, oldest first; of an incident of the installation only its operators see it.
    pub lines: Vec<Line>,
    /// Drafts and notices; a workspace sees its own.
    pub notices: Vec<Notice>,
    /// How it was closed; nothing while it is open. Of an incident of the installation a workspace sees that it was.
    pub closing: Option<Closing>,
    /// What stands for all drafts: whoever approves says which drafts they read.
    pub drafts_sha256: Option<String>,
}

/// A workspace's part of an incident, made anew from the ledger.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What was seen and done.
    pub scope: WorkspaceScope,
    /// SHA-256 of its document.
    pub sha256: String,
    /// Whether it is what was found when the incident was opened; it is not where payloads have been dropped since.
    pub as_opened: Option<bool>,
}

impl Services {
    /// What was seen and done in a workspace, asked of the ledger now.
    ///
    /// # Errors
    /// A question about nobody; another one is being answered; the ledger's.
    pub fn scope(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        suspect: &Suspect,
    ) -> Result<Asked, ServiceError> {
        let question = self.question(suspect)?;
        self.answered(granted, workspace, &question, None)
    }

    /// Opens an incident: asks the ledger, and keeps the question, the numbers and the digests.
    ///
    /// # Errors
    /// A title that is none, a question about nobody, as many incidents as may be, the ledger's.
    pub fn open_incident(
        &self,
        granted: &Granted,
        title: &str,
        suspect: &Suspect,
    ) -> Result<Incident, ServiceError> {
        let title = checked("title", title)?.to_owned();
        let asked = self.question(suspect)?;
        let facts = self.one_at_a_time(|| match granted.workspace {
            Some(workspace) => {
                let summary = scope::of_workspace(&self.ledger, workspace, &asked)?.summary();
                Ok(if summary.entries > 0 { vec![summary] } else { Vec::new() })
            }
            None => Ok(scope::of_installation(&self.ledger, &asked)?),
        })?;
        let now_ms = self.clock.now_ms();
        let incident = Incident {
            id: IncidentId::new(now_ms),
            scope: granted.workspace,
            title,
            opened_by: granted.principal.name.clone(),
            opened_ms: now_ms,
            asked,
            facts,
        };
        let detail = json!({ "asked": incident.asked, "workspaces": incident.facts.len(), "digests": digests(&incident.facts) });
        self.change(granted.does("incident.opened", incident.id.to_string(), detail), |tx| {
            table::add(tx, &incident)?;
            let touched = incident.affected().count();
            let text = format!("{}: {touched} workspaces affected", incident.title);
            table::add_line(tx, incident.id, &self.line(granted, "opened", text))?;
            Ok(((), json!({})))
        })?;
        Ok(incident)
    }

    /// The incidents, the newest first: the workspace's with those of the installation that it was told of, or the
    /// installation's own.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn incidents(&self, granted: &Granted) -> Result<Vec<Incident>, ServiceError> {
        let mut found = self.control.read(|tx| table::list(tx, granted.workspace))?;
        self.enter_look(granted, "incidents.read", "incidents", json!({ "incidents": found.len() }))?;
        found.iter_mut().for_each(|incident| restrict(incident, granted.workspace));
        Ok(found)
    }

    /// One incident with its timeline and notices.
    ///
    /// # Errors
    /// There is none of that id, the database's, the ledger's.
    pub fn incident(&self, granted: &Granted, id: IncidentId) -> Result<Told, ServiceError> {
        let told = self.told(granted, id)?;
        self.enter_look(granted, "incident.read", id.to_string(), json!({}))?;
        Ok(told)
    }

    /// The workspace's part of an incident: people and fields, made anew from the ledger.
    ///
    /// # Errors
    /// There is none of that id; another one is being answered; the ledger's.
    pub fn incident_scope(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: IncidentId,
    ) -> Result<Asked, ServiceError> {
        let found = self.control.read(|tx| table::by_id(tx, Some(workspace), id))?;
        let incident = found.ok_or(ServiceError::NotFound { what: "incident" })?;
        let facts = incident.facts_of(workspace).map(|facts| facts.sha256.clone());
        self.answered(granted, workspace, &incident.asked, facts)
    }

    /// Adds a line to the timeline of an incident of one's own scope.
    ///
    /// # Errors
    /// There is none of that id, a line that is none, the database's, the ledger's.
    pub fn note_incident(&self, granted: &Granted, id: IncidentId, text: &str) -> Result<(), ServiceError> {
        let text = checked("text", text)?.to_owned();
        let detail = json!({ "sha256": sha256(text.as_bytes()) });
        self.change(granted.does("incident.noted", id.to_string(), detail), |tx| {
            own(tx, granted, id)?;
            table::add_line(tx, id, &self.line(granted, "note", text))?;
            Ok(((), json!({})))
        })
    }

    /// Drafts a notice for every affected workspace, with its own facts. What was sent stays as it is.
    ///
    /// # Errors
    /// There is none of that id, words that are none, the ledger's, the database's.
    pub fn draft_notices(
        &self,
        granted: &Granted,
        id: IncidentId,
        words: &Words,
    ) -> Result<Told, ServiceError> {
        words.check()?;
        let drafted_by = granted.principal.member.ok_or(ServiceError::Denied(guard::Denied::NotSignedIn))?;
        let incident = self.control.read(|tx| own(tx, granted, id))?;
        // The workspace itself names its fields; of an operator's draft the numbers are all.
        let named = match granted.workspace {
            Some(workspace) => Some(
                self.one_at_a_time(|| Ok(scope::of_workspace(&self.ledger, workspace, &incident.asked)?))?,
            ),
            None => None,
        };
        let drafted_ms = self.clock.now_ms();
        // The ledger outlives workspaces; who is no more cannot be told.
        let there = self.control.read(|tx| control::workspaces::list(tx).map_err(ServiceError::from))?;
        let drafts: Vec<Notice> = incident
            .affected()
            .filter(|facts| there.iter().any(|workspace| workspace.id == facts.workspace))
            .map(|facts| Notice {
                incident: id,
                workspace: facts.workspace,
                text: notice::draft(&id.to_string(), words, facts, named.as_ref()),
                drafted_by,
                drafted_ms,
                approved_by: None,
                sent_ms: None,
                told: Vec::new(),
            })
            .collect();
        let detail = json!({ "notices": drafts.len(), "sha256": drafts_digest(&drafts) });
        self.change(granted.does("incident.notices_drafted", id.to_string(), detail), |tx| {
            for draft in &drafts {
                table::put_draft(tx, draft)?;
            }
            let text = format!("{} notices drafted", drafts.len());
            table::add_line(tx, id, &self.line(granted, "drafted", text))?;
            Ok(((), json!({})))
        })?;
        self.told(granted, id)
    }

    /// Sends every draft of the incident, approved by another person than the one who drafted them; `drafts_sha256` says
    /// which drafts were read. Those who run each workspace are told.
    ///
    /// # Errors
    /// There is none of that id, nothing to send, other drafts than those read, the same person, the ledger's.
    pub fn send_notices(
        &self,
        granted: &Granted,
        id: IncidentId,
        drafts_sha256: &str,
    ) -> Result<Told, ServiceError> {
        let by = granted.principal.member.ok_or(ServiceError::Denied(guard::Denied::NotSignedIn))?;
        let now_ms = self.clock.now_ms();
        let detail = json!({ "drafts_sha256": drafts_sha256 });
        self.change(granted.does("incident.notices_sent", id.to_string(), detail), |tx| {
            let incident = own(tx, granted, id)?;
            let drafts = drafts(table::notices(tx, id)?);
            if drafts.is_empty() {
                return Err(ServiceError::Conflict("there is no draft: draft the notices first".to_owned()));
            }
            if drafts_digest(&drafts) != drafts_sha256 {
                let title = "the drafts are not those that you read: read them again".to_owned();
                return Err(ServiceError::Conflict(title));
            }
            let mut alone = false;
            for draft in &drafts {
                alone |= self.guard.second_person(tx, granted, draft.drafted_by)?;
                let told = self.guard.who_runs(tx, draft.workspace)?;
                let facts = incident.facts_of(draft.workspace);
                let detail = json!({ "incident": id, "people": facts.map(|facts| facts.people), "by": by });
                self.guard.tell_in(tx, draft.workspace, "incident.notice", &detail)?;
                table::sent(tx, draft, (by, now_ms), &told)?;
            }
            let text = format!("{} notices sent", drafts.len());
            table::add_line(tx, id, &self.line(granted, "sent", text))?;
            Ok(((), json!({ "notices": drafts.len(), "alone": alone })))
        })?;
        self.told(granted, id)
    }

    /// Ends every session and token of a set, and writes it into the timeline of an incident where one is named.
    ///
    /// # Errors
    /// There is no such incident, guard's.
    pub fn reset(
        &self,
        granted: &Granted,
        set: &ResetSet,
        (reason, incident): (&str, Option<IncidentId>),
    ) -> Result<Reset, ServiceError> {
        if let Some(id) = incident {
            self.control.read(|tx| own(tx, granted, id))?;
        }
        let ended = self.guard.reset(granted, set, reason)?;
        if let Some(id) = incident {
            let whom =
                if set.everybody { "everybody".to_owned() } else { format!("{} members", ended.members) };
            let text = format!("reset of {whom}, {} tokens", ended.tokens);
            self.control.write(|tx| table::add_line(tx, id, &self.line(granted, "reset", text)))?;
        }
        Ok(ended)
    }
}

impl Services {
    fn question(&self, suspect: &Suspect) -> Result<Question, ServiceError> {
        let from = suspect.address.as_deref().map(|text| self.guard.origin_mark(text)).transpose()?;
        let question = Question {
            session: suspect.session.clone(),
            principal: suspect.principal.clone(),
            from,
            from_ms: suspect.from_ms,
            to_ms: suspect.to_ms,
            before: suspect.before.unwrap_or(u64::MAX).min(self.ledger.size()),
        };
        question.check()?;
        Ok(question)
    }

    fn answered(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        question: &Question,
        opened: Option<String>,
    ) -> Result<Asked, ServiceError> {
        let scope = self.one_at_a_time(|| Ok(scope::of_workspace(&self.ledger, workspace, question)?))?;
        let sha256 = scope.summary().sha256;
        let detail = json!({ "asked": question, "sha256": sha256 });
        self.enter_look(granted, "incident.scoped", workspace.to_string(), detail)?;
        Ok(Asked { as_opened: opened.map(|opened| opened == sha256), sha256, scope })
    }

    fn one_at_a_time<T>(&self, ask: impl FnOnce() -> Result<T, ServiceError>) -> Result<T, ServiceError> {
        let Some(_asking) = ASKING.try_lock_for(WAITING) else {
            return Err(ServiceError::Denied(guard::Denied::TooMany { retry_after_s: 5 }));
        };
        ask()
    }

    fn told(&self, granted: &Granted, id: IncidentId) -> Result<Told, ServiceError> {
        self.control.read(|tx| {
            let found = table::by_id(tx, granted.workspace, id)?;
            let mut incident = found.ok_or(ServiceError::NotFound { what: "incident" })?;
            let is_own = incident.scope == granted.workspace;
            let lines = if is_own { table::lines(tx, id)? } else { Vec::new() };
            let mut notices = table::notices(tx, id)?;
            if let Some(workspace) = granted.workspace {
                notices.retain(|notice| notice.workspace == workspace);
            }
            restrict(&mut incident, granted.workspace);
            let drafts = drafts(notices.clone());
            let drafts_sha256 = (!drafts.is_empty()).then(|| drafts_digest(&drafts));
            let mut closing = table::closing(tx, id)?;
            if let Some(closing) = closing.as_mut().filter(|_| !is_own) {
                closing.text.clear();
            }
            Ok(Told { incident, lines, notices, closing, drafts_sha256 })
        })
    }

    fn line(&self, granted: &Granted, kind: &str, text: String) -> Line {
        Line { at_ms: self.clock.now_ms(), by: granted.principal.name.clone(), kind: kind.to_owned(), text }
    }
}

/// An incident that the caller keeps, not one that they were only told of.
pub(crate) fn own(
    tx: &rusqlite::Transaction<'_>,
    granted: &Granted,
    id: IncidentId,
) -> Result<Incident, ServiceError> {
    let found = table::by_id(tx, granted.workspace, id)?;
    found
        .filter(|incident| incident.scope == granted.workspace)
        .ok_or(ServiceError::NotFound { what: "incident" })
}

/// A workspace sees its own numbers of an incident that concerns others, too.
fn restrict(incident: &mut Incident, workspace: Option<WorkspaceId>) {
    if let Some(workspace) = workspace {
        incident.facts.retain(|facts| facts.workspace == workspace);
    }
}

fn drafts(mut notices: Vec<Notice>) -> Vec<Notice> {
    notices.retain(|notice| notice.sent_ms.is_none());
    notices
}

fn drafts_digest(drafts: &[Notice]) -> String {
    let mut texts: Vec<String> =
        drafts.iter().map(|draft| format!("{}\n{}\n", draft.workspace, draft.text)).collect();
    texts.sort();
    sha256(texts.concat().as_bytes())
}

fn digests(facts: &[Summary]) -> Vec<&str> {
    facts.iter().take(500).map(|facts| facts.sha256.as_str()).collect()
}
