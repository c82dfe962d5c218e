//! Reading single parts of a message: ids, texts, objects. What cannot be read is refused with the name
//! of its field.

use std::borrow::Cow;

use model::limits::MESSAGE_ID_BYTES_MAX;

use crate::json::string;
use crate::refusal::{Refused, reason};

/// The message's id, cut to its longest, or a new one where the sender gave none that can be used.
pub(crate) fn message_id(given: Option<&[u8]>) -> Cow<'_, str> {
    let given = identifier(given, "messageId").ok().flatten();
    let Some(given) = given else { return Cow::Owned(stdx::random_text::<16>()) };
    if given.len() <= MESSAGE_ID_BYTES_MAX {
        return given;
    }
    let end = (0..=MESSAGE_ID_BYTES_MAX).rev().find(|end| given.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(given.get(..end).unwrap_or_default().to_owned())
}

/// An id as text. Some senders write numbers; an empty text is no id.
pub(crate) fn identifier<'a>(
    raw: Option<&'a [u8]>,
    field: &'static str,
) -> Result<Option<Cow<'a, str>>, Refused> {
    let Some(raw) = raw else { return Ok(None) };
    if raw.iter().all(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
        return text(Cow::Borrowed(raw), field).map(Some);
    }
    Ok(string_of(Some(raw), field)?.filter(|id| !id.is_empty()))
}

/// A text as it stands in the message; nothing where it is absent.
pub(crate) fn string_of<'a>(
    raw: Option<&'a [u8]>,
    field: &'static str,
) -> Result<Option<Cow<'a, str>>, Refused> {
    let Some(raw) = raw else { return Ok(None) };
    // What cannot be read as text is told apart: bytes that are no UTF-8, and escapes that are no JSON.
    if std::str::from_utf8(raw).is_err() {
        return Err(Refused::of(reason::INVALID_UTF8, field));
    }
    match string(raw) {
        Ok(Some(text)) => Ok(Some(text)),
        Ok(None) => Err(Refused::of(reason::WRONG_TYPE, field)),
        Err(_) => Err(Refused::of(reason::INVALID_JSON, field)),
    }
}

/// The text of an object; `{}` where it is absent.
pub(crate) fn object<'a>(raw: Option<&'a [u8]>, field: &'static str) -> Result<Cow<'a, str>, Refused> {
    let raw = raw.unwrap_or(b"{}");
    if raw.first() != Some(&b'{') {
        return Err(Refused::of(reason::NOT_AN_OBJECT, field));
    }
    text(Cow::Borrowed(raw), field)
}

/// Bytes as text.
pub(crate) fn text<'a>(bytes: Cow<'a, [u8]>, field: &'static str) -> Result<Cow<'a, str>, Refused> {
    let refused = Refused::of(reason::INVALID_UTF8, field);
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| refused),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| refused),
    }
}
