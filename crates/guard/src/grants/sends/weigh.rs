//! What makes a send wait for a second person: its size, what went before it, and what is new about it.

use model::{GrantId, WorkspaceId};
use rusqlite::Transaction;

use super::{DAY_MS, PEOPLE_ALONE_MAX, SendContent, content_of};
use crate::error::GuardError;
use crate::granted::Granted;
use crate::grants::Grant;
use crate::guard::Guard;

/// What is known of earlier sends.
const KNOWN_MS: i64 = 90 * DAY_MS;
const KNOWN_MAX: u32 = 2_000;
/// How many messages of programs are looked at, of a day.
const MESSAGES_MAX: u32 = 5_000;
/// How many times what is usual needs a second person.
const USUAL_TIMES: u64 = 3;

impl Guard {
    pub(super) fn weigh(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        content: &SendContent,
    ) -> Result<Vec<&'static str>, GuardError> {
        let (workspace, member, now_ms) = (granted.in_workspace()?, granted.member()?, self.now_ms());
        let known = self.of_people(tx, workspace, now_ms)?;
        let (of_programs, more) = self.of_programs(tx, workspace, now_ms)?;
        let sent: Vec<&SendContent> =
            known.iter().filter(|grant| grant.used.is_some()).filter_map(content_of).collect();
        let own: Vec<u64> = known
            .iter()
            .filter(|grant| grant.used.is_some() && grant.asked_by == member)
            .filter_map(|grant| Some(content_of(grant)?.people))
            .collect();
        let limit =
            PEOPLE_ALONE_MAX.min(median(&own).map_or(u64::MAX, |usual| usual.saturating_mul(USUAL_TIMES)));
        let lately = known.iter().chain(&of_programs).filter(|grant| {
            let went = grant.used.is_some() || grant.ended.is_none();
            let by_rule = grant.decision.is_some_and(|decision| decision.by_rule);
            grant.asked_ms > now_ms - DAY_MS && went && by_rule
        });
        let together: u64 = lately
            .filter_map(|grant| {
                let other = content_of(grant)?;
                let same = grant.asked_by == member || is_alike(content, other);
                same.then_some(other.people)
            })
            .fold(content.people, u64::saturating_add);
        let passkeys = self.0.signin.passkeys(tx, member)?;
        // A look has no touch: then the youngest of the passkeys counts.
        let of_touch = passkeys.iter().filter(|key| granted.touched.is_none_or(|touched| touched == key.id));
        let made_ms = of_touch.map(|key| key.created_ms).max();
        let said = |word: &str| content.signals.iter().any(|signal| signal == word);
        let words = [
            (content.people > limit, "people"),
            (content.people <= limit && (more || together > limit), "together"),
            (!sent.iter().any(|other| other.from == content.from), "new-from"),
            (
                content.domains.iter().any(|domain| !sent.iter().any(|other| other.domains.contains(domain))),
                "new-links",
            ),
            (own.is_empty(), "first-send"),
            (made_ms.is_none_or(|made_ms| made_ms > now_ms - DAY_MS), "new-device"),
            (said("form"), "form"),
            (said("secret-words"), "secret-words"),
            (said("new-people"), "new-people"),
        ];
        Ok(words.into_iter().filter_map(|(so, word)| so.then_some(word)).collect())
    }

    /// What people sent of late, the newest.
    pub(super) fn of_people(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        now_ms: i64,
    ) -> Result<Vec<Grant>, GuardError> {
        self.sends_in(tx, (workspace, "send"), first_id_of(now_ms - KNOWN_MS), KNOWN_MAX)
    }

    /// What programs sent within a day, and whether there was more than is looked at.
    pub(super) fn of_programs(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        now_ms: i64,
    ) -> Result<(Vec<Grant>, bool), GuardError> {
        let since = first_id_of(now_ms - DAY_MS);
        let found = self.sends_in(tx, (workspace, "message"), since, MESSAGES_MAX)?;
        let more = found.len() >= MESSAGES_MAX as usize;
        Ok((found, more))
    }
}

/// The smallest id of that moment: ids are in the order of their making.
fn first_id_of(at_ms: i64) -> GrantId {
    GrantId(u128::from(at_ms.max(0).unsigned_abs() & 0xffff_ffff_ffff) << 80)
}

/// Whether two texts are alike: half of the pieces that are compared are the same, or it is the same template.
fn is_alike(one: &SendContent, other: &SendContent) -> bool {
    let common = one.sketch.iter().filter(|piece| other.sketch.contains(piece)).count();
    let compared = one.sketch.len().min(other.sketch.len());
    one.template == other.template || compared > 0 && common * 2 >= compared
}

fn median(of: &[u64]) -> Option<u64> {
    let mut of = of.to_vec();
    of.sort_unstable();
    of.get(of.len() / 2).copied()
}
