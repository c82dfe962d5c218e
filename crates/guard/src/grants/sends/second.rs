//! Who is a second person for a send.
//!
//! It is another than whoever asked and whoever edited it within seven days, and owes their role to none of
//! them. In a workspace that is older than that they have had their role for as long, and whoever asked does not owe theirs to
//! them: whoever holds one account cannot make a second person of it. Where nobody is such a person, one person is enough,
//! after half an hour, and it is called `alone`.

use model::MemberId;
use rusqlite::Transaction;

use super::{DAY_MS, SendScope};
use crate::error::GuardError;
use crate::grants::Grant;
use crate::guard::Guard;

/// Who edited it, or gave a role, within this time is no second person.
const LINKED_MS: i64 = 7 * DAY_MS;

impl Guard {
    /// Whether the one who says yes to a send is no second person, and nobody could be; refused where somebody could.
    pub(in crate::grants) fn sends_alone(
        &self,
        tx: &Transaction<'_>,
        grant: &Grant,
        scope: &SendScope,
        by: MemberId,
    ) -> Result<bool, GuardError> {
        if self.is_second(tx, grant, scope, by)? {
            return Ok(false);
        }
        for other in self.active_memberships_in(tx, grant.workspace)? {
            let able = other.role.is_powerful() && !self.0.signin.passkeys(tx, other.member)?.is_empty();
            if able && other.member != by && self.is_second(tx, grant, scope, other.member)? {
                return Err(GuardError::SecondPerson);
            }
        }
        Ok(true)
    }

    fn is_second(
        &self,
        tx: &Transaction<'_>,
        grant: &Grant,
        scope: &SendScope,
        who: MemberId,
    ) -> Result<bool, GuardError> {
        let Grant { workspace, asked_by, asked_ms, .. } = *grant;
        let since_ms = self.now_ms() - LINKED_MS;
        let Some(membership) = self.membership(tx, workspace, who)? else { return Ok(false) };
        let authors = || scope.content.editors.iter().copied().chain([asked_by]);
        if authors().any(|author| author == who) || membership.created_ms > asked_ms {
            return Ok(false);
        }
        let made = control::workspaces::by_id(tx, workspace)?.map(|workspace| workspace.created_ms);
        let is_old = made.is_some_and(|made_ms| made_ms <= since_ms);
        if is_old && membership.created_ms > since_ms {
            return Ok(false);
        }
        for author in authors() {
            let brought = self.owes_role_to(tx, workspace, (who, author), since_ms)?;
            if brought || is_old && self.owes_role_to(tx, workspace, (author, who), since_ms)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
