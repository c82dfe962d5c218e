//! Entries and exits as events of their own, through the log like any other: `Segment Joined` and `Segment Left`. Each
//! waits in the database until it is durable there, under a message id made of its number, so that a crash between the
//! two makes no second one.

use std::borrow::Cow;

use model::event::{SEGMENT_JOINED, SEGMENT_LEFT};
use model::{Event, Kind, PersonId, SegmentId, SourceId, WorkspaceId};
use rusqlite::{Row, Transaction};
use serde_json::json;

use crate::error::SegmentError;
use crate::segments::Segments;

/// How many are fed back at once.
const AT_ONCE: u32 = 500;

/// How it went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    /// Nothing waits.
    Everything,
    /// There may be more.
    Some,
    /// The log is too busy for now.
    Nothing,
}

/// One entry or exit.
struct Turn {
    no: i64,
    workspace: WorkspaceId,
    segment: SegmentId,
    name: String,
    person: PersonId,
    joined: bool,
    reason: String,
    at_ms: i64,
}

impl Segments {
    /// Feeds back some of what waits.
    pub(crate) fn tell_due(&self) -> Result<Told, SegmentError> {
        let waiting = self.0.people_db.read(waiting)?;
        let Some(workspace) = waiting.first().map(|turn| turn.workspace) else { return Ok(Told::Everything) };
        let of_one = waiting.iter().take_while(|turn| turn.workspace == workspace);
        let turns: Vec<&Turn> = of_one.collect();
        let now_ms = self.0.clock.now_ms();
        let events = turns.iter().map(|turn| turn.event(now_ms)).collect();
        if !(self.0.feed)(workspace, events).map_err(SegmentError::Fed)? {
            return Ok(Told::Nothing);
        }
        self.0.people_db.write(|tx| {
            let mut statement = tx.prepare_cached("delete from segment_event where no = ?1")?;
            for turn in &turns {
                statement.execute([turn.no])?;
            }
            Ok::<_, SegmentError>(())
        })?;
        Ok(Told::Some)
    }
}

impl Turn {
    fn event(&self, now_ms: i64) -> Event<'static> {
        let properties = json!({ "segment": self.name, "segment_id": self.segment, "reason": self.reason });
        Event {
            workspace: self.workspace,
            source: SourceId::HOUSE,
            message_id: Cow::Owned(format!("{}-{}-{}", self.segment, self.no, self.at_ms)),
            kind: Kind::Track,
            name: Cow::Borrowed(if self.joined { SEGMENT_JOINED } else { SEGMENT_LEFT }),
            time_ms: self.at_ms,
            received_ms: now_ms,
            user_id: Some(Cow::Owned(self.person.to_string())),
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties: Cow::Owned(properties.to_string()),
            traits: Cow::Borrowed("{}"),
            context: Cow::Borrowed("{}"),
        }
    }
}

fn waiting(tx: &Transaction<'_>) -> Result<Vec<Turn>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select no, workspace, segment, name, person, joined, reason, at_ms from segment_event order by no limit ?1",
    )?;
    let turn = |row: &Row<'_>| {
        Ok(Turn {
            no: row.get(0)?,
            workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
            segment: SegmentId(u128::from_be_bytes(row.get(2)?)),
            name: row.get(3)?,
            person: PersonId(u128::from_be_bytes(row.get(4)?)),
            joined: row.get(5)?,
            reason: row.get(6)?,
            at_ms: row.get(7)?,
        })
    };
    let rows = statement.query_map([AT_ONCE], turn)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
