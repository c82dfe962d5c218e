//! The head of a request, as far as dialects look at it.

use std::net::IpAddr;

use axum::extract::RawPathParams;
use http::request::Parts;
use http::{HeaderMap, Uri};
use model::ClientAddress;

use crate::auth;
use crate::form::Form;

/// What was asked, without the body.
#[derive(Clone)]
pub(crate) struct Asked {
    /// The `{parameters}` of the path, escapes undone.
    params: Vec<(String, String)>,
    /// The members of the query string; a dialect that reads forms adds those of the body.
    pub form: Form,
    /// The headers.
    pub headers: HeaderMap,
    /// The sender's address, for limits and places alone: it is kept nowhere.
    pub address: Option<IpAddr>,
    /// When it arrived, milliseconds since 1970, UTC.
    pub received_ms: i64,
    /// Write keys in headers and query, in the order they are tried.
    pub keys: Vec<String>,
    /// What the body turned out to be.
    pub shape: Shape,
}

/// The outer form of a body.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Shape {
    /// JSON as it stands.
    #[default]
    Json,
    /// A form, or the address itself.
    Form,
    /// A batch in Segment's way, on a path that two dialects share.
    Segment,
}

impl Asked {
    /// The head of a request that arrived at `received_ms`.
    pub fn new(parts: Parts, params: Option<&RawPathParams>, received_ms: i64) -> Self {
        let Parts { uri, headers, extensions, .. } = parts;
        let address = extensions.get::<ClientAddress>().map(|ClientAddress(address)| *address);
        let params = params.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let form = query(&uri);
        let keys = auth::keys(&headers, &form);
        Self { params: params.collect(), form, headers, address, received_ms, keys, shape: Shape::default() }
    }

    /// A parameter of the path.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A header's text.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn query(uri: &Uri) -> Form {
    uri.query().map_or_else(Form::default, |query| Form::read(query.as_bytes()))
}
