//! `…/workspaces/{w}/tokens`: API tokens, scoped, expiring, shown once.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::tokens::AskedToken;
use http::StatusCode;
use model::TokenId;
use policy::actions::{CreateToken, ListTokens, RevokeToken};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::review;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/tokens", list)
        .post("/api/v1/workspaces/{w}/tokens", create)
        .delete("/api/v1/workspaces/{w}/tokens/{token}", revoke)
}

async fn list(may: Permit<ListTokens>, State(state): State<ApiState>) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.tokens(may.granted()).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(review::token).collect())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    name: String,
    scopes: Vec<String>,
    expires_in_s: Option<u64>,
    #[serde(default)]
    networks: Vec<String>,
}

async fn create(
    may: Permit<CreateToken>,
    State(state): State<ApiState>,
    Input(new): Input<NewToken>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || {
        let scopes: Vec<&str> = new.scopes.iter().map(String::as_str).collect();
        let networks: Vec<&str> = new.networks.iter().map(String::as_str).collect();
        let asked = AskedToken {
            name: &new.name,
            scopes: &scopes,
            expires_in_s: new.expires_in_s,
            networks: &networks,
        };
        state.services.guard.create_token(may.granted(), &asked).map_err(ServiceError::from)
    })
    .await?;
    let body = json!({
        "id": made.id,
        "token": made.token.expose(),
        "scopes": made.scopes.iter().collect::<Vec<_>>(),
        "expires_at": instant(made.expires_ms),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

async fn revoke(
    may: Permit<RevokeToken>,
    State(state): State<ApiState>,
    Path((_, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id: TokenId = token.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.revoke_token(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
