//! The rows in which the shield found something, with who sent them: what a report of an incident is made of.

use model::{PersonCode, SourceId};

use super::View;
use super::property::Property;
use crate::chunk::directory::{Family, Fixed};
use crate::error::StoreError;
use crate::leaves::lookup_all;
use crate::value::{Owned, Value};
use crate::workspace::Listed;

/// Where a library names itself in the context.
const SDK: [&str; 2] = ["library.name", "library.version"];

/// A row in which something was found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Whose it is, after merges.
    pub person: PersonCode,
    /// The event's name.
    pub event: &'a str,
    /// Which source sent it.
    pub source: SourceId,
    /// When it happened, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The library's name; empty where none was given.
    pub sdk: &'a str,
    /// Its version; empty where none was given.
    pub sdk_version: &'a str,
    /// What was found, as JSON: a list of [`model::Finding`].
    pub findings: &'a str,
}

impl View {
    /// Calls `visit` with every row from `from_ms` on and before `to_ms` in which something was found.
    ///
    /// # Errors
    /// What `visit` says, and [`StoreError`] as that type.
    pub fn findings<E: From<StoreError>>(
        &self,
        (from_ms, to_ms): (i64, i64),
        visit: &mut dyn FnMut(&Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for listed in self.state.chunks.iter() {
            let header = &listed.1.header;
            if header.max_ms >= from_ms && header.min_ms < to_ms {
                self.findings_of(listed, (from_ms, to_ms), visit)?;
            }
        }
        let remap = &self.state.remap;
        for part in &self.state.tail {
            for row in &part.block.rows {
                let texts = part.block.texts(row);
                let within = row.time_ms >= from_ms && row.time_ms < to_ms;
                if texts.findings.is_empty() || !within || remap.is_erased(row.person, row.offset) {
                    continue;
                }
                let [sdk, version] = sdk_of(texts.context);
                visit(&Found {
                    person: PersonCode(remap.survivor(row.person)),
                    event: part.block.event(row),
                    source: SourceId(part.block.head(row).source),
                    time_ms: row.time_ms,
                    sdk: &sdk,
                    sdk_version: &version,
                    findings: texts.findings,
                })?;
            }
        }
        Ok(())
    }

    fn findings_of<E: From<StoreError>>(
        &self,
        (_, chunk): &Listed,
        (from_ms, to_ms): (i64, i64),
        visit: &mut dyn FnMut(&Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (reader, remap) = (chunk.reader()?, &self.state.remap);
        let [name, version] = SDK.map(|path| Property::find_in(&reader, path, &[Family::Context]));
        let (name, version) = (name?, version?);
        for (index, stripe) in chunk.directory.stripes.iter().enumerate() {
            if stripe.max_ms < from_ms || stripe.min_ms >= to_ms {
                continue;
            }
            let findings = reader.fixed(Fixed::Findings, index)?;
            if findings.is_absent() {
                continue;
            }
            let (names, versions) = (name.read(&reader, index)?, version.read(&reader, index)?);
            let numbers = |fixed| reader.numbers(fixed, index);
            let (times, people) = (numbers(Fixed::Time)?, numbers(Fixed::Person)?);
            let (offsets, events, sources) =
                (numbers(Fixed::Offset)?, numbers(Fixed::Event)?, numbers(Fixed::Source)?);
            for (row, time_ms) in times.iter().enumerate() {
                let Value::Text(text) = findings.get(row) else { continue };
                let at = |column: &[i64]| column.get(row).copied().ok_or_else(|| reader.damaged("a row"));
                let person = u32::try_from(at(&people)?).map_err(|_| reader.damaged("a person"))?;
                let within = *time_ms >= from_ms && *time_ms < to_ms;
                if !within || remap.is_erased(person, at(&offsets)?.cast_unsigned()) {
                    continue;
                }
                let event = usize::try_from(at(&events)?).ok().and_then(|at| chunk.directory.events.get(at));
                let source =
                    usize::try_from(at(&sources)?).ok().and_then(|at| chunk.directory.sources.get(at));
                let (Some(event), Some(source)) = (event, source) else {
                    return Err(reader.damaged("a row").into());
                };
                visit(&Found {
                    person: PersonCode(remap.survivor(person)),
                    event: &event.name,
                    source: SourceId(*source),
                    time_ms: *time_ms,
                    sdk: as_text(names.get(row)),
                    sdk_version: as_text(versions.get(row)),
                    findings: text,
                })?;
            }
        }
        Ok(())
    }
}

fn as_text<'a>(value: Value<'a>) -> &'a str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}

fn sdk_of(context: &str) -> [String; 2] {
    let mut found = lookup_all(context, &SDK).into_iter().map(|value| match value {
        Owned::Text(text) => text.to_string(),
        _ => String::new(),
    });
    [found.next().unwrap_or_default(), found.next().unwrap_or_default()]
}
