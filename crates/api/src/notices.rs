//! `…/workspaces/{w}/notices`: what those who run a workspace are told without asking, and by which channels beside the
//! console. `/api/v1/notices`: the same about one's own account.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::channels::ChannelState;
use guard::notices::Notice;
use http::{StatusCode, header};
use policy::actions::{ReadNotices, ReadOwnNotices, SetNoticeHook, TestNotices};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::ServiceError;
use stdx::Secret;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/notices", list)
        .post("/api/v1/workspaces/{w}/notices/test", test)
        .get("/api/v1/workspaces/{w}/notices/channels", channels)
        .put("/api/v1/workspaces/{w}/notices/webhook", set_hook)
        .post("/api/v1/workspaces/{w}/notices/webhook/rotate", rotate_hook)
        .delete("/api/v1/workspaces/{w}/notices/webhook", remove_hook)
        .get("/api/v1/notices", own)
}

/// A notice as the outside sees it.
#[derive(Debug, Serialize)]
pub struct NoticeView {
    id: i64,
    /// What happened, as in the ledger: `token.made`, `people.budget_spent`, …
    kind: String,
    at: String,
    /// Whom it concerns; everybody who runs the workspace where it is nobody.
    member: Option<String>,
    /// Ids and counts, never a value of a person.
    detail: serde_json::Value,
    /// When a second channel first took it.
    delivered_at: Option<String>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            kind: notice.kind,
            at: instant(notice.created_ms),
            member: notice.member.map(|member| member.to_string()),
            detail: notice.detail,
            delivered_at: notice.delivered_ms.map(instant),
        }
    }
}

async fn list(
    may: Permit<ReadNotices>,
    State(state): State<ApiState>,
) -> Result<Json<List<NoticeView>>, Problem> {
    let found =
        blocking(move || state.services.guard.notices(may.granted()).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.into_iter().map(NoticeView::from).collect())))
}

async fn own(
    may: Permit<ReadOwnNotices>,
    State(state): State<ApiState>,
) -> Result<Json<List<NoticeView>>, Problem> {
    let found =
        blocking(move || state.services.guard.own_notices(may.granted()).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.into_iter().map(NoticeView::from).collect())))
}

/// A channel as the outside sees it.
pub fn channel(state: &ChannelState) -> Value {
    let failed = state.failed.as_ref().map(|(why, at_ms)| json!({ "why": why, "at": instant(*at_ms) }));
    json!({
        "channel": state.channel.as_str(),
        "reaches": state.reaches,
        "delivered_at": state.delivered_ms.map(instant),
        "waiting": state.waiting,
        "failed": failed,
    })
}

async fn channels(may: Permit<ReadNotices>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let guard = &state.services.guard;
        let states = guard.channel_states(may.granted())?;
        let weaker = states.iter().all(|state| state.reaches == 0).then_some("one-channel");
        let hook = guard.hook(may.granted())?;
        Ok::<_, ServiceError>(Json(json!({
            "channels": states.iter().map(channel).collect::<Vec<_>>(),
            "webhook": hook.map(|hook| json!({ "url": hook.url, "set_at": instant(hook.set_ms) })),
            "required": guard.channels().required,
            "weaker": weaker,
        })))
    })
    .await
}

/// Waits a few seconds for a delivery.
async fn test(may: Permit<TestNotices>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let guard = &state.services.guard;
        let delivered = guard.test_notice(may.granted())?;
        let states = guard.channel_states(may.granted())?;
        let channels = states.iter().map(channel).collect::<Vec<_>>();
        Ok::<_, ServiceError>(Json(json!({ "delivered": delivered, "channels": channels })))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HookBody {
    url: String,
}

async fn set_hook(
    may: Permit<SetNoticeHook>,
    State(state): State<ApiState>,
    Input(hook): Input<HookBody>,
) -> Result<Response, Problem> {
    let url = hook.url.clone();
    let secret =
        blocking(move || state.services.guard.set_hook(may.granted(), &url).map_err(ServiceError::from))
            .await?;
    Ok(shown_once(&json!({ "url": hook.url.trim() }), &secret))
}

async fn rotate_hook(may: Permit<SetNoticeHook>, State(state): State<ApiState>) -> Result<Response, Problem> {
    let secret =
        blocking(move || state.services.guard.rotate_hook(may.granted()).map_err(ServiceError::from)).await?;
    Ok(shown_once(&json!({}), &secret))
}

async fn remove_hook(
    may: Permit<SetNoticeHook>,
    State(state): State<ApiState>,
) -> Result<StatusCode, Problem> {
    blocking(move || state.services.guard.remove_hook(may.granted()).map_err(ServiceError::from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The secret is in this answer and in no other.
fn shown_once(about: &Value, secret: &Secret<String>) -> Response {
    let mut body = about.clone();
    body["secret"] = json!(secret.expose());
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
