//! What everybody may do to their own account: sessions, passkeys, workspaces.

use model::{PasskeyId, WorkspaceId};
use policy::Role;
use serde_json::{Value, json};
use signin::passkey::PasskeyView;
use signin::session::SessionView;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::standing::Membership;

/// A workspace as one of its members sees it in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnWorkspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The role held there.
    pub role: Role,
}

impl Guard {
    /// The workspaces the caller belongs to and their session reaches.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn workspaces_of(&self, granted: &Granted) -> Result<Vec<OwnWorkspace>, GuardError> {
        let member = granted.member()?;
        self.0.db.read(|tx| {
            let mut own = Vec::new();
            let reached = |found: &Membership| granted.within.is_none_or(|own| own == found.workspace);
            for membership in self.memberships_of(tx, member)?.into_iter().filter(reached) {
                if let Some(workspace) = control::workspaces::by_id(tx, membership.workspace)? {
                    own.push(OwnWorkspace { id: workspace.id, name: workspace.name, role: membership.role });
                }
            }
            Ok(own)
        })
    }

    /// The caller's own address, where one is known.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn own_email(&self, granted: &Granted) -> Result<Option<String>, GuardError> {
        granted.must_be_for(&["ReadSession"])?;
        let member = granted.member()?;
        self.0.db.read(|tx| self.email_of(tx, member))
    }

    /// The caller's sessions, oldest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sessions(&self, granted: &Granted) -> Result<Vec<SessionView>, GuardError> {
        granted.must_be_for(&["ListSessions"])?;
        let member = granted.member()?;
        Ok(self.0.db.read(|tx| self.0.signin.sessions(tx, member))?)
    }

    /// Signs the caller out.
    ///
    /// # Errors
    /// The ledger's or database's.
    pub fn end_session(&self, granted: &Granted) -> Result<(), GuardError> {
        granted.must_be_for(&["EndSession"])?;
        let session = granted.session.ok_or(Denied::NotSignedIn)?;
        self.change(|tx| {
            self.0.signin.end_session(tx, session)?;
            Ok(((), Actor::from(granted).does("session.ended", session.to_string(), json!({}))))
        })
    }

    /// Ends the caller's other sessions; returns how many.
    ///
    /// # Errors
    /// The ledger's or database's.
    pub fn end_other_sessions(&self, granted: &Granted) -> Result<usize, GuardError> {
        granted.must_be_for(&["EndOtherSessions"])?;
        let (member, session) = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        self.change(|tx| {
            let ended = self.0.signin.end_other_sessions(tx, member, session)?;
            let entry =
                Actor::from(granted).does("sessions.ended", member.to_string(), json!({"ended": ended}));
            Ok((ended, entry))
        })
    }

    /// The caller's passkeys, oldest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn passkeys(&self, granted: &Granted) -> Result<Vec<PasskeyView>, GuardError> {
        granted.must_be_for(&["ListPasskeys"])?;
        let member = granted.member()?;
        Ok(self.0.db.read(|tx| self.0.signin.passkeys(tx, member))?)
    }

    /// Begins to add a passkey: `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// # Errors
    /// The account is locked or full, an altered row, or the database's.
    pub fn begin_add_passkey(&self, granted: &Granted) -> Result<Value, GuardError> {
        granted.must_be_for(&["AddPasskey"])?;
        let (member, session) = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        Ok(self.0.db.read(|tx| self.0.signin.begin_add_passkey(tx, member, session))?)
    }

    /// Finishes it with a `RegistrationResponseJSON`, in the same session.
    ///
    /// # Errors
    /// Not found, whatever does not fit; the account is locked or full; the ledger's or database's.
    pub fn finish_add_passkey(
        &self,
        granted: &Granted,
        response: &Value,
        name: &str,
    ) -> Result<PasskeyId, GuardError> {
        granted.must_be_for(&["FinishAddPasskey"])?;
        let by = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        self.change(|tx| {
            // Whoever has one began this with a touch of it; a first one was allowed.
            let first = self.0.signin.passkeys(tx, by.0)?.is_empty();
            if first {
                self.take_first_passkey(tx, by)?;
            }
            let enrolled = self.0.signin.finish_add_passkey(tx, by, response, name)?;
            self.notice(tx, None, Some(by.0), "passkey.added", &json!({"passkey": enrolled.passkey}))?;
            let purpose = first.then_some("first");
            let detail = json!({"account": by.0, "purpose": purpose, "public_key": enrolled.public_key});
            let entry = Actor::from(granted).does("passkey.enrolled", enrolled.passkey.to_string(), detail);
            Ok((enrolled.passkey, entry))
        })
    }

    /// Removes one of the caller's passkeys and ends the sessions opened with it.
    ///
    /// # Errors
    /// Not found, the last one, touched with one too young to remove an older one, or the ledger's or database's.
    pub fn remove_passkey(&self, granted: &Granted, id: PasskeyId) -> Result<(), GuardError> {
        granted.must_be_for(&["RemovePasskey"])?;
        let (member, with) = (granted.member()?, granted.touched.ok_or(Denied::StepUpWrong)?);
        self.change(|tx| {
            self.0.signin.remove_passkey(tx, member, id, with)?;
            self.notice(tx, None, Some(member), "passkey.removed", &json!({"passkey": id}))?;
            Ok(((), Actor::from(granted).does("passkey.removed", id.to_string(), json!({"account": member}))))
        })
    }

    /// Whether new passkeys are refused for the caller's account.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn passkeys_locked(&self, granted: &Granted) -> Result<bool, GuardError> {
        granted.must_be_for(&["ListPasskeys"])?;
        let member = granted.member()?;
        Ok(self.0.db.read(|tx| self.0.signin.passkeys_locked(tx, member))?)
    }

    /// Refuses new passkeys for the caller's account, or allows them again.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn lock_passkeys(&self, granted: &Granted, locked: bool) -> Result<(), GuardError> {
        granted.must_be_for(&[if locked { "LockPasskeys" } else { "UnlockPasskeys" }])?;
        let member = granted.member()?;
        let code = if locked { "passkeys.locked" } else { "passkeys.unlocked" };
        self.change(|tx| {
            self.0.signin.lock_passkeys(tx, member, locked)?;
            self.notice(tx, None, Some(member), code, &json!({}))?;
            Ok(((), Actor::from(granted).does(code, member.to_string(), json!({}))))
        })
    }
}
