//! Which passwords can be chosen, beside a corpus that was planted.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::play::Seen;
use crate::stage::Stage;

/// How many passwords the corpus has.
const CORPUS: usize = 20_000;
/// How many of them are tried, and how many that are not in it.
const SAMPLE: usize = 200;
/// How many try at once.
const SENDERS: usize = 16;

pub fn passwords(stage: &mut Stage, open: bool) -> Seen {
    stage.allow_passwords();
    let mut later = stage.joined_by_password("viewer");
    let planted = |n: usize| format!("planted password number {n}");
    let mut corpus: Vec<String> = (0..CORPUS).map(planted).collect();
    corpus.push(later.password.clone());
    import(stage, &corpus);
    if open {
        import(stage, &["quite another list".to_owned()]);
    }
    // Two samples at once: what is in the corpus and what is not.
    let (planted_taken, strangers_refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (stage, planted_taken, strangers_refused) = (&*stage, &planted_taken, &strangers_refused);
            scope.spawn(move || {
                for n in (sender..SAMPLE).step_by(SENDERS) {
                    let known = planted(n * (CORPUS / SAMPLE));
                    planted_taken.fetch_add(usize::from(taken(stage, &known)), Ordering::Relaxed);
                    let stranger = format!("nobody else has {n} of these");
                    strangers_refused.fetch_add(usize::from(!taken(stage, &stranger)), Ordering::Relaxed);
                }
            });
        }
    });
    let (planted_taken, strangers_refused) = (planted_taken.into_inner(), strangers_refused.into_inner());
    let fine = [
        "fifteen signs !",
        "sieben kühle Äpfel im Öl",
        "all of these letters are small",
        &"a long one ".repeat(9),
    ];
    let bad = ["fourteen signs", "aaaaaaaaaaaaaaaaaaaaaa", "holdfast holdfast"];
    let rules = fine.iter().filter(|text| !taken(stage, text)).count()
        + bad.iter().filter(|text| taken(stage, text)).count();
    let named = names_taken(stage);
    let asked = later.client.try_password(&later.email, &later.password, &later.app.code()).json;
    let caught = asked["next"] == "replace-password";
    Seen {
        tried: format!(
            "{SAMPLE} of {CORPUS} planted passwords and {SAMPLE} others; short, long and Unicode ones; the workspace's name and an address; one that is planted after it was chosen"
        ),
        outcome: format!(
            "{planted_taken} planted ones were taken, {strangers_refused} others refused, {rules} rules broken, {named} names taken; the one planted later {}",
            if caught { "has to be changed" } else { "goes on" }
        ),
        figure: format!(
            "{} of {SAMPLE} refused; {strangers_refused} false refusals of {SAMPLE}",
            SAMPLE - planted_taken
        ),
        held: planted_taken + strangers_refused + rules + named == 0 && caught,
    }
}

#[allow(clippy::disallowed_methods, reason = "a file of the operator's, read once")]
pub(crate) fn import(stage: &Stage, corpus: &[String]) {
    let file = stage.server.scratch().join("corpus.txt");
    stdx::files::replace(&file, corpus.join("\n").as_bytes()).expect("the corpus");
    let data = stage.server.data();
    let (data, file) = (data.to_str().expect("a path"), file.to_str().expect("a path"));
    let (code, _, errors) = stage.server.command(&["breached", "import", "--data", data, file]);
    assert_eq!(code, 0, "{errors}");
}

/// Whether somebody could choose it. What is asked with a code that is none is answered like any other.
fn taken(stage: &Stage, password: &str) -> bool {
    begun(stage, "invite-none", password)
}

fn begun(stage: &Stage, code: &str, password: &str) -> bool {
    let body = json!({ "code": code, "password": password });
    let reply = stage.server.client().post("/api/v1/enrol/password/begin", &body);
    assert!(matches!(reply.status, 200 | 422), "{}: {}", reply.status, reply.text);
    reply.status == 200
}

/// How many names of the workspace and of an address could be chosen by whoever was invited.
fn names_taken(stage: &mut Stage) -> usize {
    let body = json!({ "email": "florentine@example.com", "role": "viewer" });
    let code = stage.change("POST", "/members", &body).json["code"].as_str().expect("a code").to_owned();
    let stage = &*stage;
    ["Shop Shop 2026!!", "florentine.2026!", "florentine@example.com"]
        .iter()
        .filter(|name| begun(stage, &code, name))
        .count()
}
