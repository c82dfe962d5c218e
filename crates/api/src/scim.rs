//! `/scim/v2`: a directory says who is a member (SCIM 2.0, RFC 7643 and 7644). Users alone; the token's workspace is the one
//! meant, so that the address a directory is given has no id in it.
//!
//! What went wrong is said as SCIM says it. In reading order: [`patch`] (operations as directories really send them),
//! `resource` (a user as JSON), `about` (what this end can do).

mod about;
mod patch;
mod resource;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::GuardError;
use guard::provisioning::{Sought, Wanted};
use http::{HeaderValue, StatusCode, header};
use model::MemberId;
use policy::actions::{DeprovisionMember, ProvisionMember, ReadProvisioned, ReprovisionMember};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::{Input, Query};
use crate::state::ApiState;

/// The most users on a page.
const PAGE_MAX: usize = 200;
/// The page where nobody says otherwise.
const PAGE: usize = 100;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/scim/v2/ServiceProviderConfig", about::config)
        .get("/scim/v2/ResourceTypes", about::types)
        .get("/scim/v2/ResourceTypes/User", about::user_type)
        .get("/scim/v2/Schemas", about::schemas)
        .get("/scim/v2/Users", list)
        .post("/scim/v2/Users", create)
        .get("/scim/v2/Users/{user}", read)
        .put("/scim/v2/Users/{user}", replace)
        .patch("/scim/v2/Users/{user}", patch_one)
        .delete("/scim/v2/Users/{user}", remove)
        .reworded(as_scim)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wished {
    filter: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
}

async fn list(
    may: Permit<ReadProvisioned>,
    State(state): State<ApiState>,
    Query(wished): Query<Wished>,
) -> Result<Response, Problem> {
    let sought = wished.filter.as_deref().map_or(Ok(Sought::All), sought)?;
    // Counted from 1; what is less counts as 1, and a negative count as 0 (RFC 7644, 3.4.2.4).
    let start = usize::try_from(wished.start_index.unwrap_or(1).max(1)).unwrap_or(usize::MAX);
    let count =
        wished.count.map_or(PAGE, |count| usize::try_from(count.max(0)).unwrap_or(PAGE_MAX)).min(PAGE_MAX);
    let base = base(&state);
    let found = blocking(move || {
        state.services.guard.directory(may.granted(), &sought, (start - 1, count)).map_err(refused)
    })
    .await?;
    let users: Vec<Value> = found.page.iter().map(|user| resource::view(user, &base)).collect();
    Ok(scim(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": found.total, "startIndex": start, "itemsPerPage": users.len(), "Resources": users,
        }),
    ))
}

async fn read(
    may: Permit<ReadProvisioned>,
    State(state): State<ApiState>,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let (id, base) = (handle(&user)?, base(&state));
    let found =
        blocking(move || state.services.guard.one_of_directory(may.granted(), id).map_err(refused)).await?;
    Ok(scim(StatusCode::OK, &resource::view(&found, &base)))
}

async fn create(
    may: Permit<ProvisionMember>,
    State(state): State<ApiState>,
    Input(user): Input<Value>,
) -> Result<Response, Problem> {
    let base = base(&state);
    let wanted = resource::wanted(&user)?;
    let made =
        blocking(move || state.services.guard.provision(may.granted(), wanted).map_err(refused)).await?;
    let view = resource::view(&made, &base);
    let mut response = scim(StatusCode::CREATED, &view);
    let location = view.pointer("/meta/location").and_then(Value::as_str);
    if let Some(location) = location.and_then(|text| HeaderValue::from_str(text).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn replace(
    may: Permit<ReprovisionMember>,
    State(state): State<ApiState>,
    Path(user): Path<String>,
    Input(body): Input<Value>,
) -> Result<Response, Problem> {
    let (id, base) = (handle(&user)?, base(&state));
    let mut wanted = resource::wanted(&body)?;
    let says_active =
        body.as_object().is_some_and(|body| body.keys().any(|name| name.eq_ignore_ascii_case("active")));
    let guard = state.services.guard.clone();
    let now = blocking(move || {
        let whole = |was: Wanted| {
            wanted.active = if says_active { wanted.active } else { was.active };
            Ok(wanted)
        };
        guard.reprovision(may.granted(), id, whole).map_err(refused)
    })
    .await?;
    Ok(scim(StatusCode::OK, &resource::view(&now, &base)))
}

async fn patch_one(
    may: Permit<ReprovisionMember>,
    State(state): State<ApiState>,
    Path(user): Path<String>,
    Input(body): Input<Value>,
) -> Result<Response, Problem> {
    let (id, base) = (handle(&user)?, base(&state));
    let changes = patch::changes(&body)?;
    let guard = state.services.guard.clone();
    let apply = move |was| changes.into_iter().try_fold(was, patch::applied);
    let now = blocking(move || guard.reprovision(may.granted(), id, apply).map_err(refused)).await?;
    Ok(scim(StatusCode::OK, &resource::view(&now, &base)))
}

async fn remove(
    may: Permit<DeprovisionMember>,
    State(state): State<ApiState>,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = handle(&user)?;
    blocking(move || state.services.guard.deprovision(may.granted(), id).map_err(refused)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The one kind of filter that directories match people with: `userName eq "…"`, or their own id.
fn sought(filter: &str) -> Result<Sought, Problem> {
    let wrong = || wrong("invalidFilter", "filter with userName eq \"…\" or externalId eq \"…\"");
    let mut parts = filter.trim().splitn(3, ' ');
    let (Some(name), Some(operator), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    if !operator.eq_ignore_ascii_case("eq") {
        return Err(wrong());
    }
    let value: String = serde_json::from_str(value.trim()).map_err(|_| wrong())?;
    let name = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
    match name.as_str() {
        "username" => Ok(Sought::UserName(value)),
        "externalid" => Ok(Sought::ExternalId(value)),
        _ => Err(wrong()),
    }
}

fn handle(text: &str) -> Result<MemberId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn base(state: &ApiState) -> String {
    format!("{}/scim/v2", state.services.about.console_url)
}

/// A 400 with SCIM's own word for what is wrong.
pub(crate) fn wrong(word: &'static str, detail: impl Into<String>) -> Problem {
    let mut problem = Problem::new(StatusCode::BAD_REQUEST, "invalid", "this cannot be read").detail(detail);
    problem.extra.insert("scimType".to_owned(), json!(word));
    problem
}

fn refused(error: GuardError) -> Problem {
    let word = match &error {
        GuardError::AlreadyMember => Some("uniqueness"),
        GuardError::Invalid { .. } => Some("invalidValue"),
        _ => None,
    };
    let mut problem = Problem::from(ServiceError::from(error));
    if let Some(word) = word {
        problem.extra.insert("scimType".to_owned(), json!(word));
    }
    problem
}

pub(crate) fn scim(status: StatusCode, body: &Value) -> Response {
    let kind = HeaderValue::from_static("application/scim+json");
    (status, [(header::CONTENT_TYPE, kind)], Body::from(body.to_string())).into_response()
}

/// A problem in SCIM's words (RFC 7644, 3.12).
fn as_scim(response: Response) -> Response {
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    // SCIM knows no 422.
    let status = match problem.status {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let detail = match &problem.detail {
        Some(detail) => format!("{}: {detail}", problem.title),
        None => problem.title.clone(),
    };
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.as_u16().to_string(), "detail": detail,
    });
    let invalid = (status == StatusCode::BAD_REQUEST).then(|| json!("invalidSyntax"));
    if let Some(word) = problem.extra.get("scimType").cloned().or(invalid)
        && let Some(body) = body.as_object_mut()
    {
        body.insert("scimType".to_owned(), word);
    }
    let mut answer = scim(status, &body);
    for name in [header::RETRY_AFTER, header::CACHE_CONTROL] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_as_directories_send_them() {
        let ada = || Some(Sought::UserName("ada@example.com".to_owned()));
        for (filter, wanted) in [
            ("userName eq \"ada@example.com\"", ada()),
            ("username EQ \"ada@example.com\"", ada()),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ada@example.com\"", ada()),
            ("externalId eq \"00u1\"", Some(Sought::ExternalId("00u1".to_owned()))),
            ("userName eq ada", None),
            ("userName co \"ada\"", None),
            ("active eq \"true\"", None),
            ("userName eq \"a\" or userName eq \"b\"", None),
            ("", None),
        ] {
            assert_eq!(sought(filter).ok(), wanted, "{filter}");
        }
    }
}
