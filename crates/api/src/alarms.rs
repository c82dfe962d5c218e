//! `…/workspaces/{w}/shield/profiles` and `…/alarms`: what properties usually look like, and which look different now. `/api/v1/waves`,
//! for operators: properties that came new in several workspaces.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::actions::{ReadOperations, ReadShield, SettleAlarm};
use serde::{Deserialize, Serialize};
use service::alarms::advisory_for;
use watch::{Alarm, AlarmPlace, PropertyView, Sender, Verdict, Wave};

use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/shield/profiles", profiles)
        .get("/api/v1/workspaces/{w}/shield/alarms", alarms)
        .post("/api/v1/workspaces/{w}/shield/alarms/{alarm}/settle", settle)
        .get("/api/v1/waves", waves)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfilesQuery {
    event: Option<String>,
    path: Option<String>,
}

/// A property as it usually looks.
#[derive(Debug, Serialize)]
struct ProfileView {
    event: String,
    path: String,
    values: u64,
    nulls: u64,
    truths: u64,
    numbers: u64,
    texts: u64,
    distinct: u64,
    lengths: Vec<LengthView>,
    shapes: Vec<ShapeView>,
    entropy: f64,
    suspect_share: f64,
    classes: Vec<ClassView>,
    automatic: u64,
    senders: Vec<SenderView>,
    first: String,
    last: String,
    alarmed: bool,
    /// How near it has come to an alarm at most; at 1 one is raised.
    peak: f64,
}

#[derive(Debug, Serialize)]
struct LengthView {
    bytes_max: u32,
    texts: u64,
}

#[derive(Debug, Serialize)]
struct ShapeView {
    shape: &'static str,
    texts: u64,
}

#[derive(Debug, Serialize)]
struct ClassView {
    class: &'static str,
    values: u64,
}

#[derive(Debug, Serialize)]
struct SenderView {
    source: String,
    sdk: String,
    sdk_version: String,
    automatic: bool,
    values: u64,
}

/// An alarm.
#[derive(Debug, Serialize)]
struct AlarmView {
    id: i64,
    event: String,
    path: String,
    suspicion: &'static str,
    values: u64,
    count: u64,
    places: Vec<PlaceView>,
    first: String,
    last: String,
    raised_at: String,
    settled_at: Option<String>,
    verdict: Option<&'static str>,
    settled_by: Option<String>,
    /// In how many events and sources the property is new; 0 where the alarm is not about that.
    events: u64,
    sources: u64,
    /// What can be posted to `…/advisories` to stop it.
    advisory: Option<SuggestedAdvisory>,
}

#[derive(Debug, Serialize)]
struct SuggestedAdvisory {
    sdk: String,
    versions: String,
    what: &'static str,
    reason: String,
}

/// A property that came new in several workspaces.
#[derive(Debug, Serialize)]
struct WaveView {
    id: i64,
    path: String,
    sdk: String,
    sdk_version: String,
    automatic: bool,
    workspaces: u64,
    count: u64,
    first: String,
    raised_at: String,
}

#[derive(Debug, Serialize)]
struct PlaceView {
    source: String,
    sdk: String,
    sdk_version: String,
    automatic: bool,
    page: String,
    count: u64,
    first: String,
    last: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settlement {
    verdict: String,
}

impl From<PropertyView> for ProfileView {
    fn from(view: PropertyView) -> Self {
        let sender = |sender: Sender| SenderView {
            source: sender.source.to_string(),
            sdk: sender.sdk,
            sdk_version: sender.sdk_version,
            automatic: sender.automatic,
            values: sender.values,
        };
        Self {
            event: view.event,
            path: view.path,
            values: view.values,
            nulls: view.nulls,
            truths: view.truths,
            numbers: view.numbers,
            texts: view.texts,
            distinct: view.distinct,
            lengths: view
                .lengths
                .into_iter()
                .map(|(bytes_max, texts)| LengthView { bytes_max, texts })
                .collect(),
            shapes: view
                .shapes
                .into_iter()
                .map(|(shape, texts)| ShapeView { shape: shape.as_str(), texts })
                .collect(),
            entropy: f64::from(view.entropy_hundredths) / 100.0,
            suspect_share: view.suspect_share,
            classes: view
                .classes
                .into_iter()
                .map(|(class, values)| ClassView { class: class.as_str(), values })
                .collect(),
            automatic: view.automatic,
            senders: view.senders.into_iter().map(sender).collect(),
            first: instant(view.first_ms),
            last: instant(view.last_ms),
            alarmed: view.alarmed,
            peak: view.peak,
        }
    }
}

impl From<Alarm> for AlarmView {
    fn from(alarm: Alarm) -> Self {
        let advisory = advisory_for(&alarm).map(|advisory| SuggestedAdvisory {
            sdk: advisory.sdk,
            versions: advisory.versions.to_string(),
            what: advisory.stops.as_str(),
            reason: advisory.reason,
        });
        let place = |place: AlarmPlace| PlaceView {
            source: place.source.to_string(),
            sdk: place.sdk,
            sdk_version: place.sdk_version,
            automatic: place.automatic,
            page: place.page,
            count: place.count,
            first: instant(place.first_ms),
            last: instant(place.last_ms),
        };
        Self {
            id: alarm.id,
            event: alarm.event,
            path: alarm.path,
            suspicion: alarm.suspicion.as_str(),
            values: alarm.values,
            count: alarm.count,
            places: alarm.places.into_iter().map(place).collect(),
            first: instant(alarm.first_ms),
            last: instant(alarm.last_ms),
            raised_at: instant(alarm.raised_ms),
            settled_at: alarm.settled.as_ref().map(|settled| instant(settled.at_ms)),
            verdict: alarm.settled.as_ref().map(|settled| settled.verdict.as_str()),
            settled_by: alarm.settled.map(|settled| settled.by),
            events: alarm.events,
            sources: alarm.sources,
            advisory,
        }
    }
}

async fn profiles(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
    Query(query): Query<ProfilesQuery>,
) -> Result<Json<List<ProfileView>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.profiles(may.granted(), workspace)).await?;
    let wanted = |view: &PropertyView| {
        query.event.as_ref().is_none_or(|event| *event == view.event)
            && query.path.as_ref().is_none_or(|path| *path == view.path)
    };
    Ok(Json(List::whole(found.into_iter().filter(wanted).map(ProfileView::from).collect())))
}

async fn alarms(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
) -> Result<Json<List<AlarmView>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.alarms(may.granted(), workspace)).await?;
    Ok(Json(List::whole(found.into_iter().map(AlarmView::from).collect())))
}

async fn waves(
    may: Permit<ReadOperations>,
    State(state): State<ApiState>,
) -> Result<Json<List<WaveView>>, Problem> {
    let found = blocking(move || state.services.waves(may.granted())).await?;
    let view = |wave: Wave| WaveView {
        id: wave.id,
        path: wave.path,
        sdk: wave.sdk,
        sdk_version: wave.sdk_version,
        automatic: wave.automatic,
        workspaces: wave.workspaces,
        count: wave.count,
        first: instant(wave.first_ms),
        raised_at: instant(wave.raised_ms),
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn settle(
    may: Permit<SettleAlarm>,
    State(state): State<ApiState>,
    Path((_, alarm)): Path<(String, String)>,
    Input(settlement): Input<Settlement>,
) -> Result<StatusCode, Problem> {
    let workspace = may.workspace()?;
    let id: i64 = alarm.parse().map_err(|_| Problem::not_found())?;
    let verdict = Verdict::from_name(&settlement.verdict)
        .ok_or_else(|| Problem::invalid("verdict", "write `usual` or `leak`"))?;
    blocking(move || state.services.settle_alarm(may.granted(), workspace, id, verdict)).await?;
    Ok(StatusCode::NO_CONTENT)
}
