//! A ledger that takes nothing: full, slow, broken, out of reach; and one that no witness has seen for too long.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Reply, WitnessSink, wait_until};

use super::ceremony::{approved, asked, file};
use crate::fault::Fault;
use crate::play::Seen;
use crate::stage::Stage;

/// The threads that write to the ledger's folder: the one that entries wait for, and the one that brings them home.
const WRITER: &str = "ledger-writer";
const KEEPER: &str = "ledger-keeper";
/// Calls that need a permission anew; the question mark is for those that a processor's kernel does not have.
const PERMITTED: &str = "openat,?rename,?renameat,?renameat2,?mkdir,?mkdirat,?unlink,?unlinkat";
/// How many people there are to look at.
const PEOPLE: usize = 60;
/// Batches of ten that arrive at each stage.
const BATCHES: usize = 20;
/// A witness whose clock is so far behind cosigned longer ago than it may be away. A drill does not wait ten minutes.
const AWAY_S: u64 = 11 * 60;
const WITNESSES: &str = "HOLDFAST_LEDGER__WITNESSES";

pub fn ledger_broken(stage: &mut Stage, open: bool) -> Seen {
    let witness = WitnessSink::open();
    witness.set_behind(AWAY_S);
    let slow = if stage.long { Duration::from_secs(10) } else { Duration::from_secs(2) };
    let mut house = House::new(stage.beside(&[(WITNESSES, &witness.setting())]));
    house.goes_on();
    house.full();
    house.slow(slow);
    house.breaks("fdatasync,fsync", "error=EIO");
    house.breaks(PERMITTED, "error=EACCES");
    let unwitnessed = house.unwitnessed(&witness, open);
    house.told(unwitnessed)
}

/// What came of the files and looks while the witness was away.
struct Unwitnessed {
    files: usize,
    operators: usize,
    member: bool,
    resumed: bool,
}

/// A server, and what was answered, refused and acknowledged.
struct House {
    stage: Stage,
    people: Vec<String>,
    looks: usize,
    /// How often each person was shown.
    shown: BTreeMap<String, usize>,
    refused: usize,
    /// What was answered or done while nothing could be entered, or refused without saying why.
    wrong: Vec<String>,
    acknowledged: Vec<String>,
    not_taken: usize,
    /// How many events were sent.
    sent: usize,
}

impl House {
    fn new(mut stage: Stage) -> Self {
        let people = super::support::people(&mut stage, PEOPLE);
        Self {
            stage,
            people,
            looks: 0,
            shown: BTreeMap::new(),
            refused: 0,
            wrong: Vec::new(),
            acknowledged: Vec::new(),
            not_taken: 0,
            sent: 0,
        }
    }

    /// Looks at the next person; whether they were shown.
    fn look(&mut self) -> bool {
        let person = self.people[self.looks % self.people.len()].clone();
        self.looks += 1;
        let seen = self.stage.owner.get(&self.stage.path(&format!("/people/{person}")));
        if seen.status == 200 {
            *self.shown.entry(person).or_default() += 1;
        }
        seen.status == 200
    }

    fn arrive(&mut self, batches: usize) {
        let mut sdk = self.stage.server.sdk();
        for _ in 0..batches {
            // Of random ones the shield takes one in some hundred thousand for the number of a person, and keeps a mark in its place.
            let ids: Vec<String> =
                (self.sent..self.sent + 10).map(|number| format!("kept-{number}")).collect();
            self.sent += ids.len();
            let events: Vec<Value> = ids
                .iter()
                .map(|id| json!({ "type": "track", "event": "Kept", "userId": "load", "messageId": id }))
                .collect();
            let body = json!({ "writeKey": self.stage.server.installed.write_key, "batch": events });
            let taken = sdk.post("/v1/batch", &body);
            if taken.status == 200 && taken.text == r#"{"success":true}"# {
                self.acknowledged.extend(ids);
            } else {
                self.not_taken += 1;
            }
        }
    }

    /// All is well: people are shown, events taken.
    fn goes_on(&mut self) {
        for _ in 0..5 {
            assert!(self.look(), "a look that nothing stands in the way of");
        }
        self.arrive(BATCHES);
    }

    /// Nothing can be entered: every way to data, and a change, must be refused and say why; events are taken all the same.
    fn must_be_refused(&mut self) {
        let person = self.people[0].clone();
        let path = |rest: &str| self.stage.path(rest);
        let question = json!({
            "kind": "trend", "events": [{ "event": "Kept", "measure": "count" }],
            "range": { "from": "2020-01-01", "to": "2035-01-01" }, "interval": "month"
        });
        let grant = json!({ "reason": "the yearly letter",
            "export": { "fields": ["id"], "rows_max": 10, "recipients": [testkit::RECIPIENT] } });
        let behind = json!({ "question": question, "of": { "time": "2020-01-01T00:00:00Z" } });
        let page = format!("/w/{}/people/{person}", self.stage.server.installed.workspace);
        let tries: [(&str, String, Option<&Value>); 7] = [
            ("GET", path(&format!("/people/{person}")), None),
            ("GET", path("/people?limit=5"), None),
            ("GET", path("/events?limit=5"), None),
            ("GET", page, None),
            ("POST", path("/questions"), Some(&question)),
            ("POST", path("/questions/people"), Some(&behind)),
            ("POST", path("/grants"), Some(&grant)),
        ];
        for (method, path, body) in &tries {
            let reply = self.stage.owner.send(method, path, *body, &[]);
            if says_why(&reply) {
                self.refused += 1;
            } else {
                self.wrong.push(format!("{method} {path} was answered with {}", reply.status));
            }
        }
        self.arrive(BATCHES);
    }

    /// No room: refused while there is none, answered again as soon as there is, without a restart.
    fn full(&mut self) {
        let fault = Fault::of(&self.stage.server, &[WRITER, KEEPER], ("write", "error=ENOSPC"));
        self.must_be_refused();
        drop(fault);
        self.goes_on();
    }

    /// Every sync takes its time: who looks waits for it, who sends does not.
    fn slow(&mut self, time: Duration) {
        let how = format!("delay_enter={}", time.as_micros());
        let fault = Fault::of(&self.stage.server, &[WRITER], ("fdatasync,fsync", &how));
        let path = self.stage.path(&format!("/people/{}", self.people[0]));
        let mut owner = self.stage.server.client();
        owner.set_cookie(self.stage.owner.cookie().map(str::to_owned));
        let begun = Instant::now();
        let looking = std::thread::spawn(move || (owner.get(&path).status, begun.elapsed()));
        let before = self.acknowledged.len();
        while !looking.is_finished() {
            self.arrive(1);
        }
        let meanwhile = self.acknowledged.len() - before;
        let (status, took) = looking.join().expect("an answer");
        drop(fault);
        match (status, took >= time) {
            (200, true) => *self.shown.entry(self.people[0].clone()).or_default() += 1,
            _ => self.wrong.push(format!("a look was answered with {status} after {} ms", took.as_millis())),
        }
        if meanwhile < 20 {
            self.wrong.push(format!("{meanwhile} events were taken while an entry waited"));
        }
        self.goes_on();
    }

    /// For good: entries are refused from the first failure until the server starts anew, which it does by itself on nothing.
    fn breaks(&mut self, calls: &str, how: &str) {
        let fault = Fault::of(&self.stage.server, &[WRITER, KEEPER], (calls, how));
        // What was durable before it was noticed is shown by right, and entered.
        wait_until(60, "the ledger to stop", || (!self.look()).then_some(()));
        self.must_be_refused();
        drop(fault);
        // The disk is well again; what it kept of the failed write nobody knows.
        self.must_be_refused();
        let ready = self.stage.server.client().get("/readyz");
        if ready.status != 503 || !ready.text.contains("ledger") {
            self.wrong.push(format!("the console door called itself ready: {}", ready.text));
        }
        let taking = self.stage.server.sdk().get("/readyz").status;
        if taking != 200 {
            self.wrong.push(format!("the collect door called itself not ready: {taking}"));
        }
        self.restarted();
        self.goes_on();
    }

    fn restarted(&mut self) {
        self.stage.server.terminate();
        self.stage.server.restart();
        self.stage.follow();
    }

    /// The witness is away for longer than it may be.
    fn unwitnessed(&mut self, witness: &WitnessSink, open: bool) -> Unwitnessed {
        let (mut admin, mut admin_key) = self.stage.joined("admin");
        let (mut operator, operator_key) = self.stage.take_operator();
        let (grants, exports) = (self.stage.path("/grants"), self.stage.path("/exports"));
        let grant = asked(&mut self.stage.owner, &grants, 100);
        approved(&mut admin, &mut admin_key, &grants, &grant).expect(200);
        let id = operator.get("/api/v1/session").expect(200).json["id"].clone();
        let support = json!({ "operator": id, "reason": "a question of theirs", "life_s": 3_600 });
        self.stage.change("POST", "/grants/support", &support);
        // Somebody whom the members' looks leave alone, so that theirs can be counted.
        let path = self.stage.path(&format!("/people/{}", self.people.pop().expect("people")));
        // Somebody let in sees it while the log is witnessed.
        wait_until(60, "the operator's first look", || (operator.get(&path).status == 200).then_some(()));
        witness.go_away(true);
        self.goes_on();
        if open {
            self.stage.server.set(WITNESSES, "[]");
        }
        self.restarted();
        operator.move_to(&self.stage.server.console);
        let take = |stage: &mut Stage| file(&mut stage.owner, &mut stage.passkey, &exports, &grant).is_some();
        let mut seen = Unwitnessed {
            files: usize::from(take(&mut self.stage)),
            operators: usize::from(operator.get(&path).status == 200),
            member: self.look(),
            resumed: open,
        };
        self.arrive(BATCHES);
        if !open {
            witness.go_away(false);
            wait_until(120, "the witness to be heard", || take(&mut self.stage).then_some(()));
            seen.resumed = operator.get(&path).status == 200;
        }
        self.stage.operator = Some((operator, operator_key));
        seen
    }

    /// What was shown against what was entered, and what was acknowledged against what is there.
    fn told(mut self, unwitnessed: Unwitnessed) -> Seen {
        let path = self.stage.path("/ledger/entries?limit=1000");
        let mut entered: BTreeMap<String, usize> = BTreeMap::new();
        for entry in self.stage.owner.every(&path) {
            if let (Some("person.viewed"), Some(person)) = (entry["code"].as_str(), entry["object"].as_str())
            {
                *entered.entry(person.to_owned()).or_default() += 1;
            }
        }
        let of = |person: &String| entered.get(person).copied().unwrap_or(0);
        let missing: usize = self.shown.iter().map(|(person, shown)| shown.saturating_sub(of(person))).sum();
        let shown: usize = self.shown.values().sum();
        self.stage.wait_for_events("Kept", self.acknowledged.len());
        let there: std::collections::BTreeSet<String> =
            self.stage.every_event().iter().filter_map(message).collect();
        let lost = self.acknowledged.iter().filter(|id| !there.contains(*id)).count();
        let ended = self.stage.server.terminate();
        let data = self.stage.server.data().display().to_string();
        let (verified, _, said) = self.stage.server.command(&["ledger", "verify", "--data", &data]);
        let Unwitnessed { files, operators, member, resumed } = unwitnessed;
        let left = files + operators;
        let wrong = self.wrong.len() + usize::from(ended != Some(0));
        Seen {
            tried: "the ledger's disk full, slow, failing a sync, without permission, while members look and ask and events arrive; then a witness \
                    that is away for eleven minutes, and a file, an operator's look and a member's"
                .to_owned(),
            outcome: match self.wrong.first() {
                Some(first) => first.clone(),
                None if verified != 0 => format!("the ledger does not verify: {said}"),
                None => format!(
                    "{} tries were refused with 503 and the reason; without a witness {files} files and {operators} looks of operators, \
                     members {}; the ledger verifies",
                    self.refused,
                    if member { "go on" } else { "wait, too" }
                ),
            },
            figure: format!(
                "{missing} of {shown} looks without an entry, {} answered or refused wrongly; {lost} of {} events lost, {} batches not taken; {left} let out or in \
                 unwitnessed",
                wrong,
                self.acknowledged.len(),
                self.not_taken
            ),
            held: missing == 0
                && wrong == 0
                && lost == 0
                && self.not_taken == 0
                && left == 0
                && member
                && resumed
                && verified == 0,
        }
    }
}

/// Refused because the ledger takes nothing, and said so. A page says it in words of its own.
fn says_why(reply: &Reply) -> bool {
    let is_page = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let named = reply.json["detail"].as_str().is_some_and(|detail| detail.contains("ledger"));
    reply.status == 503 && (is_page || (reply.json["code"] == "unavailable" && named))
}

fn message(event: &Value) -> Option<String> {
    event["message_id"].as_str().map(str::to_owned)
}
