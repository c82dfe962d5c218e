//! `…/workspaces/{w}/review`: who could see what, who used it, and what has lapsed because nobody did; and the way back.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::review::{Review, ReviewedGrant, ReviewedMember, ReviewedToken};
use guard::usage::Usage;
use http::StatusCode;
use model::{MemberId, TokenId};
use policy::actions::{ConfirmMember, ConfirmOperator, ReadReview, RenewToken};
use serde_json::{Value, json};
use service::ServiceError;
use service::review::ReviewedSource;

use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/review", review)
        .post("/api/v1/workspaces/{w}/tokens/{token}/renew", renew_token)
        .post("/api/v1/workspaces/{w}/members/{member}/confirm", confirm_member)
        .post("/api/v1/operators/{operator}/confirm", confirm_operator)
}

async fn review(may: Permit<ReadReview>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let (review, sources) = blocking(move || state.services.review(may.granted())).await?;
    Ok(Json(document(&review, &sources)))
}

fn document(review: &Review, sources: &[ReviewedSource]) -> Value {
    json!({
        "as_of": instant(review.as_of_ms),
        "members": review.members.iter().map(member).collect::<Vec<_>>(),
        "tokens": review.tokens.iter().map(token).collect::<Vec<_>>(),
        "grants": review.grants.iter().map(grant).collect::<Vec<_>>(),
        "write_keys": sources.iter().map(write_key).collect::<Vec<_>>(),
    })
}

fn member(member: &ReviewedMember) -> Value {
    let mut document = json!({
        "id": member.id, "role": member.role.as_str(), "since": instant(member.since_ms),
        "could": member.could, "state": member.standing.as_str(), "lapses_at": instant(member.lapses_ms),
    });
    add_usage(&mut document, &member.usage);
    document
}

/// A token, as lists have it.
pub(crate) fn token(reviewed: &ReviewedToken) -> Value {
    let token = &reviewed.token;
    let mut document = json!({
        "id": token.id, "name": token.name, "scopes": token.scopes.split(' ').collect::<Vec<_>>(),
        "networks": token.networks.texts().collect::<Vec<_>>(), "made_by": token.maker,
        "created_at": instant(token.created_ms), "expires_at": instant(token.expires_ms),
        "could": reviewed.could, "state": reviewed.standing.as_str(), "lapses_at": instant(reviewed.lapses_ms),
    });
    add_usage(&mut document, &reviewed.usage);
    document
}

/// What is shown of a use: the hour, and the keyed mark of the network.
pub(crate) fn add_usage(document: &mut Value, usage: &Usage) {
    if let Some(members) = document.as_object_mut() {
        members.insert("last_used_at".to_owned(), json!(usage.used_ms.map(instant)));
        members.insert("last_used_from".to_owned(), json!(usage.used_from));
        members.insert("confirmed_at".to_owned(), json!(usage.renewed_ms.map(instant)));
    }
}

fn grant(grant: &ReviewedGrant) -> Value {
    json!({
        "id": grant.id, "kind": grant.kind, "subject": grant.subject, "state": grant.state, "used": grant.used,
        "asked_at": instant(grant.asked_ms),
    })
}

fn write_key(reviewed: &ReviewedSource) -> Value {
    let source = &reviewed.source;
    json!({
        "source": source.id, "name": source.name, "created_at": instant(source.created_ms),
        "disabled": source.disabled_ms.is_some(), "rotating": source.previous.is_some(),
        "last_event_at": reviewed.last_event_ms.map(instant),
    })
}

async fn renew_token(
    may: Permit<RenewToken>,
    State(state): State<ApiState>,
    Path((_, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id: TokenId = token.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.renew_token(may.granted(), id).map_err(ServiceError::from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn confirm_member(
    may: Permit<ConfirmMember>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id: MemberId = member.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.confirm_member(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn confirm_operator(
    may: Permit<ConfirmOperator>,
    State(state): State<ApiState>,
    Path(operator): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: MemberId = operator.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.confirm_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
