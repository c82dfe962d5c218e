//! Today's traits of people, for questions. A sealed trait is answered by its mark.

use model::{Class, PersonCode, WorkspaceId};
use question::{Who, WhoError};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;

use crate::error::PeopleError;
use crate::memory::space_no;
use crate::people::People;
use crate::traits::mark_of;

impl Who for People {
    fn traits(
        &self,
        workspace: WorkspaceId,
        name: &str,
        people: &[PersonCode],
    ) -> Result<Vec<Option<Value>>, WhoError> {
        self.trait_values(workspace, name, people).map_err(|error| WhoError(Box::new(error)))
    }
}

impl People {
    /// Whether a sender ever had a trait of this name in the workspace.
    ///
    /// # Errors
    /// The database's.
    pub fn has_trait_name(&self, workspace: WorkspaceId, name: &str) -> Result<bool, PeopleError> {
        self.database.read(|tx| {
            let Some(space) = space_no(tx, workspace)? else { return Ok(false) };
            let mut statement =
                tx.prepare_cached("select 1 from trait_name where space = ?1 and name = ?2")?;
            Ok(statement.exists(params![space, name])?)
        })
    }

    fn trait_values(
        &self,
        workspace: WorkspaceId,
        name: &str,
        people: &[PersonCode],
    ) -> Result<Vec<Option<Value>>, PeopleError> {
        if let Some(asked) = question::condition::consent_of(name) {
            let found = self.consents(workspace, asked, people)?;
            return Ok(found.into_iter().map(|consent| Some(consent?.as_str().into())).collect());
        }
        if let Some(conditions) = question::condition::group_of(name) {
            let are_in = self.are_in_groups(workspace, &conditions, people)?;
            return Ok(are_in.into_iter().map(|is_in| Some(Value::Bool(is_in))).collect());
        }
        self.database.read(|tx| {
            let Some(space) = space_no(tx, workspace)? else { return Ok(vec![None; people.len()]) };
            if let Some(run) = computed_no(tx, workspace, name)? {
                return people.iter().map(|code| computed(tx, space, run, *code)).collect();
            }
            let paths = paths(tx, space, name)?;
            people.iter().map(|code| value(tx, space, &paths, *code)).collect()
        })
    }
}

/// The number of the computed trait called `name`, under which its values stand. It goes before a sent trait of that name.
pub(crate) fn computed_no(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<u32>, PeopleError> {
    let mut statement = tx.prepare_cached(
        "select no from segment_run where workspace = ?1 and trait = ?2 order by no desc limit 1",
    )?;
    Ok(statement.query_row(params![workspace.0.to_be_bytes(), name], |row| row.get(0)).optional()?)
}

fn computed(
    tx: &Transaction<'_>,
    space: u32,
    run: u32,
    code: PersonCode,
) -> Result<Option<Value>, PeopleError> {
    let mut statement = tx.prepare_cached(
        "select value from person join segment_person as kept
           on kept.segment = ?2 and kept.code = coalesce(into_code, person.code)
         where person.space = ?1 and person.code = ?3",
    )?;
    let value: Option<Option<String>> =
        statement.query_row(params![space, run, code.0], |row| row.get(0)).optional()?;
    Ok(value.flatten().and_then(|text| serde_json::from_str(&text).ok()))
}

/// A trait that `name` may stand in: its number, and the rest of the way into its object.
struct Path<'a> {
    no: u32,
    inside: Vec<&'a str>,
}

/// The traits called `name` or an object that it may be inside of, the longest name first.
fn paths<'a>(tx: &Transaction<'_>, space: u32, name: &'a str) -> Result<Vec<Path<'a>>, PeopleError> {
    let mut statement = tx.prepare_cached("select no from trait_name where space = ?1 and name = ?2")?;
    let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
    let mut paths = Vec::new();
    for (outer, rest) in ends.filter_map(|end| Some((name.get(..end)?, name.get(end..)?))) {
        if let Some(no) = statement.query_row(params![space, outer], |row| row.get(0)).optional()? {
            paths.push(Path { no, inside: rest.split('.').skip(1).collect() });
        }
    }
    paths.reverse();
    Ok(paths)
}

fn value(
    tx: &Transaction<'_>,
    space: u32,
    paths: &[Path<'_>],
    code: PersonCode,
) -> Result<Option<Value>, PeopleError> {
    let mut statement = tx.prepare_cached(
        "select plain, class from person join trait
           on trait.space = person.space and trait.code = coalesce(into_code, person.code) and trait.name = ?3
         where person.space = ?1 and person.code = ?2",
    )?;
    for path in paths {
        let row: Option<(Option<String>, Option<String>)> = statement
            .query_row(params![space, code.0, path.no], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let found = match row {
            Some((Some(plain), _)) => inside(&plain, &path.inside),
            Some((None, Some(class))) if path.inside.is_empty() => {
                Class::from_name(&class).map(|class| Value::String(mark_of(class)))
            }
            _ => None,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// What stands in a JSON value, on a way of names.
pub(crate) fn inside(plain: &str, path: &[&str]) -> Option<Value> {
    let mut value: Value = serde_json::from_str(plain).ok()?;
    for step in path {
        value = value.get_mut(step)?.take();
    }
    (!value.is_null()).then_some(value)
}
