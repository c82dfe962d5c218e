//! Events of programs are tagged, and those of people are not.

use http::Method;
use serde_json::{Value, json};

use crate::door::Door;

const PROGRAM: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const PERSON: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";

async fn contexts(agent: &str, path: &str, body: &Value) -> Vec<Value> {
    let door = Door::new();
    let headers = [("authorization", door.basic()), ("user-agent", agent.to_owned())];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    door.send(Method::POST, path, &headers, body.to_string()).await;
    door.events().iter().map(|event| serde_json::from_str(&event.context).unwrap()).collect()
}

#[tokio::test]
async fn programs_are_tagged_in_every_dialect() {
    let event = json!({"type": "track", "event": "A", "userId": "u"});
    let mixpanel = json!([{"event": "A", "properties": {"distinct_id": "u"}}]);
    for (path, body) in [
        ("/v1/track", event.clone()),
        ("/v1/batch", json!({"batch": [event]})),
        ("/api/s/track", event.clone()),
        ("/track", mixpanel),
        ("/api/v1/customers/u/events", json!({"name": "A"})),
    ] {
        assert_eq!(
            contexts(PROGRAM, path, &body).await,
            [json!({"device_type": "bot", "bot": "googlebot"})],
            "{path}"
        );
        assert_eq!(contexts(PERSON, path, &body).await, [json!({})], "{path}");
    }
}

#[tokio::test]
async fn a_server_may_tell_whose_agent_it_was() {
    let event = |agent: &str| json!({"type": "track", "event": "A", "userId": "u", "context": {"userAgent": agent, "a": 1}});
    let batch = json!({"batch": [event(PROGRAM), event(PERSON)]});
    let found = contexts("analytics-node/3.1.0", "/v1/batch", &batch).await;
    assert_eq!(found[0]["bot"], "googlebot");
    assert_eq!((&found[0]["a"], &found[1]["bot"]), (&json!(1), &Value::Null));
}
