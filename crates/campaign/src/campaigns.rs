//! What people do with messages: write templates and broadcasts, look at what they would do, ask for them to be sent, stop them.

use std::sync::Arc;

use control::Database;
use guard::grants::Grant;
use guard::{Granted, Guard};
use keys::HashKey;
use ledger::{Ledger, NewEntry};
use model::{BroadcastId, MemberId, TemplateId, WorkspaceId};
use parking_lot::{Condvar, Mutex};
use people::{IdentifierKind, People, audience};
use rows::Rows;
use rusqlite::Transaction;
use segments::Segments;
use send::Relay;
use serde_json::{Value, json};
use stdx::Clock;

use crate::book::Book;
use crate::broadcast::{Broadcast, Draft, State};
use crate::content;
use crate::error::{CampaignError, invalid};
use crate::links::Links;
use crate::outbox::{self, Tally};
use crate::template::{Template, Version};

/// The most versions of one template.
const VERSIONS_MAX: u32 = 500;
/// The most templates and the most broadcasts of a workspace that are listed; older broadcasts stay, unlisted.
const TEMPLATES_MAX: usize = 500;
/// The longest description of an audience, in bytes of JSON.
const WHO_BYTES_MAX: usize = 8_192;
/// How many people a program names at a time.
const NAMED_MAX: usize = 100;
/// What it is made of.
pub struct Parts {
    /// Decisions.
    pub control: Database,
    /// `people.db`, where the outbox is.
    pub people_db: Database,
    /// Who they are.
    pub people: Arc<People>,
    /// Audiences that people join and leave.
    pub segments: Segments,
    /// Who may.
    pub guard: Guard,
    /// The way out for addresses.
    pub rows: Rows,
    /// Who did.
    pub ledger: Ledger,
    /// What time it is.
    pub clock: Clock,
    /// The key of the rows' authenticators.
    pub marks: HashKey,
    /// The key of the links that end messages, and the collect door's address.
    pub links: (HashKey, String),
    /// What messages are handed to; without it nothing is sent.
    pub relay: Option<Relay>,
}

/// Messages to people. Cheap to clone.
#[derive(Clone)]
pub struct Campaigns(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) control: Database,
    pub(crate) people_db: Database,
    pub(crate) people: Arc<People>,
    pub(crate) segments: Segments,
    pub(crate) guard: Guard,
    pub(crate) rows: Rows,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Clock,
    pub(crate) book: Book,
    pub(crate) links: Links,
    pub(crate) relay: Option<Relay>,
    /// Rung when there may be something to send.
    pub(crate) bell: (Mutex<u64>, Condvar),
}

impl Campaigns {
    /// Puts the parts together; nothing is sent before a [`Sender`](crate::Sender) runs.
    pub fn new(parts: Parts) -> Self {
        let Parts { control, people_db, people, segments, guard, rows, ledger, clock, marks, links, relay } =
            parts;
        Self(Arc::new(Inner {
            control,
            people_db,
            people,
            segments,
            guard,
            rows,
            ledger,
            clock,
            book: Book::new(marks),
            links: Links::new(links.0, &links.1),
            relay,
            bell: Default::default(),
        }))
    }

    /// Whether there is a relay to hand messages to.
    pub fn can_send(&self) -> bool {
        self.0.relay.is_some()
    }

    /// The newest version of each template.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn templates(&self, workspace: WorkspaceId) -> Result<Vec<Version>, CampaignError> {
        self.0.control.read(|tx| self.0.book.templates(tx, workspace))
    }

    /// Every version of a template, the newest first.
    ///
    /// # Errors
    /// Not found, an altered row, or the database's.
    pub fn versions(&self, workspace: WorkspaceId, id: TemplateId) -> Result<Vec<Version>, CampaignError> {
        let versions = self.0.control.read(|tx| self.0.book.versions(tx, workspace, id))?;
        if versions.is_empty() { Err(CampaignError::NotFound("template")) } else { Ok(versions) }
    }

    /// Keeps a template: a new one, or the next version of one.
    ///
    /// # Errors
    /// A field that is not right, not found, too many, or the ledger's or database's.
    pub fn write_template(
        &self,
        granted: &Granted,
        id: Option<TemplateId>,
        template: Template,
    ) -> Result<Version, CampaignError> {
        let (workspace, by) = whose(granted)?;
        template.compile()?;
        content::domains(&template)?;
        let made_ms = self.now_ms();
        let new = id.is_none();
        let id = id.unwrap_or_else(|| TemplateId::new(made_ms));
        let entry = granted.does("template.written", id.to_string(), json!({ "new": new }));
        self.change(entry, |tx| {
            let book = &self.0.book;
            let last = if new {
                if book.templates(tx, workspace)?.len() >= TEMPLATES_MAX {
                    return Err(CampaignError::Conflict(format!(
                        "{TEMPLATES_MAX} templates are as many as there may be"
                    )));
                }
                0
            } else {
                let versions = book.versions(tx, workspace, id)?;
                versions.first().ok_or(CampaignError::NotFound("template"))?.version
            };
            if last >= VERSIONS_MAX {
                return Err(CampaignError::Conflict(format!(
                    "{VERSIONS_MAX} versions are as many as there may be"
                )));
            }
            let version = Version { id, version: last + 1, template, by, made_ms };
            book.put_version(tx, workspace, &version)?;
            let detail = json!({ "version": version.version });
            Ok((version, detail))
        })
    }

    /// The broadcasts, the newest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn broadcasts(&self, workspace: WorkspaceId) -> Result<Vec<Broadcast>, CampaignError> {
        self.0.control.read(|tx| self.0.book.broadcasts(tx, workspace))
    }

    /// One broadcast, with its template's version, and how it goes.
    ///
    /// # Errors
    /// Not found, an altered row, or the database's.
    pub fn broadcast(
        &self,
        workspace: WorkspaceId,
        id: BroadcastId,
    ) -> Result<(Broadcast, Version, Tally), CampaignError> {
        let (broadcast, version) = self.0.control.read(|tx| self.whole(tx, workspace, id))?;
        Ok((broadcast, version, self.tally(id)?))
    }

    /// Makes a broadcast.
    ///
    /// # Errors
    /// A field that is not right, or the ledger's or database's.
    pub fn make(&self, granted: &Granted, draft: Draft) -> Result<Broadcast, CampaignError> {
        let (workspace, by) = whose(granted)?;
        self.check(workspace, &draft)?;
        let made_ms = self.now_ms();
        let broadcast = Broadcast {
            id: BroadcastId::new(made_ms),
            workspace,
            draft,
            by,
            made_ms,
            edits: vec![(by, made_ms)],
            state: State::Draft,
            grant: None,
            people: 0,
            ended: None,
            only: None,
            tests: Vec::new(),
        };
        let entry = granted.does("broadcast.made", broadcast.id.to_string(), json!({}));
        self.change(entry, |tx| {
            self.0.book.put(tx, &broadcast)?;
            let detail = json!({ "template": broadcast.draft.template, "version": broadcast.draft.version });
            Ok((broadcast, detail))
        })
    }

    /// Changes a broadcast. What was asked for or approved of it is void.
    ///
    /// # Errors
    /// Not found, a field that is not right, under way already, or the ledger's or database's.
    pub fn edit(&self, granted: &Granted, id: BroadcastId, draft: Draft) -> Result<Broadcast, CampaignError> {
        let (workspace, by) = whose(granted)?;
        self.check(workspace, &draft)?;
        let before = self.0.control.read(|tx| self.0.book.broadcast(tx, workspace, id))?;
        must_be_open(&before)?;
        self.void(granted, &before)?;
        let entry = granted.does("broadcast.edited", id.to_string(), json!({}));
        self.change(entry, |tx| {
            let mut broadcast = self.0.book.broadcast(tx, workspace, id)?;
            must_be_open(&broadcast)?;
            broadcast.edited(by, self.now_ms());
            broadcast.draft = draft;
            broadcast.state = State::Draft;
            broadcast.grant = None;
            self.0.book.put(tx, &broadcast)?;
            let detail = json!({ "template": broadcast.draft.template, "version": broadcast.draft.version });
            Ok((broadcast, detail))
        })
    }

    /// Asks for a broadcast to be sent. It begins by itself once its grant allows it.
    ///
    /// # Errors
    /// Not found, asked for already, nobody to send to, no relay, guard's, or the ledger's or database's.
    pub fn ask(
        &self,
        granted: &Granted,
        id: BroadcastId,
        reason: &str,
    ) -> Result<(Broadcast, Grant), CampaignError> {
        let (workspace, _) = whose(granted)?;
        self.must_have_relay()?;
        let (broadcast, version) = self.0.control.read(|tx| self.whole(tx, workspace, id))?;
        let asked_for = || {
            CampaignError::Conflict(
                "this broadcast was asked for already: stop it, or edit it, first".to_owned(),
            )
        };
        if broadcast.state != State::Draft {
            return Err(asked_for());
        }
        let reached = self.reached(&broadcast)?;
        let content = self.described(&broadcast, &version, &reached)?;
        let (digest, people) = (content.digest.clone(), content.people);
        let reason = if reason.trim().is_empty() { broadcast.draft.name.as_str() } else { reason };
        let grant = self.0.guard.ask_send(granted, reason, content)?;
        let entry =
            granted.does("broadcast.asked", id.to_string(), json!({ "grant": grant.id, "people": people }));
        let kept = self.change(entry, |tx| {
            let (mut broadcast, version) = self.whole(tx, workspace, id)?;
            if broadcast.state != State::Draft || self.digest(&broadcast, &version.template)? != digest {
                return Err(asked_for());
            }
            broadcast.state = State::Waiting;
            broadcast.grant = Some(grant.id);
            broadcast.people = people;
            self.0.book.put(tx, &broadcast)?;
            Ok((broadcast, json!({})))
        });
        match kept {
            Ok(broadcast) => {
                self.ring();
                Ok((broadcast, grant))
            }
            Err(error) => {
                // It was edited in the same moment: what was asked for is not there any more.
                self.0.guard.void_send(workspace, grant.id)?;
                Err(error)
            }
        }
    }

    /// Sends an approved version of a template to these people, named by user id, for a program.
    ///
    /// # Errors
    /// A field that is not right, guard's, no relay, or the ledger's or database's.
    pub fn message(
        &self,
        granted: &Granted,
        (template, version, purpose): (TemplateId, u32, Option<String>),
        to: &[String],
    ) -> Result<Broadcast, CampaignError> {
        let workspace = granted.workspace.ok_or(CampaignError::NotFound("workspace"))?;
        let by = granted.principal.answers.ok_or(CampaignError::NotFound("member"))?;
        self.must_have_relay()?;
        if !(1..=NAMED_MAX).contains(&to.len()) {
            return Err(invalid("to", format!("1 to {NAMED_MAX} user ids")));
        }
        let mut only = Vec::with_capacity(to.len());
        for id in to {
            only.extend(self.0.people.find(workspace, IdentifierKind::UserId, id)?.map(|person| person.id));
        }
        let name = "Message by a program".to_owned();
        let draft = Draft { name, template, version, who: None, purpose };
        self.check(workspace, &draft)?;
        let made_ms = self.now_ms();
        let mut broadcast = Broadcast {
            id: BroadcastId::new(made_ms),
            workspace,
            draft,
            by,
            made_ms,
            edits: vec![(by, made_ms)],
            state: State::Waiting,
            grant: None,
            people: 0,
            ended: None,
            only: Some(only),
            tests: Vec::new(),
        };
        let version = self.0.control.read(|tx| self.0.book.version(tx, workspace, (template, version)))?;
        let reached = self.reached(&broadcast)?;
        let content = self.described(&broadcast, &version, &reached)?;
        broadcast.people = content.people;
        let grant = self.0.guard.ask_message(granted, content)?;
        broadcast.grant = Some(grant.id);
        let entry = granted.does(
            "broadcast.asked",
            broadcast.id.to_string(),
            json!({ "grant": grant.id, "people": broadcast.people }),
        );
        let made = self.change(entry, |tx| {
            self.0.book.put(tx, &broadcast)?;
            Ok((broadcast, json!({})))
        })?;
        self.ring();
        Ok(made)
    }

    /// Stops a broadcast that waits or is under way; at once.
    ///
    /// # Errors
    /// Not found, over already, or the ledger's or database's.
    pub fn stop(&self, granted: &Granted, id: BroadcastId) -> Result<Broadcast, CampaignError> {
        let (workspace, _) = whose(granted)?;
        let before = self.0.control.read(|tx| self.0.book.broadcast(tx, workspace, id))?;
        if !matches!(before.state, State::Waiting | State::Sending) {
            return Err(CampaignError::Conflict("this broadcast is not under way".to_owned()));
        }
        // Over already for another reason is as good.
        if let Some(grant) = before.grant
            && let Err(error) = self.0.guard.stop_send(granted, grant)
            && !matches!(error, guard::GuardError::GrantIs { .. })
        {
            return Err(error.into());
        }
        let entry = granted.does("broadcast.stopped", id.to_string(), json!({}));
        let stopped = self.change(entry, |tx| {
            Ok((self.end(tx, (workspace, id), (State::Stopped, "by_hand"))?, json!({})))
        })?;
        let now_ms = self.now_ms();
        self.0.people_db.write(|tx| outbox::stop(tx, id, now_ms))?;
        self.ring();
        Ok(stopped)
    }

    pub(crate) fn tally(&self, id: BroadcastId) -> Result<Tally, CampaignError> {
        self.0.people_db.read(|tx| outbox::tally(tx, id))
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    pub(crate) fn ring(&self) {
        let (rung, bell) = &self.0.bell;
        *rung.lock() += 1;
        bell.notify_all();
    }

    pub(crate) fn must_have_relay(&self) -> Result<(), CampaignError> {
        if self.can_send() {
            return Ok(());
        }
        Err(CampaignError::Conflict("no relay for messages is set: messages.smtp.host".to_owned()))
    }

    /// A broadcast and the version of its template.
    pub(crate) fn whole(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: BroadcastId,
    ) -> Result<(Broadcast, Version), CampaignError> {
        let broadcast = self.0.book.broadcast(tx, workspace, id)?;
        let Draft { template, version, .. } = broadcast.draft;
        let version = self.0.book.version(tx, workspace, (template, version))?;
        Ok((broadcast, version))
    }

    /// Ends a broadcast that is not over.
    pub(crate) fn end(
        &self,
        tx: &Transaction<'_>,
        (workspace, id): (WorkspaceId, BroadcastId),
        (state, why): (State, &str),
    ) -> Result<Broadcast, CampaignError> {
        let mut broadcast = self.0.book.broadcast(tx, workspace, id)?;
        if matches!(broadcast.state, State::Waiting | State::Sending) {
            broadcast.state = state;
            broadcast.ended = Some((self.now_ms(), why.to_owned()));
            self.0.book.put(tx, &broadcast)?;
        }
        Ok(broadcast)
    }

    /// A change between its intent and its outcome in the ledger.
    pub(crate) fn change<T>(
        &self,
        entry: NewEntry,
        act: impl FnOnce(&Transaction<'_>) -> Result<(T, Value), CampaignError>,
    ) -> Result<T, CampaignError> {
        let intent = self.0.ledger.intend(entry)?;
        match self.0.control.write(act) {
            Ok((made, detail)) => {
                intent.done(detail)?;
                Ok(made)
            }
            Err(error) => {
                // The refusal is what the caller must hear.
                let _ = intent.failed(json!({}));
                Err(error)
            }
        }
    }

    fn check(&self, workspace: WorkspaceId, draft: &Draft) -> Result<(), CampaignError> {
        let Draft { name, template, version, who, purpose } = draft;
        if name.trim().is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
            return Err(invalid("name", "one line of 1 to 200 bytes"));
        }
        if who.as_ref().is_some_and(|who| who.to_string().len() > WHO_BYTES_MAX) {
            return Err(invalid("who", format!("at most {WHO_BYTES_MAX} bytes")));
        }
        who.as_ref().map(audience::read).transpose().map_err(|fix| invalid("who", fix))?;
        if purpose.as_ref().is_some_and(|purpose| model::consent::purpose(purpose).is_none()) {
            let most = model::consent::PURPOSE_BYTES_MAX;
            let fix = format!("1 to {most} bytes of letters, digits, blanks, `_`, `-` and `.`, or nothing");
            return Err(invalid("purpose", fix));
        }
        if let Some(who) = who {
            self.0.segments.named_in(workspace, who).map_err(|error| invalid("who", error.to_string()))?;
        }
        let found = self.0.control.read(|tx| self.0.book.version(tx, workspace, (*template, *version)));
        found.map(drop).map_err(|error| match error {
            CampaignError::NotFound(_) => {
                invalid("template", "a template of this workspace and one of its versions")
            }
            error => error,
        })
    }

    /// What was asked for or approved of it does not hold any more.
    fn void(&self, granted: &Granted, broadcast: &Broadcast) -> Result<(), CampaignError> {
        match broadcast.grant.map(|grant| self.0.guard.stop_send(granted, grant)) {
            None | Some(Ok(()) | Err(guard::GuardError::GrantIs { state: "refused" | "void" | "ended" })) => {
                Ok(())
            }
            Some(Err(error)) => Err(error.into()),
        }
    }
}

fn must_be_open(broadcast: &Broadcast) -> Result<(), CampaignError> {
    if broadcast.state.is_open() {
        return Ok(());
    }
    Err(CampaignError::Conflict(format!("this broadcast is {}: make another one", broadcast.state.as_str())))
}

/// In which workspace, and which member.
pub(crate) fn whose(granted: &Granted) -> Result<(WorkspaceId, MemberId), CampaignError> {
    let workspace = granted.workspace.ok_or(CampaignError::NotFound("workspace"))?;
    let member = granted.principal.member.ok_or(CampaignError::NotFound("member"))?;
    Ok((workspace, member))
}
