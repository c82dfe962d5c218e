//! Binding a session to the device that opened it, and renewing it with the device's key, with what the ledger is told.

use model::SessionId;
use serde_json::json;
use signin::SigninError;
use signin::binding::{Bound, Renewal};

use crate::change::Actor;
use crate::denied::Denied;
use crate::guard::Guard;
use crate::sign_in::SignedIn;

impl Guard {
    /// The challenge with which the browser that has just signed in may bind its session; once, within five minutes.
    pub fn offer_binding(&self, opened: &SignedIn) -> String {
        self.0.signin.offer_binding(opened.session)
    }

    /// Binds a session to the key of the proof. Whoever has the challenge has just signed in.
    ///
    /// # Errors
    /// [`Denied::NotSignedIn`] whatever does not fit.
    pub fn bind_session(&self, proof: &str) -> Result<Bound, Denied> {
        let bound = self.change(|tx| {
            let bound = self.0.signin.bind_session(tx, proof)?;
            let session = bound.session.to_string();
            let actor = Actor { session: Some(session.clone()), ..Actor::part(&bound.account.to_string()) };
            let detail = json!({"key": bound.thumbprint, "algorithm": bound.algorithm});
            Ok((bound, actor.does("session.bound", session, detail)))
        });
        bound.map_err(|error| match self.broken(error) {
            Denied::NotFound => Denied::NotSignedIn,
            other => other,
        })
    }

    /// Renews a bound session for a proof; without one that fits, says what is to be signed.
    ///
    /// # Errors
    /// [`Denied::Unavailable`], or a row that was altered.
    pub fn renew_bound(&self, session: SessionId, proof: Option<&str>) -> Result<Renewal, Denied> {
        let renewed = self.0.signin.renew_bound(&self.0.db, session, proof);
        renewed.map_err(|error: SigninError| self.broken(error.into()))
    }
}
