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
    /// Its steps, in order.
    pub plays: &'static [Play],
    /// Which steps stand on what an earlier one left: the step, and the earlier one, which is then played with it. All
    /// others can be played alone.
    pub needs: &'static [(&'static str, &'static str)],
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
    for (drill, plays) in wanted {
        let mut stage = match caught(|| Stage::new(options, drill.settings)) {
            Ok(stage) => stage,
            Err(why) => {
                report.steps.push(broken(drill, "server", "start a server of its own", why));
                continue;
            }
        };
        for play in plays {
            let open = options.open_doors.iter().any(|step| step == play.name);
            // Values of its own, so that what one step lets through is not counted against the next.
            stage.canaries = Canaries::new();
            tell(&format!("{} / {}{}", drill.name, play.name, if open { " (door open)" } else { "" }));
            let played = caught(|| {
                stage.wake();
                (play.play)(&mut stage, open)
            });
            report.steps.push(match played {
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

/// The drills that are wanted, each with the steps of it that are.
fn wanted(options: &Options) -> Result<Vec<(&'static Drill, Vec<&'static Play>)>, DrillError> {
    let named = |drill: &&Drill| options.name.as_deref().is_none_or(|name| name == drill.name);
    let drills: Vec<&'static Drill> = drills().iter().filter(named).collect();
    if drills.is_empty() {
        let known = self::drills().iter().map(|drill| drill.name).collect::<Vec<_>>().join(", ");
        return Err(DrillError::NoDrill { name: options.name.clone().unwrap_or_default(), known });
    }
    let names = |plays: Vec<&Play>| plays.iter().map(|play| play.name).collect::<Vec<_>>();
    let steps = names(drills.iter().flat_map(|drill| drill.plays).collect());
    if let Some(step) = options.steps.iter().find(|step| !steps.contains(&step.as_str())) {
        return Err(DrillError::NoStep { step: step.clone(), known: steps.join(", ") });
    }
    let wanted: Vec<_> = drills
        .into_iter()
        .map(|drill| (drill, drill.only(&options.steps)))
        .filter(|(_, plays)| !plays.is_empty())
        .collect();
    let doors = wanted.iter().flat_map(|(_, plays)| plays).copied();
    let doors = names(doors.filter(|play| !play.door.is_empty()).collect());
    if let Some(step) = options.open_doors.iter().find(|step| !doors.contains(&step.as_str())) {
        return Err(DrillError::NoDoor { step: step.clone(), known: doors.join(", ") });
    }
    Ok(wanted)
}

impl Drill {
    /// These steps of it and those that they stand on; all of them where none is named.
    fn only(&self, steps: &[String]) -> Vec<&'static Play> {
        let mut wanted: Vec<&str> = steps.iter().map(String::as_str).collect();
        // What an earlier step stands on is found on the way back.
        for (step, earlier) in self.needs.iter().rev() {
            if wanted.contains(step) {
                wanted.push(earlier);
            }
        }
        self.plays.iter().filter(|play| steps.is_empty() || wanted.contains(&play.name)).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::{Drill, drills};

    fn only(drill: &str, step: &str) -> Vec<&'static str> {
        let drill = drills().iter().find(|known| known.name == drill).expect("a drill");
        drill.only(&[step.to_owned()]).iter().map(|play| play.name).collect()
    }

    #[test]
    fn a_step_alone_comes_with_what_it_stands_on_and_nothing_else() {
        assert_eq!(only("customerio-2019", "stuffing"), ["stuffing"]);
        assert_eq!(only("customerio-2019", "spike"), ["send-guard", "spike"]);
        assert_eq!(only("mixpanel-2018", "purge"), ["scope", "purge"]);
        let place = |drill: &Drill, step: &str| drill.plays.iter().position(|play| play.name == step);
        for drill in drills() {
            assert_eq!(drill.only(&[]).len(), drill.plays.len());
            for (step, earlier) in drill.needs {
                assert!(place(drill, earlier).is_some(), "{earlier}");
                assert!(place(drill, earlier) < place(drill, step), "{step} before {earlier}");
            }
        }
    }
}
