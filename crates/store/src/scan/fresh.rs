//! Scanning fresh rows by the columns that are kept beside them. Where few rows fit and a property is not kept yet,
//! the JSON of those alone is looked into.

use std::sync::Arc;

use super::stripes::{Pick, Read, UNWANTED};
use super::{Block, Names, Scan, ScanStats};
use crate::chunk::column::Column;
use crate::error::StoreError;
use crate::remap::Remap;
use crate::tail::columns::look_into;
use crate::value::Owned;
use crate::workspace::TailPart;

/// Fewer rows than one in so many are not worth a column of all.
const FEW: usize = 16;

pub(super) fn scan<E: From<StoreError>>(
    part: &TailPart,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    stats: &mut ScanStats,
    visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
) -> Result<(), E> {
    stats.rows_read += part.block.rows.len() as u64;
    match read(part, (scan, remap), names, &Pick::EVERYBODY) {
        Some(read) => visit(&read.block(names)),
        None => Ok(()),
    }
}

/// The rows that fit, as columns; `None` if there are none.
pub(super) fn read(part: &TailPart, of: (&Scan, &Remap), names: &mut Names, pick: &Pick) -> Option<Read> {
    read_if(part, of, names, &|stored, person| pick.takes(stored, person))
}

/// The rows that fit and whose person `takes`, by the stored code and by the one that stands for it today.
pub(super) fn read_if(
    part: &TailPart,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    takes: &dyn Fn(u32, u32) -> bool,
) -> Option<Read> {
    let fixed = part.columns.fixed(&part.block);
    let span_ms = fixed.span_ms;
    if span_ms.1 < scan.from_ms || span_ms.0 >= scan.to_ms {
        return None;
    }
    let numbers: Vec<u32> =
        part.block.names().iter().map(|name| names.number(name).unwrap_or(UNWANTED)).collect();
    let (mut rows, count) = (Vec::new(), fixed.times.len());
    let (mut people, mut events) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let stored = fixed.times.iter().zip(&fixed.people).zip(&fixed.events).zip(&fixed.offsets);
    for (row, (((time, stored), code), offset)) in (0_u32..).zip(stored) {
        let person = remap.survivor(*stored);
        let event = numbers.get(*code as usize).copied().unwrap_or(UNWANTED);
        people.push(person);
        events.push(event);
        let within = *time >= scan.from_ms && *time < scan.to_ms;
        let is_there = || !remap.is_erased(*stored, offset.cast_unsigned());
        if event != UNWANTED && within && is_there() && takes(*stored, person) {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return None;
    }
    let are_many = rows.len() * FEW >= count;
    let columns = part
        .columns
        .of(&part.block, &scan.properties, are_many)
        .unwrap_or_else(|| columns_of(part, &rows, &scan.properties));
    let (times, offsets) = (fixed.times.clone(), fixed.offsets.clone());
    Some(Read { rows, times, people, events, offsets, columns, span_ms, ..Read::default() })
}

/// Columns in which those rows alone have their values.
fn columns_of(part: &TailPart, rows: &[u32], properties: &[String]) -> Vec<Arc<Column>> {
    let asked: Vec<&str> = properties.iter().map(String::as_str).collect();
    let mut columns = vec![vec![Owned::Absent; part.block.rows.len()]; asked.len()];
    for row in rows.iter().map(|row| *row as usize) {
        for (column, value) in columns.iter_mut().zip(look_into(&part.block, row, &asked)) {
            if let Some(slot) = column.get_mut(row) {
                *slot = value;
            }
        }
    }
    columns.into_iter().map(|values| Arc::new(Column::mixed(values))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use model::{EventRecord, Kind, PersonCode, SourceId, WorkspaceId};

    use super::*;
    use crate::leaves::lookup_all;
    use crate::tail::block::{Note, TailBlock};
    use crate::tail::columns::{COLUMN_BYTES_A_ROW, COLUMNS_MAX};
    use crate::value::Value;

    const EVENTS: [&str; 3] = ["Page Viewed", "Signed Up", "Order Completed"];
    const NAMES: [&str; 5] = ["a", "b", "a.b", "c", "never"];
    const VALUES: [&str; 12] = [
        "1",
        "2.5",
        "-0.0",
        "3e2",
        "true",
        "false",
        "null",
        r#""text""#,
        r#""ünï\n""#,
        "[1,2]",
        r#"{"b":7}"#,
        "18446744073709551615",
    ];

    #[derive(Clone, Debug)]
    struct Made {
        person: u32,
        time_ms: i64,
        event: usize,
        objects: [String; 2],
    }

    fn object() -> impl Strategy<Value = String> {
        let value = prop_oneof![2 => select(&VALUES[..]), 1 => select(&VALUES[7..9])];
        vec((select(&NAMES[..4]), value), 0..4).prop_map(|pairs| {
            let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!(r#""{key}":{value}"#)).collect();
            format!("{{{}}}", pairs.join(","))
        })
    }

    fn made() -> impl Strategy<Value = Made> {
        (0_u32..5, 0_i64..100, 0..EVENTS.len(), [object(), object()])
            .prop_map(|(person, time_ms, event, objects)| Made { person, time_ms, event, objects })
    }

    fn part(rows: &[Made]) -> TailPart {
        let mut block = TailBlock::default();
        for (offset, made) in (0..).zip(rows) {
            let [properties, context] = made.objects.clone();
            let record = EventRecord {
                workspace: WorkspaceId(1),
                source: SourceId(1),
                message_id: String::new(),
                kind: Kind::Track,
                name: EVENTS[made.event].to_owned(),
                time_ms: made.time_ms,
                received_ms: made.time_ms,
                user_id: None,
                anonymous_id: None,
                group_id: None,
                previous_id: None,
                properties,
                traits: "{}".to_owned(),
                context,
                sealed: Vec::new(),
                findings: Vec::new(),
            };
            block.push_event(offset, PersonCode(made.person), &record).unwrap();
        }
        TailPart { generation: 1, block: block.into(), columns: Arc::default() }
    }

    fn scans() -> impl Strategy<Value = Scan> {
        let events = proptest::option::of(select(&EVENTS[..]));
        let properties = vec(select(&NAMES[..]), 0..4);
        ((0_i64..60, 0_i64..80), events, properties).prop_map(|((from_ms, span), event, properties)| Scan {
            from_ms,
            to_ms: from_ms + span,
            events: event.map(|event| vec![event.to_owned()]),
            properties: properties.into_iter().map(str::to_owned).collect(),
            ..Scan::default()
        })
    }

    /// Offset, time, person, event and values of a row, as text: equal floats may differ in their sign.
    fn told(row: (i64, i64, u32, &str), values: &[Value<'_>]) -> String {
        format!("{row:?} {values:?}")
    }

    fn by_columns(part: &TailPart, (scan, remap): (&Scan, &Remap), first: u32) -> Vec<String> {
        let mut names = Names::of(scan);
        let read = read_if(part, (scan, remap), &mut names, &|_, person| person >= first);
        let Some(read) = read else { return Vec::new() };
        let block = read.block(&names);
        let row = |row: &u32| {
            let row = *row as usize;
            let event = block.names()[block.events()[row] as usize].as_str();
            let values: Vec<Value<'_>> =
                (0..scan.properties.len()).map(|index| block.column(index).get(row)).collect();
            assert!((block.span_ms().0..=block.span_ms().1).contains(&block.times()[row]));
            told((read.offsets[row], block.times()[row], block.people()[row], event), &values)
        };
        block.rows().iter().map(row).collect()
    }

    fn by_rows(rows: &[Made], (scan, remap): (&Scan, &Remap), first: u32) -> Vec<String> {
        let names: Vec<&str> = scan.properties.iter().map(String::as_str).collect();
        let mut out = Vec::new();
        for (offset, made) in (0_i64..).zip(rows) {
            let (event, person) = (EVENTS[made.event], remap.survivor(made.person));
            let fits = made.time_ms >= scan.from_ms
                && made.time_ms < scan.to_ms
                && scan.events.as_ref().is_none_or(|events| events[0] == event)
                && !remap.is_erased(made.person, offset.cast_unsigned())
                && person >= first;
            if fits {
                let [own, context] = made.objects.each_ref().map(|json| lookup_all(json, &names));
                let either = own.iter().zip(&context);
                let values: Vec<Value<'_>> = either
                    .map(|(own, other)| if *own == Owned::Absent { other } else { own }.as_value())
                    .collect();
                out.push(told((offset, made.time_ms, person, event), &values));
            }
        }
        out
    }

    proptest! {
        #[test]
        fn columns_say_what_the_rows_say(
            rows in vec(made(), 0..80),
            asked in vec((scans(), 0_u32..5), 1..6),
            notes in vec((0_u64..90, 0_u32..5, 0_u32..5, any::<bool>()), 0..4),
        ) {
            let part = part(&rows);
            let mut remap = Remap::default();
            for (scan, first) in &asked {
                // Of each view anew, the columns of the block stay.
                prop_assert_eq!(by_columns(&part, (scan, &remap), *first), by_rows(&rows, (scan, &remap), *first));
                for (offset, into, from, erase) in &notes {
                    let note = if *erase { Note::Erase { person: *from } } else { Note::Merge { into: *into, from: *from } };
                    remap.apply(*offset, note);
                }
            }
        }
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let row = |text: String| Made { person: 1, time_ms: 5, event: 0, objects: [text, "{}".to_owned()] };
        let few = part(&[row(r#"{"p1":"x","p2":2}"#.to_owned())]);
        let scan = |properties: Vec<String>| Scan { to_ms: 9, properties, ..Scan::default() };
        for property in 0..2 * COLUMNS_MAX {
            let scan = scan(vec![format!("p{property}"), "p1".to_owned()]);
            assert!(!by_columns(&few, (&scan, &Remap::default()), 0).is_empty());
        }
        assert_eq!(few.columns.kept(), COLUMNS_MAX);
        let long = part(&[row(format!(r#"{{"p1":"{}","p2":2}}"#, "x".repeat(COLUMN_BYTES_A_ROW)))]);
        let both = scan(vec!["p1".to_owned(), "p2".to_owned()]);
        let read = by_columns(&long, (&both, &Remap::default()), 0);
        assert!(read[0].contains("xxx") && read[0].contains("Int(2)"), "{read:?}");
        assert_eq!(long.columns.kept(), 1);
    }

    #[test]
    fn few_rows_are_looked_into_without_a_column() {
        let object = || [r#"{"a":1}"#.to_owned(), "{}".to_owned()];
        let rows: Vec<Made> =
            (0..100).map(|row| Made { person: row, time_ms: 5, event: 0, objects: object() }).collect();
        let (part, remap) = (part(&rows), Remap::default());
        let scan = Scan { to_ms: 9, properties: vec!["a".to_owned()], ..Scan::default() };
        assert_eq!(by_columns(&part, (&scan, &remap), 98).len(), 2);
        assert_eq!(part.columns.kept(), 0);
        assert_eq!(by_columns(&part, (&scan, &remap), 50).len(), 50);
        assert_eq!(part.columns.kept(), 1);
    }
}
