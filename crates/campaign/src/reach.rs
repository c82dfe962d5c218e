//! Who would get a broadcast, what guard is asked about it, and what somebody sees of that beforehand.

use std::collections::HashSet;

use guard::Granted;
use guard::grants::SendContent;
use model::record::PersonRef;
use model::{BroadcastId, Channel, Consent, MemberId, PersonCode, PersonId, SegmentId};
use people::{AddressMark, audience};
use segments::Segment;
use serde_json::json;

use crate::broadcast::{Broadcast, EDITED_MS};
use crate::campaigns::{Campaigns, whose};
use crate::content;
use crate::error::{CampaignError, invalid};
use crate::outbox;
use crate::template::{Template, Version};

/// Where more than one in so many came within a day, the audience is new.
const NEW_ONE_IN: usize = 10;
const DAY_MS: i64 = 24 * 3_600_000;

/// What a broadcast would do, were it asked for now.
#[derive(Clone, PartialEq, Debug)]
pub struct Preview {
    /// How many people are meant.
    pub found: u64,
    /// To how many addresses it would go.
    pub people: u64,
    /// How many are not written to: they said so, or complained.
    pub suppressed: u64,
    /// How many are not written to because they, or somebody with the same address, refused what it is for, or withdrew it.
    pub declined: u64,
    /// The hosts it links to.
    pub domains: Vec<String>,
    /// The traits whose values it has places for.
    pub values: Vec<String>,
    /// Why it would wait for a second person; empty where it would not.
    pub why: Vec<&'static str>,
    /// The subject as somebody reads it of whom nothing is known.
    pub subject: String,
    /// The text likewise.
    pub text: String,
}

/// Who would get it.
pub(crate) struct Reached {
    pub(crate) found: usize,
    pub(crate) people: Vec<(PersonId, AddressMark)>,
    pub(crate) suppressed: usize,
    pub(crate) declined: usize,
    pub(crate) new: bool,
}

/// Whether it is a no; to say nothing is none.
fn is_no(said: Option<Consent>) -> bool {
    said.is_some_and(|said| said != Consent::Granted)
}

impl Campaigns {
    /// What a broadcast would do now. The look is entered: it counts people.
    ///
    /// # Errors
    /// Not found, a field that is not right, or the ledger's or database's.
    pub fn preview(&self, granted: &Granted, id: BroadcastId) -> Result<Preview, CampaignError> {
        let (workspace, _) = whose(granted)?;
        let (broadcast, version) = self.0.control.read(|tx| self.whole(tx, workspace, id))?;
        self.0.ledger.enter(granted.does("broadcast.counted", id.to_string(), json!({})))?;
        let reached = self.reached(&broadcast)?;
        let content = self.described(&broadcast, &version, &reached)?;
        let why = self.0.guard.weigh_send(granted, &content)?;
        let compiled = version.template.compile()?;
        let rendered = compiled.render(&[], "https://…/messages/unsubscribe/…");
        let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(Preview {
            found: whole(reached.found),
            people: content.people,
            suppressed: whole(reached.suppressed),
            declined: whole(reached.declined),
            domains: content.domains,
            values: compiled.names().to_vec(),
            why,
            subject: rendered.subject,
            text: rendered.text,
        })
    }

    /// Who would get it now: each address once, those who are not written to left out.
    pub(crate) fn reached(&self, broadcast: &Broadcast) -> Result<Reached, CampaignError> {
        let Broadcast { workspace, draft, only, .. } = broadcast;
        let workspace = *workspace;
        let people = match only {
            Some(only) => self.0.people.still(workspace, only)?,
            None => {
                // Before anybody is looked for: a segment may be no more.
                self.named(broadcast)?;
                let audience =
                    draft.who.as_ref().map(audience::read).transpose().map_err(|fix| invalid("who", fix))?;
                self.0.people.selected(workspace, audience.as_ref(), &self.0.segments.who())?
            }
        };
        let marks = self.0.people.address_marks(workspace, &people)?;
        let declined = self.declined(broadcast, &people, &marks)?;
        let mut seen = HashSet::new();
        let mut reached =
            Reached { found: people.len(), people: Vec::new(), suppressed: 0, declined: 0, new: false };
        let since_ms = (self.now_ms() - DAY_MS).max(0).unsigned_abs();
        let mut new = 0;
        self.0.people_db.read(|tx| {
            for (person, mark) in people.iter().zip(marks) {
                let Some(mark) = mark.filter(|mark| seen.insert(*mark)) else { continue };
                if outbox::is_suppressed(tx, workspace, &mark)? {
                    reached.suppressed += 1;
                    continue;
                }
                if declined.contains(&mark) {
                    reached.declined += 1;
                    continue;
                }
                // Ids tell when they were made.
                new += usize::from(person.id.0 >> 80 > u128::from(since_ms));
                reached.people.push((person.id, mark));
            }
            Ok::<_, CampaignError>(())
        })?;
        reached.new = new * NEW_ONE_IN > reached.people.len();
        Ok(reached)
    }

    /// The addresses of those who do not agree to what it is for. Where several people share one, each no counts.
    fn declined(
        &self,
        broadcast: &Broadcast,
        people: &[PersonRef],
        marks: &[Option<AddressMark>],
    ) -> Result<HashSet<AddressMark>, CampaignError> {
        let Some(purpose) = &broadcast.draft.purpose else { return Ok(HashSet::new()) };
        let codes: Vec<PersonCode> = people.iter().map(|person| person.code).collect();
        let said = self.0.people.consents(broadcast.workspace, (purpose, Channel::Email), &codes)?;
        let of_those = said.into_iter().zip(marks).filter(|(said, _)| is_no(*said));
        Ok(of_those.filter_map(|(_, mark)| *mark).collect())
    }

    /// Whether somebody does not agree to what a broadcast is for, at this moment.
    pub(crate) fn declines(&self, broadcast: &Broadcast, person: PersonId) -> Result<bool, CampaignError> {
        let Some(purpose) = &broadcast.draft.purpose else { return Ok(false) };
        let Some(code) = self.0.people.code_of(broadcast.workspace, person)? else { return Ok(false) };
        let said = self.0.people.consents(broadcast.workspace, (purpose, Channel::Email), &[code])?;
        Ok(said.into_iter().any(is_no))
    }

    /// The segments that it goes to, as they are now.
    fn named(&self, broadcast: &Broadcast) -> Result<Vec<Segment>, CampaignError> {
        match &broadcast.draft.who {
            Some(who) => Ok(self.0.segments.named_in(broadcast.workspace, who)?),
            None => Ok(Vec::new()),
        }
    }

    /// Everything that is approved about it, the versions of its segments among it: another condition is another audience.
    pub(crate) fn digest(&self, broadcast: &Broadcast, template: &Template) -> Result<String, CampaignError> {
        let named = self.named(broadcast)?;
        let segments: Vec<(SegmentId, u32)> =
            named.iter().map(|segment| (segment.id, segment.version)).collect();
        Ok(broadcast.digest(template, &segments))
    }

    /// What is asked of guard for this broadcast.
    pub(crate) fn described(
        &self,
        broadcast: &Broadcast,
        version: &Version,
        reached: &Reached,
    ) -> Result<SendContent, CampaignError> {
        let template = &version.template;
        let since_ms = self.now_ms() - EDITED_MS;
        let versions = self.versions(broadcast.workspace, version.id)?;
        let written = versions.iter().map(|version| (version.by, version.made_ms));
        let mut defined = Vec::new();
        for segment in self.named(broadcast)? {
            // Whoever says who is in a segment says who gets what is sent to it.
            let versions = self.0.segments.versions(broadcast.workspace, segment.id)?;
            defined.extend(versions.iter().map(|version| (version.by, version.made_ms)));
        }
        let mut editors: Vec<MemberId> = broadcast
            .edits
            .iter()
            .copied()
            .chain(written)
            .chain(defined)
            .filter(|(_, at_ms)| *at_ms > since_ms)
            .map(|(by, _)| by)
            .chain([broadcast.by, version.by])
            .collect();
        editors.sort_unstable();
        editors.dedup();
        let mut signals = content::signals(template);
        if reached.new {
            signals.push("new-people".to_owned());
        }
        Ok(SendContent {
            broadcast: broadcast.id,
            template: version.id,
            version: version.version,
            digest: self.digest(broadcast, template)?,
            people: u64::try_from(reached.people.len()).unwrap_or(u64::MAX),
            from: template.from.clone(),
            domains: content::domains(template)?,
            sketch: content::sketch(template),
            editors,
            signals,
        })
    }
}
