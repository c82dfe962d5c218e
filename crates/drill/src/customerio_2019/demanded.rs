//! Passkeys are demanded of everybody while members who signed in with passwords are at work.

use std::time::{Duration, Instant};

use crate::play::Seen;
use crate::segment_2019::ended::{stream_of, until_closed};
use crate::stage::{ByPassword, Stage};

/// How many members are in.
const MEMBERS: usize = 6;
/// Within how long it has to be over.
const WITHIN: Duration = Duration::from_secs(1);

pub fn second_factor(stage: &mut Stage, open: bool) -> Seen {
    stage.allow_passwords();
    let mut members: Vec<ByPassword> = (0..MEMBERS).map(|_| stage.joined_by_password("viewer")).collect();
    let events = stage.path("/events?limit=1");
    for member in &mut members {
        member.client.get(&events).expect(200);
    }
    let mut streams: Vec<_> = members.iter().map(|member| stream_of(stage, &member.client)).collect();
    let since = Instant::now();
    stage.change("DELETE", "/passwords", &serde_json::json!({}));
    let done = Instant::now();
    let mut reading = still_reading(&mut members, &events);
    let asked = done.elapsed();
    let closed: Vec<_> = streams.iter_mut().map(|stream| until_closed(stream, done)).collect();
    let last = closed.iter().copied().max().flatten();
    if open {
        stage.allow_passwords();
    }
    for member in &mut members {
        member.client.try_password(&member.email, &member.password, &member.app.code());
    }
    reading += still_reading(&mut members, &events);
    let in_time = closed.iter().all(|took| took.is_some_and(|took| took <= WITHIN));
    Seen {
        tried: format!(
            "passkeys demanded while {MEMBERS} members with passwords read and watch; then they sign in again"
        ),
        outcome: format!(
            "one action of {} ms; {reading} of {} looks were answered; streams ended {}",
            (done - since).as_millis(),
            2 * MEMBERS,
            last.map_or_else(|| "never".to_owned(), |took| format!("within {} ms", took.as_millis()))
        ),
        figure: format!("{reading} can read, {} ms", asked.max(last.unwrap_or(asked)).as_millis()),
        held: reading == 0 && in_time,
    }
}

fn still_reading(members: &mut [ByPassword], path: &str) -> usize {
    members.iter_mut().filter_map(|member| (member.client.get(path).status < 400).then_some(())).count()
}
