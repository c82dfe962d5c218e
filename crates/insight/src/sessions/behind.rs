//! Whose sessions began in one interval, in one group.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{AskError, Sessions, Who};
use serde_json::Value as Json;
use store::{Block, Happened, View, Walker};

use super::{any_event, scan, told_apart};
use crate::behind::{Crowd, key_of, no_interval};
use crate::edges::Edges;
use crate::groups::Groups;
use crate::reading::Reading;
use crate::steps::Steps;
use crate::walks::{Ended, Share, walk};

/// The number of the only group that is looked for.
const THE_GROUP: u32 = 0;

/// Whoever had a session that began in the interval that begins then.
pub(crate) fn crowd(
    view: &View,
    question: &Sessions,
    (time_ms, group): (i64, &[Json]),
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Crowd, AskError> {
    let span = question.range.span(zone)?;
    let edges = Edges::new(question.interval.starts(span, zone)?);
    if !edges.all().contains(&time_ms) {
        return Err(no_interval("time").into());
    }
    let mut reading = Reading::new(who);
    reading.conditions(&question.conditions);
    reading.fields(&question.by);
    let any = any_event();
    let make = || Gather {
        pause_ms: question.session.ms,
        edges: &edges,
        interval: edges.interval(time_ms),
        steps: Steps::new(std::iter::once(&any), &question.conditions, &reading),
        groups: Groups::only(reading.dimensions(&question.by), &[key_of(group)]),
        room: Vec::new(),
        crowd: Crowd::default(),
    };
    // A session that began before is told from one that begins here by what lies before: all of the range is read.
    let (gather, _) = walk(view, &scan(span, &reading), &make)?;
    Ok(gather.crowd)
}

/// People gathered in one share.
struct Gather<'a> {
    pause_ms: i64,
    edges: &'a Edges,
    interval: u32,
    steps: Steps<'a>,
    groups: Groups<'a>,
    /// Groups of the block at hand, here for their memory.
    room: Vec<u32>,
    crowd: Crowd,
}

impl Walker for Gather<'_> {
    /// The group that a session would be in that begins here.
    type Mark = u32;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), Ended> {
        let (rows, _) = self.steps.mark(block)?;
        self.groups.assign(block, rows, &mut self.room)?;
        keep.extend(rows.iter().copied().zip(self.room.iter().copied()));
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), Ended> {
        let begins = |first: &Happened<u32>| {
            first.mark == THE_GROUP && self.edges.interval(first.time_ms) == self.interval
        };
        if told_apart(events, self.pause_ms).filter_map(<[_]>::first).any(begins) {
            self.crowd.add(person);
        }
        Ok(())
    }
}

impl Share for Gather<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.crowd.merge(&other.crowd);
        Ok(())
    }
}
