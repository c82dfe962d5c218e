//! API tokens: a token's text is shown once, in the answer that makes it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::review::{ReviewedToken, Standing};
use guard::tokens::AskedToken;
use http::StatusCode;
use model::TokenId;
use policy::actions::{CreateToken, ListTokens, RevokeToken};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::tokens::{self, TokenRow, TokensView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/tokens", list)
        .post("/w/{w}/access/tokens", create)
        .post("/w/{w}/access/tokens/{token}/end", end)
}

async fn list(
    may: Permit<ListTokens>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, &inside, &may, None)).await
}

async fn create(
    may: Permit<CreateToken>,
    inside: Inside,
    list: Permit<ListTokens>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let services = &state.services;
        let (name, scopes) = (fields.text("name"), fields.all("scope"));
        let expires_in_s = fields.text("expires_in_s").parse().ok();
        let networks: Vec<&str> =
            fields.text("networks").split([' ', ',']).filter(|n| !n.is_empty()).collect();
        let asked = AskedToken { name, scopes: &scopes, expires_in_s, networks: &networks };
        match services.guard.create_token(may.granted(), &asked).map_err(ServiceError::from) {
            Ok(made) => {
                let frame = inside.frame(services, Section::Access)?;
                let until = instant(made.expires_ms);
                Ok(Page(tokens::made_page(&frame, name, made.token.expose(), until)).into_response())
            }
            Err(ServiceError::Invalid { field, fix }) => {
                let page = listed(services, &inside, &list, Some(format!("{field}: {fix}")))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn end(
    may: Permit<RevokeToken>,
    State(state): State<ConsoleState>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let id: TokenId = token.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.revoke_token(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::tokens(workspace), "token-ended"))
}

fn listed(
    services: &Services,
    inside: &Inside,
    may: &Permit<ListTokens>,
    wrong: Option<String>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Access)?;
    let own = may.principal.member;
    let name_of_own = frame.member.as_ref().map(|member| member.name.clone()).unwrap_or_default();
    let found = services.guard.tokens(may.granted())?;
    let by = |maker| if own == Some(maker) { name_of_own.clone() } else { maker.to_string() };
    let view = TokensView {
        tokens: found.into_iter().map(|found| token_row(by(found.token.maker), found)).collect(),
        scopes: scopes(),
        may_change: inside.may::<CreateToken>(&services.guard),
        wrong,
        console_url: services.about.console_url.clone(),
    };
    Ok(Page(tokens::page(&frame, &view)))
}

fn token_row(by: String, reviewed: ReviewedToken) -> TokenRow {
    let ReviewedToken { token, standing, usage, .. } = reviewed;
    TokenRow {
        id: token.id,
        name: token.name,
        scopes: token.scopes.split(' ').map(str::to_owned).collect(),
        networks: token.networks.texts().collect(),
        by,
        used: usage.used_ms.map(instant),
        until: instant(token.expires_ms),
        lapsed: standing == Standing::Lapsed,
        ended: token.revoked_ms.is_some(),
    }
}

/// Every scope with what it allows, in the words of the actions that ask for it.
fn scopes() -> Vec<(String, String)> {
    let words = |scope: &str| {
        let actions = policy::actions::all();
        let allowed: Vec<&str> = actions
            .into_iter()
            .filter(|action| action.token_scope == Some(scope))
            .map(|action| action.words)
            .collect();
        allowed.join("; ")
    };
    policy::scope_set::SCOPES.iter().map(|scope| ((*scope).to_owned(), words(scope))).collect()
}
