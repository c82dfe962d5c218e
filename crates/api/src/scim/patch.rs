//! PATCH as directories really send it: with a path and without, `replace` and `Replace`, keys with points in them, a
//! filter inside a path, truth as text.

use door::Problem;
use guard::GuardError;
use guard::provisioning::Wanted;
use serde_json::Value;

use super::resource::{self, USER};
use super::wrong;

/// The most operations of one request.
const OPERATIONS_MAX: usize = 100;

/// One attribute that is to be set.
#[derive(Debug)]
pub(super) struct Change {
    name: String,
    value: Value,
}

/// The changes that a PATCH asks for, in its order.
///
/// # Errors
/// It cannot be read.
pub(super) fn changes(body: &Value) -> Result<Vec<Change>, Problem> {
    let operations = ["Operations", "operations"].iter().find_map(|name| body.get(name)?.as_array());
    let operations = operations.ok_or_else(|| wrong("invalidSyntax", "send `Operations`"))?;
    if operations.is_empty() || operations.len() > OPERATIONS_MAX {
        return Err(wrong("invalidValue", format!("send 1 to {OPERATIONS_MAX} operations")));
    }
    let mut all = Vec::new();
    for operation in operations {
        let kind = operation.get("op").and_then(Value::as_str).map(str::to_ascii_lowercase);
        let path = operation.get("path").and_then(Value::as_str).filter(|path| !path.is_empty());
        let value = operation.get("value").unwrap_or(&Value::Null);
        match (kind.as_deref(), path) {
            (Some("add" | "replace"), Some(path)) => {
                all.push(Change { name: attribute(path)?, value: value.clone() });
            }
            (Some("add" | "replace"), None) => {
                let Some(attributes) = value.as_object() else {
                    return Err(wrong(
                        "invalidValue",
                        "an operation without a path needs an object as its value",
                    ));
                };
                for (name, value) in attributes {
                    all.push(Change { name: attribute(name)?, value: value.clone() });
                }
            }
            (Some("remove"), Some(path)) => all.push(Change { name: attribute(path)?, value: Value::Null }),
            (Some("remove"), None) => return Err(wrong("noTarget", "say with `path` what is to be removed")),
            _ => return Err(wrong("invalidSyntax", "`op` is add, replace or remove")),
        }
    }
    Ok(all)
}

/// What is wanted once the change is made.
///
/// # Errors
/// The value is of a wrong kind.
pub(super) fn applied(mut wanted: Wanted, change: Change) -> Result<Wanted, GuardError> {
    let followed = wanted.described.email == wanted.described.user_name;
    resource::set(&mut wanted, &change.name, &change.value).map_err(|problem| GuardError::Invalid {
        field: "Operations",
        want: problem.detail.unwrap_or_default(),
    })?;
    // Where the address is the user name it stays that, unless it is said apart.
    if followed && change.name == "username" {
        wanted.described.email.clone_from(&wanted.described.user_name);
    }
    Ok(wanted)
}

/// The attribute a path means: `emails[type eq "work"].value` is `emails.value`; in lower case.
fn attribute(path: &str) -> Result<String, Problem> {
    let path = path.trim();
    let prefix = path.get(..USER.len()).filter(|prefix| prefix.eq_ignore_ascii_case(USER));
    let own = match prefix {
        Some(_) => path.get(USER.len()..).unwrap_or_default().trim_start_matches(':'),
        None => path,
    };
    let wrong = || wrong("invalidPath", "this path cannot be read");
    let plain = match own.split_once('[') {
        Some((name, rest)) => {
            let (_, rest) = rest.split_once(']').ok_or_else(wrong)?;
            format!("{name}{rest}")
        }
        None => own.to_owned(),
    };
    if plain.is_empty() || plain.contains(['[', ']', ' ']) {
        return Err(wrong());
    }
    Ok(plain.to_ascii_lowercase())
}
