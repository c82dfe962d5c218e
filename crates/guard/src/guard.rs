//! The two questions asked of every request: who is it, and may they?

use model::WorkspaceId;
use policy::ActionInfo;

use crate::caller::{Caller, Credential};
use crate::denied::Denied;
use crate::granted::Granted;

/// What a request shows for itself. A fresh touch is bound to all of it.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query, as sent.
    pub path: &'a str,
    /// SHA-256 of the body.
    pub body_digest: [u8; 32],
    /// The step-up that was answered for it, if any.
    pub step_up_id: Option<&'a str>,
}

/// Guards every route. Cheap to clone.
#[derive(Clone)]
pub struct Guard;

impl Guard {
    /// Who is calling. May renew the session: see [`Caller::renewed_token`].
    ///
    /// # Errors
    /// [`Denied::NotSignedIn`] for a credential that is not or no longer valid.
    pub fn identify(&self, _credential: Credential<'_>) -> Result<Caller, Denied> {
        Err(Denied::Unavailable)
    }

    /// Whether the caller may do it, here and now.
    ///
    /// # Errors
    /// Every [`Denied`].
    pub fn permit(
        &self,
        _caller: &Caller,
        _action: &'static ActionInfo,
        _workspace: Option<WorkspaceId>,
        _proof: Proof<'_>,
    ) -> Result<Granted, Denied> {
        Err(Denied::Unavailable)
    }

    /// Takes the assertion for a pending step-up.
    ///
    /// # Errors
    /// [`Denied::StepUpWrong`] when it does not fit.
    pub fn finish_step_up(&self, _caller: &Caller, _id: &str, _assertion: serde_json::Value) -> Result<(), Denied> {
        Err(Denied::Unavailable)
    }
}
