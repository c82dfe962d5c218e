//! What the handlers work with.

use axum::extract::FromRef;
use door::Stop;
use door::session::CookieStyle;
use guard::Guard;
use service::Services;

/// The console's state. Cheap to clone.
#[derive(Clone)]
pub struct ConsoleState {
    /// The parts that answer.
    pub services: Services,
    /// How the session cookie looks.
    pub cookie: CookieStyle,
    /// Ends the streams when the server stops.
    pub stop: Stop,
}

impl FromRef<ConsoleState> for Guard {
    fn from_ref(state: &ConsoleState) -> Self {
        state.services.guard.clone()
    }
}
