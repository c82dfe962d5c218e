//! What an ID token must say (OpenID Connect Core, 3.1.3.7), checked after its signature.

use serde_json::Value;
use signin::jws::{JwsError, PublicKey, Unverified};

use crate::error::ProviderError;
use crate::flow::{Client, Vouched};
use crate::published::Shelf;

/// How far the provider's clock may be off.
pub(crate) const SKEW_S: i64 = 60;
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
    let (for_us, others) = is_for(&claims, client.id);
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
        session: text("sid").filter(|sid| !sid.is_empty() && sid.len() <= 255).map(str::to_owned),
        acr: text("acr").map(str::to_owned),
        amr: amr.take(32).filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

/// Whether what is said is for this client, and whether for others too.
pub(crate) fn is_for(claims: &Value, client: &str) -> (bool, bool) {
    match claims.get("aud") {
        Some(Value::String(one)) => (one == client, false),
        Some(Value::Array(many)) => (many.iter().any(|one| one.as_str() == Some(client)), many.len() > 1),
        _ => (false, false),
    }
}

/// What the token says, if a key that the provider publishes has signed it. A key that is not known, or does not fit where none
/// is named, may be a new one.
pub(crate) fn signed_by(shelf: &Shelf, issuer: &str, token: &Unverified<'_>) -> Result<Value, ProviderError> {
    let known = verified(shelf.of(issuer)?.keys_of(token.key_id()), token);
    let said = match known {
        Ok(said) => return Ok(said),
        // A key of that name is there and did not sign it: no new one will have.
        Err(error) if token.key_id().is_some() && error != JwsError::Key => Err(error),
        Err(_) => verified(shelf.again(issuer)?.keys_of(token.key_id()), token),
    };
    Ok(said?)
}

fn verified(keys: Vec<&PublicKey>, token: &Unverified<'_>) -> Result<Value, JwsError> {
    let mut last = JwsError::Key;
    for key in keys {
        match token.verified(key) {
            Ok(claims) => return Ok(claims),
            Err(error) => last = error,
        }
    }
    Err(last)
}
