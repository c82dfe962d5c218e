//! Sessions bound to the device (Device Bound Session Credentials, W3C draft of February 2026): the browser keeps a key that
//! does not leave the device, and a session that it has bound is renewed with that key alone.
//!
//! Whoever has just signed in is offered a challenge. A browser that knows the protocol signs it with a new key, and from then
//! on the session's text lives ten minutes and is replaced only for a fresh signature. Browsers that do not know it go on as
//! before.

use control::Database;
use model::{MemberId, SessionId};
use rusqlite::Transaction;
use serde_json::{Value, json};
use stdx::Secret;

use crate::error::SigninError;
use crate::jws::{Algorithm, PublicKey, Unverified};
use crate::session::row::{SessionRow, TokenRow};
use crate::signin::{Signin, locked};

/// What kind of token a proof is.
const PROOF: &str = "dbsc+jwt";

/// What a challenge is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// To bind the session for the first time.
    Binding(SessionId),
    /// To renew it.
    Renewal(SessionId),
}

/// A session that has just been bound.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub account: MemberId,
    /// The thumbprint of the key.
    pub thumbprint: String,
    /// What the key signs with.
    pub algorithm: &'static str,
    /// The session's new text: what was there before does not count any more.
    pub text: Secret<String>,
}

/// What became of a request to renew a bound session.
#[derive(Clone, Debug)]
pub enum Renewal {
    /// Sign this first.
    Challenge(String),
    /// The session's new text.
    Text(Secret<String>),
    /// There is no such session any more.
    Over,
}

impl Signin {
    /// The challenge that binds a session which has just been opened; once, within five minutes.
    pub fn offer_binding(&self, session: SessionId) -> String {
        self.challenge(Awaited::Binding(session))
    }

    /// Binds the session whose challenge the proof signs to the key that the proof brings along.
    ///
    /// # Errors
    /// [`SigninError::NotValid`] whatever does not fit, an altered row, or the database's.
    pub fn bind_session(&self, tx: &Transaction<'_>, proof: &str) -> Result<Bound, SigninError> {
        let proof = read(proof)?;
        let key = proof.own_key().map_err(|_| SigninError::NotValid)?;
        let said = proof.verified(&key).map_err(|_| SigninError::NotValid)?;
        let Some(Awaited::Binding(id)) = self.answered(&said) else { return Err(SigninError::NotValid) };
        let now_ms = self.now_ms();
        let mut session = SessionRow::by_id(tx, &self.marks, id)?.ok_or(SigninError::NotValid)?;
        if session.binding.is_some() || !self.runs(tx, &session, now_ms)? {
            return Err(SigninError::NotValid);
        }
        session.binding = Some(json!({"alg": proof.algorithm().as_str(), "jwk": key.jwk()}).to_string());
        session.keep_binding(tx, &self.marks)?;
        TokenRow::replace_all(tx, &self.marks, id, now_ms)?;
        Ok(Bound {
            session: id,
            account: session.account,
            thumbprint: key.thumbprint(),
            algorithm: proof.algorithm().as_str(),
            text: self.issue(tx, id, now_ms)?,
        })
    }

    /// Renews a bound session for a proof; without one, or with one that does not fit, says what is to be signed. It does not
    /// count as use: a browser may renew by itself.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn renew_bound(
        &self,
        db: &Database,
        id: SessionId,
        proof: Option<&str>,
    ) -> Result<Renewal, SigninError> {
        let now_ms = self.now_ms();
        let session = db.read(|tx| self.bound(tx, id, now_ms))?;
        let Some(proof) = proof else {
            // Somebody who asks about a session that is none learns nothing before they have signed.
            return Ok(Renewal::Challenge(match session {
                Some(_) => self.challenge(Awaited::Renewal(id)),
                None => stdx::random_text::<32>(),
            }));
        };
        let Some(session) = session else { return Ok(Renewal::Over) };
        if !self.is_proven(&session, proof)? {
            return Ok(Renewal::Challenge(self.challenge(Awaited::Renewal(id))));
        }
        db.write(|tx| {
            // Looked at again inside the writing transaction: it may just have ended.
            let Some(session) = self.bound(tx, id, now_ms)? else { return Ok(Renewal::Over) };
            TokenRow::replace_all(tx, &self.marks, session.id, now_ms)?;
            Ok(Renewal::Text(self.issue(tx, session.id, now_ms)?))
        })
    }

    fn bound(
        &self,
        tx: &Transaction<'_>,
        id: SessionId,
        now_ms: i64,
    ) -> Result<Option<SessionRow>, SigninError> {
        let Some(session) = SessionRow::by_id(tx, &self.marks, id)? else { return Ok(None) };
        let lives = session.binding.is_some() && self.runs(tx, &session, now_ms)?;
        Ok(lives.then_some(session))
    }

    /// Whether the proof is signed with the session's key over a challenge that was given out for it.
    fn is_proven(&self, session: &SessionRow, proof: &str) -> Result<bool, SigninError> {
        let altered = || SigninError::Altered { table: "session" };
        let binding: Value =
            serde_json::from_str(session.binding.as_deref().unwrap_or_default()).map_err(|_| altered())?;
        let key = binding.get("jwk").map(PublicKey::from_jwk).and_then(Result::ok).ok_or_else(altered)?;
        let Ok(proof) = read(proof) else { return Ok(false) };
        let same = binding.get("alg").and_then(Value::as_str) == Some(proof.algorithm().as_str());
        let Ok(said) = proof.verified(&key) else { return Ok(false) };
        Ok(same && self.answered(&said) == Some(Awaited::Renewal(session.id)))
    }

    fn challenge(&self, awaited: Awaited) -> String {
        let challenge = stdx::random_text::<32>();
        locked(&self.bindings).insert(challenge.clone(), awaited, self.now_ms());
        challenge
    }

    /// What the signed challenge was given out for. It counts once.
    fn answered(&self, said: &Value) -> Option<Awaited> {
        let challenge = said.get("jti").and_then(Value::as_str)?.to_owned();
        locked(&self.bindings).take(&challenge, self.now_ms())
    }
}

fn read(proof: &str) -> Result<Unverified<'_>, SigninError> {
    let proof = Unverified::read(proof).map_err(|_| SigninError::NotValid)?;
    let known = matches!(proof.algorithm(), Algorithm::Es256 | Algorithm::Rs256);
    if known && proof.kind() == Some(PROOF) { Ok(proof) } else { Err(SigninError::NotValid) }
}
