//! Alarms about properties, and profiles of all.

use axum::extract::{Path, State};
use axum::response::Redirect;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{AdviseSdk, ReadShield, SettleAlarm};
use service::ServiceError;
use service::alarms::advisory_for;
use watch::{Alarm, PropertyView, Shape, Suspicion, Verdict};

use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::alarms::{self, AlarmRow, AlarmsView, PropertyRow};
use crate::paths;
use crate::state::ConsoleState;

/// How many properties are listed; the API has them all.
const PROPERTIES_SHOWN_MAX: usize = 300;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/quality/alarms", list)
        .post("/w/{w}/quality/alarms/{alarm}/{verdict}", settle)
}

async fn list(
    may: Permit<ReadShield>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Quality)?;
        let alarms = services.alarms(may.granted(), workspace)?;
        let profiles = services.profiles(may.granted(), workspace)?;
        let view = AlarmsView {
            alarms: alarms.into_iter().map(alarm_row).collect(),
            known: profiles.len(),
            properties: profiles.into_iter().take(PROPERTIES_SHOWN_MAX).map(property_row).collect(),
            may_settle: inside.may::<SettleAlarm>(&services.guard),
            may_advise: inside.may::<AdviseSdk>(&services.guard),
        };
        Ok::<_, ServiceError>(Page(alarms::page(&frame, &view)))
    })
    .await
}

async fn settle(
    may: Permit<SettleAlarm>,
    State(state): State<ConsoleState>,
    Path((_, alarm, verdict)): Path<(String, String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let id: i64 = alarm.parse().map_err(|_| Problem::not_found())?;
    let verdict = Verdict::from_name(&verdict).ok_or_else(Problem::not_found)?;
    blocking(move || state.services.settle_alarm(may.granted(), workspace, id, verdict)).await?;
    Ok(reply::done(&paths::alarms(workspace), "alarm-settled"))
}

fn alarm_row(alarm: Alarm) -> AlarmRow {
    let places = alarm.places.iter().map(|place| {
        let library = format!("{} {}", place.sdk, place.sdk_version);
        let page = if place.page.is_empty() { String::new() } else { format!(" on {}", place.page) };
        let how = if place.automatic { ", automatically" } else { "" };
        format!("{}{page}{how}", library.trim())
    });
    AlarmRow {
        id: alarm.id,
        suspicion: match alarm.suspicion {
            Suspicion::Passwords => "passwords",
            Suspicion::Generated => "generated secrets",
            Suspicion::Marks => "secrets or personal values",
            Suspicion::NewSecrets => "new, and full of secrets",
            Suspicion::FreeText => "a list that became free text",
            Suspicion::OneVersion => "secrets or free text, from one SDK version only",
            Suspicion::Spread => "new in many places at once, with secrets or free text",
        },
        count: alarm.count,
        places: places.collect(),
        reach: reach(&alarm),
        advisory: advisory_for(&alarm),
        first: instant(alarm.first_ms),
        last: instant(alarm.last_ms),
        settled: alarm.settled.map(|settled| match settled.verdict {
            Verdict::Usual => "meant so",
            Verdict::Leak => "leaked, stopped",
        }),
        event: alarm.event,
        path: alarm.path,
    }
}

/// In how many events and sources the property is new, in words; empty where the alarm is not about that.
fn reach(alarm: &Alarm) -> String {
    let named = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    if alarm.events == 0 {
        return String::new();
    }
    format!("in {} and {}", named(alarm.events, "event"), named(alarm.sources, "source"))
}

fn property_row(view: PropertyView) -> PropertyRow {
    let kinds = [
        ("texts", view.texts),
        ("numbers", view.numbers),
        ("true or false", view.truths),
        ("nothing", view.nulls),
    ];
    let mut kinds: Vec<_> =
        kinds.into_iter().filter(|(_, count)| *count * 20 >= view.values.max(1)).collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shapes = view.shapes.iter().take(2).map(|(shape, _)| shape_words(*shape));
    PropertyRow {
        values: view.values,
        kind: kinds.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", "),
        distinct: view.distinct,
        shape: shapes.collect::<Vec<_>>().join(", "),
        suspect_share: view.suspect_share,
        event: view.event,
        path: view.path,
    }
}

/// What texts of a shape look like, for people.
fn shape_words(shape: Shape) -> &'static str {
    match shape {
        Shape::Plain => "plain texts",
        Shape::Words => "several words",
        Shape::Word => "a word",
        Shape::WordListed => "a word that many use",
        Shape::Digits => "digits",
        Shape::DigitsListed => "digits that many use",
        Shape::Structured => "addresses, paths, times",
        Shape::Slug => "words with dashes",
        Shape::Code => "codes",
        Shape::LowerDigits => "small letters and digits",
        Shape::MixedDigits => "letters and digits",
        Shape::Listed => "a much used password",
        Shape::MangledListed => "a word with digits, as passwords are",
        Shape::Mangled => "letters, digits and signs, as passwords are",
        Shape::RandomSigns => "random with signs",
        Shape::RandomMixed => "random letters and digits",
        Shape::RandomLower => "random small letters and digits",
        Shape::SecretMark => "removed by the shield",
        Shape::PersonalMark => "sealed by the shield",
        Shape::Long => "long texts",
    }
}
