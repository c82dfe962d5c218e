//! Sign-ins under way: in memory only, bounded in number and in time. A restart forgets them, and whoever was on the way begins
//! again.

use parking_lot::Mutex;
use signin::config::{CEREMONIES_MAX, CEREMONY_LIFE_MS};
use signin::pending::Pending;
use stdx::Secret;

use crate::flow::Begun;

/// How long somebody may take at the provider: they may have to find their telephone.
const AWAY_MS: i64 = 10 * 60_000;

/// A sign-in that waits for somebody to come back.
#[derive(Clone, Debug)]
pub struct Away<K> {
    /// What was begun.
    pub begun: Begun,
    /// Whose provider it is.
    pub on: K,
    /// What the browser that began has in a cookie: nobody else's sign-in is finished in it.
    pub browser: Secret<String>,
}

/// Sign-ins under way.
pub struct Waiting<K> {
    asked: Mutex<Pending<String, String>>,
    away: Mutex<Pending<String, Away<K>>>,
}

impl<K> Default for Waiting<K> {
    fn default() -> Self {
        Self {
            asked: Mutex::new(Pending::new(CEREMONY_LIFE_MS, CEREMONIES_MAX)),
            away: Mutex::new(Pending::new(AWAY_MS, CEREMONIES_MAX)),
        }
    }
}

impl<K> Waiting<K> {
    /// Somebody gave an address: a ticket for its domain, whether or not anybody knows it.
    pub fn ask(&self, domain: String, now_ms: i64) -> String {
        let ticket = stdx::random_text::<20>();
        self.asked.lock().insert(ticket.clone(), domain, now_ms);
        ticket
    }

    /// The domain of a ticket. It counts once.
    pub fn asked(&self, ticket: &str, now_ms: i64) -> Option<String> {
        self.asked.lock().take(&ticket.to_owned(), now_ms)
    }

    /// Somebody goes to their provider.
    pub fn leave(&self, away: Away<K>, now_ms: i64) {
        self.away.lock().insert(away.begun.state.clone(), away, now_ms);
    }

    /// Somebody comes back: what they left with. It counts once, and in the browser they left with.
    pub fn back(&self, state: &str, browser: &str, now_ms: i64) -> Option<Away<K>> {
        let away = self.away.lock().take(&state.to_owned(), now_ms)?;
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(
            away.browser.expose().as_bytes(),
            browser.as_bytes(),
        );
        same.is_ok().then_some(away)
    }
}
