//! A form as it was sent: names and values, names may repeat.

use axum::extract::{Form, FromRequest, Request};
use door::Problem;

/// The fields of a form.
pub(crate) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        form.map(|form| Self(form.0)).map_err(|_| Problem::invalid("form", "send the form of the page"))
    }
}

impl Fields {
    /// The value of a field without white space round it; nothing where it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field that may be sent several times.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }
}
