//! A session that is used from another network than before: entered, and told to its owner at once. Often it is they
//! themselves, on another way; when it is not, nobody else could say so.

use std::collections::HashSet;

use model::{MemberId, SessionId};
use policy::PrincipalKind;
use serde_json::json;
use signin::session::networks::Network;

use crate::caller::{Caller, Who};
use crate::change::Actor;
use crate::error::GuardError;
use crate::guard::Guard;

/// How many sessions and networks are kept in memory; beyond that all are forgotten, and looked up again.
const REMEMBERED_MAX: usize = 50_000;

/// What needs no look at the database: nothing new in it.
pub(crate) type Networks = HashSet<(SessionId, String)>;

/// The mark of the network in the ledger's mark of an origin.
pub(crate) fn network(from: &str) -> Option<&str> {
    from.split_once('.').map(|(_, network)| network)
}

impl Guard {
    /// Remembers from which network a session is used, and tells of a new one.
    pub(crate) fn note_network(&self, caller: &Caller) -> Result<(), GuardError> {
        let Who::Account { id, kind, session, .. } = &caller.who else { return Ok(()) };
        let Some(network) = caller.from.as_deref().and_then(network) else { return Ok(()) };
        let known = (*session, network.to_owned());
        if self.0.networks.lock().contains(&known) {
            return Ok(());
        }
        let found = self.0.db.read(|tx| self.0.signin.network(tx, *session, network))?;
        match found {
            Network::Known | Network::OneOfMany => {}
            Network::First => {
                self.0.db.write(|tx| self.0.signin.keep_network(tx, *session, (network, true)))?;
            }
            Network::New => self.change(|tx| {
                self.0.signin.keep_network(tx, *session, (network, false))?;
                let told = json!({"session": session});
                self.notice(tx, None, Some(*id), "session.elsewhere", &told)?;
                if *kind == PrincipalKind::Operator {
                    // They have no address of their own.
                    self.notice(tx, None, None, "session.elsewhere", &json!({"operator": id}))?;
                }
                let actor = Actor {
                    session: Some(session.to_string()),
                    from: caller.from.clone(),
                    ..Actor::part(&caller.name())
                };
                Ok(((), actor.does("session.elsewhere", session.to_string(), json!({}))))
            })?,
        }
        let mut networks = self.0.networks.lock();
        if networks.len() >= REMEMBERED_MAX {
            networks.clear();
        }
        networks.insert(known);
        Ok(())
    }

    /// A text came back that had been replaced: two parties have it, and the session has ended for both.
    pub(crate) fn session_reused(&self, session: SessionId, account: MemberId) {
        let actor = Actor { session: Some(session.to_string()), ..Actor::part(&account.to_string()) };
        // The refusal stands whether or not it can be entered and told.
        let _ = self.0.ledger.enter(actor.does("session.reused", session.to_string(), json!({})));
        let told = json!({"session": session});
        let _ =
            self.0.db.write(|tx| self.notice(tx, None, Some(account), "session.reused", &told).map(|_| ()));
    }
}
