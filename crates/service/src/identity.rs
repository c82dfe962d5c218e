//! Who is who, where a member decides it: a merge of two people whom an alias calls one, a merge undone, two people kept apart, and
//! that lifted; and what a person agreed to or not, as a member says. Each is an intent in the ledger, an order in the journal, and an outcome; the resolving pass carries it out.

use std::time::Duration;

use guard::Granted;
use jiff::Timestamp;
use model::record::PersonRef;
use model::{Channel, Consent, Decision, Order, PersonId, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{ServiceError, Services};

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 500;
/// How long whoever decides waits for the effect, before they are told that it comes.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// What a person said about a purpose, as it is entered.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// For which purpose.
    pub purpose: String,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no.
    pub state: Consent,
    /// Why it is entered: where and how they said so.
    pub reason: String,
    /// When they said so, as an instant; now if absent.
    #[serde(default)]
    pub said_at: Option<String>,
}

/// What became of a decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ordered {
    /// Its place in the journal.
    pub offset: u64,
    /// Whether it is carried out, stored rows following at once; otherwise it will be.
    pub done: bool,
}

impl Services {
    /// Merges two people whom an alias calls one. `into` goes on living.
    ///
    /// # Errors
    /// Nobody proposed it, one of them is not there, or they are kept apart; the journal's, the ledger's.
    pub fn merge_people(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (into, from): (PersonId, PersonId),
        reason: &str,
    ) -> Result<Ordered, ServiceError> {
        let decision = self.decision(granted, reason)?;
        let [stays, goes] = self.two(workspace, into, from)?;
        let pair =
            |one: PersonRef, other: PersonRef| [one, other] == [stays, goes] || [other, one] == [stays, goes];
        if self.people.kept_apart(workspace)?.iter().any(|kept| pair(kept.one, kept.other)) {
            return Err(conflict("the two are kept apart: lift that first"));
        }
        if !self.people.suggestions(workspace)?.iter().any(|known| pair(known.one, known.other)) {
            return Err(conflict("no alias calls these two one, so there is nothing to accept"));
        }
        let order = Order::Join { workspace, into: stays.code, from: goes.code, decision };
        self.decide(
            granted,
            ("people.merged", &[stays, goes]),
            json!({ "into": stays.id, "from": goes.id }),
            order,
        )
    }

    /// Undoes the merge by which `from` became part of another. No rule merges the two again.
    ///
    /// # Errors
    /// They are not merged away, or only just; the journal's, the ledger's.
    pub fn unmerge_people(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        from: PersonId,
        reason: &str,
    ) -> Result<Ordered, ServiceError> {
        let decision = self.decision(granted, reason)?;
        let merged = self.people.merged(workspace, from)?.ok_or(ServiceError::NotFound { what: "merge" })?;
        if merged.is_on_its_way {
            return Err(conflict("the two were merged only just: try again in a moment"));
        }
        let order = Order::Unmerge { workspace, into: merged.into.code, from: merged.from.code, decision };
        let about = json!({ "from": merged.from.id, "into": merged.into.id, "out_of": merged.root.id });
        self.decide(granted, ("people.unmerged", &[merged.root, merged.from]), about, order)
    }

    /// Says that two people are two, whatever the rules say (`apart`), or that the rules decide again.
    ///
    /// # Errors
    /// One of them is not there, or there is nothing to lift; the journal's, the ledger's.
    pub fn keep_apart(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (people, apart): ([PersonId; 2], bool),
        reason: &str,
    ) -> Result<Ordered, ServiceError> {
        let decision = self.decision(granted, reason)?;
        let [one, other] = self.two(workspace, people[0], people[1])?;
        let kept = self.people.kept_apart(workspace)?;
        let is_kept = kept
            .iter()
            .any(|kept| [kept.one, kept.other] == [one, other] || [kept.other, kept.one] == [one, other]);
        if is_kept == apart {
            let why = if apart { "the two are kept apart already" } else { "the two are not kept apart" };
            return Err(conflict(why));
        }
        let code = if apart { "people.kept_apart" } else { "people.apart_lifted" };
        let order = Order::Apart { workspace, people: [one.code, other.code], apart, decision };
        self.decide(granted, (code, &[one, other]), json!({}), order)
    }

    /// Enters what a person agreed to or not, as they said it to a member or to a program.
    ///
    /// # Errors
    /// A field that is not right, nobody of that id; the journal's, the ledger's.
    pub fn decide_consent(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        person: PersonId,
        new: &NewConsent,
    ) -> Result<Ordered, ServiceError> {
        let decision = self.decision(granted, &new.reason)?;
        let invalid = |field: &str, fix: String| ServiceError::Invalid { field: field.to_owned(), fix };
        let purpose = model::consent::purpose(&new.purpose).ok_or_else(|| {
            let most = model::consent::PURPOSE_BYTES_MAX;
            invalid("purpose", format!("1 to {most} bytes of letters, digits, blanks, `_`, `-` and `.`"))
        })?;
        let purposes = self.people.purposes(workspace)?;
        let most = people::consent::PURPOSES_MAX as usize;
        if purposes.len() >= most && !purposes.contains(&purpose) {
            return Err(invalid(
                "purpose",
                format!("one of the {most} that there are: a workspace has no more"),
            ));
        }
        let said_ms = match &new.said_at {
            Some(text) => {
                let at = text
                    .parse::<Timestamp>()
                    .map_err(|_| invalid("said_at", "an instant such as 2026-01-31T12:00:00Z".to_owned()))?;
                at.as_millisecond()
            }
            None => decision.at_ms,
        };
        if !(0..=decision.at_ms).contains(&said_ms) {
            return Err(invalid("said_at", "an instant that has been".to_owned()));
        }
        let code =
            self.people.code_of(workspace, person)?.ok_or(ServiceError::NotFound { what: "person" })?;
        let person =
            self.people.by_code(workspace, code)?.ok_or(ServiceError::NotFound { what: "person" })?;
        let (channel, consent) = (new.channel, new.state);
        let about = json!({ "purpose": purpose, "channel": channel, "state": consent, "said_ms": said_ms });
        let order =
            Order::Consent { workspace, person: person.code, purpose, channel, consent, said_ms, decision };
        self.decide(granted, ("person.consent_entered", &[person]), about, order)
    }

    fn decision(&self, granted: &Granted, reason: &str) -> Result<Decision, ServiceError> {
        let by = granted.principal.answers.ok_or(ServiceError::NotFound { what: "member" })?;
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > REASON_BYTES_MAX || reason.chars().any(char::is_control) {
            let fix = format!("1 to {REASON_BYTES_MAX} bytes without control characters");
            return Err(ServiceError::Invalid { field: "reason".to_owned(), fix });
        }
        Ok(Decision { by, reason: reason.to_owned(), at_ms: self.clock.now_ms() })
    }

    /// Two living people who are not one already.
    fn two(
        &self,
        workspace: WorkspaceId,
        one: PersonId,
        other: PersonId,
    ) -> Result<[PersonRef; 2], ServiceError> {
        let living = |id| -> Result<PersonRef, ServiceError> {
            let code =
                self.people.code_of(workspace, id)?.ok_or(ServiceError::NotFound { what: "person" })?;
            self.people.by_code(workspace, code)?.ok_or(ServiceError::NotFound { what: "person" })
        };
        let people = [living(one)?, living(other)?];
        if people[0] == people[1] {
            return Err(conflict("these are one person"));
        }
        Ok(people)
    }

    /// Enters a decision, orders it, and waits a little for its effect.
    fn decide(
        &self,
        granted: &Granted,
        (code, people): (&'static str, &[PersonRef]),
        mut about: Value,
        order: Order,
    ) -> Result<Ordered, ServiceError> {
        about["people"] = people.iter().map(|person| json!(person.id)).collect();
        about["codes"] = people.iter().map(|person| json!(person.code)).collect();
        about["reason"] = json!(order.reason());
        let object = people.first().map(|person| person.id.to_string()).unwrap_or_default();
        let intent = self.ledger.intend(granted.does(code, object, about.clone()))?;
        let offset = match self.intake.order(order) {
            Ok(appended) => appended.first,
            Err(error) => {
                let _ = intent.failed(json!({}));
                return Err(error.into());
            }
        };
        intent.done(json!({ "offset": offset }))?;
        if let Some(workspace) = granted.workspace
            && ["people.merged", "people.unmerged"].contains(&code)
        {
            let told = json!({ "by": granted.principal.answers, "people": about["people"] });
            self.guard.tell(workspace, code, &told)?;
        }
        Ok(Ordered { offset: offset.0, done: self.people.wait_past(offset, WAIT_MAX) })
    }
}

fn conflict(why: &str) -> ServiceError {
    ServiceError::Conflict(why.to_owned())
}
