//! First steps. The page asks for itself until the first event is there; asking leaves no trace but the first look.

use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{ListSources, ReadEvents};
use service::ServiceError;
use service::events::Wanted;

use super::inside::{Also, Inside};
use super::reply::Page;
use super::view::{SourceNames, event_view};
use crate::frame::Section;
use crate::pages::onboarding::{self, OnboardingView};
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/welcome", page)
}

async fn page(
    may: Permit<ListSources>,
    inside: Inside,
    events: Also<ReadEvents>,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    let page = blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Elsewhere)?;
        let sources = services.sources(may.granted(), workspace)?;
        let source = sources.iter().find(|source| source.disabled_ms.is_none());
        let source =
            source.ok_or_else(|| ServiceError::Conflict("no source takes events: create one".to_owned()))?;
        let arrived = !services.catalogue(may.granted(), workspace).events.is_empty();
        let first = match &events.0 {
            Some(events) if arrived => {
                let wanted = Wanted { limit: 1, ..Wanted::default() };
                let names = SourceNames::read(services, Some(&may), workspace)?;
                let page = services.events(events.granted(), workspace, &wanted)?;
                page.items.into_iter().next().map(|(event, person)| event_view(event, person, &names))
            }
            _ => None,
        };
        let view = OnboardingView {
            source: &source.name,
            write_key: &source.write_key,
            collect_url: &services.about.collect_url,
            first: first.as_ref(),
            strange: services.strange_keys(may.granted()).map_or(0, |count| count.count),
        };
        Ok::<_, ServiceError>(Page(onboarding::page(&frame, &view)))
    })
    .await?;
    Ok(page)
}
