//! More sessions than one browser could hold: as many accounts as it takes, with fifty each, made through the sign-in like any
//! other. What a machine cannot make in time is not counted; the figure says how many there were.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::Client;

use crate::stage::Stage;

/// How many a reset is to end, and a lockdown.
pub const RESET: usize = 100_000;
pub const LOCKDOWN: usize = 5_000;
/// How long making them may take.
const MAKING_MAX: Duration = Duration::from_secs(12 * 60);
/// So many sessions one account may have.
const EACH: usize = 50;
/// How many sign in at once: each waits for the grid of 250 ms, twice.
const SENDERS: usize = 128;
/// How many ask at once whether a session works.
const ASKERS: usize = 8;
/// So many invitations are open at a time.
const INVITED: usize = 128;

/// The cookies of `count` sessions, or of as many as there are in time.
pub fn sessions(stage: &mut Stage, count: usize) -> Vec<String> {
    let (begun, made) = (Instant::now(), Mutex::new(Vec::with_capacity(count)));
    let mut accounts = count.div_ceil(EACH);
    while accounts > 0 && begun.elapsed() < MAKING_MAX {
        let codes: Vec<String> = (0..accounts.min(INVITED)).map(|_| invited(stage)).collect();
        accounts -= codes.len();
        let (server, next, made) = (&stage.server, &AtomicUsize::new(0), &made);
        std::thread::scope(|scope| {
            for _ in 0..SENDERS {
                let codes = &codes;
                scope.spawn(move || {
                    while let Some(code) = codes.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut client = server.client();
                        let mut key = client.enrol(code);
                        for _ in 1..EACH {
                            keep(&client, made);
                            if begun.elapsed() > MAKING_MAX {
                                return;
                            }
                            client.set_cookie(None);
                            client.sign_in(&mut key);
                        }
                        keep(&client, made);
                    }
                });
            }
        });
    }
    made.into_inner().expect("nobody broke")
}

fn keep(client: &Client, made: &Mutex<Vec<String>>) {
    let cookie = client.cookie().expect("a session").to_owned();
    made.lock().expect("nobody broke").push(cookie);
}

fn invited(stage: &mut Stage) -> String {
    let email = format!("{}@example.com", stdx::random_text::<12>());
    let made = stage.change("POST", "/members", &json!({ "email": email, "role": "viewer" }));
    made.json["code"].as_str().expect("a code").to_owned()
}

/// How many of these sessions work.
pub fn working(stage: &Stage, cookies: &[String]) -> usize {
    let path = stage.path("/events?limit=1");
    let share = cookies.len().div_ceil(ASKERS).max(1);
    let working = |part: &[String]| {
        let mut client = stage.server.client();
        let works = |cookie: &&String| {
            client.set_cookie(Some((*cookie).clone()));
            client.get(&path).status < 400
        };
        part.iter().filter(works).count()
    };
    let working = &working;
    std::thread::scope(|scope| {
        let parts: Vec<_> = cookies.chunks(share).map(|part| scope.spawn(move || working(part))).collect();
        parts.into_iter().map(|part| part.join().expect("nobody broke")).sum()
    })
}
