//! Lists of addresses and passwords, from ten thousand addresses, one in a hundred of them right.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::json;

use crate::play::Seen;
use crate::stage::{ByPassword, Stage};

/// How many try at once: more than may wait.
const SENDERS: usize = 96;
/// How often the owner signs in meanwhile, and how many members do, with a browser that was in before.
const HONEST: usize = 20;
const HONEST_MEMBERS: usize = 4;
const HONEST_MEMBERS_LONG: usize = 500;
/// How many of the members sign in at once.
const HONEST_AT_ONCE: usize = 4;
/// With `--long` honest members wait at most so many times as long as without the attack, 99 in 100 of them.
const SLOWER_MAX: f64 = 2.0;
const SIGN_IN: &str = "/api/v1/login/password";

/// What came of the list.
#[derive(Default)]
struct Gained {
    sessions: AtomicUsize,
    /// Turned away because too many were waiting or an address had failed too often.
    turned_away: AtomicUsize,
}

pub fn stuffing(stage: &mut Stage, open: bool) -> Seen {
    let long = stage.long;
    let (pairs, victims) = if long { (100_000, 1_000) } else { (2_000, 20) };
    let members = if long { HONEST_MEMBERS_LONG } else { HONEST_MEMBERS };
    let invitation = open.then(|| {
        let body = json!({ "email": "attacker@example.com", "role": "viewer" });
        stage.change("POST", "/members", &body).json["code"].as_str().expect("a code").to_owned()
    });
    stage.allow_passwords();
    let mut victims = stage.all_joined_by_password("viewer", victims);
    let mut honest = stage.all_joined_by_password("viewer", members);
    // Undisturbed, where there are enough of them for it to say something.
    let undisturbed = if long { sign_in(&mut honest) } else { Honest::default() };
    let known: Vec<(String, String)> =
        victims.iter().map(|victim| (victim.email.clone(), victim.password.clone())).collect();
    let before = peak_kib(stage);
    let (gained, next) = (Gained::default(), AtomicUsize::new(0));
    let (server, passkey) = (&stage.server, &mut stage.passkey);
    let came = std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            let (gained, next, known) = (&gained, &next, &known);
            scope.spawn(move || {
                loop {
                    let pair = next.fetch_add(1, Ordering::Relaxed);
                    if pair >= pairs {
                        return;
                    }
                    let right = pair.is_multiple_of(100);
                    let (email, password) = match known.get(pair / 100 % known.len()).filter(|_| right) {
                        Some((email, password)) => (email.clone(), password.clone()),
                        None => (format!("user{pair}@example.com"), format!("Summer days of {pair}!")),
                    };
                    let body = json!({ "email": email, "password": password, "code": "123456" });
                    let mut attacker = server.client();
                    // Ten thousand addresses; a right pair is tried again until somebody looks at it.
                    for again in 0..if right { 200 } else { 1 } {
                        let n = pair + again * 7;
                        let from = format!("127.{}.{}.{}", 1 + n % 100, n / 100 % 100, 1 + again % 200);
                        let reply =
                            attacker.send("POST", SIGN_IN, Some(&body), &[("x-forwarded-for", &from)]);
                        if reply.status != 429 {
                            break;
                        }
                        gained.turned_away.fetch_add(1, Ordering::Relaxed);
                    }
                    let is_in = attacker.is_signed_in() && attacker.get("/api/v1/session").status == 200;
                    gained.sessions.fetch_add(usize::from(is_in), Ordering::Relaxed);
                }
            });
        }
        let mut owners = 0;
        for _ in 0..HONEST {
            let mut owner = server.client();
            owner.sign_in(passkey);
            owners += usize::from(owner.get("/api/v1/session").status == 200);
        }
        let mut came = sign_in(&mut honest);
        came.signed_in += owners;
        came
    });
    let (signed_in, slow) = (came.signed_in, came.p99_ms());
    let quick = undisturbed.p99_ms();
    let slower = if long {
        format!("; honest p99 {slow:.0} ms, without the attack {quick:.0} ms")
    } else {
        String::new()
    };
    let grown_kib = peak_kib(stage).saturating_sub(before);
    let mut sessions = gained.sessions.into_inner();
    if let Some(code) = invitation {
        let mut attacker = stage.server.client();
        attacker.enrol(&code);
        sessions += usize::from(attacker.get("/api/v1/session").status == 200);
    }
    let share = victims.len().div_ceil(HONEST_AT_ONCE).max(1);
    let after = std::thread::scope(|scope| {
        let recover =
            |part: &mut [ByPassword]| part.iter_mut().map(recovered).fold(Victims::default(), Victims::and);
        let parts: Vec<_> =
            victims.chunks_mut(share).map(|part| scope.spawn(move || recover(part))).collect();
        let came = parts.into_iter().map(|part| part.join().expect("they come"));
        came.fold(Victims::default(), Victims::and)
    });
    let all = HONEST + members;
    Seen {
        tried: format!(
            "{pairs} addresses with passwords from 10,000 addresses, one in a hundred right, {SENDERS} at a time"
        ),
        outcome: format!(
            "right pairs opened nothing; {} tries were turned away; honest people signed in {signed_in} of {all} times meanwhile; of {} accounts that were hit {} were told and {} changed their password before anything else",
            gained.turned_away.into_inner(),
            victims.len(),
            after.told,
            after.changed
        ),
        figure: format!(
            "{sessions} sessions; {} MiB more memory at most; {} locked{slower}",
            grown_kib / 1024,
            victims.len() - after.in_again
        ),
        held: sessions == 0
            && signed_in == all
            && grown_kib <= 128 * 1024
            && (!long || slow <= SLOWER_MAX * quick)
            && [after.in_again, after.told, after.changed] == [victims.len(); 3],
    }
}

/// How honest members fared.
#[derive(Default)]
struct Honest {
    signed_in: usize,
    took_ms: Vec<f64>,
}

impl Honest {
    /// The time that one in a hundred waits at least.
    fn p99_ms(&self) -> f64 {
        let mut took = self.took_ms.clone();
        took.sort_by(f64::total_cmp);
        took.get((took.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// Each signs in once, from a browser that was in before.
fn sign_in(members: &mut [ByPassword]) -> Honest {
    let share = members.len().div_ceil(HONEST_AT_ONCE).max(1);
    std::thread::scope(|scope| {
        let one = |member: &mut ByPassword| {
            let code = member.app.code();
            let begin = Instant::now();
            member.client.try_password(&member.email, &member.password, &code);
            let took_ms = begin.elapsed().as_secs_f64() * 1e3;
            (member.client.get("/api/v1/session").status == 200, took_ms)
        };
        let parts: Vec<_> = members
            .chunks_mut(share)
            .map(|part| scope.spawn(move || part.iter_mut().map(one).collect::<Vec<_>>()))
            .collect();
        let came: Vec<(bool, f64)> =
            parts.into_iter().flat_map(|part| part.join().expect("they come")).collect();
        Honest {
            signed_in: came.iter().filter(|(is_in, _)| *is_in).count(),
            took_ms: came.into_iter().map(|(_, took_ms)| took_ms).collect(),
        }
    })
}

/// How it goes for those whose password was on the list.
#[derive(Default)]
struct Victims {
    in_again: usize,
    told: usize,
    changed: usize,
}

impl Victims {
    fn and(self, other: Self) -> Self {
        Self {
            in_again: self.in_again + other.in_again,
            told: self.told + other.told,
            changed: self.changed + other.changed,
        }
    }
}

/// Signs in from the browser that was in before: another password first.
fn recovered(victim: &mut ByPassword) -> Victims {
    let asked = victim.client.try_password(&victim.email, &victim.password, &victim.app.code()).json;
    let body = json!({ "ceremony": asked["ceremony"], "password": format!("{} anew", victim.password) });
    let changed = victim.client.post("/api/v1/login/password/replace", &body).status == 200;
    let notices = victim.client.get("/api/v1/notices");
    let told = notices.json["items"].as_array().into_iter().flatten();
    Victims {
        in_again: usize::from(victim.client.get("/api/v1/session").status == 200),
        told: usize::from(
            told.map(|notice| &notice["kind"]).any(|kind| kind.as_str() == Some("password.half")),
        ),
        changed: usize::from(changed && asked["next"] == "replace-password"),
    }
}

/// The most memory that the server has had.
fn peak_kib(stage: &Stage) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", stage.server.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}
