//! The right as an argument: a handler that names a [`Permit`] runs only for callers who have it.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use guard::{Caller, Denied, Granted, Guard, Proof};
use http::request::Parts;
use model::WorkspaceId;
use policy::{Action, PrincipalKind, Scope};

use crate::body::BodyDigest;
use crate::problem::Problem;
use crate::session::Identified;

/// The header that carries the id of a finished step-up.
pub const STEP_UP_HEADER: &str = "holdfast-step-up";

/// Proof that guard allowed this request to do `A`. It can be had from a request only.
pub struct Permit<A: Action> {
    granted: Granted,
    caller: Arc<Caller>,
    action: PhantomData<A>,
}

impl<A: Action> Permit<A> {
    /// The caller as guard knows it, for what acts on the caller itself (its session, its passkeys).
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What was granted.
    pub fn granted(&self) -> &Granted {
        &self.granted
    }

    /// A second right of the same caller to the same workspace, for what a request turns out to ask: one that needs no touch.
    /// It waits for disks.
    ///
    /// # Errors
    /// Every [`Denied`].
    pub fn also<B: Action>(&self, guard: &Guard) -> Result<Permit<B>, Denied> {
        let digest = BodyDigest::of_nothing();
        let proof = Proof { method: "", path: "", body_digest: digest.0, step_up_id: None };
        let granted = guard.permit(&self.caller, B::info(), self.granted.workspace, proof)?;
        Ok(Permit { granted, caller: self.caller.clone(), action: PhantomData })
    }

    /// The workspace in the path.
    ///
    /// # Errors
    /// Not found, when the route has no workspace.
    pub fn workspace(&self) -> Result<WorkspaceId, Problem> {
        self.granted.workspace.ok_or_else(Problem::not_found)
    }
}

impl<A: Action> Deref for Permit<A> {
    type Target = Granted;
    fn deref(&self) -> &Granted {
        &self.granted
    }
}

impl<A, S> FromRequestParts<S> for Permit<A>
where
    A: Action,
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let guard = Guard::from_ref(state);
        let action: &'static policy::ActionInfo = A::info();
        let caller = match parts.extensions.get::<Identified>() {
            Some(Identified(Ok(caller))) => caller.clone(),
            Some(Identified(Err(problem))) if action.scope != Scope::Anyone => return Err(problem.clone()),
            _ => Arc::new(Caller::nobody()),
        };
        let workspace = match action.scope {
            Scope::Workspace => Some(workspace_of(parts, state, &caller).await?),
            _ => None,
        };
        let digest = parts.extensions.get::<BodyDigest>().copied().unwrap_or_else(BodyDigest::of_nothing);
        let step_up_id =
            parts.headers.get(STEP_UP_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let method = parts.method.as_str().to_owned();
        let path = parts.uri.path_and_query().map_or_else(String::new, |path| path.as_str().to_owned());

        // Guard reads SQLite and may wait for the ledger's fsync: not on an async worker.
        let asked = caller.clone();
        let granted = tokio::task::spawn_blocking(move || {
            let proof = Proof {
                method: &method,
                path: &path,
                body_digest: digest.0,
                step_up_id: step_up_id.as_deref(),
            };
            guard.permit(&asked, action, workspace, proof)
        })
        .await
        .map_err(|_| Problem::internal())??;
        Ok(Self { granted, caller, action: PhantomData })
    }
}

/// The workspace in the path; where the path has no place for one, the one that the caller's token opens.
async fn workspace_of<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    caller: &Caller,
) -> Result<WorkspaceId, Problem> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
    match params.iter().find(|(name, _)| *name == "w") {
        Some((_, value)) => value.parse().map_err(|_| Problem::not_found()),
        None if caller.kind() == PrincipalKind::Anyone => Err(Denied::NotSignedIn.into()),
        // Of a person's several workspaces none is meant.
        None => caller
            .token_workspace()
            .ok_or_else(|| Denied::Forbidden { why: "tokens-alone".to_owned() }.into()),
    }
}
