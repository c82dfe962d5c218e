//! A user as SCIM writes one, read and written. Attributes of which nothing is kept here are passed over, as the standard asks.

use door::Problem;
use guard::provisioning::{Described, Provisioned, Wanted};
use policy::Role;
use serde_json::{Map, Value, json};

use super::wrong;
use crate::view::instant;

/// The schema of a user.
pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A user for a directory. `base` is the address of everything of SCIM's.
pub(super) fn view(user: &Provisioned, base: &str) -> Value {
    let Described { user_name, email, external_id, display_name, given_name, family_name } = &user.described;
    let mut body = json!({
        "schemas": [USER],
        "id": user.id,
        "userName": user_name,
        "active": user.role.is_some(),
        "emails": [{ "value": email, "type": "work", "primary": true }],
        "meta": {
            "resourceType": "User", "created": instant(user.created_ms), "lastModified": instant(user.changed_ms),
            "location": format!("{base}/Users/{}", user.id),
        },
    });
    let mut put = |name: &str, value: Value| {
        if let Some(body) = body.as_object_mut() {
            body.insert(name.to_owned(), value);
        }
    };
    for (name, value) in [("externalId", external_id), ("displayName", display_name)] {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    let name: Map<String, Value> = [("givenName", given_name), ("familyName", family_name)]
        .into_iter()
        .filter_map(|(part, value)| Some((part.to_owned(), json!(value.as_ref()?))))
        .collect();
    if !name.is_empty() {
        put("name", Value::Object(name));
    }
    if let Some(role) = user.role {
        put("roles", json!([{ "value": role.as_str(), "primary": true }]));
    }
    body
}

/// What a whole user says is wanted.
///
/// # Errors
/// It cannot be read.
pub(super) fn wanted(user: &Value) -> Result<Wanted, Problem> {
    let Some(attributes) = user.as_object() else { return Err(wrong("invalidSyntax", "send a user")) };
    let mut wanted = Wanted { active: true, ..Wanted::default() };
    // The name first, since an address may follow from it.
    for (name, value) in attributes {
        set(&mut wanted, &name.to_ascii_lowercase(), value)?;
    }
    if wanted.described.user_name.is_empty() {
        return Err(wrong("invalidValue", "`userName` is missing"));
    }
    if wanted.described.email.is_empty() {
        wanted.described.email = wanted.described.user_name.clone();
    }
    Ok(wanted)
}

/// Sets one attribute; `name` in lower case. Unknown ones are passed over.
///
/// # Errors
/// The value is of a wrong kind.
pub(super) fn set(wanted: &mut Wanted, name: &str, value: &Value) -> Result<(), Problem> {
    let described = &mut wanted.described;
    match name {
        "username" => described.user_name = text(name, value)?.ok_or_else(|| missing("userName"))?,
        "externalid" => described.external_id = text(name, value)?,
        "displayname" => described.display_name = text(name, value)?,
        "name.givenname" => described.given_name = text(name, value)?,
        "name.familyname" => described.family_name = text(name, value)?,
        "name" => {
            for (part, value) in value.as_object().into_iter().flatten() {
                set(wanted, &format!("name.{}", part.to_ascii_lowercase()), value)?;
            }
        }
        "emails" => {
            if let Some(email) = primary(value) {
                described.email = text(name, email)?.ok_or_else(|| missing("emails"))?;
            }
        }
        "emails.value" => described.email = text(name, value)?.ok_or_else(|| missing("emails"))?,
        "active" => wanted.active = truth(value)?,
        "roles" => {
            if let Some(role) = primary(value) {
                wanted.role = Some(role_of(role)?);
            }
        }
        "roles.value" => wanted.role = Some(role_of(value)?),
        _ => {}
    }
    Ok(())
}

/// The value of the primary entry of a list of them, else of the first; a bare value counts as itself.
fn primary(value: &Value) -> Option<&Value> {
    let Some(list) = value.as_array() else {
        return if value.is_object() {
            value.get("value")
        } else {
            Some(value).filter(|value| !value.is_null())
        };
    };
    let is_primary =
        |entry: &&Value| entry.get("primary").is_some_and(|primary| matches!(truth(primary), Ok(true)));
    let entry = list.iter().find(is_primary).or_else(|| list.first())?;
    if entry.is_object() { entry.get("value") } else { Some(entry) }
}

/// Directories write truth as JSON does, or as text with a capital.
fn truth(value: &Value) -> Result<bool, Problem> {
    let text = value.as_str().map(str::to_ascii_lowercase);
    match (value.as_bool(), text.as_deref()) {
        (Some(truth), _) => Ok(truth),
        (None, Some("true")) => Ok(true),
        (None, Some("false")) => Ok(false),
        _ => Err(wrong("invalidValue", "`active` is true or false")),
    }
}

fn text(name: &str, value: &Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(wrong("invalidValue", format!("`{name}` is a text"))),
    }
}

fn role_of(value: &Value) -> Result<Role, Problem> {
    let name = value.as_str().map(str::to_ascii_lowercase).unwrap_or_default();
    Role::from_name(&name).filter(|role| !role.is_powerful()).ok_or_else(|| {
        wrong("invalidValue", "a role that a directory may give: marketer, analyst, support or viewer")
    })
}

fn missing(name: &str) -> Problem {
    wrong("invalidValue", format!("`{name}` cannot be empty"))
}
