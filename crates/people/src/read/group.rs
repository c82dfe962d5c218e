//! Whether people belong to groups of a kind, and who belongs to one. Traits of groups are as they are today.

use std::collections::HashMap;

use model::{PersonCode, WorkspaceId};
use question::Condition;
use rusqlite::{Transaction, params};
use serde_json::Value;

use crate::audience::holds_of;
use crate::error::PeopleError;
use crate::identifiers::Hash;
use crate::memory::space_no;
use crate::people::People;
use crate::who::inside;

/// The groups of a person, of those who were merged into them too.
const GROUPS: &str = "with root (code) as (select coalesce(into_code, code) from person where space = ?1 and code = ?2),
     own (code) as (select code from root
       union all select person.code from root join person on person.space = ?1 and person.into_code = root.code)
   select distinct group_hash from own cross join membership
     on membership.space = ?1 and membership.code = own.code";

impl People {
    /// Whether each of these people belongs to a group of which all of `conditions` hold.
    pub(crate) fn are_in_groups(
        &self,
        workspace: WorkspaceId,
        conditions: &[Condition],
        people: &[PersonCode],
    ) -> Result<Vec<bool>, PeopleError> {
        self.database.read(|tx| {
            let Some(space) = space_no(tx, workspace)? else { return Ok(vec![false; people.len()]) };
            let mut statement = tx.prepare_cached(GROUPS)?;
            let mut known: HashMap<Hash, bool> = HashMap::new();
            let mut are_in = Vec::with_capacity(people.len());
            for code in people {
                let mut rows = statement.query(params![space, code.0])?;
                let mut is_in = false;
                while let Some(row) = rows.next()? {
                    let group: Hash = row.get(0)?;
                    let fits = match known.get(&group) {
                        Some(fits) => *fits,
                        None => {
                            let fits = group_fits(tx, space, group, conditions)?;
                            known.insert(group, fits);
                            fits
                        }
                    };
                    if fits {
                        is_in = true;
                        break;
                    }
                }
                are_in.push(is_in);
            }
            Ok(are_in)
        })
    }
}

fn group_fits(
    tx: &Transaction<'_>,
    space: u32,
    group: Hash,
    conditions: &[Condition],
) -> Result<bool, PeopleError> {
    let mut statement = tx.prepare_cached(
        "select name, plain from group_trait where space = ?1 and group_hash = ?2 and plain <> 'null'",
    )?;
    let rows = statement.query_map(params![space, group], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let traits: HashMap<String, String> = rows.collect::<Result<_, _>>()?;
    let of = |_: u32, name: &str| value(&traits, name);
    Ok(conditions.iter().all(|condition| holds_of(condition, &of)))
}

/// The trait called `name`, or what stands in an object that it may be inside of, the longest name first.
fn value(traits: &HashMap<String, String>, name: &str) -> Option<Value> {
    let ends = std::iter::once(name.len()).chain(name.match_indices('.').map(|(at, _)| at).rev());
    for end in ends {
        let (outer, rest) = (name.get(..end)?, name.get(end..)?);
        let path: Vec<&str> = rest.split('.').skip(1).collect();
        if let Some(found) = traits.get(outer).and_then(|plain| inside(plain, &path)) {
            return Some(found);
        }
    }
    None
}
