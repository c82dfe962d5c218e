//! The workspace's single sign-on, and where its directory says who is a member.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::sign_on::NewSignOn;
use http::StatusCode;
use policy::actions::{ReadSignOn, RemoveSignOn, SetSignOn};
use service::{ServiceError, Services};
use stdx::Secret;

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::organisation::{self, OrganisationView, ProviderRow};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/single-sign-on", read)
        .post("/w/{w}/access/single-sign-on", set)
        .post("/w/{w}/access/single-sign-on/remove", remove)
}

async fn read(
    may: Permit<ReadSignOn>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, &inside, &may, Typed::default())).await
}

async fn set(
    may: Permit<SetSignOn>,
    inside: Inside,
    read: Permit<ReadSignOn>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let many = |name: &str| fields.text(name).split_whitespace().map(str::to_owned).collect();
        let secret = Some(fields.text("client_secret")).filter(|text| !text.is_empty());
        let new = NewSignOn {
            issuer: fields.text("issuer").to_owned(),
            client_id: fields.text("client_id").to_owned(),
            secret: secret.map(|text| Secret::new(text.to_owned())),
            domains: many("domains"),
            trusted: many("trusted_acr"),
        };
        match state.services.guard.set_sign_on(may.granted(), new).map_err(ServiceError::from) {
            Ok(_) => Ok(reply::done(&paths::single_sign_on(workspace), "sign-on-set").into_response()),
            Err(ServiceError::Invalid { field, fix }) => {
                // The secret is typed again.
                let names = ["issuer", "client_id", "domains", "trusted_acr"];
                let texts = names.map(|name| (name, fields.text(name).to_owned())).into();
                let typed = Typed { texts, wrong: Some((field, fix)) };
                let page = shown(&state.services, &inside, &read, typed)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn remove(may: Permit<RemoveSignOn>, State(state): State<ConsoleState>) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || state.services.guard.remove_sign_on(may.granted()).map_err(ServiceError::from)).await?;
    Ok(reply::done(&paths::single_sign_on(workspace), "sign-on-removed").into_response())
}

fn shown(
    services: &Services,
    inside: &Inside,
    may: &Permit<ReadSignOn>,
    typed: Typed,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Access)?;
    let workspace = frame.workspace.as_ref().ok_or(ServiceError::NotFound { what: "workspace" })?.id;
    let found = services.guard.sign_on(may.granted())?;
    let console = &services.about.console_url;
    let view = OrganisationView {
        provider: found.map(|on| ProviderRow {
            issuer: on.issuer,
            client_id: on.client_id,
            has_secret: on.secret.is_some(),
            domains: on.domains.join(" "),
            trusted: on.trusted.join(" "),
            changed: instant(on.changed_ms),
        }),
        redirect: format!("{console}{}", service::sign_on::BACK),
        logout: format!("{console}{}/{}", service::sign_on::LOGOUT, workspace),
        directory: format!("{console}/scim/v2"),
        may_set: inside.may::<SetSignOn>(&services.guard),
        typed,
    };
    Ok(Page(organisation::page(&frame, &view)))
}
