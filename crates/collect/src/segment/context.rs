//! What is kept of `context`: the item's members over the batch's, without `ip` (never stored) and without
//! `traits` (which go their own way).

use std::borrow::Cow;

use crate::json::{Malformed, Members};

const NOT_KEPT: [&[u8]; 2] = [b"ip", b"traits"];
/// The most members of a context, not counting nested ones; one with more is refused as having too many
/// keys. Item and batch are merged pair by pair, so this is what keeps a hostile batch cheap.
const MEMBERS_MAX: usize = 256;

/// A context ready for the shield, and the `traits` that stood in it.
#[derive(Default)]
pub(super) struct Context<'a> {
    /// A JSON object.
    pub kept: Cow<'a, [u8]>,
    /// The raw `traits`, where there are some.
    pub traits: Option<&'a [u8]>,
}

/// Why a context cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ContextError {
    /// It is not an object, or not JSON.
    NotAnObject,
    /// It has too many members.
    TooManyKeys,
}

impl From<Malformed> for ContextError {
    fn from(_: Malformed) -> Self {
        Self::NotAnObject
    }
}

/// Merges the contexts of item and batch; the item's members win.
pub(super) fn merge<'a>(
    item: Option<&'a [u8]>,
    batch: Option<&'a [u8]>,
) -> Result<Context<'a>, ContextError> {
    // Mostly there is nothing to merge and nothing to leave out: then the bytes stay where they are.
    match (item, batch) {
        (None, None) => return Ok(Context { kept: Cow::Borrowed(b"{}"), traits: None }),
        (Some(only), None) | (None, Some(only)) if is_kept_whole(only)? => {
            return Ok(Context { kept: Cow::Borrowed(only), traits: None });
        }
        _ => {}
    }
    let (item, batch) = (members(item)?, members(batch)?);
    let traits = item.traits().or_else(|| batch.traits());
    let mut text = vec![b'{'];
    for (key, raw) in &item.members {
        push(&mut text, key, raw)?;
    }
    for (key, raw) in &batch.members {
        if !item.has(key) {
            push(&mut text, key, raw)?;
        }
    }
    text.push(b'}');
    Ok(Context { kept: Cow::Owned(text), traits })
}

/// Whether a context has no member that is left out.
fn is_kept_whole(raw: &[u8]) -> Result<bool, ContextError> {
    let mut walk = Members::new(raw, 0).ok_or(ContextError::NotAnObject)?;
    let mut count = 0;
    while let Some((key, _)) = walk.advance()? {
        if NOT_KEPT.contains(&&*key) {
            return Ok(false);
        }
        count += 1;
    }
    if count > MEMBERS_MAX { Err(ContextError::TooManyKeys) } else { Ok(true) }
}

struct Pairs<'a> {
    members: Vec<(Cow<'a, [u8]>, &'a [u8])>,
}

impl<'a> Pairs<'a> {
    fn has(&self, name: &[u8]) -> bool {
        self.members.iter().any(|(key, _)| &**key == name)
    }

    fn traits(&self) -> Option<&'a [u8]> {
        let last = self.members.iter().rfind(|(key, _)| &**key == b"traits");
        last.map(|(_, raw)| *raw).filter(|raw| *raw != b"null")
    }
}

fn members(raw: Option<&[u8]>) -> Result<Pairs<'_>, ContextError> {
    let mut pairs = Pairs { members: Vec::new() };
    let Some(raw) = raw else { return Ok(pairs) };
    let mut walk = Members::new(raw, 0).ok_or(ContextError::NotAnObject)?;
    while let Some((key, value)) = walk.advance()? {
        if pairs.members.len() == MEMBERS_MAX {
            return Err(ContextError::TooManyKeys);
        }
        pairs.members.push((key, value.raw));
    }
    Ok(pairs)
}

fn push(text: &mut Vec<u8>, key: &[u8], raw: &[u8]) -> Result<(), Malformed> {
    if NOT_KEPT.contains(&key) {
        return Ok(());
    }
    if text.len() > 1 {
        text.push(b',');
    }
    // The key's escapes are undone by now, so it is written anew.
    let key = std::str::from_utf8(key).map_err(|_| Malformed)?;
    serde_json::to_writer(&mut *text, key).map_err(|_| Malformed)?;
    text.push(b':');
    text.extend_from_slice(raw);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_win_and_ip_and_traits_are_left_out() {
        // The contexts of item and batch, what is kept, and the traits that were there.
        type Case = (Option<&'static str>, Option<&'static str>, &'static str, Option<&'static str>);
        let cases: [Case; 8] = [
            (None, None, "{}", None),
            (Some(r#"{ "a": 1 }"#), None, r#"{ "a": 1 }"#, None),
            (None, Some(r#"{"a":1}"#), r#"{"a":1}"#, None),
            (Some(r#"{"a":1}"#), Some(r#"{"a":2,"b":{"c":3}}"#), r#"{"a":1,"b":{"c":3}}"#, None),
            (Some(r#"{"ip":"203.0.113.9","a":1}"#), None, r#"{"a":1}"#, None),
            (Some(r#"{"\u0069p":"203.0.113.9"}"#), Some(r#"{"ip":"203.0.113.9"}"#), "{}", None),
            (Some(r#"{"traits":{"x":1},"q\"":2}"#), None, r#"{"q\"":2}"#, Some(r#"{"x":1}"#)),
            (Some("{}"), Some(r#"{"traits":{"x":1}}"#), "{}", Some(r#"{"x":1}"#)),
        ];
        for (item, batch, kept, traits) in cases {
            let merged = merge(item.map(str::as_bytes), batch.map(str::as_bytes)).unwrap();
            assert_eq!(std::str::from_utf8(&merged.kept).unwrap(), kept);
            assert_eq!(merged.traits, traits.map(str::as_bytes));
        }
    }

    #[test]
    fn a_context_that_is_no_object_is_refused() {
        assert_eq!(merge(Some(b"[1]"), None).err(), Some(ContextError::NotAnObject));
        assert_eq!(merge(Some(b"\"x\""), Some(b"{}")).err(), Some(ContextError::NotAnObject));
        let many: Vec<String> = (0..=MEMBERS_MAX).map(|n| format!("\"k{n}\":1")).collect();
        let many = format!("{{{}}}", many.join(","));
        assert_eq!(merge(Some(many.as_bytes()), None).err(), Some(ContextError::TooManyKeys));
    }
}
