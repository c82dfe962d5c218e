//! Customer.io's tracking dialect, versions 1 and 2. The API key of `site_id:api_key` is a source's write
//! key; the site id may be anything.
//!
//! A write key may only append. What deletes, merges, suppresses or sends is answered as the SDKs need it and
//! not carried out: it is counted as refused, where members see it.
//!
//! Modules in reading order: `calls` (version 1: what each path takes), `entity` (version 2), `body` (the
//! members that matter), `person` (ids), `task` (what is asked, and the event it becomes), `attributes`, `reply`.

mod attributes;
mod body;
mod calls;
mod entity;
mod person;
mod reply;
mod task;

use std::borrow::Cow;

use axum::response::Response;

use crate::asked::Asked;
use crate::compose::Object;
use crate::dialect::{Batch, Call, Route, Work, routes};
use crate::form::Form;
use crate::intake::Outcome;
use crate::json::Malformed;
use crate::wrapped::is_json;
use calls::What;

/// What may be called.
pub(crate) const ROUTES: &[Route] = routes! {
    GET "/api/v1/accounts/region" => Work::Give(reply::region),
    PUT "/api/v1/customers/{id}" => Work::Take(&Track(What::Identify)),
    DELETE "/api/v1/customers/{id}" => Work::Take(&Track(What::Never("delete"))),
    POST "/api/v1/customers/{id}/events" => Work::Take(&Track(What::Event)),
    PUT "/api/v1/customers/{id}/devices" => Work::Take(&Track(What::AddDevice)),
    DELETE "/api/v1/customers/{id}/devices/{token}" => Work::Take(&Track(What::DeleteDevice)),
    POST "/api/v1/customers/{id}/suppress" => Work::Take(&Track(What::Never("suppress"))),
    POST "/api/v1/customers/{id}/unsuppress" => Work::Take(&Track(What::Never("unsuppress"))),
    POST "/api/v1/events" => Work::Take(&Track(What::Event)),
    POST "/api/v1/merge_customers" => Work::Take(&Track(What::Never("merge"))),
    POST "/api/v1/segments/{id}/add_customers" => Work::Take(&Track(What::AddToSegment)),
    POST "/api/v1/segments/{id}/remove_customers" => Work::Take(&Track(What::RemoveFromSegment)),
    POST "/api/v1/metrics" => Work::Take(&Track(What::Report)),
    POST "/api/v1/push/events" => Work::Take(&Track(What::Report)),
    POST "/push/events" => Work::Take(&Track(What::Report)),
    POST "/api/v1/forms/{id}/submit" => Work::Take(&Submission),
    POST "/unsubscribe/{id}" => Work::Take(&Track(What::Never("unsubscribe"))),
    POST "/api/v2/entity" => Work::Take(&Entity),
    POST "/api/v2/batch" => Work::Take(&Entities),
};

/// A call of version 1.
struct Track(What);

impl Call for Track {
    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        calls::read(self.0, asked, text)
    }

    fn reply(&self, _: &Asked, outcome: &Outcome) -> Response {
        reply::single(outcome)
    }
}

/// A form of a page: JSON, or as pages send forms.
struct Submission;

impl Call for Submission {
    fn open<'a>(&self, _: &mut Asked, body: &'a [u8]) -> Cow<'a, [u8]> {
        if is_json(body) {
            return Cow::Borrowed(body);
        }
        let mut data = Object::default();
        Form::read(body).iter().for_each(|(name, value)| data.text(name, value));
        let mut whole = Object::default();
        whole.raw("data", &data.done());
        Cow::Owned(whole.done().into_bytes())
    }

    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        calls::read(What::Form, asked, text)
    }

    fn reply(&self, _: &Asked, outcome: &Outcome) -> Response {
        reply::form(outcome)
    }
}

/// One operation of version 2.
struct Entity;

impl Call for Entity {
    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        entity::read_one(asked, text)
    }

    fn reply(&self, _: &Asked, outcome: &Outcome) -> Response {
        reply::single(outcome)
    }
}

/// Many operations of version 2.
struct Entities;

impl Call for Entities {
    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        entity::read_batch(asked, text)
    }

    fn reply(&self, _: &Asked, outcome: &Outcome) -> Response {
        reply::batch(outcome)
    }
}
