//! What a body is wrapped in: JSON as it stands, or a form whose member `data` is JSON or base64 of it, in
//! the body or in the address. What else a form says (`verbose`, `ip`) is kept with the query's members.

use std::borrow::Cow;

use crate::asked::{Asked, Shape};
use crate::form::Form;
use crate::wrapped::{is_json, json_of};

/// The JSON of a request.
pub(super) fn open<'a>(asked: &mut Asked, body: &'a [u8]) -> Cow<'a, [u8]> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if is_json(body) {
        return Cow::Borrowed(body);
    }
    asked.shape = Shape::Form;
    asked.form.append(Form::read(body));
    match asked.form.take("data") {
        Some(data) => Cow::Owned(json_of(data.as_bytes()).into_owned()),
        None => Cow::Borrowed(body),
    }
}
