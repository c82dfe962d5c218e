//! Those who run the installation.

use model::MemberId;
use serde_json::json;
use signin::account::AccountKind;
use signin::code::Purpose;
use signin::config::CODE_LIFE_MS;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::invites::Invited;
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
                Ok(OperatorView { id, passkeys: self.0.signin.passkeys(tx, id)?.len(), usage, standing })
            };
            self.accounts_of(tx, AccountKind::Operator)?.into_iter().map(view).collect()
        })
    }

    /// Invites an operator: the code makes an account of its own.
    ///
    /// # Errors
    /// The ledger's or database's.
    pub fn invite_operator(&self, granted: &Granted) -> Result<Invited, GuardError> {
        granted.must_be_for(&["InviteOperator"])?;
        self.change(|tx| {
            let id = self.0.signin.add_account(tx, AccountKind::Operator)?;
            let code = self.0.signin.make_code(tx, Purpose::Operator, id)?;
            self.notice(tx, None, None, "operator.invited", &json!({"operator": id}))?;
            let entry = Actor::from(granted).does("operator.invited", id.to_string(), json!({}));
            Ok((Invited { id, code, expires_ms: self.now_ms() + CODE_LIFE_MS }, entry))
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
            let grants = self.end_grants_of(tx, None, id)?;
            self.notice(tx, None, None, "operator.removed", &json!({"operator": id}))?;
            Ok(((), Actor::from(granted).does("operator.removed", id.to_string(), json!({"grants": grants}))))
        })
    }
}
