//! Errors for the caller, as RFC 9457 problem documents. No value of a request is repeated in them
//! except names of fields.

use axum::response::{IntoResponse, Response};
use guard::Denied;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

/// An answer that says what went wrong and what to do.
///
/// The same words stand in `code`, in the command line's exit codes and in the console.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word, the last part of `type`.
    pub code: &'static str,
    /// One short sentence.
    pub title: String,
    /// What to do about it, where there is something.
    pub detail: Option<String>,
    /// Further members of the document.
    pub extra: Map<String, Value>,
    /// After how many seconds to try again.
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem of that status and word.
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self { status, code, title: title.into(), detail: None, extra: Map::new(), retry_after_s: None }
    }

    /// The same with a sentence on what to do.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Nothing is there, or the caller may not know that it is.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "nothing is here")
    }

    /// A field of the request is wrong; `field` is its name or JSON pointer, `fix` says what to write.
    pub fn invalid(field: &str, fix: impl Into<String>) -> Self {
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("`{field}` is not right"));
        problem.detail = Some(fix.into());
        problem.extra.insert("field".to_owned(), json!(field));
        problem
    }

    /// It collides with what is there.
    pub fn conflict(title: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", title)
    }

    /// Something broke on our side; the cause is in the log.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something broke on the server")
            .detail("the server's log has the cause under this request's id")
    }

    /// A part is out of service; `detail` says which.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "not possible right now")
            .detail(detail);
        problem.retry_after_s = Some(5);
        problem
    }

    /// The cause goes to the log once, here; the caller learns only that something broke.
    pub fn broke(error: &dyn std::error::Error) -> Self {
        let mut chain = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            chain.push_str(": ");
            chain.push_str(&next.to_string());
            cause = next.source();
        }
        tracing::error!(error = %chain, "request failed");
        Self::internal()
    }

    /// The document.
    pub fn document(&self) -> Value {
        let mut document = self.extra.clone();
        document.insert("type".to_owned(), json!(format!("/problems/{}", self.code)));
        document.insert("title".to_owned(), json!(self.title));
        document.insert("status".to_owned(), json!(self.status.as_u16()));
        document.insert("code".to_owned(), json!(self.code));
        if let Some(detail) = &self.detail {
            document.insert("detail".to_owned(), json!(detail));
        }
        Value::Object(document)
    }
}

/// What to do about a refusal, where the one who is refused can do something.
const FIXES: &[(&str, &str)] = &[
    (
        "no-passkey",
        "this needs the touch of a passkey, and your account has none: two people who run the workspace can let you enrol one (Access, Members, Recover)",
    ),
    (
        "passkey-needed",
        "who runs a workspace signs in with a passkey: sign in with yours; where you have none, two people who run the workspace can let you enrol one (Access, Members, Recover)",
    ),
    ("leave-needed", "this workspace lets its members in with passkeys alone: sign in with yours"),
];

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotSignedIn => Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", "sign in first")
                .detail("send a session cookie, or `Authorization: Bearer hf_…`"),
            Denied::NotFound => Self::not_found(),
            Denied::Forbidden { why } => {
                let mut problem = Self::new(StatusCode::FORBIDDEN, "forbidden", "you may not do this");
                problem.detail = FIXES.iter().find(|(policy, _)| *policy == why).map(|(_, fix)| (*fix).to_owned());
                problem.extra.insert("policy".to_owned(), json!(why));
                problem
            }
            Denied::StepUpRequired { id, public_key } => {
                let mut problem =
                    Self::new(StatusCode::FORBIDDEN, "step-up-required", "touch your passkey to confirm this action")
                        .detail("sign the challenge, post the assertion to /api/v1/stepup/{id}, then repeat the same request with the header Holdfast-Step-Up");
                problem.extra.insert("stepup".to_owned(), json!({"id": id, "publicKey": public_key}));
                problem
            }
            Denied::StepUpWrong => Self::new(StatusCode::FORBIDDEN, "step-up-wrong", "this confirmation does not fit")
                .detail("a confirmation fits one request of one session, once, within 120 s; repeat the request without the header to get a new one"),
            Denied::Lapsed { what } => {
                Self::new(StatusCode::FORBIDDEN, "lapsed", format!("this {what} was not used for 30 days and has lapsed"))
                    .detail("somebody who may give it confirms it on the page Access, Review; nothing else is needed")
            }
            Denied::FromElsewhere => {
                Self::new(StatusCode::FORBIDDEN, "token-network", "this token may not be used from this address")
                    .detail("it works from the networks named when it was made; make another one for other networks")
            }
            Denied::ReadOnly { reason } => {
                let mut problem = Self::new(StatusCode::CONFLICT, "read-only", "changes are switched off");
                problem.extra.insert("reason".to_owned(), json!(reason));
                problem
            }
            Denied::TooMany { retry_after_s } => {
                let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "too many attempts");
                problem.retry_after_s = Some(retry_after_s);
                problem
            }
            Denied::Unwitnessed => Self::unavailable(
                "no witness has seen the ledger lately, or one says that it was rewritten: exports and support wait (holdfast ledger status)",
            ),
            Denied::Untold { configured } => {
                let title = "nobody could be told by a second channel, so nothing was done";
                let detail = if configured {
                    "those who run the workspace must have it by mail or webhook first: Notices shows what failed and sends a test notice; then try again"
                } else {
                    "this installation wants a second channel (notices.required) and the workspace has none: set a webhook under Notices, or have the operators set notices.smtp"
                };
                let mut problem =
                    Self::new(StatusCode::SERVICE_UNAVAILABLE, "notice-undelivered", title).detail(detail);
                problem.retry_after_s = Some(10);
                problem
            }
            Denied::Unavailable => Self::unavailable("the ledger or the control database does not take writes"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.document().to_string();
        let mut response = (
            self.status,
            [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))],
            [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
            body,
        )
            .into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(HeaderName::from_static("retry-after"), HeaderValue::from(seconds));
        }
        // Pages for people replace the document by a page of theirs.
        response.extensions_mut().insert(self);
        response
    }
}
