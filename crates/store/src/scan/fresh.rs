//! Scanning fresh rows: their JSON is looked into for the properties asked for.

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
    let (mut times, mut people, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let mut values: Vec<Vec<Owned>> = scan.properties.iter().map(|_| Vec::new()).collect();
    let asked: Vec<&str> = scan.properties.iter().map(String::as_str).collect();
    for row in &block.rows {
        let within = row.time_ms >= scan.from_ms && row.time_ms < scan.to_ms;
        if !within || remap.is_erased(row.person, row.offset) {
            continue;
        }
        let Some(number) = names.number(block.event(row)) else { continue };
        times.push(row.time_ms);
        people.push(remap.survivor(row.person));
        events.push(number);
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
        return Ok(());
    }
    let rows: Vec<u32> = (0_u32..).take(times.len()).collect();
    let columns: Vec<Column> = values.into_iter().map(Column::mixed).collect();
    visit(&Block {
        rows: &rows,
        times: &times,
        people: &people,
        events: &events,
        names: &names.list,
        columns: &columns,
    })
}
