//! What the shield found and what was refused, as counts.

use axum::extract::State;
use collect::{Count, FindingPlace, RefusalPlace};
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{ListSources, ReadShield};
use service::ServiceError;

use super::inside::{Also, Inside, instant};
use super::reply::Page;
use super::view::{SourceNames, reason_words};
use crate::frame::Section;
use crate::pages::quality::{self, FindingRow, QualityView, RefusalRow};
use crate::state::ConsoleState;

/// How many rows each table has; the counts behind them are bounded, too.
const ROWS_MAX: usize = 500;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/quality", page).get("/w/{w}/quality/why", why)
}

async fn page(
    may: Permit<ReadShield>,
    inside: Inside,
    sources: Also<ListSources>,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Quality)?;
        let names = SourceNames::read(services, sources.0.as_ref(), workspace)?;
        let findings = services.findings(may.granted(), workspace)?;
        let mut refusals = services.refusals(may.granted(), workspace)?;
        refusals.sort_by_key(|(_, count)| std::cmp::Reverse(count.count));
        let view = QualityView {
            screened: None,
            span: "since the workspace began".to_owned(),
            days: Vec::new(),
            by_day: Vec::new(),
            findings: findings.into_iter().take(ROWS_MAX).map(finding_row).collect(),
            refusals: refusals
                .into_iter()
                .take(ROWS_MAX)
                .map(|refusal| refusal_row(refusal, &names))
                .collect(),
            curl: names.curl_line(&services.about.collect_url),
        };
        Ok::<_, ServiceError>(Page(quality::page(&frame, &view)))
    })
    .await
}

async fn why(
    _may: Permit<ReadShield>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let frame = blocking(move || inside.frame(&state.services, Section::Quality)).await?;
    Ok(Page(quality::why_page(&frame)))
}

fn finding_row((place, count): (FindingPlace, Count)) -> FindingRow {
    FindingRow {
        event: place.event,
        path: place.path,
        class: place.class,
        rule: place.rule,
        count: count.count,
        first: instant(count.first_ms),
        last: instant(count.last_ms),
    }
}

fn refusal_row((place, count): (RefusalPlace, Count), names: &SourceNames) -> RefusalRow {
    RefusalRow {
        source: names.of_refusal(&place),
        reason: reason_words(&place.reason),
        field: place.field.into_owned(),
        library: format!("{} {}", place.sdk, place.sdk_version).trim().to_owned(),
        count: count.count,
        last: instant(count.last_ms),
    }
}
