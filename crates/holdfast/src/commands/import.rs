//! `holdfast import`: history from a file to the collect door, in the file's order, because who somebody is depends on what
//! came before. How far it is stands in a file beside it after every answer, so it goes on where it was; messages without
//! an id get one from the file's digest and their line, so nothing is there twice.
//!
//! Modules in reading order: `lines` (the file in bundles), `progress` (how far it is, kept and shown), `target` (where it
//! goes).

mod lines;
mod progress;
mod target;

use std::sync::mpsc::sync_channel;

use serde_json::json;

use crate::cli::Import;
use crate::outcome::{Failure, Outcome};
use lines::{Bundle, Lines};
use progress::Progress;
use target::{Refusal, Target};

/// How many bundles are read ahead.
const AHEAD: usize = 2;
/// How many refused lines are told one by one.
const TOLD_MAX: u64 = 20;
/// What the program says of a line that is too long to be sent.
const TOO_LONG: &str = "event_too_large";

pub(super) fn run(arguments: &Import) -> Outcome {
    let target = Target::find(arguments)?;
    let file = lines::digest(&arguments.file)?;
    let mut progress = Progress::begin(arguments, &file)?;
    if progress.is_done() {
        eprintln!(
            "this file was brought in before, all {} lines of it; --again sends it once more",
            progress.lines()
        );
    } else {
        if progress.lines() > 0 {
            eprintln!("going on after line {}", progress.lines());
        }
        send(arguments, &target, &file, &mut progress)?;
        progress.finish()?;
    }
    let told = progress.told();
    if arguments.json {
        super::print_json(&json!({
            "lines": told.lines, "taken": told.taken, "refused": told.refused,
            "seconds": told.seconds, "lines_per_s": told.per_s,
        }))?;
    } else {
        super::print(&format!("{} lines: {} taken, {} refused\n", told.lines, told.taken, told.refused))?;
    }
    match told.refused {
        0 => Ok(()),
        refused => Err(Failure::invalid(format!("{refused} lines were refused; the others are in"))),
    }
}

/// Reads in one thread and sends in another.
fn send(arguments: &Import, target: &Target, file: &str, progress: &mut Progress) -> Outcome {
    let mut lines = Lines::open(&arguments.file, progress.lines())?;
    let (sender, receiver) = sync_channel::<Outcome<Bundle>>(AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(bundle) = lines.next_bundle().transpose() {
                let is_last = bundle.is_err();
                if sender.send(bundle).is_err() || is_last {
                    return;
                }
            }
        });
        for bundle in receiver {
            let bundle = bundle?;
            let answer = target.send(file, &bundle)?;
            for line in &bundle.too_long {
                tell(progress, &Refusal { line: *line, reason: TOO_LONG.to_owned(), field: String::new() });
            }
            for refusal in &answer.refused {
                tell(progress, refusal);
            }
            progress.add(&bundle, answer.taken)?;
        }
        Ok(())
    })
}

fn tell(progress: &mut Progress, refusal: &Refusal) {
    let told = progress.refuse();
    let about = if refusal.field.is_empty() { String::new() } else { format!(" ({})", refusal.field) };
    if told <= TOLD_MAX {
        progress.say(&format!("line {}: {}{about}", refusal.line, words(&refusal.reason)));
    } else if told == TOLD_MAX + 1 {
        progress.say("further refused lines are counted alone");
    }
}

/// What to do about a line, for the codes that a file has most; others speak for themselves.
fn words(reason: &str) -> String {
    let said = match reason {
        "invalid_json" => "not JSON; a message has to stand on one line",
        "not_an_object" => "not an object",
        "unknown_type" => "`type` must be track, identify, page, screen, group or alias",
        "missing_event" => "a track needs a name in `event`",
        "missing_identity" => "needs `userId` or `anonymousId`",
        "missing_field" => "a field is missing",
        TOO_LONG => "larger than an event may be (32 KiB)",
        other => return other.replace('_', " "),
    };
    said.to_owned()
}
