//! Scanning fresh rows: their JSON is looked into for the properties asked for.

use super::stripes::{Pick, Read};
use super::{Block, Names, Scan, ScanStats};
use crate::chunk::column::Column;
use crate::error::StoreError;
use crate::leaves::lookup_all;
use crate::remap::Remap;
use crate::tail::block::TailBlock;
use crate::value::Owned;

pub(super) fn scan<E: From<StoreError>>(
    block: &TailBlock,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    stats: &mut ScanStats,
    visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
) -> Result<(), E> {
    stats.rows_read += block.rows.len() as u64;
    match read(block, (scan, remap), names, &Pick::EVERYBODY) {
        Some(read) => visit(&read.block(names)),
        None => Ok(()),
    }
}

/// The rows that fit, as columns; `None` if there are none.
pub(super) fn read(block: &TailBlock, of: (&Scan, &Remap), names: &mut Names, pick: &Pick) -> Option<Read> {
    read_if(block, of, names, &|stored, person| pick.takes(stored, person))
}

/// The rows that fit and whose person `takes`, by the stored code and by the one that stands for it today.
pub(super) fn read_if(
    block: &TailBlock,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    takes: &dyn Fn(u32, u32) -> bool,
) -> Option<Read> {
    let (mut times, mut people, mut events, mut offsets) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut values: Vec<Vec<Owned>> = scan.properties.iter().map(|_| Vec::new()).collect();
    let asked: Vec<&str> = scan.properties.iter().map(String::as_str).collect();
    for row in &block.rows {
        let within = row.time_ms >= scan.from_ms && row.time_ms < scan.to_ms;
        if !within || remap.is_erased(row.person, row.offset) {
            continue;
        }
        let person = remap.survivor(row.person);
        if !takes(row.person, person) {
            continue;
        }
        let Some(number) = names.number(block.event(row)) else { continue };
        times.push(row.time_ms);
        people.push(person);
        events.push(number);
        offsets.push(row.offset.cast_signed());
        if asked.is_empty() {
            continue;
        }
        let texts = block.texts(row);
        let mut found = lookup_all(texts.properties, &asked);
        if found.contains(&Owned::Absent) {
            for (slot, other) in found.iter_mut().zip(lookup_all(texts.context, &asked)) {
                if *slot == Owned::Absent {
                    *slot = other;
                }
            }
        }
        for (column, value) in values.iter_mut().zip(found) {
            column.push(value);
        }
    }
    if times.is_empty() {
        return None;
    }
    let rows: Vec<u32> = (0_u32..).take(times.len()).collect();
    let columns: Vec<Column> = values.into_iter().map(Column::mixed).collect();
    let span_ms = (times.iter().min().copied()?, times.iter().max().copied()?);
    Some(Read { rows, times, people, events, offsets, columns, span_ms, ..Read::default() })
}
