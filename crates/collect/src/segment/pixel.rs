//! A message in an address, for mails and pages without scripts: base64 of JSON in `data`, or its members
//! one by one, where `properties.total=5` stands for a member of `properties`. The answer is a picture.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::response::Response;

use crate::asked::Asked;
use crate::compose::Object;
use crate::dialect::{Batch, Call};
use crate::form::Form;
use crate::intake::{Answer, Outcome};
use crate::json::Malformed;
use crate::segment::{kind_of, read, reply};
use crate::{picture, wrapped};

/// One message in an address, whose call the path names.
pub(crate) struct Pixel;

impl Call for Pixel {
    fn open<'a>(&self, asked: &mut Asked, _: &'a [u8]) -> Cow<'a, [u8]> {
        Cow::Owned(match asked.form.get("data") {
            Some(data) => wrapped::json_of(data.as_bytes()).into_owned(),
            None => message(&asked.form).into_bytes(),
        })
    }

    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        let call = asked.param("call").unwrap_or_default();
        let kind = kind_of(call.trim_end_matches(".gif")).ok_or(Malformed)?;
        Ok(Box::new(read(text, Some(kind))?))
    }

    /// A picture whatever happened, unless the sender should try again.
    fn reply(&self, asked: &Asked, outcome: &Outcome) -> Response {
        match outcome.answer {
            Answer::TooFast { .. } | Answer::Unavailable { .. } => reply::of(asked, outcome),
            _ => picture::reply(),
        }
    }
}

/// The message that the members of an address make.
fn message(form: &Form) -> String {
    let mut inner: BTreeMap<&str, Object> = BTreeMap::new();
    let mut whole = Object::default();
    for (name, value) in form.iter() {
        match name.split_once('.') {
            Some((object, name)) => inner.entry(object).or_default().text(name, value),
            None => whole.text(name, value),
        }
    }
    for (name, object) in inner {
        whole.raw(name, &object.done());
    }
    whole.done()
}
