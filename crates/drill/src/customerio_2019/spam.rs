//! Spam from a taken account: the thief has an admin's session and passkey, writes a new template with links to a new host, and
//! tries every way to everybody's address without a second person. And a send that nobody wants stops by itself.

use serde_json::{Value, json};
use testkit::{Authenticator, Client, Reply, wait_until};

use crate::play::Seen;
use crate::stage::Stage;

/// How many people the workspace has.
const PEOPLE: usize = 5_000;
/// The same with `--long`.
const PEOPLE_LONG: usize = 50_000;
/// Into how many sends the thief splits them: each is below the limit, and all together are everybody.
const SPLITS: usize = 60;
/// What the thief's links lead to.
const HOST: &str = "prize.evil.example";
/// How many messages a send that nobody wants may hand over before it stops.
const SPIKE_MAX: u64 = 1_000;

pub fn send_guard(stage: &mut Stage, open: bool) -> Seen {
    let people = peopled(stage);
    let (_, mut key) = stage.joined("admin");
    let (mut colleague, mut colleague_key) = stage.joined("admin");
    // A session of the thief's own, on the victim's account.
    let mut thief = stage.server.client();
    thief.sign_in(&mut key);
    let mut tried = 0;
    let mut let_in = Vec::new();
    let mut refused = |what: &str, reply: &Reply| {
        tried += 1;
        if reply.status < 300 {
            let_in.push(what.to_owned());
        }
    };
    let evil = written(stage, &mut thief, &format!("You won! https://{HOST}/claim and enter your password"));

    // To everybody at once, and in parts.
    let all = made(stage, &mut thief, &evil, &Value::Null);
    let asked = sent(stage, &mut thief, &mut key, &all).expect(202).json;
    let mut waiting = usize::from(asked["state"] == "waiting" && asked["grant"]["decision"].is_null());
    let mut split = 0;
    for part in 0..SPLITS {
        let who = json!({ "trait": "part", "op": "eq", "value": part });
        let one = made(stage, &mut thief, &evil, &who);
        let asked = sent(stage, &mut thief, &mut key, &one);
        split += 1;
        waiting += usize::from(asked.status >= 400 || asked.json["grant"]["decision"].is_null());
    }

    // Tests for strangers.
    let test = stage.path(&format!("/broadcasts/{all}/test"));
    for to in [json!(["stranger@elsewhere.example"]), json!(["mem_00000000000000000000000000"]), json!([])] {
        refused("a test to strangers", &thief.post(&test, &json!({ "to": to })));
    }

    // By token, with what nobody approved, and with another's route.
    let wanted = json!({ "name": "drill", "scopes": ["messages:send"], "expires_in_s": 600 });
    let token = thief.change(&mut key, "POST", &stage.path("/tokens"), &wanted).expect(201);
    let mut program = stage.server.client().and_token(token.json["token"].as_str().expect("a token"));
    let named = json!({ "template": evil, "version": 1, "to": ["buyer-1", "buyer-2"] });
    refused("a token, with what nobody approved", &program.post(&stage.path("/messages"), &named));
    let path = stage.path(&format!("/broadcasts/{all}/send"));
    refused("a token, a broadcast", &program.post(&path, &json!({})));

    // Approved by the thief, by somebody whom the thief invites, by a token.
    let approve = stage.path(&format!("/grants/{}/approve", text(&asked["grant"]["id"])));
    let body = json!({ "digest": asked["grant"]["digest"] });
    refused("approved by whoever asked", &thief.change(&mut key, "POST", &approve, &body));
    let invited = json!({ "email": "friend@elsewhere.example", "role": "admin" });
    let invited = thief.change(&mut key, "POST", &stage.path("/members"), &invited).expect(201);
    let mut friend = stage.server.client();
    let mut friend_key = friend.enrol(text(&invited.json["code"]));
    refused("approved by somebody just invited", &friend.change(&mut friend_key, "POST", &approve, &body));
    refused("approved by a token", &program.post(&approve, &body));

    // A colleague approves what is harmless, and it leaves: with that touch nothing else can be approved.
    let good = written(stage, &mut thief, "Our new shoes have arrived");
    let harmless = made(stage, &mut thief, &good, &json!({ "trait": "part", "op": "eq", "value": 1 }));
    withdraw(stage, 2);
    let shown = sent(stage, &mut thief, &mut key, &harmless).expect(202).json;
    let (yes, say) = approval(stage, &shown);
    let touch = touched(&mut colleague, &mut colleague_key, &yes, &say);
    let stale = colleague.send("POST", &approve, Some(&body), &[("holdfast-step-up", &touch)]);
    refused("approved with the touch for another", &stale);
    let done = colleague.change(&mut colleague_key, "POST", &yes, &say).expect(200);
    assert_eq!(done.json["decision"]["alone"], false, "a colleague is a second person");
    let by_right = until_over(stage, &harmless)["counts"]["accepted"].as_u64().unwrap_or_default();
    // What is edited after it was approved is under way already, or a draft again: what was approved is what leaves.
    let bait = made(stage, &mut thief, &good, &json!({ "trait": "part", "op": "eq", "value": 2 }));
    let shown = sent(stage, &mut thief, &mut key, &bait).expect(202).json;
    let (yes, say) = approval(stage, &shown);
    colleague.change(&mut colleague_key, "POST", &yes, &say).expect(200);
    let draft = json!({ "name": "Shoes", "template": evil, "version": 1 });
    let edited = thief.put(&stage.path(&format!("/broadcasts/{bait}")), &draft);
    let void = edited.status == 409 || edited.json["state"] == "draft";
    if open {
        colleague.change(&mut colleague_key, "POST", &approve, &body).expect(200);
        let letters = &stage.letters;
        wait_until(60, "spam", || {
            letters.arrived().iter().any(|letter| letter.text.contains(HOST)).then_some(())
        });
        stage.owner.post(&stage.path(&format!("/broadcasts/{all}/stop")), &json!({})).expect(200);
    }
    if edited.status == 409 {
        until_over(stage, &bait);
    }
    let letters = stage.letters.arrived();
    let spam = letters.iter().filter(|letter| letter.text.contains(HOST)).count();
    withdraw(stage, SPLITS);
    Seen {
        tried: format!(
            "{people} people, a new template with links to a new host: at once, in {split} parts, {tried} ways around (tests to strangers, tokens, \
             approved by the thief, by a friend just invited, with an old touch, edited after it was approved)"
        ),
        outcome: format!(
            "{waiting} of {} sends wait or were refused; {}; {} harmless messages left with a colleague's touch",
            split + 1,
            let_in
                .first()
                .map_or_else(|| "no way around".to_owned(), |first| format!("let through: {first}")),
            letters.len() - spam,
        ),
        figure: format!("{spam} messages sent before hold"),
        held: spam == 0 && waiting == split + 1 && let_in.is_empty() && void && by_right > 0,
    }
}

pub fn spike(stage: &mut Stage, open: bool) -> Seen {
    let (mut marketer, mut key) = stage.joined("marketer");
    let template = written(stage, &mut marketer, "The autumn catalogue is here");
    let broadcast = made(stage, &mut marketer, &template, &Value::Null);
    let asked = sent(stage, &mut marketer, &mut key, &broadcast).expect(202).json;
    let before = stage.letters.arrived().len();
    // The relay knows none of these addresses; where the door is open it takes them all the same, and says nothing later.
    stage.letters.reject(!open);
    let approve = format!("/grants/{}/approve", text(&asked["grant"]["id"]));
    stage.change("POST", &approve, &json!({ "digest": asked["grant"]["digest"] }));
    let over = until_far(stage, &broadcast);
    stage.letters.reject(false);
    let count = |name: &str| over["counts"][name].as_u64().unwrap_or(u64::MAX);
    let (failed, accepted) = (count("failed"), count("accepted"));
    let handed = failed.saturating_add(accepted);
    let told = stage.get("/notices")["items"]
        .as_array()
        .is_some_and(|items| items.iter().any(|notice| notice["kind"] == "send.stopped"));
    Seen {
        tried: format!(
            "an approved broadcast to {} people whose addresses the relay does not know",
            asked["people"]
        ),
        outcome: format!(
            "{} because of {}, {} not handed over, those who run the workspace {}",
            over["state"].as_str().unwrap_or("nothing"),
            over["ended"]["why"].as_str().unwrap_or("nothing"),
            over["counts"]["stopped"],
            if told { "were told" } else { "were not told" }
        ),
        figure: format!("{} after {handed} messages", over["state"].as_str().unwrap_or("nothing")),
        held: over["state"] == "stopped"
            && handed <= SPIKE_MAX
            && stage.letters.arrived().len() == before
            && told,
    }
}

/// Fills the workspace with people who have an address.
fn peopled(stage: &mut Stage) -> usize {
    let people = if stage.long { PEOPLE_LONG } else { PEOPLE };
    let person = |number: usize| {
        let traits = json!({
            "email": format!("buyer{number}@customers.example"), "first_name": format!("Ann{number}"), "part": number % SPLITS,
        });
        json!({ "type": "identify", "userId": format!("buyer-{number}"), "traits": traits, "messageId": format!("buyer-{number}") })
    };
    for chunk in (0..people).collect::<Vec<_>>().chunks(5_000) {
        stage.send(&chunk.iter().copied().map(person).collect::<Vec<_>>());
    }
    let (templates, broadcasts) = (stage.path("/templates"), stage.path("/broadcasts"));
    let template = stage.owner.post(&templates, &template("Hello")).expect(201).json["id"].clone();
    let draft = json!({ "name": "Everybody", "template": template, "version": 1 });
    let everybody = stage.owner.post(&broadcasts, &draft).expect(201).json["id"].clone();
    let preview = stage.path(&format!("/broadcasts/{}/preview", text(&everybody)));
    let owner = &mut stage.owner;
    wait_until(180, "everybody", || {
        let known = owner.get(&preview).expect(200).json["people"].as_u64().unwrap_or_default();
        (known >= people as u64).then_some(people)
    })
}

fn template(words: &str) -> Value {
    json!({
        "name": "News", "subject": "Hello {{ first_name | default: \"there\" }}", "text": words,
        "html": format!("<p>{words}</p>"), "from": "Shop <news@shop.example>",
    })
}

fn written(stage: &Stage, client: &mut Client, words: &str) -> Value {
    client.post(&stage.path("/templates"), &template(words)).expect(201).json["id"].clone()
}

fn made(stage: &Stage, client: &mut Client, template: &Value, who: &Value) -> String {
    let draft = json!({ "name": "News", "template": template, "version": 1, "who": who });
    text(&client.post(&stage.path("/broadcasts"), &draft).expect(201).json["id"]).to_owned()
}

fn sent(stage: &Stage, client: &mut Client, key: &mut Authenticator, broadcast: &str) -> Reply {
    client.change(key, "POST", &stage.path(&format!("/broadcasts/{broadcast}/send")), &json!({}))
}

/// Where a send that waits is approved, and what the approval says.
fn approval(stage: &Stage, asked: &Value) -> (String, Value) {
    let path = stage.path(&format!("/grants/{}/approve", text(&asked["grant"]["id"])));
    (path, json!({ "digest": asked["grant"]["digest"] }))
}

/// Ends the newest grants that wait, for whoever asks next: a workspace has so many and no more.
fn withdraw(stage: &mut Stage, count: usize) {
    let grants = stage.get("/grants");
    let waiting =
        grants["items"].as_array().into_iter().flatten().filter(|grant| grant["state"] == "waiting");
    for grant in waiting.take(count) {
        let path = stage.path(&format!("/grants/{}", text(&grant["id"])));
        stage.owner.delete(&path).expect(200);
    }
}

/// A touch for exactly this request, which is not made.
fn touched(client: &mut Client, key: &mut Authenticator, path: &str, body: &Value) -> String {
    let asked = client.send("POST", path, Some(body), &[]);
    let id = text(&asked.json["stepup"]["id"]).to_owned();
    let signed = key.sign(&asked.json["stepup"]["publicKey"]);
    client.post(&format!("/api/v1/stepup/{id}"), &signed);
    id
}

fn until_over(stage: &mut Stage, broadcast: &str) -> Value {
    let path = stage.path(&format!("/broadcasts/{broadcast}"));
    let owner = &mut stage.owner;
    wait_until(180, "a broadcast that is over", || {
        let shown = owner.get(&path).expect(200).json;
        matches!(shown["state"].as_str(), Some("done" | "stopped")).then_some(shown)
    })
}

/// Until it is over, or further than it may come; then somebody stops it.
fn until_far(stage: &mut Stage, broadcast: &str) -> Value {
    let path = stage.path(&format!("/broadcasts/{broadcast}"));
    let owner = &mut stage.owner;
    wait_until(180, "a broadcast that is over or goes too far", || {
        let shown = owner.get(&path).expect(200).json;
        let handed = |name: &str| shown["counts"][name].as_u64().unwrap_or_default();
        let far = handed("failed") + handed("accepted") > SPIKE_MAX;
        if far {
            owner.post(&format!("{path}/stop"), &json!({})).expect(200);
        }
        (far || matches!(shown["state"].as_str(), Some("done" | "stopped"))).then_some(shown)
    })
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
