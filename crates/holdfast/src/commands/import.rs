//! `holdfast import`: history from a file to the collect door, in the file's order, because who somebody is depends on what
//! came before. How far it is stands in a file beside it, so it goes on where it was; messages without
//! an id get one from the file's digest and their line, so nothing is there twice.
//!
//! Modules in reading order: `lines` and `table` (a file in bundles, of lines or of Parquet's rows), `source` (one of them),
//! `progress` (how far it is, kept and shown), `target` (where it goes), `way` (how: several at a time, answered in order).

mod lines;
mod progress;
mod source;
mod table;
mod target;
mod way;

use serde_json::json;

use crate::cli::Import;
use crate::outcome::{Failure, Outcome};
use progress::Progress;
use source::Source;
use target::{Refusal, Target};

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
            "this file was brought in before, all {} {} of it; --again sends it once more",
            progress.lines(),
            progress.unit.many
        );
    } else {
        if progress.lines() > 0 {
            eprintln!("going on after {} {}", progress.unit.one, progress.lines());
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
        super::print(&format!(
            "{} {}: {} taken, {} refused\n",
            told.lines, progress.unit.many, told.taken, told.refused
        ))?;
    }
    match told.refused {
        0 => Ok(()),
        refused => {
            Err(Failure::invalid(format!("{refused} {} were refused; the others are in", progress.unit.many)))
        }
    }
}

fn send(arguments: &Import, target: &Target, file: &str, progress: &mut Progress) -> Outcome {
    let begin = (Source::open(&arguments.file, progress.lines())?, progress.lines() + 1);
    let sent = way::send(begin, (target, file), &mut |bundle, answer| {
        for line in &bundle.too_long {
            tell(progress, &Refusal { line: *line, reason: TOO_LONG.to_owned(), field: String::new() });
        }
        for refusal in &answer.refused {
            tell(progress, refusal);
        }
        progress.add(bundle, answer.taken)
    });
    // What was answered is noted also where the rest could not be sent.
    progress.keep().and(sent)
}

fn tell(progress: &mut Progress, refusal: &Refusal) {
    let told = progress.refuse();
    let about = if refusal.field.is_empty() { String::new() } else { format!(" ({})", refusal.field) };
    if told <= TOLD_MAX {
        progress.say(&format!("{} {}: {}{about}", progress.unit.one, refusal.line, words(&refusal.reason)));
    } else if told == TOLD_MAX + 1 {
        progress.say(&format!("further refused {} are counted alone", progress.unit.many));
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
