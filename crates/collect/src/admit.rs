//! Whether a request's body is read at all, and the reading of it: before anything is held or looked into.

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;

use crate::asked::Asked;
use crate::body;
use crate::collector::Collector;
use crate::intake::Answer;
use crate::refusal::reason;
use crate::room::{Holder, Share};

impl Collector {
    /// The body with its share of the room; or the answer to a sender that must not send now.
    pub(crate) async fn admit(&self, asked: &Asked, body: Body) -> Result<(Bytes, Share), Answer> {
        let inner = &self.0;
        let known = |key: &String| inner.sources.by_write_key(key, asked.received_ms);
        let source = asked.keys.iter().find_map(known);
        if let Some(source) = &source
            && let Err(retry_after_s) = inner.quotas.look(source.id, asked.received_ms)
        {
            // How many events it holds is not known, and finding out is what a quota is to save.
            inner.refuse_all(source, reason::OVER_QUOTA, 1, asked.received_ms);
            body::discard(body).await;
            return Err(Answer::TooFast { retry_after_s });
        }
        let holder =
            source.map_or(Holder::Address(asked.address), |source| Holder::Workspace(source.workspace));
        let mut share = inner.room.share(holder);
        let announced = asked.header(CONTENT_LENGTH).and_then(|length| length.parse().ok());
        match body::read(body, announced, &mut share).await {
            Ok(bytes) => Ok((bytes, share)),
            Err(error) => Err(self.refuse_body(error, asked)),
        }
    }
}
