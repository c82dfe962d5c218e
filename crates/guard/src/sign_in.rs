//! Enrolling and signing in, with what surrounds the ceremony: may this account come in at all, for how
//! long, and who learns of it.

use control::mode::Mode;
use model::{MemberId, SessionId, WorkspaceId};
use policy::PrincipalKind;
use rusqlite::Transaction;
use serde_json::{Value, json};
use signin::account::AccountKind;
use signin::ceremony::{Enrolled, LEVEL_PASSKEY, SignedIn as Ceremony};
use signin::code::Purpose;
use signin::config::Lifetime;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::guard::{Guard, principal_kind};

/// A session that has just been opened.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session's text, for the cookie.
    pub token: Secret<String>,
    /// The session.
    pub session: SessionId,
    /// Who signed in.
    pub member: MemberId,
    /// What kind of principal that is.
    pub kind: PrincipalKind,
    /// What forms of this session must send along.
    pub csrf: String,
}

impl Guard {
    /// Begins to enrol with a code: `PublicKeyCredentialCreationOptionsJSON`. The answer is the same for
    /// codes that do not exist.
    ///
    /// # Errors
    /// [`Denied::Unavailable`].
    pub fn begin_enrol(&self, code: &str) -> Result<Value, Denied> {
        let begun = self.0.db.read(|tx| self.0.signin.begin_enrol(tx, code));
        begun.map_err(|error| self.broken(error.into()))
    }

    /// Finishes an enrolment with a `RegistrationResponseJSON`, and signs in: whoever had the code has
    /// just been verified by the new passkey.
    ///
    /// # Errors
    /// [`Denied::NotFound`] whatever does not fit; [`Denied::ReadOnly`] for invitations into a workspace
    /// that takes no changes.
    pub fn finish_enrol(&self, response: &Value) -> Result<SignedIn, Denied> {
        let enrolled = self.change(|tx| {
            let enrolled = self.0.signin.finish_enrol(tx, response)?;
            match enrolled.purpose {
                Some(Purpose::Invite) => self.take_invited_in(tx, enrolled.account, enrolled.account)?,
                Some(Purpose::Recover) => self.recovered(tx, enrolled.account)?,
                _ => {}
            }
            let detail = json!({
                "account": enrolled.account, "purpose": enrolled.purpose.map(Purpose::as_str),
                "public_key": enrolled.public_key,
            });
            let actor = Actor::part(&enrolled.account.to_string());
            let entry = actor.does("passkey.enrolled", enrolled.passkey.to_string(), detail);
            Ok((enrolled, entry))
        });
        let Enrolled { account, kind, passkey, .. } = enrolled.map_err(|error| self.broken(error))?;
        self.open_session(&Ceremony { account, kind, passkey, level: LEVEL_PASSKEY }, None)
    }

    /// Begins to sign in: `PublicKeyCredentialRequestOptionsJSON`.
    ///
    /// # Errors
    /// [`Denied::Unavailable`].
    pub fn begin_sign_in(&self) -> Result<Value, Denied> {
        self.0.signin.begin_sign_in().map_err(|error| self.broken(error.into()))
    }

    /// Finishes a sign-in with an `AuthenticationResponseJSON`.
    ///
    /// # Errors
    /// [`Denied::NotFound`] whatever does not fit.
    pub fn finish_sign_in(&self, response: &Value) -> Result<SignedIn, Denied> {
        let who = self.0.db.write(|tx| self.0.signin.finish_sign_in(tx, response));
        self.open_session(&who.map_err(|error| self.broken(error.into()))?, None)
    }

    /// Opens a session; with a workspace it reaches that one alone.
    pub(crate) fn open_session(
        &self,
        who: &Ceremony,
        within: Option<WorkspaceId>,
    ) -> Result<SignedIn, Denied> {
        let opened = self.change(|tx| {
            let lifetime = self.lifetime(tx, who)?;
            let (session, token) = self.0.signin.open_session(tx, who, lifetime, within)?;
            let actor = Actor { session: Some(session.to_string()), ..Actor::part(&who.account.to_string()) };
            let detail = json!({"passkey": who.passkey, "kind": who.kind.as_str(), "level": who.level});
            Ok(((session, token), actor.does("session.opened", session.to_string(), detail)))
        });
        let (session, token) = opened.map_err(|error| self.broken(error))?;
        Ok(SignedIn {
            token,
            session,
            member: who.account,
            kind: principal_kind(who.kind),
            csrf: self.marks().csrf(session),
        })
    }

    fn lifetime(&self, tx: &Transaction<'_>, who: &Ceremony) -> Result<Lifetime, GuardError> {
        let runs_something = match who.kind {
            AccountKind::Operator => true,
            AccountKind::Member | AccountKind::Visitor => {
                self.roles_anywhere(tx, who.account)?.iter().any(policy::Role::is_powerful)
            }
        };
        Ok(if runs_something { Lifetime::POWERFUL } else { Lifetime::MEMBER })
    }

    /// Refuses what gives power while the workspace takes no changes.
    pub(crate) fn must_take_changes(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<(), GuardError> {
        let state = self.mode_in(tx, Some(workspace))?;
        match state.mode {
            Mode::Normal => Ok(()),
            Mode::ReadOnly => Err(Denied::ReadOnly { reason: state.reason }.into()),
        }
    }
}
