//! `…/workspaces/{w}/single-sign-on`: the provider that signs the workspace's members in. The way through it are pages.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::sign_on::{NewSignOn, SignOn};
use http::StatusCode;
use policy::actions::{ReadSignOn, RemoveSignOn, SetSignOn};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;
use stdx::Secret;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::instant;

const PATH: &str = "/api/v1/workspaces/{w}/single-sign-on";

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get(PATH, read).put(PATH, set).delete(PATH, remove)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    domains: Vec<String>,
    #[serde(default)]
    trusted_acr: Vec<String>,
}

async fn read(may: Permit<ReadSignOn>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let console = state.services.about.console_url.clone();
    let found =
        blocking(move || state.services.guard.sign_on(may.granted()).map_err(ServiceError::from)).await?;
    found.map(|on| Json(view(&on, &console))).ok_or_else(Problem::not_found)
}

async fn set(
    may: Permit<SetSignOn>,
    State(state): State<ApiState>,
    Input(wanted): Input<Wanted>,
) -> Result<Json<Value>, Problem> {
    let console = state.services.about.console_url.clone();
    let Wanted { issuer, client_id, client_secret, domains, trusted_acr: trusted } = wanted;
    let new = NewSignOn { issuer, client_id, secret: client_secret.map(Secret::new), domains, trusted };
    let set =
        blocking(move || state.services.guard.set_sign_on(may.granted(), new).map_err(ServiceError::from))
            .await?;
    Ok(Json(view(&set, &console)))
}

async fn remove(may: Permit<RemoveSignOn>, State(state): State<ApiState>) -> Result<StatusCode, Problem> {
    blocking(move || state.services.guard.remove_sign_on(may.granted()).map_err(ServiceError::from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn view(on: &SignOn, console: &str) -> Value {
    let redirect = format!("{console}{}", service::sign_on::BACK);
    let logout = format!("{console}{}/{}", service::sign_on::LOGOUT, on.workspace);
    json!({
        "issuer": on.issuer, "client_id": on.client_id, "has_secret": on.secret.is_some(), "domains": on.domains,
        "trusted_acr": on.trusted, "redirect_uri": redirect, "logout_uri": logout, "changed_at": instant(on.changed_ms),
    })
}
