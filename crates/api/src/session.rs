//! `/api/v1/session`: who am I, with what; sign out. `/api/v1/sessions`: my other sessions.
//! `/api/v1/stepup/{id}`: the answer to a request for a fresh touch.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::session::{LEFT_PATH, SessionText};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::{Denied, GuardError};
use http::StatusCode;
use policy::PrincipalKind;
use policy::actions::{
    EndOtherSessions, EndSession, FinishStepUp, ListSessions, ReadPublicPage, ReadSession,
};
use serde::Serialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/session", read)
        .delete("/api/v1/session", end)
        .get(LEFT_PATH, left)
        .get("/api/v1/sessions", list)
        .delete("/api/v1/sessions", end_others)
        .post("/api/v1/stepup/{id}", step_up)
}

#[derive(Debug, Serialize)]
struct SessionBody {
    kind: &'static str,
    id: String,
    email: Option<String>,
    level: u8,
    workspaces: Vec<OwnWorkspace>,
}

#[derive(Debug, Serialize)]
struct OwnWorkspace {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    role: &'static str,
}

async fn read(may: Permit<ReadSession>, State(state): State<ApiState>) -> Result<Json<SessionBody>, Problem> {
    let body = blocking(move || {
        let (kind, level) = (may.caller().kind(), may.caller().level());
        let guard = &state.services.guard;
        let (email, workspaces) = match kind {
            PrincipalKind::Token => {
                let own = may.caller().token_workspace().map(|id| OwnWorkspace {
                    id: id.to_string(),
                    name: None,
                    role: "token",
                });
                (None, own.into_iter().collect())
            }
            PrincipalKind::Member | PrincipalKind::Visitor => {
                let own = guard.workspaces_of(may.granted()).map_err(ServiceError::from)?;
                let view = |own: guard::own::OwnWorkspace| OwnWorkspace {
                    id: own.id.to_string(),
                    name: Some(own.name),
                    role: own.role.as_str(),
                };
                let email = guard.own_email(may.granted()).map_err(ServiceError::from)?;
                (email, own.into_iter().map(view).collect())
            }
            _ => (None, Vec::new()),
        };
        Ok::<_, ServiceError>(SessionBody {
            kind: kind.as_str(),
            id: may.caller().name(),
            email,
            level,
            workspaces,
        })
    })
    .await?;
    Ok(Json(body))
}

async fn end(may: Permit<EndSession>, State(state): State<ApiState>) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    blocking(move || guard.end_session(may.granted()).map_err(ServiceError::from)).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    state.cookie.end(&mut response);
    Ok(response)
}

/// How long the session of this browser would run on if nobody did anything; an open page empties itself by it.
#[derive(Debug, Serialize)]
struct Left {
    left_s: i64,
}

async fn left(
    _may: Permit<ReadPublicPage>,
    State(state): State<ApiState>,
    session: SessionText,
) -> Result<Json<Left>, Problem> {
    let left_ms = blocking(move || match session.text() {
        Some(text) => state.services.guard.session_left_ms(text).map_err(ServiceError::from),
        None => Ok(None),
    })
    .await?;
    Ok(Json(Left { left_s: left_ms.unwrap_or(0).max(0) / 1_000 }))
}

async fn list(
    may: Permit<ListSessions>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.sessions(may.granted()).map_err(ServiceError::from)).await?;
    let view = |session: signin::session::SessionView| {
        json!({
            "id": session.id,
            "created_at": instant(session.created_ms),
            "last_seen_at": instant(session.last_seen_ms),
            "ends_at": instant(session.ends_ms),
            "bound": session.bound,
            "networks": session.networks,
        })
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn end_others(
    may: Permit<EndOtherSessions>,
    State(state): State<ApiState>,
) -> Result<Json<Value>, Problem> {
    let ended =
        blocking(move || state.services.guard.end_other_sessions(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(json!({ "ended": ended })))
}

async fn step_up(
    may: Permit<FinishStepUp>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Input(assertion): Input<Value>,
) -> Result<Json<Value>, Problem> {
    let answered = json!({ "id": id });
    blocking(move || {
        let taken: Result<(), Denied> = state.services.guard.finish_step_up(may.caller(), &id, assertion);
        taken.map_err(|denied| ServiceError::from(GuardError::from(denied)))
    })
    .await?;
    Ok(Json(answered))
}
