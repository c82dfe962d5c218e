//! Bundles on their way, several at a time, and what became of them, in the file's order. A bundle that goes while one before
//! it is not answered yet says so, and the door keeps it until that one is on disk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::lines::Bundle;
use super::source::Source;
use super::target::{Taken, Target};
use crate::outcome::Outcome;

/// How many bundles are read ahead.
const AHEAD: usize = 2;
/// How many are on their way at the same time: while one is written to disk, the next is looked into.
const UNDER_WAY: usize = 3;

/// How far the answers are.
#[derive(Default)]
pub(super) struct Answered(Mutex<State>, Condvar);

#[derive(Default)]
struct State {
    /// The first line that was not answered.
    next: u64,
    /// Nothing more is to be sent.
    stopped: bool,
}

impl Answered {
    /// Whether everything before `line` was answered.
    pub fn is_before(&self, line: u64) -> bool {
        self.0.lock().next >= line
    }

    /// Waits so long, or until nothing more is to be sent; `true` if so.
    pub fn wait(&self, seconds: u64) -> bool {
        let mut state = self.0.lock();
        self.1.wait_while_for(&mut state, |state| !state.stopped, Duration::from_secs(seconds));
        state.stopped
    }

    fn reach(&self, next: u64) {
        self.0.lock().next = next;
    }

    fn stop(&self) {
        self.0.lock().stopped = true;
        self.1.notify_all();
    }
}

type Numbered<T> = (u64, Outcome<T>);

/// Sends everything of `source`, and hands each bundle with its answer to `take` in the file's order.
pub(super) fn send(
    (mut source, first): (Source, u64),
    (target, file): (&Target, &str),
    take: &mut dyn FnMut(&Bundle, Taken) -> Outcome,
) -> Outcome {
    let answered = &Answered::default();
    answered.reach(first);
    let (bundles, to_send) = sync_channel::<Numbered<Bundle>>(AHEAD);
    let to_send = Arc::new(Mutex::new(to_send));
    let (answers, told) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for (number, bundle) in (0..).zip(std::iter::from_fn(|| source.next_bundle().transpose())) {
                let is_last = bundle.is_err();
                if bundles.send((number, bundle)).is_err() || is_last {
                    return;
                }
            }
        });
        for _ in 0..UNDER_WAY {
            let (to_send, answers) = (to_send.clone(), answers.clone());
            scope.spawn(move || carry(&to_send, (target, file, answered), &answers));
        }
        // Whoever reads or carries ends when nobody listens.
        drop((to_send, answers));
        let outcome = in_order(told, answered, take);
        answered.stop();
        outcome
    })
}

/// Takes one bundle after the other to the door.
fn carry(
    to_send: &Mutex<Receiver<Numbered<Bundle>>>,
    (target, file, answered): (&Target, &str, &Answered),
    answers: &Sender<Numbered<(Bundle, Taken)>>,
) {
    loop {
        let next = to_send.lock().recv();
        let Ok((number, bundle)) = next else { return };
        let answer = bundle.and_then(|bundle| {
            let taken = target.send(file, &bundle, answered)?;
            Ok((bundle, taken))
        });
        let is_last = answer.is_err();
        if answers.send((number, answer)).is_err() || is_last {
            return;
        }
    }
}

fn in_order(
    told: Receiver<Numbered<(Bundle, Taken)>>,
    answered: &Answered,
    take: &mut dyn FnMut(&Bundle, Taken) -> Outcome,
) -> Outcome {
    let mut early = BTreeMap::new();
    let mut number = 0;
    for (of, answer) in told {
        early.insert(of, answer);
        while let Some(answer) = early.remove(&number) {
            let (bundle, taken) = answer?;
            answered.reach(bundle.next());
            take(&bundle, taken)?;
            number += 1;
        }
    }
    Ok(())
}
