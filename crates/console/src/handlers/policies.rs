//! The policies, for whoever belongs to the workspace.

use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::ReadWorkspace;
use policy::laws::laws;

use super::inside::Inside;
use super::reply::Page;
use crate::frame::Section;
use crate::pages::policies::{self, PoliciesView};
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/access/policies", page)
}

async fn page(
    _may: Permit<ReadWorkspace>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || {
        let frame = inside.frame(&state.services, Section::Access)?;
        let engine = state.services.guard.policies();
        let laws = laws().map_err(|error| Problem::broke(&error))?;
        let view =
            PoliciesView { laws, matrix: engine.matrix(), text: engine.text(), schema: engine.schema() };
        Ok::<_, Problem>(Page(policies::page(&frame, &view)))
    })
    .await
}
