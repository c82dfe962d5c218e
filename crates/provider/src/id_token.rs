//! What an ID token must say (OpenID Connect Core, 3.1.3.7), checked after its signature.

use serde_json::Value;
use signin::jws::{JwsError, Unverified};

use crate::error::ProviderError;
use crate::flow::{Client, Vouched};
use crate::published::Shelf;

/// How far the provider's clock may be off.
const SKEW_S: i64 = 60;
/// How old a token may be: it was made for this sign-in, which takes ten minutes at most.
const AGE_S_MAX: i64 = 900;

/// Reads and checks an ID token.
pub(crate) fn vouched(
    shelf: &Shelf,
    client: &Client<'_>,
    nonce: &str,
    token: &str,
) -> Result<Vouched, ProviderError> {
    let token = Unverified::read(token)?;
    let claims = signed_by(shelf, client.issuer, &token)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now_s = (shelf.now_ms() / 1_000) as f64;
    let require =
        |holds: bool, claim: &'static str| if holds { Ok(()) } else { Err(ProviderError::Claim(claim)) };

    require(text("iss") == Some(client.issuer), "iss")?;
    let (for_us, others) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client.id, false),
        Some(Value::Array(many)) => (many.iter().any(|one| one.as_str() == Some(client.id)), many.len() > 1),
        _ => (false, false),
    };
    require(for_us, "aud")?;
    // Where it is for several, it must say that it was asked for by this one.
    require(text("azp").map_or(!others, |party| party == client.id), "azp")?;
    require(number("exp").is_some_and(|at| now_s < at + SKEW_S as f64), "exp")?;
    let made = number("iat").is_some_and(|at| at <= now_s + SKEW_S as f64 && now_s - at <= AGE_S_MAX as f64);
    require(made, "iat")?;
    require(number("nbf").is_none_or(|at| at <= now_s + SKEW_S as f64), "nbf")?;
    require(text("nonce") == Some(nonce), "nonce")?;
    let subject = text("sub").filter(|sub| !sub.is_empty() && sub.len() <= 255);
    let subject = subject.ok_or(ProviderError::Claim("sub"))?.to_owned();
    let is_true = |value: &Value| value == &Value::Bool(true) || value.as_str() == Some("true");
    let verified = claims.get("email_verified").is_some_and(is_true);
    let amr = claims.get("amr").and_then(Value::as_array).into_iter().flatten();
    Ok(Vouched {
        subject,
        email: text("email").filter(|_| verified).map(str::to_owned),
        acr: text("acr").map(str::to_owned),
        amr: amr.take(32).filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

/// What the token says, if a key that the provider publishes has signed it. A key that is not known may be a new one.
fn signed_by(shelf: &Shelf, issuer: &str, token: &Unverified<'_>) -> Result<Value, ProviderError> {
    let mut published = shelf.of(issuer)?;
    if published.keys_of(token.key_id()).is_empty() {
        published = shelf.again(issuer)?;
    }
    let mut last = JwsError::Key;
    for key in published.keys_of(token.key_id()) {
        match token.verified(key) {
            Ok(claims) => return Ok(claims),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}
