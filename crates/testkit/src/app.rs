//! An authenticator app: codes by time (RFC 6238), an implementation that is not the server's.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;

const STEP_S: u64 = 30;

/// An app with one secret. It never shows a code twice, since a server takes each once: the codes of three steps count at any
/// moment, after which the next step has to come.
pub struct App {
    key: hmac::Key,
    shown: u64,
}

impl App {
    /// The app that was given this secret, in base32.
    pub fn of(secret: &str) -> Self {
        let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).expect("base32");
        Self { key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes), shown: 0 }
    }

    /// A code that counts now and was not shown before.
    pub fn code(&mut self) -> String {
        let step = crate::server::wait_until(2 * STEP_S, "the next code", || {
            let now = step_now();
            let next = (self.shown + 1).max(now - 1);
            (next <= now + 1).then_some(next)
        });
        self.shown = step;
        self.code_of(step)
    }

    /// A code that does not count: of an hour ago.
    pub fn old_code(&self) -> String {
        self.code_of(step_now() - 120)
    }

    fn code_of(&self, step: u64) -> String {
        let tag = hmac::sign(&self.key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 15);
        let number = u32::from_be_bytes([tag[at] & 127, tag[at + 1], tag[at + 2], tag[at + 3]]);
        format!("{:06}", number % 1_000_000)
    }
}

fn step_now() -> u64 {
    now_s() / STEP_S
}

/// Seconds since 1970, by a clock that is not the server's.
#[allow(clippy::disallowed_methods, reason = "the app's own clock")]
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}
