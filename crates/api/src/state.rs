//! What the handlers work with.

use std::sync::Arc;

use axum::extract::FromRef;
use door::RouteInfo;
use door::session::CookieStyle;
use guard::Guard;
use service::Services;

/// The API's state. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// The parts that answer.
    pub services: Services,
    /// How the session cookie looks.
    pub cookie: CookieStyle,
    /// The table of all routes, for the OpenAPI document.
    pub table: Arc<Vec<RouteInfo>>,
}

impl FromRef<ApiState> for Guard {
    fn from_ref(state: &ApiState) -> Self {
        state.services.guard.clone()
    }
}
