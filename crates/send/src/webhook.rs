//! Webhooks, signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

use guard::deliveries::{Due, message_id};
use guard::hooks::Hook;
use http::Method;
use outbound::{Call, Outbound};
use stdx::Clock;

use crate::error::SendError;
use crate::text;

/// Posts notices to webhooks.
#[derive(Clone, Debug)]
pub struct Posting {
    outbound: Outbound,
    clock: Clock,
}

impl Posting {
    /// Posts as far as `outbound` reaches.
    pub fn new(outbound: Outbound, clock: Clock) -> Self {
        Self { outbound, clock }
    }

    /// Posts one notice.
    ///
    /// # Errors
    /// Why it was not taken: anything but a status of 2xx within 10 s.
    pub fn post(&self, due: &Due, hook: &Hook) -> Result<(), SendError> {
        let id = message_id(due.notice.workspace, due.notice.id);
        let body = text::document(due).to_string();
        let timestamp_s = self.clock.now_ms().div_euclid(1_000);
        let signature = hook.signature(&id, timestamp_s, body.as_bytes());
        let timestamp = timestamp_s.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        let call = Call { method: Method::POST, url: &hook.url, headers: &headers, body: body.as_bytes() };
        let answer = self.outbound.send(&call)?;
        if answer.status.is_success() {
            return Ok(());
        }
        Err(SendError::Status { status: answer.status.as_u16() })
    }
}
