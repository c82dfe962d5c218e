//! What an attacker saw, asked of the ledger: the same list as what they were shown, and the same bytes whenever it is asked.

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::{Value, json};
use testkit::Client;

use crate::play::Seen;
use crate::stage::Stage;

/// From where the attacker calls, and from where everybody else does.
const ATTACKER: &str = "203.0.113.66";
const OTHERS: [&str; 3] = ["198.51.100.4", "198.51.100.5", "203.0.114.66"];
/// How many looks of others surround the attacker's.
const NOISE: usize = 4_000;
const NOISE_LONG: usize = 200_000;
/// How many people there are.
const PEOPLE: usize = 60;

/// What was shown, as whoever was shown it knows.
#[derive(Default, Debug, PartialEq, Eq, Clone)]
struct Truth {
    /// Ids of people.
    people: BTreeSet<String>,
    /// Names of fields, with `value` or `masked`.
    fields: BTreeSet<(String, String)>,
}

impl Truth {
    /// A profile, or a line of the list of people.
    fn profile(&mut self, profile: &Value) {
        self.people.insert(text(&profile["id"]));
        for (name, kept) in profile["traits"].as_object().into_iter().flatten() {
            let form = if kept.get("value").is_some() { "value" } else { "masked" };
            self.fields.insert((format!("traits.{name}"), form.to_owned()));
        }
        let identifiers = profile["identifiers"].as_array().into_iter().flatten();
        for identifier in identifiers.chain(profile.get("identifier").filter(|one| !one.is_null())) {
            self.fields.insert((format!("identifiers.{}", text(&identifier["kind"])), "masked".to_owned()));
        }
    }

    /// An event as it was answered.
    fn event(&mut self, event: &Value) {
        if let Some(person) = event["person"].as_str() {
            self.people.insert(person.to_owned());
        }
        for part in ["properties", "traits", "context"] {
            self.leaves(part, &event[part]);
        }
    }

    fn leaves(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| self.leaves(&format!("{path}.{name}"), value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.leaves(&format!("{path}[]"), item)),
            Value::String(text) if text.starts_with("[sealed: ") || text.starts_with("[removed: ") => {
                self.fields.insert((path.to_owned(), "masked".to_owned()));
            }
            _ => {
                self.fields.insert((path.to_owned(), "value".to_owned()));
            }
        }
    }

    /// What a scope tells.
    fn told(scope: &Value) -> Self {
        let list = |name: &str| scope[name].as_array().cloned().unwrap_or_default();
        Self {
            people: list("people").iter().map(|shown| text(&shown["person"])).collect(),
            fields: list("fields").iter().map(|shown| (text(&shown["field"]), text(&shown["as"]))).collect(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Somebody who calls from an address of their own.
struct At<'c> {
    client: &'c mut Client,
    address: &'static str,
}

impl At<'_> {
    fn get(&mut self, path: &str) -> Value {
        self.client.send("GET", path, None, &[("x-forwarded-for", self.address)]).expect(200).json
    }

    /// Looks as an attacker does: a list, single profiles, events of one and of all, the report, a question.
    fn look_around(&mut self, base: &str, ids: &[String]) -> Truth {
        let mut truth = Truth::default();
        let items = |page: &Value| page["items"].as_array().cloned().unwrap_or_default();
        items(&self.get(&format!("{base}/people?limit=7"))).iter().for_each(|line| truth.profile(line));
        for id in &ids[10..14] {
            truth.profile(&self.get(&format!("{base}/people/{id}")));
        }
        for path in [format!("{base}/people/{}/events", ids[20]), format!("{base}/events?limit=9")] {
            items(&self.get(&path)).iter().for_each(|event| truth.event(event));
        }
        for row in items(&self.get(&format!("{base}/shield/report?class=password"))) {
            truth.people.insert(text(&row["person"]));
            truth.fields.insert((text(&row["path"]), "masked".to_owned()));
        }
        let question = json!({
            "kind": "trend", "events": [{ "event": "Drill order", "measure": "people" }], "by": ["country"],
            "range": { "from": "2020-01-01", "to": "2035-01-01" }, "interval": "month"
        });
        let asked = [("x-forwarded-for", self.address)];
        self.client.send("POST", &format!("{base}/questions"), Some(&question), &asked).expect(200);
        truth.fields.insert(("properties.country".to_owned(), "value".to_owned()));
        truth
    }
}

/// People with events, a few of them with a secret that the shield removed; their ids.
fn peopled(stage: &mut Stage) -> Vec<String> {
    let run = stdx::random_text::<6>();
    let mut messages = Vec::new();
    for n in 0..PEOPLE {
        let user = format!("drill-{run}-{n}");
        let traits = json!({ "plan": "pro", "email": format!("{user}@example.com"), "visits": n });
        messages.push(json!({ "type": "identify", "userId": user, "traits": traits }));
        let mut properties = json!({ "country": "NL", "total": n, "items": [{ "sku": format!("s-{n}") }] });
        if n % 20 == 3 {
            properties["password"] = json!(stage.canaries.secret(n));
        }
        messages.push(
            json!({ "type": "track", "event": "Drill order", "userId": user, "properties": properties }),
        );
    }
    stage.send(&messages);
    let path = stage.path("/people?limit=200");
    let owner = &mut stage.owner;
    testkit::wait_until(60, "the people and their events", || {
        let people = owner.get(&path).expect(200).json;
        let ready = people["items"].as_array()?.iter().filter(|line| line["events"].as_u64() >= Some(2));
        let ids: Vec<String> = ready.map(|line| text(&line["id"])).collect();
        (ids.len() >= PEOPLE).then_some(ids)
    })
}

pub fn scope(stage: &mut Stage, open: bool) -> Seen {
    let ids = peopled(stage);
    let base = stage.path("");
    let (mut thief, _) = stage.joined("admin");
    let session = own_session(&mut thief);
    let noise = if stage.long { NOISE_LONG } else { NOISE };
    let token = json!({ "name": "stolen", "scopes": ["people:read", "events:read", "shield:read", "questions:ask"], "expires_in_s": 3600 });
    let token = stage.change("POST", "/tokens", &token).json;
    let mut program = stage.server.client().and_token(token["token"].as_str().expect("a token"));

    others(stage, &base, &ids, noise / 2);
    let by_session = At { client: &mut thief, address: ATTACKER }.look_around(&base, &ids);
    let by_token = At { client: &mut program, address: OTHERS[2] }.look_around(&base, &ids[5..]);
    others(stage, &base, &ids, noise / 2);

    let late = if open { "&from=2035-01-01" } else { "" };
    let asked = [
        (format!("session={session}{late}"), &by_session),
        (format!("token={}{late}", text(&token["id"])), &by_token),
        (format!("address={ATTACKER}{late}"), &by_session),
        (format!("address=203.0.113.0/24{late}"), &by_session),
    ];
    let mut answers = Vec::new();
    let begun = Instant::now();
    for (question, truth) in &asked {
        let path = format!("{base}/ledger/scope?{question}");
        let answer = stage.owner.get(&path).expect(200);
        let before = answer.json["asked"]["before"].to_string();
        answers.push((
            format!("{path}&before={before}"),
            answer.text,
            Truth::told(&answer.json),
            (*truth).clone(),
        ));
    }
    let took = begun.elapsed() / 4;
    let (precision, recall) = compared(&answers);

    // More looks of the attacker, a kill and a start later the same question has the same answer.
    At { client: &mut thief, address: ATTACKER }.look_around(&base, &ids[20..]);
    stage.server.kill_and_restart();
    let console = stage.server.console.clone();
    stage.owner.move_to(&console);
    stage.passkey.move_to(&console);
    if let Some((client, key)) = &mut stage.operator {
        client.move_to(&console);
        key.move_to(&console);
    }
    let same = answers.iter().filter(|(path, first, ..)| stage.owner.get(path).text == *first).count();
    Seen {
        tried: format!(
            "a stolen session and a stolen token look at lists, profiles, events, a report and a question among {noise} looks of others; \
             then: whom did they see, by session, token, address, network"
        ),
        outcome: format!(
            "told {} and {} people; asked again after more looks and a kill -9, {same} of {} answers are the same bytes",
            answers[0].2.people.len(),
            answers[1].2.people.len(),
            answers.len()
        ),
        figure: format!("precision {precision:.3}, recall {recall:.3}, {} ms a question", took.as_millis()),
        held: precision == 1.0 && recall == 1.0 && same == answers.len() && took.as_secs() < 60,
    }
}

/// The worst of all answers: of what was told, how much was shown; of what was shown, how much was told.
fn compared(answers: &[(String, String, Truth, Truth)]) -> (f64, f64) {
    let all = |truth: &Truth| -> BTreeSet<String> {
        let fields = truth.fields.iter().map(|(name, form)| format!("{name} {form}"));
        truth.people.iter().cloned().chain(fields).collect()
    };
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let mut worst = (1.0_f64, 1.0_f64);
    for (_, _, told, truth) in answers {
        let (told, truth) = (all(told), all(truth));
        let right = told.intersection(&truth).count();
        worst = (worst.0.min(share(right, told.len())), worst.1.min(share(right, truth.len())));
    }
    worst
}

/// Others go about their work: eight at a time, each in a session or with a token of their own.
fn others(stage: &mut Stage, base: &str, ids: &[String], count: usize) {
    let made: Vec<Client> = (0..8)
        .map(|n| {
            let wanted = json!({ "name": format!("worker {n}"), "scopes": ["people:read", "events:read"], "expires_in_s": 3600 });
            let token = stage.change("POST", "/tokens", &wanted).json;
            stage.server.client().and_token(token["token"].as_str().expect("a token"))
        })
        .collect();
    std::thread::scope(|scope| {
        for (worker, mut client) in made.into_iter().enumerate() {
            scope.spawn(move || {
                let mut at = At { client: &mut client, address: OTHERS[worker % OTHERS.len()] };
                for n in 0..count / 8 {
                    let id = &ids[(n * 7 + worker) % ids.len()];
                    match n % 50 {
                        0 => at.get(&format!("{base}/people?limit=20")),
                        1 => at.get(&format!("{base}/events?limit=5")),
                        _ => at.get(&format!("{base}/people/{id}")),
                    };
                }
            });
        }
    });
}

/// The id of the one session that somebody has.
fn own_session(client: &mut Client) -> String {
    let sessions = client.get("/api/v1/sessions").expect(200).json;
    text(&sessions["items"][0]["id"])
}
