//! Somebody comes back from the provider: who is it here, and may they come in?

use model::{MemberId, PasskeyId};
use policy::Role;
use rusqlite::Transaction;
use serde_json::json;
use signin::account::AccountKind;
use signin::ceremony::{LEVEL_PASSKEY, LEVEL_TWO_FACTORS, SignedIn as Ceremony};

use super::SignOn;
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::guard::Guard;
use crate::sign_in::SignedIn;

/// What the provider says, checked by whoever asked it.
#[derive(Clone, Copy)]
pub struct Word<'a> {
    /// Its name for them.
    pub subject: &'a str,
    /// Their address, where it has verified it.
    pub email: Option<&'a str>,
    /// Its name for their session there, where it has one.
    pub sid: Option<&'a str>,
    /// What it saw is worth: a session's level; nothing where it is not enough.
    pub level: Option<u8>,
}

/// Why somebody whom the provider knows does not come in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The provider saw one factor, or does not say.
    #[error("the provider does not say that more than one factor was used")]
    NotEnough,
    /// Nobody invited them; or their address is not verified, or of another domain.
    #[error("nobody with this address was invited")]
    NotInvited,
    /// Whoever runs a workspace comes in with a passkey.
    #[error("owners and admins sign in with a passkey")]
    PasskeyNeeded,
    /// Something else says no.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl Refused {
    /// The word in the ledger.
    fn why(&self) -> &'static str {
        match self {
            Self::NotEnough => "not-enough",
            Self::NotInvited => "not-invited",
            Self::PasskeyNeeded => "passkey-needed",
            Self::Denied(_) => "denied",
        }
    }
}

impl Guard {
    /// Signs somebody in whom the workspace's provider vouches for.
    ///
    /// # Errors
    /// Every [`Refused`].
    pub fn sign_in_vouched(&self, on: &SignOn, word: &Word<'_>) -> Result<SignedIn, Refused> {
        let entered = self.vouched(on, word);
        if let Err(refused) = &entered
            && let Some(unlisted) =
                self.0.denials.lock().count(&format!("sign-on {}", on.workspace), self.now_ms())
        {
            let actor = Actor { workspace: Some(on.workspace), ..Actor::part("provider") };
            let detail = json!({"why": refused.why(), "unlisted": unlisted});
            // Refused either way.
            let _ = self.0.ledger.enter(actor.does("sign_on.refused", on.workspace.to_string(), detail));
        }
        entered
    }

    fn vouched(&self, on: &SignOn, word: &Word<'_>) -> Result<SignedIn, Refused> {
        let level = word.level.filter(|level| *level >= LEVEL_TWO_FACTORS).ok_or(Refused::NotEnough)?;
        let known = self.0.db.read(|tx| self.account_of_subject(tx, on, word.subject));
        let account = match known.map_err(|error| self.broken(error))? {
            Some(account) => account,
            None => self.first_seen(on, word, level)?,
        };
        let who = Ceremony { account, kind: AccountKind::Member, passkey: PasskeyId(0), level };
        let role = self.0.db.read(|tx| {
            // Looked at again: the membership may have ended since.
            let living = self.0.signin.account(tx, account)?.is_some_and(|found| found.ended_ms.is_none());
            Ok::<_, GuardError>(
                self.membership(tx, on.workspace, account)?.filter(|_| living).map(|found| found.role),
            )
        });
        must_be_enough(role.map_err(|error| self.broken(error))?.ok_or(Refused::NotInvited)?, level)?;
        let opened = self.open_session(&who, Some(on.workspace))?;
        if let Some(sid) = word.sid {
            let kept = self.0.db.write(|tx| self.keep_sid(tx, on, (opened.session, sid)));
            kept.map_err(|error| self.broken(error))?;
        }
        Ok(opened)
    }

    /// Somebody comes for the first time: found by the address that the provider has verified, and known by the provider's
    /// own name for them from then on.
    fn first_seen(&self, on: &SignOn, word: &Word<'_>, level: u8) -> Result<MemberId, Refused> {
        let domain = |email: &&str| email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        let own = |email: &&str| domain(email).is_some_and(|domain| on.domains.contains(&domain));
        let email = word.email.filter(own).ok_or(Refused::NotInvited)?;
        let mut refused = None;
        let linked = self.change(|tx| {
            let found = self.member_or_invited(tx, on, email)?;
            let Some((account, role, invited)) = found else {
                refused = Some(Refused::NotInvited);
                return Err(Denied::NotFound.into());
            };
            if must_be_enough(role, level).is_err() {
                refused = Some(Refused::PasskeyNeeded);
                return Err(Denied::NotFound.into());
            }
            if invited {
                self.take_invited_in(tx, account, account)?;
            }
            // Whoever has the code of an invitation must not add a passkey to what is an account from now on.
            self.withdraw_invite(tx, account)?;
            self.keep_subject(tx, on, word.subject, account)?;
            let actor = Actor { workspace: Some(on.workspace), ..Actor::part(&account.to_string()) };
            Ok((account, actor.does("sign_on.linked", account.to_string(), json!({"invited": invited}))))
        });
        linked.map_err(|error| refused.unwrap_or_else(|| Refused::Denied(self.broken(error))))
    }

    /// The one member with that address whom the provider does not know yet, or whom an open invitation waits for.
    fn member_or_invited(
        &self,
        tx: &Transaction<'_>,
        on: &SignOn,
        email: &str,
    ) -> Result<Option<(MemberId, Role, bool)>, GuardError> {
        let invited = self.invites_in(tx, on.workspace)?;
        let mut found = Vec::new();
        for account in self.accounts_with_email(tx, email)? {
            if self.is_known_there(tx, on.workspace, account)? {
                continue;
            }
            if let Some(membership) = self.membership(tx, on.workspace, account)? {
                found.push((account, membership.role, false));
            } else if let Some(invite) = invited.iter().find(|invite| invite.account == account) {
                found.push((account, invite.role, true));
            }
        }
        // Where there are several nobody can say which one is meant.
        Ok(if found.len() == 1 { found.pop() } else { None })
    }
}

fn must_be_enough(role: Role, level: u8) -> Result<(), Refused> {
    if role.is_powerful() && level < LEVEL_PASSKEY { Err(Refused::PasskeyNeeded) } else { Ok(()) }
}
