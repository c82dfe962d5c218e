//! `…/workspaces/{w}/notices`: what those who run a workspace are told without asking. `/api/v1/notices`: the same about one's
//! own account.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::notices::Notice;
use policy::actions::{ReadNotices, ReadOwnNotices};
use serde::Serialize;
use service::ServiceError;

use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/workspaces/{w}/notices", list).get("/api/v1/notices", own)
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
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            kind: notice.kind,
            at: instant(notice.created_ms),
            member: notice.member.map(|member| member.to_string()),
            detail: notice.detail,
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
