//! A fresh touch for one request. The challenge *is* the digest of a nonce, the session, the method, the
//! path and the body, so that one touch fits one request and nothing else, and anybody who has the
//! public key and the ledger can check afterwards whose key approved what.

use aws_lc_rs::digest::{SHA256, digest};
use control::Database;
use model::{MemberId, PasskeyId, SessionId};
use serde_json::{Value, json};
use webauthn_rs::prelude::PublicKeyCredential;

use crate::assertion::{Expected, verify};
use crate::ceremony::from_value;
use crate::config::{STEP_UP_LIFE_MS, STEP_UPS_PER_SESSION_MAX};
use crate::error::SigninError;
use crate::signin::{Signin, locked};

/// The first bytes of what is digested. Others rely on the layout: docs/access.md.
const CONTEXT: &str = "holdfast step-up 1";

/// The request that a touch is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    /// Whose touch it must be.
    pub account: MemberId,
    /// In which session.
    pub session: SessionId,
    /// The action's name.
    pub action: &'static str,
    /// The HTTP method.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// SHA-256 of the body.
    pub body_digest: [u8; 32],
}

/// An open step-up.
pub(crate) struct StepUp {
    bound: Bound,
    nonce: [u8; 32],
    touched: Option<PasskeyId>,
}

/// A touch that fitted, with everything needed to check it again.
#[derive(Clone, Debug)]
pub struct Touched {
    /// What it is for.
    pub bound: Bound,
    /// Which passkey was touched.
    pub passkey: PasskeyId,
    /// The nonce, the signed bytes and the signature, in base64url.
    pub evidence: Value,
}

impl Bound {
    /// The challenge: SHA-256 over the context and every part with its length.
    fn challenge(&self, nonce: &[u8; 32]) -> [u8; 32] {
        let session = self.session.to_string();
        let parts: [&[u8]; 6] = [
            CONTEXT.as_bytes(),
            nonce,
            session.as_bytes(),
            self.method.as_bytes(),
            self.path.as_bytes(),
            &self.body_digest,
        ];
        let mut bytes = Vec::with_capacity(256);
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        let mut challenge = [0; 32];
        challenge.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        challenge
    }
}

impl Signin {
    /// Opens a step-up: its id and `PublicKeyCredentialRequestOptionsJSON`.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn begin_step_up(&self, db: &Database, bound: Bound) -> Result<(String, Value), SigninError> {
        let passkeys = db.read(|tx| self.kept_passkeys(tx, bound.account))?;
        let base64 = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        let allowed: Vec<_> = passkeys
            .iter()
            .map(|kept| json!({"type": "public-key", "id": base64(kept.passkey.cred_id())}))
            .collect();
        let nonce = stdx::random_array::<32>();
        let options = json!({
            "challenge": base64(&bound.challenge(&nonce)),
            "timeout": STEP_UP_LIFE_MS,
            "rpId": self.config.rp_id,
            "allowCredentials": allowed,
            "userVerification": "required",
        });
        let id = stdx::random_text::<20>();
        let now_ms = self.now_ms();
        let mut open = locked(&self.step_ups);
        let of_session = open.keys_where(|other| other.bound.session == bound.session);
        let surplus = (of_session.len() + 1).saturating_sub(STEP_UPS_PER_SESSION_MAX);
        for old in of_session.iter().take(surplus) {
            open.take(old, now_ms);
        }
        open.insert(id.clone(), StepUp { bound, nonce, touched: None }, now_ms);
        Ok((id, options))
    }

    /// Checks the assertion for an open step-up of this session. It counts once [`Signin::count_touch`] is
    /// called, so that guard can enter it first.
    ///
    /// # Errors
    /// [`SigninError::StepUpWrong`] whatever does not fit, an altered row, or the database's.
    pub fn check_step_up(
        &self,
        db: &Database,
        session: SessionId,
        id: &str,
        assertion: &Value,
    ) -> Result<Touched, SigninError> {
        let (bound, nonce) = self.open_step_up(session, id)?;
        let assertion: PublicKeyCredential = from_value(assertion).map_err(|_| SigninError::StepUpWrong)?;
        let passkey = db.write(|tx| {
            let kept = self.passkey_by_credential(tx, assertion.get_credential_id())?;
            let mut kept =
                kept.filter(|kept| kept.account == bound.account).ok_or(SigninError::StepUpWrong)?;
            let expected = Expected {
                challenge: &bound.challenge(&nonce),
                rp_id: &self.config.rp_id,
                origins: &self.config.origins,
                key: kept.passkey.get_public_key(),
                counter: kept.counter()?,
            };
            let counter = verify(&expected, &assertion).map_err(|_| SigninError::StepUpWrong)?;
            kept.set_counter(counter)?;
            self.passkey_used(tx, &kept)?;
            Ok::<_, SigninError>(kept.view.id)
        })?;
        Ok(Touched { bound, passkey, evidence: evidence(&nonce, &assertion) })
    }

    /// Lets a checked touch count; once.
    ///
    /// # Errors
    /// [`SigninError::StepUpWrong`] when it is too old by now, or another touch was first.
    pub fn count_touch(&self, id: &str, passkey: PasskeyId) -> Result<(), SigninError> {
        let mut open = locked(&self.step_ups);
        let step_up = open.get_mut(&id.to_owned(), self.now_ms());
        let step_up = step_up.filter(|step_up| step_up.touched.is_none()).ok_or(SigninError::StepUpWrong)?;
        step_up.touched = Some(passkey);
        Ok(())
    }

    /// Uses a touched step-up for the request it is bound to: once, within its life. A request that does
    /// not fit leaves it as it was.
    ///
    /// # Errors
    /// [`SigninError::StepUpWrong`] whatever does not fit.
    pub fn use_step_up(&self, id: &str, bound: &Bound) -> Result<PasskeyId, SigninError> {
        let now_ms = self.now_ms();
        let key = id.to_owned();
        let mut open = locked(&self.step_ups);
        let step_up = open.get_mut(&key, now_ms).filter(|step_up| step_up.bound == *bound);
        let passkey = step_up.and_then(|step_up| step_up.touched).ok_or(SigninError::StepUpWrong)?;
        open.take(&key, now_ms);
        Ok(passkey)
    }

    fn open_step_up(&self, session: SessionId, id: &str) -> Result<(Bound, [u8; 32]), SigninError> {
        let mut open = locked(&self.step_ups);
        let step_up =
            open.get_mut(&id.to_owned(), self.now_ms()).filter(|step_up| step_up.bound.session == session);
        let step_up = step_up.filter(|step_up| step_up.touched.is_none()).ok_or(SigninError::StepUpWrong)?;
        Ok((step_up.bound.clone(), step_up.nonce))
    }
}

fn evidence(nonce: &[u8; 32], assertion: &PublicKeyCredential) -> Value {
    let base64 = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
    json!({
        "nonce": base64(nonce),
        "credential_id": base64(&assertion.raw_id),
        "client_data": base64(&assertion.response.client_data_json),
        "authenticator_data": base64(&assertion.response.authenticator_data),
        "signature": base64(&assertion.response.signature),
    })
}
