//! What those who run the workspace are told without asking.

use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::ReadNotices;
use service::ServiceError;

use super::inside::{Inside, instant};
use super::reply::Page;
use crate::frame::Section;
use crate::pages::notices::{self, NoticeRow, NoticesView};
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/notices", page)
}

async fn page(
    may: Permit<ReadNotices>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || {
        let frame = inside.frame(&state.services, Section::Notices)?;
        let found = state.services.guard.notices(may.granted())?;
        let view = NoticesView { notices: found.into_iter().map(notice_row).collect() };
        Ok::<_, ServiceError>(Page(notices::page(&frame, &view)))
    })
    .await
}

pub(super) fn notice_row(notice: guard::notices::Notice) -> NoticeRow {
    let by = notice.detail["by"].as_str().map(str::to_owned);
    NoticeRow {
        at: instant(notice.created_ms),
        who: by.or_else(|| notice.member.map(|member| member.to_string())),
        kind: notice.kind,
    }
}
