//! How a drill is played: its steps one after the other, each caught where it breaks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use crate::canary::Canaries;
use crate::report::{Report, Step};
use crate::stage::Stage;
use crate::{
    DrillError, Options, customerio_2019, customerio_2022, mixpanel_2018, mixpanel_2025, segment_2019,
    twilio_2022,
};

/// What a step saw.
pub struct Seen {
    /// What was tried.
    pub tried: String,
    /// What happened.
    pub outcome: String,
    /// What was measured.
    pub figure: String,
    /// Whether the control held.
    pub held: bool,
}

/// One step of a drill.
pub struct Play {
    /// Its name on the command line and in reports.
    pub name: &'static str,
    /// What the figure has to be.
    pub goal: &'static str,
    /// How an admin opens this door; empty where there is none to open.
    pub door: &'static str,
    /// Plays it; `true` opens the door first.
    pub(crate) play: fn(&mut Stage, bool) -> Seen,
}

/// One incident.
pub struct Drill {
    /// Its name.
    pub name: &'static str,
    /// What happened then, in one sentence.
    pub story: &'static str,
    /// Settings of the server it is played on, as environment variables.
    pub settings: &'static [(&'static str, &'static str)],
    /// Its steps, in order: later ones stand on earlier ones.
    pub plays: &'static [Play],
}

/// Every drill.
pub fn drills() -> &'static [Drill] {
    &[
        segment_2019::DRILL,
        mixpanel_2018::DRILL,
        customerio_2022::DRILL,
        twilio_2022::DRILL,
        customerio_2019::DRILL,
        mixpanel_2025::DRILL,
    ]
}

/// Plays what was asked for; `tell` hears of each step as it begins.
///
/// # Errors
/// When there is nothing to play under that name.
pub fn run(options: &Options, mut tell: impl FnMut(&str)) -> Result<Report, DrillError> {
    let wanted = wanted(options)?;
    let mut report = Report::default();
    for drill in wanted {
        let mut stage = match caught(|| Stage::new(options, drill.settings)) {
            Ok(stage) => stage,
            Err(why) => {
                report.steps.push(broken(drill, "server", "start a server of its own", why));
                continue;
            }
        };
        for play in drill.plays {
            let open = options.open_doors.iter().any(|step| step == play.name);
            // Values of its own, so that what one step lets through is not counted against the next.
            stage.canaries = Canaries::new();
            tell(&format!("{} / {}{}", drill.name, play.name, if open { " (door open)" } else { "" }));
            report.steps.push(match caught(|| (play.play)(&mut stage, open)) {
                Ok(seen) => Step {
                    drill: drill.name,
                    step: play.name,
                    tried: if open { format!("{}; then: {}", play.door, seen.tried) } else { seen.tried },
                    outcome: seen.outcome,
                    figure: seen.figure,
                    goal: play.goal.to_owned(),
                    passed: seen.held,
                },
                Err(why) => broken(drill, play.name, "play the step", why),
            });
        }
    }
    Ok(report)
}

fn wanted(options: &Options) -> Result<Vec<&'static Drill>, DrillError> {
    let named = |drill: &&Drill| options.name.as_deref().is_none_or(|name| name == drill.name);
    let wanted: Vec<&'static Drill> = drills().iter().filter(named).collect();
    if wanted.is_empty() {
        let known = drills().iter().map(|drill| drill.name).collect::<Vec<_>>().join(", ");
        return Err(DrillError::NoDrill { name: options.name.clone().unwrap_or_default(), known });
    }
    let doors: Vec<&str> = wanted
        .iter()
        .flat_map(|drill| drill.plays)
        .filter(|play| !play.door.is_empty())
        .map(|play| play.name)
        .collect();
    if let Some(step) = options.open_doors.iter().find(|step| !doors.contains(&step.as_str())) {
        return Err(DrillError::NoDoor { step: step.clone(), known: doors.join(", ") });
    }
    Ok(wanted)
}

fn broken(drill: &Drill, step: &'static str, tried: &str, why: String) -> Step {
    Step {
        drill: drill.name,
        step,
        tried: tried.to_owned(),
        outcome: format!("the step broke: {why}"),
        figure: "none".to_owned(),
        goal: "a step that ends".to_owned(),
        passed: false,
    }
}

/// Runs `act`; what it panics with becomes the error, and nothing is printed.
fn caught<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    let said: Arc<Mutex<String>> = Arc::default();
    let heard = said.clone();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if let Ok(mut said) = heard.lock()
            && said.is_empty()
        {
            *said = info.to_string().lines().collect::<Vec<_>>().join(" ");
        }
    }));
    let done = catch_unwind(AssertUnwindSafe(act));
    std::panic::set_hook(before);
    done.map_err(|_| said.lock().map(|said| said.clone()).unwrap_or_default())
}
