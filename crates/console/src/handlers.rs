//! The console behind its door: a file per noun. A handler names the right in its first argument, calls the same
//! functions of `service`, `guard` and `rows` as the API does, and answers with a page.
//!
//! One way for every change: a form posts to the console; htmx sends it, so that a touch can be asked for
//! ([`form::post`](crate::components::form::post)); what was done is told on the page that follows (303), what was
//! refused is told in words where one is. Without scripts the same forms work, except where a touch is needed.
//!
//! Modules in reading order: [`asked`] (what a request says about how to answer), [`inside`] (a page inside a
//! workspace), then the nouns.

pub(crate) mod asked;
pub(crate) mod fields;
pub(crate) mod inside;
pub(crate) mod reply;

mod alarms;
mod behind;
mod campaigns;
mod catalogue;
mod computed;
mod consent;
mod dashboards;
mod files;
mod grants;
mod identity;
mod incidents;
mod ledger;
mod live;
mod members;
mod notices;
mod operations;
mod operators;
mod organisation;
mod own_password;
mod passkeys;
mod passwords;
mod people;
mod plans;
mod policies;
mod preferences;
mod purges;
mod quality;
mod quarantine;
mod questions;
mod report;
mod review;
mod rules;
mod sdks;
mod segments;
mod settings;
mod sign_in;
mod sign_on;
mod sources;
mod start;
mod stream;
mod tokens;
mod view;
mod welcome;
mod workspaces;

use door::{DoorName, Routes};

use crate::state::ConsoleState;

/// Every page and action of the console.
pub fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .merge(start::routes())
        .merge(sign_in::routes())
        .merge(passwords::routes())
        .merge(sign_on::routes())
        .merge(organisation::routes())
        .merge(preferences::routes())
        .merge(files::routes())
        .merge(workspaces::routes())
        .merge(welcome::routes())
        .merge(live::routes())
        .merge(consent::routes())
        .merge(identity::routes())
        .merge(people::routes())
        .merge(questions::routes())
        .merge(behind::routes())
        .merge(catalogue::routes())
        .merge(dashboards::routes())
        .merge(segments::routes())
        .merge(computed::routes())
        .merge(campaigns::routes())
        .merge(quality::routes())
        .merge(alarms::routes())
        .merge(report::routes())
        .merge(sdks::routes())
        .merge(plans::routes())
        .merge(quarantine::routes())
        .merge(rules::routes())
        .merge(purges::routes())
        .merge(sources::routes())
        .merge(members::routes())
        .merge(passkeys::routes())
        .merge(own_password::routes())
        .merge(tokens::routes())
        .merge(review::routes())
        .merge(policies::routes())
        .merge(grants::routes())
        .merge(ledger::routes())
        .merge(incidents::routes())
        .merge(notices::routes())
        .merge(settings::routes())
        .merge(operations::routes())
        .merge(operators::routes())
}
