//! One's own password and its codes.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::Denied;
use http::StatusCode;
use model::WorkspaceId;
use policy::actions::{ChangePassword, FinishSetPassword, ListPasskeys, RemovePassword, SetPassword};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::passwords::secret_of;
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::own_password::{self, OwnPasswordView};
use crate::pages::passwords::Secret;
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/password", read)
        .post("/w/{w}/access/password/begin", begin)
        .post("/w/{w}/access/password/finish", finish)
        .post("/w/{w}/access/password/change", change)
        .post("/w/{w}/access/password/remove", remove)
}

async fn read(
    may: Permit<ListPasskeys>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, (&inside, &may), None, None)).await
}

async fn begin(
    may: Permit<SetPassword>,
    inside: Inside,
    read: Permit<ListPasskeys>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let services = &state.services;
        match services
            .guard
            .begin_own_password(may.granted(), fields.whole("password"))
            .map_err(ServiceError::from)
        {
            Ok(begun) => {
                Ok(shown(services, (&inside, &read), Some(secret_of(&begun)), None)?.into_response())
            }
            Err(error) => refused(services, (&inside, &read), error),
        }
    })
    .await
}

async fn finish(
    may: Permit<FinishSetPassword>,
    inside: Inside,
    read: Permit<ListPasskeys>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let services = &state.services;
        let (ceremony, code) = (fields.text("ceremony"), fields.text("code"));
        match services.guard.finish_own_password(may.granted(), ceremony, code).map_err(ServiceError::from) {
            Ok(()) => Ok(done(&inside, services, "password-set")?.into_response()),
            Err(ServiceError::Denied(Denied::NotFound)) => {
                let fix = "the code did not fit: begin again".to_owned();
                refused(
                    services,
                    (&inside, &read),
                    ServiceError::Invalid { field: "password".to_owned(), fix },
                )
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn change(
    may: Permit<ChangePassword>,
    inside: Inside,
    read: Permit<ListPasskeys>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let services = &state.services;
        let shown = (fields.whole("present"), fields.text("code"));
        match services
            .guard
            .change_password(may.granted(), shown, fields.whole("password"))
            .map_err(ServiceError::from)
        {
            Ok(()) => Ok(done(&inside, services, "password-set")?.into_response()),
            Err(ServiceError::Denied(Denied::NotFound)) => {
                let fix = "the present password or the code did not fit; a code works once".to_owned();
                refused(
                    services,
                    (&inside, &read),
                    ServiceError::Invalid { field: "present".to_owned(), fix },
                )
            }
            Err(error) => refused(services, (&inside, &read), error),
        }
    })
    .await
}

async fn remove(
    may: Permit<RemovePassword>,
    State(state): State<ConsoleState>,
    Path(workspace): Path<String>,
) -> Result<Redirect, Problem> {
    let workspace: WorkspaceId = workspace.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.remove_password(may.granted()).map_err(ServiceError::from)).await?;
    Ok(reply::done(&paths::own_password(workspace), "password-removed"))
}

fn done(inside: &Inside, services: &Services, code: &'static str) -> Result<Redirect, ServiceError> {
    let frame = inside.frame(services, Section::Access)?;
    let workspace = frame.workspace.as_ref().ok_or(ServiceError::NotFound { what: "workspace" })?;
    Ok(reply::done(&paths::own_password(workspace.id), code))
}

/// What can be mended on the page is told there.
fn refused(
    services: &Services,
    on: (&Inside, &Permit<ListPasskeys>),
    error: ServiceError,
) -> Result<Response, ServiceError> {
    match error {
        ServiceError::Invalid { field, fix } => {
            let page = shown(services, on, None, Some((field, fix)))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        other => Err(other),
    }
}

fn shown(
    services: &Services,
    (inside, may): (&Inside, &Permit<ListPasskeys>),
    secret: Option<Secret>,
    wrong: Option<(String, String)>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Access)?;
    let own = services.guard.own_password(may.granted())?;
    let view = OwnPasswordView { set: own.set_ms.map(instant), opens: own.opens, secret, wrong };
    Ok(Page(own_password::page(&frame, &view)))
}
