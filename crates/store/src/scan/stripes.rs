//! Scanning a chunk, a stripe at a time.

use super::property::Property;
use super::{Block, Names, Scan, ScanStats};
use crate::chunk::directory::{Fixed, Stripe};
use crate::chunk::read::Reader;
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::Listed;

pub(super) fn scan<E: From<StoreError>>(
    (entry, chunk): &Listed,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    stats: &mut ScanStats,
    visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let rows = u64::from(chunk.header.rows);
    // The chunk's own event codes, translated to those of the scan.
    let numbers: Vec<Option<u32>> =
        chunk.directory.events.iter().map(|event| names.number(&event.name)).collect();
    let outside = chunk.header.max_ms < scan.from_ms || chunk.header.min_ms >= scan.to_ms;
    if outside || numbers.iter().all(Option::is_none) {
        stats.rows_skipped += rows;
        return Ok(());
    }
    let reader = chunk.reader()?;
    let source = Source { reader: &reader, remap, has_erased: (entry.erasures as usize) < remap.erasures() };
    let mut properties = Vec::with_capacity(scan.properties.len());
    for name in &scan.properties {
        properties.push(Property::find(&reader, name)?);
    }
    for (index, stripe) in chunk.directory.stripes.iter().enumerate() {
        let wanted = |(code, _): &(u32, u32)| numbers.get(*code as usize).copied().flatten().is_some();
        let outside = stripe.max_ms < scan.from_ms || stripe.min_ms >= scan.to_ms;
        if outside || !stripe.events.iter().any(wanted) {
            stats.rows_skipped += u64::from(stripe.rows);
            continue;
        }
        stats.rows_read += u64::from(stripe.rows);
        let Some(fixed) = source.select((index, stripe), scan, &numbers)? else {
            continue;
        };
        let mut columns = Vec::with_capacity(properties.len());
        for property in &properties {
            columns.push(property.read(&reader, index)?);
        }
        visit(&Block {
            rows: &fixed.rows,
            times: &fixed.times,
            people: &fixed.people,
            events: &fixed.events,
            names: &names.list,
            columns: &columns,
        })?;
    }
    Ok(())
}

/// The fixed columns of a stripe and which of its rows fit.
struct Selected {
    rows: Vec<u32>,
    times: Vec<i64>,
    people: Vec<u32>,
    events: Vec<u32>,
}

/// A chunk that is scanned.
struct Source<'a> {
    reader: &'a Reader,
    remap: &'a Remap,
    /// Whether somebody was erased since the chunk was last cleaned of the erased.
    has_erased: bool,
}

impl Source<'_> {
    /// The fixed columns of a stripe, if a row of it fits.
    fn select(
        &self,
        (index, stripe): (usize, &Stripe),
        scan: &Scan,
        numbers: &[Option<u32>],
    ) -> Result<Option<Selected>, StoreError> {
        let (reader, remap) = (self.reader, self.remap);
        let codes = reader.numbers(Fixed::Event, index)?;
        let times = reader.numbers(Fixed::Time, index)?;
        let mut rows = Vec::with_capacity(codes.len());
        let mut events = Vec::with_capacity(codes.len());
        for ((row, code), time) in (0_u32..).zip(&codes).zip(&times) {
            let number = usize::try_from(*code).ok().and_then(|code| numbers.get(code).copied().flatten());
            events.push(number.unwrap_or_default());
            if number.is_some() && *time >= scan.from_ms && *time < scan.to_ms {
                rows.push(row);
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let mut people = Vec::with_capacity(codes.len());
        for code in reader.numbers(Fixed::Person, index)? {
            people.push(u32::try_from(code).map_err(|_| reader.damaged("a person"))?);
        }
        if self.has_erased && remap.may_have_erased(stripe.first_person, stripe.last_person) {
            let offsets = reader.numbers(Fixed::Offset, index)?;
            rows.retain(|row| match (people.get(*row as usize), offsets.get(*row as usize)) {
                (Some(person), Some(offset)) => !remap.is_erased(*person, offset.cast_unsigned()),
                _ => false,
            });
        }
        if remap.has_merges() {
            people.iter_mut().for_each(|person| *person = remap.survivor(*person));
        }
        Ok((!rows.is_empty()).then_some(Selected { rows, times, people, events }))
    }
}
