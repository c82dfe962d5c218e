//! Reading a few people: everything of each, without walking through everybody. Only stripes that one of them
//! may stand in are read, and the fresh rows are gone through once for all of them.

use std::collections::BTreeSet;

use model::PersonCode;

use super::stripes::{Pick, Read, Source};
use super::walk::{Happened, Walker};
use super::{Names, Scan, ScanStats, View, fresh};
use crate::error::StoreError;

/// The most people that are read at once; more are refused.
pub const FEW_PEOPLE_MAX: usize = 20_000;
/// The most rows of all of them together; more are refused.
const ROWS_MAX: usize = 4_000_000;

impl View {
    /// Shows `walker` those of these people who have rows that fit, one by one by code. A code that was merged away
    /// stands for its survivor.
    ///
    /// # Errors
    /// What `walker` says; more than [`FEW_PEOPLE_MAX`] people or 4 million rows, and [`StoreError`] as that type.
    pub fn visit<W: Walker>(
        &self,
        scan: &Scan,
        people: &[PersonCode],
        walker: &mut W,
    ) -> Result<ScanStats, W::Error> {
        if people.len() > FEW_PEOPLE_MAX {
            return Err(StoreError::TooLarge { what: "a few people", max: FEW_PEOPLE_MAX as u64 }.into());
        }
        let remap = &self.state.remap;
        let somebody = people.iter().filter(|person| **person != PersonCode::NOBODY);
        let wanted: BTreeSet<u32> = somebody.map(|person| remap.survivor(person.0)).collect();
        let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else {
            return Ok(ScanStats::default());
        };
        let mut stored: Vec<u32> = wanted.iter().flat_map(|person| remap.codes_of(*person)).collect();
        stored.sort_unstable();
        let pick = Pick { people: *first..=*last, moved: None };
        let (mut names, mut stats, mut rows) = (Names::of(scan), ScanStats::default(), Vec::new());
        let mut read = Read::default();
        for listed in self.state.chunks.iter() {
            let Some(mut source) = Source::new(listed, (scan, remap), &mut names) else {
                stats.rows_skipped += u64::from(listed.1.header.rows);
                continue;
            };
            for (index, stripe) in listed.1.directory.stripes.iter().enumerate() {
                if !stripe.has_one_of(&stored) || !source.may_have(index) {
                    stats.rows_skipped += u64::from(stripe.rows);
                    continue;
                }
                stats.rows_read += u64::from(stripe.rows);
                if !source.read(index, &pick, true, &mut read)? {
                    continue;
                }
                let Read { rows: left, runs, people, .. } = &mut read;
                runs.clear();
                left.retain(|row| people.get(*row as usize).is_some_and(|person| wanted.contains(person)));
                keep(&read, &names, walker, &mut rows)?;
            }
        }
        for part in &self.state.tail {
            stats.rows_read += part.block.rows.len() as u64;
            let takes = |_: u32, person: u32| wanted.contains(&person);
            if let Some(read) = fresh::read_if(part, (scan, remap), &mut names, &takes) {
                keep(&read, &names, walker, &mut rows)?;
            }
        }
        rows.sort_unstable_by_key(|row| (row.person, row.happened.time_ms, row.offset));
        let mut events = Vec::new();
        for one in rows.chunk_by(|one, other| one.person == other.person) {
            events.clear();
            events.extend(one.iter().map(|row| row.happened));
            if let Some(row) = one.first() {
                walker.person(row.person, &events)?;
            }
        }
        Ok(stats)
    }
}

/// A row of somebody who is not complete yet.
struct Row<M> {
    person: u32,
    /// Its place in the journal.
    offset: i64,
    happened: Happened<M>,
}

/// Takes what the walker remembers of rows that were read.
fn keep<W: Walker>(
    read: &Read,
    names: &Names,
    walker: &mut W,
    rows: &mut Vec<Row<W::Mark>>,
) -> Result<(), W::Error> {
    let mut kept = Vec::with_capacity(read.rows.len());
    walker.mark(&read.block(names), &mut kept)?;
    rows.extend(kept.into_iter().filter_map(|(row, mark)| {
        let row = row as usize;
        let (time_ms, offset) = (*read.times.get(row)?, *read.offsets.get(row)?);
        Some(Row { person: *read.people.get(row)?, offset, happened: Happened { time_ms, mark } })
    }));
    if rows.len() > ROWS_MAX {
        let what = "the history of a few people";
        return Err(StoreError::TooLarge { what, max: ROWS_MAX as u64 }.into());
    }
    Ok(())
}
