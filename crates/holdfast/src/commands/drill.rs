//! `holdfast drill`: the incidents, played against a fresh server of this very program.

use drill::Options;

use crate::cli::Drill as Arguments;
use crate::outcome::{Failure, Outcome};

pub(super) fn run(arguments: &Arguments) -> Outcome {
    if arguments.list {
        let mut text = String::new();
        for drill in drill::drills() {
            text.push_str(&format!("{}  {}\n", drill.name, drill.story));
            for play in drill.plays {
                let door = if play.door.is_empty() { "" } else { "  (has a door)" };
                text.push_str(&format!("    {}{door}: {}\n", play.name, play.goal));
            }
        }
        return super::print(&text);
    }
    let program = std::env::current_exe()
        .map_err(|error| Failure::failed(format!("cannot find this program to start it: {error}")))?;
    let options = Options {
        program,
        name: arguments.name.clone(),
        steps: arguments.step.clone(),
        open_doors: arguments.open_door.clone(),
        browser: arguments.browser.clone(),
        long: arguments.long,
    };
    let report = drill::run(&options, |step| eprintln!("{step} …"))
        .map_err(|error| Failure::not_found(error.to_string()))?;
    if let Some(file) = &arguments.html {
        stdx::files::replace(file, report.html().as_bytes())
            .map_err(|error| Failure::failed(format!("cannot write {}: {error}", file.display())))?;
    }
    if arguments.json {
        super::print_json(&report.steps)?;
    } else {
        super::print(&report.to_string())?;
    }
    match report.failed() {
        0 => Ok(()),
        1 => Err(Failure::failed("1 step failed")),
        failed => Err(Failure::failed(format!("{failed} steps failed"))),
    }
}
