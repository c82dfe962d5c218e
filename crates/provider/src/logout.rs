//! What a logout token must say (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6), checked after its signature.

use std::collections::VecDeque;

use parking_lot::Mutex;
use serde_json::Value;
use signin::jws::Unverified;

use crate::error::ProviderError;
use crate::flow::Client;
use crate::id_token::{SKEW_S, is_for, signed_by};
use crate::published::Shelf;

/// What the token is about.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a token may be: it is sent when somebody signs out, and twice at most.
const AGE_S_MAX: i64 = 600;
/// How many tokens are remembered, so that none counts twice.
const REMEMBERED_MAX: usize = 2_000;
/// The longest name of anything in it.
const NAME_BYTES_MAX: usize = 255;

/// Who signed out at the provider: one session of theirs, or all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggedOut {
    /// The provider's name for them.
    pub subject: Option<String>,
    /// The provider's name for the session.
    pub session: Option<String>,
}

/// The tokens that counted, oldest first: issuer and id.
#[derive(Default)]
pub(crate) struct Seen(Mutex<VecDeque<(String, String)>>);

impl Seen {
    /// Whether it is seen for the first time.
    fn first(&self, issuer: &str, id: &str) -> bool {
        let mut seen = self.0.lock();
        if seen.iter().any(|(from, known)| from == issuer && known == id) {
            return false;
        }
        if seen.len() >= REMEMBERED_MAX {
            seen.pop_front();
        }
        seen.push_back((issuer.to_owned(), id.to_owned()));
        true
    }
}

/// Reads and checks a logout token.
pub(crate) fn logged_out(
    shelf: &Shelf,
    seen: &Seen,
    client: &Client<'_>,
    token: &str,
) -> Result<LoggedOut, ProviderError> {
    let require =
        |holds: bool, claim: &'static str| if holds { Ok(()) } else { Err(ProviderError::Claim(claim)) };
    let token = Unverified::read(token)?;
    let kind = token.kind().map(str::to_ascii_lowercase);
    require(kind.is_none_or(|kind| ["logout+jwt", "jwt"].contains(&kind.as_str())), "typ")?;
    let claims = signed_by(shelf, client.issuer, &token)?;
    let text = |name: &str| {
        let found = claims.get(name).and_then(Value::as_str);
        found.filter(|text| !text.is_empty() && text.len() <= NAME_BYTES_MAX)
    };
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now_s = (shelf.now_ms() / 1_000) as f64;
    require(text("iss") == Some(client.issuer), "iss")?;
    require(is_for(&claims, client.id).0, "aud")?;
    let made = number("iat").is_some_and(|at| at <= now_s + SKEW_S as f64 && now_s - at <= AGE_S_MAX as f64);
    require(made, "iat")?;
    require(number("exp").is_some_and(|at| now_s < at + SKEW_S as f64), "exp")?;
    let about = claims.get("events").and_then(|events| events.get(EVENT));
    require(about.is_some_and(Value::is_object), "events")?;
    // What has a nonce is an ID token.
    require(claims.get("nonce").is_none(), "nonce")?;
    let (subject, session) = (text("sub").map(str::to_owned), text("sid").map(str::to_owned));
    require(subject.is_some() || session.is_some(), "sub")?;
    let id = text("jti").ok_or(ProviderError::Claim("jti"))?;
    require(seen.first(client.issuer, id), "jti")?;
    Ok(LoggedOut { subject, session })
}
