//! `…/incidents`: what somebody saw and did, the timeline, the notices; `…/reset`: the end of chosen sessions and tokens.
//! Under a workspace for those who run it, who see whom it was; without one for operators, who see workspaces and numbers.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::reset::ResetSet;
use http::{StatusCode, header};
use incident::notice::Words;
use incident::{Incident, Line, Notice, Summary};
use model::IncidentId;
use policy::Action;
use policy::actions::{
    OpenIncident, OpenInstallationIncident, ReadIncidents, ReadInstallationIncidents, ResetAccess,
    ResetInstallationAccess, SendIncidentNotices, SendInstallationNotices,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::incidents::{Asked, Suspect, Told};

use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, instant, instant_of};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/ledger/scope", scope)
        .get("/api/v1/workspaces/{w}/incidents", list)
        .post("/api/v1/workspaces/{w}/incidents", open)
        .get("/api/v1/workspaces/{w}/incidents/{incident}", read)
        .get("/api/v1/workspaces/{w}/incidents/{incident}/scope", incident_scope)
        .post("/api/v1/workspaces/{w}/incidents/{incident}/timeline", note)
        .post("/api/v1/workspaces/{w}/incidents/{incident}/notices", draft)
        .post("/api/v1/workspaces/{w}/incidents/{incident}/notices/send", send)
        .get("/api/v1/workspaces/{w}/incidents/{incident}/updates", updates)
        .post("/api/v1/workspaces/{w}/incidents/{incident}/close", close)
        .post("/api/v1/workspaces/{w}/reset", reset)
        .get("/api/v1/incidents", list_all)
        .post("/api/v1/incidents", open_all)
        .get("/api/v1/incidents/{incident}", read_all)
        .post("/api/v1/incidents/{incident}/timeline", note_all)
        .post("/api/v1/incidents/{incident}/notices", draft_all)
        .post("/api/v1/incidents/{incident}/notices/send", send_all)
        .post("/api/v1/incidents/{incident}/close", close_all)
        .post("/api/v1/reset", reset_all)
}

/// Who is asked about; at least one of the four names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    title: Option<String>,
    session: Option<String>,
    principal: Option<String>,
    token: Option<String>,
    address: Option<String>,
    from: Option<String>,
    to: Option<String>,
    before: Option<u64>,
}

impl Named {
    fn suspect(self) -> Result<Suspect, Problem> {
        if self.principal.is_some() && self.token.is_some() {
            return Err(Problem::invalid(
                "token",
                "name a principal or a token: in the ledger a token is a principal",
            ));
        }
        Ok(Suspect {
            session: self.session,
            principal: self.principal.or(self.token),
            address: self.address,
            from_ms: instant_of("from", self.from)?,
            to_ms: instant_of("to", self.to)?,
            before: self.before,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WordsBody {
    nature: String,
    consequences: String,
    measures: String,
    contact: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drafts {
    drafts_sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetBody {
    #[serde(default)]
    everybody: bool,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    tokens: Vec<String>,
    reason: String,
    incident: Option<String>,
}

#[derive(Serialize)]
struct IncidentView {
    id: IncidentId,
    title: String,
    opened_by: String,
    opened_at: String,
    /// `workspace` or `installation`.
    scope: &'static str,
    asked: incident::Question,
    workspaces: Vec<Summary>,
}

impl From<Incident> for IncidentView {
    fn from(incident: Incident) -> Self {
        Self {
            id: incident.id,
            title: incident.title,
            opened_by: incident.opened_by,
            opened_at: instant(incident.opened_ms),
            scope: if incident.scope.is_some() { "workspace" } else { "installation" },
            asked: incident.asked,
            workspaces: incident.facts,
        }
    }
}

fn line(line: Line) -> Value {
    json!({ "at": instant(line.at_ms), "by": line.by, "kind": line.kind, "text": line.text })
}

fn notice(notice: Notice) -> Value {
    json!({
        "workspace": notice.workspace, "text": notice.text, "drafted_by": notice.drafted_by,
        "drafted_at": instant(notice.drafted_ms), "approved_by": notice.approved_by,
        "sent_at": notice.sent_ms.map(instant), "told": notice.told,
    })
}

fn told(told: Told) -> Json<Value> {
    Json(json!({
        "incident": IncidentView::from(told.incident),
        "timeline": told.lines.into_iter().map(line).collect::<Vec<_>>(),
        "notices": told.notices.into_iter().map(notice).collect::<Vec<_>>(),
        "closed": told.closing.map(|closing| json!({ "at": instant(closing.at_ms), "by": closing.by, "text": closing.text })),
        "drafts_sha256": told.drafts_sha256,
    }))
}

/// The document byte for byte as its digest was made of it; the digest beside it in a header.
fn asked(asked: Asked) -> Response {
    let mut answer = (
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")],
        asked.scope.document(),
    )
        .into_response();
    let headers = answer.headers_mut();
    if let Ok(digest) = asked.sha256.parse() {
        headers.insert("holdfast-sha256", digest);
    }
    if let Some(same) = asked.as_opened {
        let word = if same { "yes" } else { "no" };
        headers.insert("holdfast-as-opened", http::HeaderValue::from_static(word));
    }
    answer
}

fn id_of(text: &str) -> Result<IncidentId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

async fn scope(
    may: Permit<ReadIncidents>,
    State(state): State<ApiState>,
    Query(named): Query<Named>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let suspect = named.suspect()?;
    Ok(asked(blocking(move || state.services.scope(may.granted(), workspace, &suspect)).await?))
}

async fn incident_scope(
    may: Permit<ReadIncidents>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (workspace, id) = (may.workspace()?, id_of(&id)?);
    Ok(asked(blocking(move || state.services.incident_scope(may.granted(), workspace, id)).await?))
}

async fn list_of<A: Action>(may: Permit<A>, state: ApiState) -> Result<Json<List<IncidentView>>, Problem> {
    let found = blocking(move || state.services.incidents(may.granted())).await?;
    Ok(Json(List::whole(found.into_iter().map(IncidentView::from).collect())))
}

async fn open_of<A: Action>(may: Permit<A>, state: ApiState, mut named: Named) -> Result<Response, Problem> {
    let title =
        named.title.take().ok_or_else(|| Problem::invalid("title", "say in a few words what happened"))?;
    let suspect = named.suspect()?;
    let opened = blocking(move || state.services.open_incident(may.granted(), &title, &suspect)).await?;
    Ok((StatusCode::CREATED, Json(IncidentView::from(opened))).into_response())
}

async fn read_of<A: Action>(may: Permit<A>, state: ApiState, id: &str) -> Result<Json<Value>, Problem> {
    let id = id_of(id)?;
    Ok(told(blocking(move || state.services.incident(may.granted(), id)).await?))
}

async fn note_of<A: Action>(
    may: Permit<A>,
    state: ApiState,
    (id, text): (&str, Text),
) -> Result<StatusCode, Problem> {
    let id = id_of(id)?;
    blocking(move || state.services.note_incident(may.granted(), id, &text.text)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn close_of<A: Action>(
    may: Permit<A>,
    state: ApiState,
    (id, text): (&str, Text),
) -> Result<StatusCode, Problem> {
    let id = id_of(id)?;
    blocking(move || state.services.close_incident(may.granted(), id, &text.text)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the workspace heard since it was told: each with the digest of the exact list, and the number of the entry in the
/// ledger that proves it (`holdfast ledger prove`).
async fn updates(
    may: Permit<ReadIncidents>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<List<Value>>, Problem> {
    let (workspace, id) = (may.workspace()?, id_of(&id)?);
    let heard = blocking(move || state.services.heard_of(may.granted(), workspace, id)).await?;
    let view = |heard: incident::status::Heard| {
        json!({
            "number": heard.number, "at": instant(heard.update.at_ms), "state": heard.update.state,
            "title": heard.update.title, "text": heard.update.text, "scope_sha256": heard.scope_sha256,
            "people": heard.people, "entry": heard.entry,
        })
    };
    Ok(Json(List::whole(heard.into_iter().map(view).collect())))
}

async fn close(
    may: Permit<OpenIncident>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(text): Input<Text>,
) -> Result<StatusCode, Problem> {
    close_of(may, state, (&id, text)).await
}

async fn close_all(
    may: Permit<OpenInstallationIncident>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Input(text): Input<Text>,
) -> Result<StatusCode, Problem> {
    close_of(may, state, (&id, text)).await
}

async fn draft_of<A: Action>(
    may: Permit<A>,
    state: ApiState,
    (id, words): (&str, WordsBody),
) -> Result<Json<Value>, Problem> {
    let id = id_of(id)?;
    let WordsBody { nature, consequences, measures, contact } = words;
    let words = Words { nature, consequences, measures, contact };
    Ok(told(blocking(move || state.services.draft_notices(may.granted(), id, &words)).await?))
}

async fn send_of<A: Action>(
    may: Permit<A>,
    state: ApiState,
    (id, drafts): (&str, Drafts),
) -> Result<Json<Value>, Problem> {
    let id = id_of(id)?;
    let sent = move || state.services.send_notices(may.granted(), id, &drafts.drafts_sha256);
    Ok(told(blocking(sent).await?))
}

async fn reset_of<A: Action>(
    may: Permit<A>,
    state: ApiState,
    body: ResetBody,
) -> Result<Json<Value>, Problem> {
    let members = body.members.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>();
    let tokens = body.tokens.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>();
    let set = ResetSet {
        everybody: body.everybody,
        members: members.map_err(|_| Problem::invalid("members", "write members' ids (mem_…)"))?,
        tokens: tokens.map_err(|_| Problem::invalid("tokens", "write tokens' ids (tok_…)"))?,
    };
    let incident = body.incident.as_deref().map(id_of).transpose()?;
    let ended = blocking(move || state.services.reset(may.granted(), &set, (&body.reason, incident))).await?;
    Ok(Json(json!({ "members": ended.members, "tokens": ended.tokens })))
}

async fn list(
    may: Permit<ReadIncidents>,
    State(state): State<ApiState>,
) -> Result<Json<List<IncidentView>>, Problem> {
    list_of(may, state).await
}

async fn list_all(
    may: Permit<ReadInstallationIncidents>,
    State(state): State<ApiState>,
) -> Result<Json<List<IncidentView>>, Problem> {
    list_of(may, state).await
}

async fn open(
    may: Permit<OpenIncident>,
    State(state): State<ApiState>,
    Input(named): Input<Named>,
) -> Result<Response, Problem> {
    open_of(may, state, named).await
}

async fn open_all(
    may: Permit<OpenInstallationIncident>,
    State(state): State<ApiState>,
    Input(named): Input<Named>,
) -> Result<Response, Problem> {
    open_of(may, state, named).await
}

async fn read(
    may: Permit<ReadIncidents>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    read_of(may, state, &id).await
}

async fn read_all(
    may: Permit<ReadInstallationIncidents>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    read_of(may, state, &id).await
}

async fn note(
    may: Permit<OpenIncident>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(text): Input<Text>,
) -> Result<StatusCode, Problem> {
    note_of(may, state, (&id, text)).await
}

async fn note_all(
    may: Permit<OpenInstallationIncident>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Input(text): Input<Text>,
) -> Result<StatusCode, Problem> {
    note_of(may, state, (&id, text)).await
}

async fn draft(
    may: Permit<OpenIncident>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(words): Input<WordsBody>,
) -> Result<Json<Value>, Problem> {
    draft_of(may, state, (&id, words)).await
}

async fn draft_all(
    may: Permit<OpenInstallationIncident>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Input(words): Input<WordsBody>,
) -> Result<Json<Value>, Problem> {
    draft_of(may, state, (&id, words)).await
}

async fn send(
    may: Permit<SendIncidentNotices>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(drafts): Input<Drafts>,
) -> Result<Json<Value>, Problem> {
    send_of(may, state, (&id, drafts)).await
}

async fn send_all(
    may: Permit<SendInstallationNotices>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Input(drafts): Input<Drafts>,
) -> Result<Json<Value>, Problem> {
    send_of(may, state, (&id, drafts)).await
}

async fn reset(
    may: Permit<ResetAccess>,
    State(state): State<ApiState>,
    Input(body): Input<ResetBody>,
) -> Result<Json<Value>, Problem> {
    reset_of(may, state, body).await
}

async fn reset_all(
    may: Permit<ResetInstallationAccess>,
    State(state): State<ApiState>,
    Input(body): Input<ResetBody>,
) -> Result<Json<Value>, Problem> {
    reset_of(may, state, body).await
}
