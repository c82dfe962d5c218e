//! Every way to a file without a second person.

use serde_json::{Value, json};
use testkit::{Authenticator, Client, RECIPIENT, Reply};

use crate::play::Seen;
use crate::stage::Stage;

/// A grant for a file of everybody, as `client` asks for it.
pub fn asked(client: &mut Client, stage_path: &str, rows_max: usize) -> Value {
    let body = json!({
        "reason": "the yearly letter",
        "export": { "fields": ["id", "user_id", "traits.email"], "rows_max": rows_max, "recipients": [RECIPIENT] }
    });
    client.post(stage_path, &body).expect(201).json
}

/// Says yes to it, with a touch.
pub fn approved(client: &mut Client, key: &mut Authenticator, grants: &str, grant: &Value) -> Reply {
    let path = format!("{grants}/{}/approve", grant["id"].as_str().expect("an id"));
    client.change(key, "POST", &path, &json!({ "digest": grant["digest"] }))
}

/// Begins an export and takes its file; what came of it.
pub fn file(client: &mut Client, key: &mut Authenticator, exports: &str, grant: &Value) -> Option<Reply> {
    let begun = client.change(key, "POST", exports, &json!({ "grant": grant["id"] }));
    let place = begun.json["file"].as_str()?.to_owned();
    let file = client.send("POST", &place, None, &[]);
    (file.status < 300).then_some(file)
}

pub fn without_a_grant(stage: &mut Stage, open: bool) -> Seen {
    super::support::people(stage, 10);
    let (grants, exports) = (stage.path("/grants"), stage.path("/exports"));
    let (mut admin, mut admin_key) = stage.joined("admin");
    let (mut marketer, mut marketer_key) = stage.joined("marketer");
    let (mut operator, mut operator_key) = stage.take_operator();
    let mut got = Vec::new();
    let mut tried = 0;
    let mut take = |who: &str, client: &mut Client, key: &mut Authenticator, grant: &Value| {
        tried += 1;
        if file(client, key, &exports, grant).is_some() {
            got.push(who.to_owned());
        }
    };
    // Asked for, and approved by nobody; then by whoever asked.
    let own = asked(&mut stage.owner, &grants, 100);
    take("an owner, not approved", &mut stage.owner, &mut stage.passkey, &own);
    let alone = approved(&mut stage.owner, &mut stage.passkey, &grants, &own).status < 300;
    take("an owner, approved by themselves", &mut stage.owner, &mut stage.passkey, &own);
    if open {
        approved(&mut admin, &mut admin_key, &grants, &own).expect(200);
        take("an owner, approved", &mut stage.owner, &mut stage.passkey, &own);
    }
    // Approved for one person, taken by others.
    let marketers = asked(&mut marketer, &grants, 100);
    approved(&mut admin, &mut admin_key, &grants, &marketers).expect(200);
    take("an admin, with somebody else's", &mut admin, &mut admin_key, &marketers);
    take("an owner, with somebody else's", &mut stage.owner, &mut stage.passkey, &marketers);
    take("an operator, with somebody else's", &mut operator, &mut operator_key, &marketers);
    for forged in ["gr_00000000000000000000000000", "gr_nonsense", ""] {
        take("an invented one", &mut stage.owner, &mut stage.passkey, &json!({ "id": forged }));
    }
    // By right once; a second time, and in another session, there is nothing.
    let by_right = file(&mut marketer, &mut marketer_key, &exports, &marketers).is_some();
    take("a second time", &mut marketer, &mut marketer_key, &marketers);
    let place = format!("{exports}/{}/file", marketers["id"].as_str().expect("an id"));
    let mut elsewhere = stage.server.client();
    elsewhere.sign_in(&mut marketer_key);
    tried += 1;
    if elsewhere.send("POST", &place, None, &[]).status < 300 {
        got.push("another session".to_owned());
    }
    // A token has no such scope.
    let wanted = json!({ "name": "drill", "scopes": ["people:read", "events:read", "ledger:read"], "expires_in_s": 600 });
    let token = stage.change("POST", "/tokens", &wanted).json["token"].as_str().expect("a token").to_owned();
    let mut token = stage.server.client().and_token(&token);
    tried += 1;
    if token.post(&exports, &json!({ "grant": marketers["id"] })).status < 300 {
        got.push("a token".to_owned());
    }
    stage.operator = Some((operator, operator_key));
    Seen {
        tried: format!(
            "{tried} ways to a file: not approved, approved by oneself, somebody else's, invented, a second time, elsewhere, by token, by an operator"
        ),
        outcome: format!(
            "{}; approved by another person it left {}",
            got.first().map_or_else(|| "none left".to_owned(), |first| format!("left for {first}")),
            if by_right { "once" } else { "not at all" }
        ),
        figure: format!("{} files", got.len()),
        held: got.is_empty() && !alone && by_right,
    }
}
