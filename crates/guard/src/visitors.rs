//! Visitors: a look around a demo for those without an authenticator at hand. A visitor has a session but
//! no passkey; the policy lets visitors look at one workspace and change nothing.

use model::{PasskeyId, WorkspaceId};
use policy::Role;
use rusqlite::Transaction;
use serde_json::json;
use signin::account::AccountKind;
use signin::ceremony::{LEVEL_LINK, SignedIn as Ceremony};
use signin::code::Purpose;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::guard::Guard;
use crate::lockdown::Host;
use crate::sign_in::SignedIn;

impl Host<'_> {
    /// Makes the code of a look-around link into a workspace: once, for 24 hours. Earlier visitors of the
    /// workspace and their links end. Meant for demos; whoever calls this has made sure that it is one.
    ///
    /// # Errors
    /// No such workspace, an altered row, or the ledger's or database's.
    pub fn look_around(&self, workspace: WorkspaceId) -> Result<Secret<String>, GuardError> {
        let guard = self.0;
        guard.change(|tx| {
            control::workspaces::by_id(tx, workspace)?.ok_or(Denied::NotFound)?;
            guard.end_visitors(tx, workspace)?;
            let visitor = guard.0.signin.add_account(tx, AccountKind::Visitor)?;
            guard.set_role(tx, workspace, visitor, Role::Viewer)?;
            let code = guard.0.signin.make_code(tx, Purpose::Look, visitor)?;
            let actor = Actor { workspace: Some(workspace), ..Actor::part("host") };
            Ok((code, actor.does("visitor.invited", visitor.to_string(), json!({}))))
        })
    }
}

impl Guard {
    /// Opens a visitor's session with the code of a look-around link.
    ///
    /// # Errors
    /// [`Denied::NotFound`] whatever does not fit.
    pub fn look_around(&self, code: &str) -> Result<SignedIn, Denied> {
        let taken = self.0.db.write(|tx| match self.0.signin.take_code(tx, code)? {
            (Purpose::Look, account) => Ok(account),
            // The transaction is undone: a code for something else stays good.
            _ => Err(GuardError::Denied(Denied::NotFound)),
        });
        let account = taken.map_err(|error| self.broken(error))?;
        let (kind, passkey) = (AccountKind::Visitor, PasskeyId(0));
        self.open_session(&Ceremony { account, kind, passkey, level: LEVEL_LINK }, None)
    }

    fn end_visitors(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), GuardError> {
        for membership in self.memberships_in(tx, workspace)? {
            let account = self.0.signin.account(tx, membership.member)?;
            if account.is_some_and(|account| account.kind == AccountKind::Visitor) {
                self.drop_membership(tx, workspace, membership.member)?;
                self.0.signin.end_account(tx, membership.member)?;
            }
        }
        Ok(())
    }
}
