//! Traits of people, and among them whether somebody is in a segment: what questions and broadcasts ask.

use std::sync::Arc;

use model::{PersonCode, WorkspaceId};
use people::People;
use question::{Who, WhoError, condition};
use serde_json::Value;

use crate::error::SegmentError;
use crate::members;
use crate::segments::Segments;

/// Somebody who knows people's traits and their segments.
#[derive(Clone)]
pub struct Joined {
    people: Arc<People>,
    segments: Segments,
}

impl Segments {
    /// Who answers for people's traits and for their segments.
    pub fn who(&self) -> Joined {
        Joined { people: self.0.people.clone(), segments: self.clone() }
    }
}

impl Who for Joined {
    fn traits(
        &self,
        workspace: WorkspaceId,
        name: &str,
        people: &[PersonCode],
    ) -> Result<Vec<Option<Value>>, WhoError> {
        let Some(segment) = condition::segment_of(name) else {
            return self.people.traits(workspace, name, people);
        };
        let are_in = self.segments.are_in(workspace, segment, people);
        let are_in = are_in.map_err(|error| WhoError(Box::new(error)))?;
        Ok(are_in.into_iter().map(|is_in| Some(Value::Bool(is_in))).collect())
    }
}

impl Segments {
    fn are_in(
        &self,
        workspace: WorkspaceId,
        segment: &str,
        people: &[PersonCode],
    ) -> Result<Vec<bool>, SegmentError> {
        let known = self.known();
        let live = known.named(workspace, segment).ok_or(SegmentError::NotFound("segment"))?;
        self.0.people_db.read(|tx| match members::run_of(tx, live.segment.id)? {
            Some(run) => members::are_in(tx, run.no, people),
            None => Ok(vec![false; people.len()]),
        })
    }
}
