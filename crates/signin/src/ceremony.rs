//! Enrolling a passkey and signing in with one. webauthn-rs does the ceremonies; what is begun is found
//! again by its challenge, so that no cookie or id travels between the two halves.
//!
//! Unknown codes get the same answer as known ones: a ceremony that cannot be finished.

use model::{MemberId, PasskeyId, SessionId};
use rusqlite::Transaction;
use serde_json::Value;
use webauthn_rs::prelude::{
    CreationChallengeResponse, CredentialID, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::account::AccountKind;
use crate::code::Purpose;
use crate::config::PASSKEYS_MAX;
use crate::error::SigninError;
use crate::signin::{Challenge, Signin, locked};

/// The strength of a session opened with a passkey and user verification.
pub const LEVEL_PASSKEY: u8 = 3;
/// The strength of a session opened with two factors that a false page can pass on.
pub const LEVEL_TWO_FACTORS: u8 = 2;
/// The strength of a session opened with a link alone.
pub const LEVEL_LINK: u8 = 1;

/// A begun enrolment.
pub(crate) struct Enrolment {
    state: PasskeyRegistration,
    ground: Ground,
}

/// On what ground somebody enrols.
enum Ground {
    /// A code; whether it is one is looked up at the end.
    Code { hash: [u8; 32] },
    /// A session of the account itself, after a fresh touch.
    Session { account: MemberId, session: SessionId },
}

/// A finished enrolment.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Whose passkey it is.
    pub account: MemberId,
    /// What kind of account that is.
    pub kind: AccountKind,
    /// The new passkey.
    pub passkey: PasskeyId,
    /// Its public key, so that others can check what it signs.
    pub public_key: Value,
    /// What the code was for; `None` when a session added it.
    pub purpose: Option<Purpose>,
}

/// A finished sign-in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub account: MemberId,
    /// What kind of account it is.
    pub kind: AccountKind,
    /// Which passkey was used; all zeros when none was.
    pub passkey: PasskeyId,
    /// How strongly.
    pub level: u8,
}

impl Signin {
    /// Begins to enrol with a code: `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// # Errors
    /// An altered row, or the database's; never that the code is unknown.
    pub fn begin_enrol(&self, tx: &Transaction<'_>, code: &str) -> Result<Value, SigninError> {
        let hash = self.marks.lookup("code", code);
        // A code that is none enrols an account that does not exist, the same one each time: who found a code cannot tell by
        // asking twice whether it is one.
        let handle = match self.code(tx, &hash)? {
            Some(code) => self.handle(code.account),
            None => user_handle(&self.marks.lookup("user handle of no code", code)),
        };
        let name = format!("{} ({})", self.config.rp_name, Purpose::of_text(code).as_str());
        self.begin(handle, &name, Vec::new(), Ground::Code { hash })
    }

    /// Begins to add a passkey to the account of a session.
    ///
    /// # Errors
    /// The account is locked or full, an altered row, or the database's.
    pub fn begin_add_passkey(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        session: SessionId,
    ) -> Result<Value, SigninError> {
        if self.living(tx, account)?.passkeys_locked {
            return Err(SigninError::PasskeysLocked);
        }
        let present = self.kept_passkeys(tx, account)?;
        if present.len() >= PASSKEYS_MAX {
            return Err(SigninError::TooManyPasskeys);
        }
        let present = present.iter().map(|kept| kept.passkey.cred_id().clone()).collect();
        let name = self.config.rp_name.clone();
        self.begin(self.handle(account), &name, present, Ground::Session { account, session })
    }

    /// Finishes an enrolment with a code: takes a `RegistrationResponseJSON`, uses the code up and keeps
    /// the passkey.
    ///
    /// # Errors
    /// [`SigninError::NotValid`] whatever does not fit, an altered row, or the database's.
    pub fn finish_enrol(&self, tx: &Transaction<'_>, response: &Value) -> Result<Enrolled, SigninError> {
        let (enrolment, response) = self.taken(response)?;
        let Ground::Code { hash } = enrolment.ground else { return Err(SigninError::NotValid) };
        let code = self.code(tx, &hash)?.filter(|code| code.purpose != Purpose::Look);
        let code = code.ok_or(SigninError::NotValid)?;
        self.use_code(tx, &code)?;
        if code.purpose == Purpose::Recover {
            self.drop_passkeys(tx, code.account)?;
            self.drop_password(tx, code.account)?;
            self.end_sessions_of(tx, code.account)?;
        }
        let enrolled = self.keep_enrolled(tx, code.account, &enrolment.state, &response, "first passkey")?;
        Ok(Enrolled { purpose: Some(code.purpose), ..enrolled })
    }

    /// Finishes what [`Signin::begin_add_passkey`] began, in the same session.
    ///
    /// # Errors
    /// [`SigninError::NotValid`] whatever does not fit, the account is locked or full, an altered row, or
    /// the database's.
    pub fn finish_add_passkey(
        &self,
        tx: &Transaction<'_>,
        by: (MemberId, SessionId),
        response: &Value,
        name: &str,
    ) -> Result<Enrolled, SigninError> {
        let name = crate::ids::checked_name(name)?;
        let (enrolment, response) = self.taken(response)?;
        match enrolment.ground {
            Ground::Session { account, session } if (account, session) == by => {}
            _ => return Err(SigninError::NotValid),
        }
        if self.living(tx, by.0)?.passkeys_locked {
            return Err(SigninError::PasskeysLocked);
        }
        self.keep_enrolled(tx, by.0, &enrolment.state, &response, name)
    }

    /// Begins to sign in: `PublicKeyCredentialRequestOptionsJSON` for discoverable passkeys.
    ///
    /// # Errors
    /// The ceremony's library cannot prepare it.
    pub fn begin_sign_in(&self) -> Result<Value, SigninError> {
        let (options, state) =
            self.webauthn.start_discoverable_authentication().map_err(SigninError::Ceremony)?;
        let challenge = options.public_key.challenge.clone();
        locked(&self.sign_ins).insert(challenge, state, self.now_ms());
        as_value(&options.public_key)
    }

    /// Finishes a sign-in: takes an `AuthenticationResponseJSON`. Opens no session yet.
    ///
    /// # Errors
    /// [`SigninError::NotValid`] whatever does not fit, an altered row, or the database's.
    pub fn finish_sign_in(&self, tx: &Transaction<'_>, response: &Value) -> Result<SignedIn, SigninError> {
        let challenge = challenge_of(response)?;
        let state = locked(&self.sign_ins).take(&challenge, self.now_ms()).ok_or(SigninError::NotValid)?;
        let response: PublicKeyCredential = from_value(response)?;
        let identified = self.webauthn.identify_discoverable_authentication(&response);
        let (handle, credential_id) = identified.map_err(|_| SigninError::NotValid)?;
        let mut kept = self.passkey_by_credential(tx, credential_id)?.ok_or(SigninError::NotValid)?;
        if handle != self.handle(kept.account) {
            return Err(SigninError::NotValid);
        }
        let result = self.webauthn.finish_discoverable_authentication_v2(&response, state, &kept.passkey);
        let result = result.map_err(|_| SigninError::NotValid)?;
        if !result.user_verified() {
            return Err(SigninError::NotValid);
        }
        let account = self.living(tx, kept.account)?;
        kept.passkey.update_credential(&result);
        self.passkey_used(tx, &kept)?;
        Ok(SignedIn { account: account.id, kind: account.kind, passkey: kept.view.id, level: LEVEL_PASSKEY })
    }

    /// The user handle of an account's passkeys: nothing can be read off it (WebAuthn level 3, 14.6.1), neither who it is
    /// nor since when.
    fn handle(&self, account: MemberId) -> Uuid {
        user_handle(&self.marks.lookup("user handle", &account.to_string()))
    }

    fn begin(
        &self,
        handle: Uuid,
        name: &str,
        present: Vec<CredentialID>,
        ground: Ground,
    ) -> Result<Value, SigninError> {
        let begun = self.webauthn.start_passkey_registration(handle, name, name, Some(present));
        let (mut options, state) = begun.map_err(SigninError::Ceremony)?;
        demand_discoverable(&mut options);
        let challenge = options.public_key.challenge.clone();
        locked(&self.enrolments).insert(challenge, Enrolment { state, ground }, self.now_ms());
        as_value(&options.public_key)
    }

    fn taken(&self, response: &Value) -> Result<(Enrolment, RegisterPublicKeyCredential), SigninError> {
        let challenge = challenge_of(response)?;
        let enrolment =
            locked(&self.enrolments).take(&challenge, self.now_ms()).ok_or(SigninError::NotValid)?;
        Ok((enrolment, from_value(response)?))
    }

    fn keep_enrolled(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        state: &PasskeyRegistration,
        response: &RegisterPublicKeyCredential,
        name: &str,
    ) -> Result<Enrolled, SigninError> {
        let passkey =
            self.webauthn.finish_passkey_registration(response, state).map_err(|_| SigninError::NotValid)?;
        let kind = self.living(tx, account)?.kind;
        let id = self.keep_passkey(tx, account, &passkey, name)?;
        let public_key = as_value(passkey.get_public_key())?;
        Ok(Enrolled { account, kind, passkey: id, public_key, purpose: None })
    }
}

fn user_handle(hash: &[u8; 32]) -> Uuid {
    Uuid::from_u128(hash.iter().take(16).fold(0, |handle, byte| handle << 8 | u128::from(*byte)))
}

/// Signing in asks for no name, so the passkey must be one that the authenticator finds by itself;
/// webauthn-rs leaves that to the authenticator's taste.
fn demand_discoverable(options: &mut CreationChallengeResponse) {
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
}

/// The challenge that a response says it answers. Only used to find the ceremony, which then checks it.
pub(crate) fn challenge_of(response: &Value) -> Result<Challenge, SigninError> {
    let decode = |text: &str| {
        data_encoding::BASE64URL_NOPAD
            .decode(text.trim_end_matches('=').as_bytes())
            .map_err(|_| SigninError::NotValid)
    };
    let client_data = response.pointer("/response/clientDataJSON").and_then(Value::as_str);
    let client_data: Value = serde_json::from_slice(&decode(client_data.ok_or(SigninError::NotValid)?)?)
        .map_err(|_| SigninError::NotValid)?;
    decode(client_data.get("challenge").and_then(Value::as_str).ok_or(SigninError::NotValid)?)
}

pub(crate) fn from_value<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, SigninError> {
    T::deserialize(value).map_err(|_| SigninError::NotValid)
}

fn as_value(value: &impl serde::Serialize) -> Result<Value, SigninError> {
    let wrong = |_| SigninError::Invalid { field: "options", want: "a value that can be written as JSON" };
    serde_json::to_value(value).map_err(wrong)
}
