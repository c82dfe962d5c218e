//! Those who run the installation: `inviting` brings another one in, `voice` says who counts as a second person.

pub mod inviting;
pub mod voice;

use model::MemberId;
use serde_json::json;
use signin::account::AccountKind;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::review::Standing;
use crate::usage::{Holder, Usage};

/// An operator as the others see them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperatorView {
    /// Their id.
    pub id: MemberId,
    /// How many passkeys they have; 0 cannot sign in yet.
    pub passkeys: usize,
    /// What is known of their use of the installation.
    pub usage: Usage,
    /// How their access stands.
    pub standing: Standing,
    /// Who brought them in, and until when (milliseconds since 1970, UTC) the two do not count as two people.
    pub speaks_for: Option<(MemberId, i64)>,
}

impl Guard {
    /// The operators, the longest-standing first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn operators(&self, granted: &Granted) -> Result<Vec<OperatorView>, GuardError> {
        granted.must_be_for(&["ListOperators"])?;
        self.0.db.read(|tx| {
            let view = |id| {
                let (usage, standing) = self.operator_standing(tx, id)?;
                let (passkeys, speaks_for) =
                    (self.0.signin.passkeys(tx, id)?.len(), self.fresh_until(tx, id)?);
                Ok(OperatorView { id, passkeys, usage, standing, speaks_for })
            };
            self.accounts_of(tx, AccountKind::Operator)?.into_iter().map(view).collect()
        })
    }

    /// Removes an operator.
    ///
    /// # Errors
    /// Not found, the last one who can sign in, or the ledger's or database's.
    pub fn remove_operator(&self, granted: &Granted, id: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["RemoveOperator"])?;
        self.change(|tx| {
            let operators = self.accounts_of(tx, AccountKind::Operator)?;
            if !operators.contains(&id) {
                return Err(Denied::NotFound.into());
            }
            let mut able = 0;
            for other in self.active_operators(tx)?.into_iter().filter(|other| *other != id) {
                able += usize::from(!self.0.signin.passkeys(tx, other)?.is_empty());
            }
            if able == 0 {
                return Err(GuardError::LastOperator);
            }
            self.0.signin.end_account(tx, id)?;
            self.forget_usage(tx, Holder::operator(id))?;
            let invites = self.drop_operator_invites_of(tx, id)?;
            let grants = self.end_grants_of(tx, None, id)?;
            self.notice(tx, None, None, "operator.removed", &json!({"operator": id}))?;
            let detail = json!({"grants": grants, "invites": invites});
            Ok(((), Actor::from(granted).does("operator.removed", id.to_string(), detail)))
        })
    }
}
