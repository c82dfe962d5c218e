//! How long the exact scope of one session takes among millions of entries (security.md S6).
//!
//! `cargo run --release -p incident --example scope -- FOLDER [ENTRIES]`
//!
//! Thirty days of looks by 2,000 sessions in four workspaces; one of the sessions is the attacker's, with views, lists and
//! pages of events, and every person and field of it is known here. Then it is asked for by session, principal, address,
//! network and a window of time, and asked again after more entries.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use incident::scope::{Question, of_installation, of_workspace};
use keys::Key;
use ledger::{Ledger, LedgerError, LedgerKeys, NewEntry, Shown};
use model::{PersonId, WorkspaceId};
use serde_json::json;
use stdx::{Clock, ManualClock, Secret};

const CALLERS: u64 = 512;
/// How many entries have the same time.
const ROUND: u64 = 20_000;
const WORKSPACES: u64 = 4;
const SESSIONS: u64 = 2_000;
/// One entry in so many is the attacker's.
const ATTACKER_EVERY: u64 = 10_007;
const DAYS_MS: i64 = 30 * 24 * 3_600 * 1_000;
const START_MS: i64 = 1_767_225_600_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder? the ledger is made in it")?);
    let count: u64 = arguments.next().map_or(Ok(10_000_000), |text| text.parse())?;
    let (clock, hand) = Clock::manual(std::time::UNIX_EPOCH.try_into()?);
    hand.advance_ms(START_MS);
    let ledger = Ledger::open(&folder.join("ledger"), keys()?, clock)?;
    let started = Instant::now();
    grow(&ledger, &hand, count)?;
    ledger.checkpoint_now()?;
    println!("{} entries made in {:.0?}", ledger.size(), started.elapsed());

    let before = ledger.size();
    let window = (Some(START_MS + DAYS_MS / 3), Some(START_MS + DAYS_MS / 3 + DAYS_MS / 30));
    let by = |session: bool, principal: bool, from: Option<&str>| Question {
        session: session.then(|| "ses_attacker".to_owned()),
        principal: principal.then(|| "mem_attacker".to_owned()),
        from: from.map(str::to_owned),
        before,
        ..Question::default()
    };
    let questions = [
        ("session", by(true, false, None)),
        ("principal", by(false, true, None)),
        ("address", by(false, false, Some("a66"))),
        ("network", by(false, false, Some("n66"))),
        (
            "session, one day of thirty",
            Question { from_ms: window.0, to_ms: window.1, ..by(true, false, None) },
        ),
    ];
    let mut first = Vec::new();
    for (name, question) in &questions {
        let started = Instant::now();
        let answer = of_installation(&ledger, question)?;
        let took = started.elapsed();
        let wrong = wrong_in(&ledger, question, count)?;
        let people: u64 = answer.iter().map(|facts| facts.people).sum();
        println!(
            "by {name}: {people} people in {} workspaces, {wrong} wrong or missing, {took:.2?}",
            answer.len()
        );
        first.push(answer);
    }
    grow(&ledger, &hand, 20_000)?;
    let same = questions.iter().zip(&first).filter(|((_, question), first)| {
        of_installation(&ledger, question).is_ok_and(|answer| answer == **first)
    });
    println!("asked again after 20,000 further entries: {} of {} the same", same.count(), first.len());
    Ok(())
}

/// People and fields that are told and were not shown, or shown and not told.
fn wrong_in(ledger: &Ledger, question: &Question, count: u64) -> Result<usize, Box<dyn Error>> {
    let mut wrong = 0;
    for workspace in 0..WORKSPACES {
        let told = of_workspace(ledger, WorkspaceId(u128::from(workspace) + 1), question)?;
        let mut truth = Shown::default();
        for number in (0..count)
            .filter(|number| number.is_multiple_of(ATTACKER_EVERY) && number % WORKSPACES == workspace)
        {
            let at_ms = time_of(number, count);
            let in_time = question.from_ms.is_none_or(|from| at_ms >= from)
                && question.to_ms.is_none_or(|to| at_ms < to);
            if in_time {
                let shown = shown(number);
                truth.people.extend(shown.people);
                truth.fields.extend(shown.fields);
                truth.masked.extend(shown.masked);
            }
        }
        let people: BTreeSet<PersonId> = told.people.iter().map(|shown| shown.person).collect();
        let fields = |form: &str| -> BTreeSet<String> {
            told.fields.iter().filter(|field| field.form == form).map(|field| field.field.clone()).collect()
        };
        wrong += people.symmetric_difference(&truth.people).count();
        wrong += fields("value").symmetric_difference(&truth.fields).count();
        wrong += fields("masked").symmetric_difference(&truth.masked).count();
    }
    Ok(wrong)
}

/// Times are set for a round of entries together, so that all callers agree on them.
fn time_of(number: u64, count: u64) -> i64 {
    let part = i128::from(number / ROUND * ROUND) * i128::from(DAYS_MS) / i128::from(count.max(1));
    START_MS + i64::try_from(part).unwrap_or(i64::MAX)
}

fn grow(ledger: &Ledger, hand: &ManualClock, count: u64) -> Result<(), Box<dyn Error>> {
    let begun_ms = ledger.size();
    for round in 0..count.div_ceil(ROUND) {
        if begun_ms == 0 {
            let step = time_of(round * ROUND, count) - time_of(round.saturating_sub(1) * ROUND, count);
            hand.advance_ms(step);
        }
        let range = round * ROUND..count.min((round + 1) * ROUND);
        let made = std::thread::scope(|scope| {
            let callers = CALLERS.min(range.end - range.start);
            let threads: Vec<_> = (0..callers)
                .map(|caller| {
                    let numbers = (range.start + caller..range.end).step_by(callers as usize);
                    scope.spawn(move || numbers.into_iter().try_for_each(|number| enter(ledger, number)))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
        });
        for result in made {
            result.map_err(|_| "a caller panicked")??;
        }
    }
    Ok(())
}

fn enter(ledger: &Ledger, number: u64) -> Result<(), LedgerError> {
    loop {
        match ledger.enter(entry(number)) {
            // The keeper is behind: it is asked to go on, and the entry comes again.
            Err(LedgerError::Overloaded) => drop(ledger.checkpoint_now()?),
            other => return other.map(drop),
        }
    }
}

/// What entry `number` shows: a list, a page of events, a person.
fn shown(number: u64) -> Shown {
    let person = |n: u64| PersonId(u128::from((number * 31 + n * 7_919) % 1_000_000));
    let (people, field) = match number % 20 {
        0 => (20, "identifiers.user_id"),
        1 => (5, "properties.total"),
        _ => (1, "traits.plan"),
    };
    let mut shown = Shown::people((0..people).map(person));
    shown.fields.insert(field.to_owned());
    shown.fields.insert(format!("traits.field_{}", number % 30));
    shown.masked.insert("traits.email".to_owned());
    shown
}

fn entry(number: u64) -> NewEntry {
    let who = number % SESSIONS;
    let is_attacker = number.is_multiple_of(ATTACKER_EVERY);
    let name =
        |prefix: &str| if is_attacker { format!("{prefix}_attacker") } else { format!("{prefix}_{who:026}") };
    let detail = shown(number).details(&json!({ "masked": true })).into_iter().next().unwrap_or_default();
    NewEntry {
        code: "person.viewed",
        principal: name("mem"),
        session: Some(name("ses")),
        from: Some(if is_attacker { "a66.n66".to_owned() } else { format!("b{who:015}.m{:015}", who % 300) }),
        workspace: Some(WorkspaceId(u128::from(number % WORKSPACES) + 1)),
        object: PersonId(u128::from(number)).to_string(),
        detail,
    }
}

fn keys() -> Result<LedgerKeys, LedgerError> {
    LedgerKeys::new("scope.example/ledger", &Secret::new([1; 32]), Key::from_bytes([2; 32]))
}
