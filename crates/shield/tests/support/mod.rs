//! What the tests share: an event of nobody in particular.

use model::{Event, Kind, SourceId, WorkspaceId};

/// A tracked event with these parts, each the text of a JSON object.
pub fn event<'a>(name: &'a str, properties: &'a str, traits: &'a str, context: &'a str) -> Event<'a> {
    Event {
        workspace: WorkspaceId(1),
        source: SourceId(2),
        message_id: "m-1".into(),
        kind: Kind::Track,
        name: name.into(),
        time_ms: 1,
        received_ms: 2,
        user_id: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: properties.into(),
        traits: traits.into(),
        context: context.into(),
    }
}
