//! What those who run the workspace are told without asking, and by which channels.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::channels::ChannelState;
use http::StatusCode;
use policy::actions::{ReadNotices, SetNoticeHook, TestNotices};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::notices::{self, ChannelRow, NoticeRow, NoticesView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/notices", page)
        .post("/w/{w}/notices/test", test)
        .post("/w/{w}/notices/webhook", set_hook)
        .post("/w/{w}/notices/webhook/rotate", rotate_hook)
        .post("/w/{w}/notices/webhook/remove", remove_hook)
}

async fn page(
    may: Permit<ReadNotices>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, &inside, &may, None)).await
}

fn shown(
    services: &Services,
    inside: &Inside,
    may: &Permit<ReadNotices>,
    wrong: Option<String>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Notices)?;
    let guard = &services.guard;
    let found = guard.notices(may.granted())?;
    let view = NoticesView {
        notices: found.into_iter().map(notice_row).collect(),
        channels: guard.channel_states(may.granted())?.into_iter().map(channel_row).collect(),
        hook: guard.hook(may.granted())?.map(|hook| (hook.url, instant(hook.set_ms))),
        required: guard.channels().required,
        wrong,
    };
    Ok(Page(notices::page(&frame, &view)))
}

async fn test(may: Permit<TestNotices>, State(state): State<ConsoleState>) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let arrived =
        blocking(move || state.services.guard.test_notice(may.granted()).map_err(ServiceError::from)).await?;
    let code = if arrived { "notice-arrived" } else { "notice-lost" };
    Ok(reply::done(&paths::notices(workspace), code))
}

async fn set_hook(
    may: Permit<SetNoticeHook>,
    inside: Inside,
    list: Permit<ReadNotices>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let services = &state.services;
        match services.guard.set_hook(may.granted(), fields.text("url")).map_err(ServiceError::from) {
            Ok(secret) => {
                let frame = inside.frame(services, Section::Notices)?;
                Ok(Page(notices::secret_page(&frame, secret.expose())).into_response())
            }
            Err(ServiceError::Invalid { fix, .. }) => {
                let page = shown(services, &inside, &list, Some(fix))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn rotate_hook(
    may: Permit<SetNoticeHook>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || {
        let services = &state.services;
        let secret = services.guard.rotate_hook(may.granted())?;
        let frame = inside.frame(services, Section::Notices)?;
        Ok::<_, ServiceError>(Page(notices::secret_page(&frame, secret.expose())))
    })
    .await
}

async fn remove_hook(
    may: Permit<SetNoticeHook>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    blocking(move || state.services.guard.remove_hook(may.granted()).map_err(ServiceError::from)).await?;
    Ok(reply::done(&paths::notices(workspace), "hook-removed"))
}

fn channel_row(state: ChannelState) -> ChannelRow {
    ChannelRow {
        name: state.channel.as_str(),
        reaches: state.reaches as u64,
        delivered: state.delivered_ms.map(instant),
        failed: state.failed.map(|(why, at_ms)| (why, instant(at_ms))),
        waiting: state.waiting,
    }
}

pub(super) fn notice_row(notice: guard::notices::Notice) -> NoticeRow {
    let by = notice.detail["by"].as_str().map(str::to_owned);
    NoticeRow {
        at: instant(notice.created_ms),
        who: by.or_else(|| notice.member.map(|member| member.to_string())),
        kind: notice.kind,
    }
}
