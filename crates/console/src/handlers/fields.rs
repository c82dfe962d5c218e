//! A form as it was sent: names and values, names may repeat. A JSON object of texts is taken for one, too.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Form, FromRequest, Request};
use door::Problem;
use door::shape::{Part, Taken};
use http::header;

/// The fields of a form.
pub(crate) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let wrong = || Problem::invalid("form", "send the form of the page");
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if kind.starts_with("application/json") {
            let object =
                Json::<BTreeMap<String, String>>::from_request(request, state).await.map_err(|_| wrong())?;
            return Ok(Self(object.0.into_iter().collect()));
        }
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await.map_err(|_| wrong())?;
        Ok(Self(form.0))
    }
}

impl Part for Fields {
    fn takes() -> Option<Taken> {
        Some(Taken::Bytes("application/x-www-form-urlencoded"))
    }
}

impl Fields {
    /// The value of a field without white space round it; nothing where it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.trim())
    }

    /// The value of a field as it was typed: of passwords, white space counts.
    pub(crate) fn whole(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field that may be sent several times.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }
}
