//! The management API, `/api/v1` on the console door, and `/scim/v2` for directories: a file per noun. JSON in and out, times RFC 3339 in UTC,
//! errors as problem documents, lists by cursor (`limit`, `after` → `items`, `next`).
//!
//! Handlers name the right in their signature, call one function of `service`, `guard` or `rows`, and answer
//! with a view. The OpenAPI document is made from the same route table ([`openapi`]).

pub mod access;
pub mod alarms;
pub mod behind;
pub mod binding;
pub mod break_glass;
pub mod campaigns;
pub mod catalogue;
pub mod computed;
pub mod dashboards;
pub mod doors;
pub mod enrol;
pub mod events;
pub mod exports;
pub mod findings;
pub mod grants;
pub mod incidents;
pub mod input;
pub mod ledgers;
pub mod login;
pub mod members;
pub mod mode;
pub mod notices;
pub mod openapi;
pub mod operators;
pub mod passkeys;
pub mod passwords;
pub mod people;
pub mod plans;
pub mod purges;
pub mod quarantine;
pub mod questions;
pub mod report;
pub mod review;
pub mod rules;
pub mod scim;
pub mod sdks;
pub mod segments;
pub mod session;
pub mod sign_on;
pub mod sources;
pub mod state;
pub mod status;
pub mod tokens;
pub mod view;
pub mod workspaces;

use door::{DoorName, Routes};

pub use state::ApiState;

/// Every route of the management API.
pub fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .merge(enrol::routes())
        .merge(login::routes())
        .merge(session::routes())
        .merge(binding::routes())
        .merge(passkeys::routes())
        .merge(passwords::routes())
        .merge(workspaces::routes())
        .merge(members::routes())
        .merge(access::routes())
        .merge(tokens::routes())
        .merge(review::routes())
        .merge(scim::routes())
        .merge(sign_on::routes())
        .merge(sources::routes())
        .merge(events::routes())
        .merge(people::routes())
        .merge(grants::routes())
        .merge(exports::routes())
        .merge(segments::routes())
        .merge(computed::routes())
        .merge(dashboards::routes())
        .merge(campaigns::routes())
        .merge(purges::routes())
        .merge(questions::routes())
        .merge(behind::routes())
        .merge(catalogue::routes())
        .merge(findings::routes())
        .merge(plans::routes())
        .merge(quarantine::routes())
        .merge(alarms::routes())
        .merge(sdks::routes())
        .merge(report::routes())
        .merge(rules::routes())
        .merge(ledgers::routes())
        .merge(incidents::routes())
        .merge(status::routes())
        .merge(notices::routes())
        .merge(mode::routes())
        .merge(doors::routes())
        .merge(operators::routes())
        .merge(break_glass::routes())
        .merge(openapi::routes())
}
