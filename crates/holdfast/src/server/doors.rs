//! The two doors: which routes each has, and the layers before them.

use std::sync::Arc;

use api::ApiState;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use door::client::AddressLayer;
use door::origin::OwnOrigin;
use door::session::{CookieStyle, SessionLayer};
use door::wear::Wear;
use door::{DoorName, RouteInfo, Routes, Stop};
use policy::Action;
use policy::actions::SendEvents;
use service::Services;

use crate::server::health::{self, Health};

/// What both doors are made of.
pub struct Doors {
    /// The collect door.
    pub collect: Router,
    /// The console door.
    pub console: Router,
}

/// Every route of every door, without a server behind them.
pub fn table() -> Vec<RouteInfo> {
    let parts = [
        api::routes().finish().1,
        console::routes().finish().1,
        health::routes(DoorName::Console).finish().1,
        health::routes(DoorName::Collect).finish().1,
        public::routes().finish().1,
        dialect_rows(),
        super::local::routes().finish().1,
    ];
    parts.into_iter().flatten().collect()
}

/// Builds both doors; `addresses` finds clients' addresses at the collect door and at the console door.
pub fn build(
    services: &Services,
    health: &Health,
    (stop, addresses): (&Stop, (AddressLayer, AddressLayer)),
) -> Doors {
    let (at_collect, at_console) = addresses;
    let table = Arc::new(table());
    let cookie = if services.about.console_url.starts_with("https://") {
        CookieStyle::Secure
    } else {
        CookieStyle::Localhost
    };
    let state = ApiState { services: services.clone(), cookie, table: table.clone() };
    let (api, _) = api::routes().finish();
    let (pages, _) = console::routes().finish();
    let (console_health, _) = health::routes(DoorName::Console).finish();
    let (status, _) = public::routes().finish();
    let public = public::PublicState {
        guard: services.guard.clone(),
        control: services.control.clone(),
        campaigns: services.campaigns.clone(),
        dashboards: services.dashboards.clone(),
        url: services.about.collect_url.clone(),
    };
    let (collect_health, _) = health::routes(DoorName::Collect).finish();
    let pages_state = console::ConsoleState { services: services.clone(), cookie, stop: stop.clone() };
    let layer = SessionLayer { guard: services.guard.clone(), cookie };
    let own = OwnOrigin(services.about.console_url.as_str().into());
    let console = Router::new()
        .merge(api.with_state(state))
        .merge(console_health.with_state(health.clone()))
        .merge(console::dressed(pages.with_state(pages_state)))
        .layer(from_fn_with_state(layer, door::session::identify))
        .layer(from_fn_with_state(at_console, door::client::address))
        .layer(from_fn(door::body::buffer))
        .layer(from_fn_with_state(own, door::origin::refuse_other_sites))
        .layer(from_fn_with_state(wear(&services.about.console_url, true), door::wear::dress))
        .layer(from_fn(door::trace::requests));
    let collect = Router::new()
        .merge(collect::routes(services.collector.clone()))
        .merge(collect_health.with_state(Health { ledger: None, ..health.clone() }))
        .merge(status.with_state(public))
        .layer(from_fn_with_state(at_collect, door::client::address))
        .layer(from_fn_with_state(wear(&services.about.collect_url, false), door::wear::dress))
        .layer(from_fn(door::trace::requests));
    Doors { collect, console }
}

fn wear(url: &str, personal: bool) -> Wear {
    Wear { https: url.starts_with("https://"), personal }
}

fn dialect_rows() -> Vec<RouteInfo> {
    let rows: Vec<_> = collect::table().map(|route| (route.method.clone(), route.path)).collect();
    Routes::<()>::new(DoorName::Collect).dialect(&rows, SendEvents::info(), Router::new()).finish().1
}
