//! What came of it: figures by question and engine, ratios to the best of the others beside their floors and goals.

use std::fmt;

use serde::Serialize;

/// The most memory that a question should take, and must not exceed.
const PEAK_MIB: (u64, u64) = (256, 400);
/// How many times the bytes of the smallest of the others ours should be, and must not exceed.
const DISK: (f64, f64) = (1.0, 1.2);

/// The figures of one run.
#[derive(Clone, Debug, Serialize)]
pub struct QueryReport {
    /// Which shop.
    pub seed: u64,
    /// How often everything was asked.
    pub rounds: usize,
    /// How many threads every engine had.
    pub threads: usize,
    /// From few events to many, as asked for.
    pub sizes: Vec<Size>,
}

/// The figures of one size.
#[derive(Clone, Debug, Serialize)]
pub struct Size {
    /// How many events.
    pub events: u64,
    /// How many people have any.
    pub people: u64,
    /// How many sessions they make.
    pub sessions: u64,
    /// How many of the people were somebody else before.
    pub merged: u64,
    /// How many events are in no chunk yet.
    pub fresh: u64,
    /// What each engine keeps.
    pub stores: Vec<Store>,
    /// Who was asked.
    pub engines: Vec<Asked>,
    /// Question by question.
    pub questions: Vec<Measured>,
}

/// An engine's data at rest.
#[derive(Clone, Debug, Serialize)]
pub struct Store {
    /// Whose.
    pub engine: String,
    /// How many bytes.
    pub disk_bytes: u64,
    /// How long it took to take them in: ours from resolved records, the others from CSV.
    pub load_wall_s: f64,
    /// The processor time of that.
    pub load_cpu_s: f64,
}

/// Who was asked.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Name.
    pub engine: String,
    /// Version.
    pub version: String,
    /// Resident memory before the first question.
    pub idle_bytes: u64,
}

/// One question.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Its name.
    pub question: String,
    /// How many times as fast as the best of the others we must be.
    pub floor: f64,
    /// How many times as fast we want to be.
    pub goal: f64,
    /// Compared to the best of the others, by the clock and by processor time each; none without others.
    pub ratio: Option<Ratio>,
    /// Engine by engine, ours first.
    pub figures: Vec<Figures>,
}

/// What one engine took for one question.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Which.
    pub engine: String,
    /// The fastest form of the question, if there were several.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// The median.
    pub wall_s: Option<f64>,
    /// The median of the processor time.
    pub cpu_s: Option<f64>,
    /// Of how many times.
    pub runs: usize,
    /// The most memory that the engine's process had meanwhile.
    pub peak_bytes: u64,
    /// Why there is no figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How much faster we are than the best of the others.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ratio {
    /// By the clock.
    pub wall: f64,
    /// By processor time.
    pub cpu: f64,
}

impl Ratio {
    /// The best of the others to the first.
    pub(super) fn of(figures: &[Figures]) -> Option<Self> {
        let (own, others) = figures.split_first()?;
        let best = |of: &dyn Fn(&Figures) -> Option<f64>| others.iter().filter_map(of).min_by(f64::total_cmp);
        let wall = best(&|figures| figures.wall_s)? / own.wall_s?.max(1e-6);
        let cpu = best(&|figures| figures.cpu_s)? / own.cpu_s?.max(1e-6);
        Some(Self { wall, cpu })
    }

    /// The worse of the two.
    pub fn worse(&self) -> f64 {
        self.wall.min(self.cpu)
    }
}

impl Measured {
    /// Ours.
    pub fn own(&self) -> Option<&Figures> {
        self.figures.first()
    }

    /// What that says beside floor and goal; the worse of the two counts.
    pub fn verdict(&self) -> &'static str {
        match self.ratio.map(|ratio| ratio.worse()) {
            None => "",
            Some(ratio) if ratio >= self.goal => "goal",
            Some(ratio) if ratio >= self.floor => "floor",
            Some(_) => "below",
        }
    }
}

impl fmt::Display for QueryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for size in &self.sizes {
            write!(f, "{size}")?;
        }
        if let [first, .., last] = self.sizes.as_slice() {
            growth(f, first, last)?;
        }
        Ok(())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} events of {} people ({} merged) in {} sessions over 90 days; {} fresh, the others in chunks",
            self.events, self.people, self.merged, self.sessions, self.fresh
        )?;
        let others = self.engines.iter().skip(1).map(|asked| asked.version.as_str());
        let others: std::collections::BTreeSet<&str> = others.collect();
        if !others.is_empty() {
            let versions: Vec<&str> = others.into_iter().collect();
            writeln!(f, "answers compared with {}: all the same", versions.join(" and "))?;
        }
        writeln!(f, "\n{:<28} {:<22} {:>9} {:>9} {:>10}", "", "", "wall s", "cpu s", "peak MiB")?;
        for measured in &self.questions {
            for (place, figures) in measured.figures.iter().enumerate() {
                let title = if place == 0 { measured.question.as_str() } else { "" };
                let number =
                    |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
                write!(
                    f,
                    "{title:<28} {:<22} {:>9} {:>9} {:>10}",
                    figures.engine,
                    number(figures.wall_s),
                    number(figures.cpu_s),
                    mib(figures.peak_bytes)
                )?;
                let remark = figures.problem.as_deref().unwrap_or(&figures.form);
                writeln!(f, "{}{remark}", if remark.is_empty() { "" } else { "  " })?;
            }
        }
        if self.questions.iter().any(|measured| measured.ratio.is_some()) {
            ratios(f, &self.questions)?;
        }
        let peak =
            self.questions.iter().filter_map(Measured::own).map(|figures| figures.peak_bytes >> 20).max();
        let (goal, floor) = PEAK_MIB;
        writeln!(f, "\nour peak: {} MiB (floor {floor}, goal {goal})", peak.unwrap_or_default())?;
        writeln!(
            f,
            "\n{:<28} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "at rest", "MB", "B/event", "load s", "cpu s", "idle MiB"
        )?;
        for store in &self.stores {
            let idle = self.engines.iter().find(|asked| asked.engine == store.engine);
            writeln!(
                f,
                "{:<28} {:>10.1} {:>10.1} {:>10.1} {:>10.1} {:>10}",
                store.engine,
                store.disk_bytes as f64 / 1e6,
                store.disk_bytes as f64 / self.events.max(1) as f64,
                store.load_wall_s,
                store.load_cpu_s,
                mib(idle.map_or(0, |asked| asked.idle_bytes))
            )?;
        }
        let mut stores = self.stores.iter().map(|store| store.disk_bytes as f64);
        if let (Some(own), Some(least)) = (stores.next(), stores.min_by(f64::total_cmp)) {
            let (goal, floor) = DISK;
            writeln!(
                f,
                "\nours at rest: {:.2} times the smallest of the others (floor {floor}, goal {goal})",
                own / least
            )?;
        }
        writeln!(f)
    }
}

fn ratios(f: &mut fmt::Formatter<'_>, questions: &[Measured]) -> fmt::Result {
    writeln!(
        f,
        "\n{:<28} {:>9} {:>9} {:>7} {:>7}",
        "best of the others / ours", "wall", "cpu", "floor", "goal"
    )?;
    for measured in questions {
        let Some(ratio) = measured.ratio else { continue };
        writeln!(
            f,
            "{:<28} {:>8.2}x {:>8.2}x {:>6}x {:>6}x  {}",
            measured.question,
            ratio.wall,
            ratio.cpu,
            measured.floor,
            measured.goal,
            measured.verdict()
        )?;
    }
    Ok(())
}

/// How our answers grow from the first size to the last: 1 is as the events do.
fn growth(f: &mut fmt::Formatter<'_>, first: &Size, last: &Size) -> fmt::Result {
    let times = last.events as f64 / first.events.max(1) as f64;
    writeln!(
        f,
        "{:<28} {:>9} {:>9}   from {} to {} events; 1 is as they grow",
        "growth", "wall", "cpu", first.events, last.events
    )?;
    for (before, after) in first.questions.iter().zip(&last.questions) {
        let of = |get: &dyn Fn(&Figures) -> Option<f64>| {
            let ratio = get(after.own()?)? / get(before.own()?)?.max(1e-6) / times;
            Some(format!("{ratio:.2}"))
        };
        let text = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        let (wall, cpu) = (text(of(&|figures| figures.wall_s)), text(of(&|figures| figures.cpu_s)));
        writeln!(f, "{:<28} {wall:>9} {cpu:>9}", before.question)?;
    }
    Ok(())
}

fn mib(bytes: u64) -> String {
    format!("{}", bytes >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(wall_s: Option<f64>, cpu_s: Option<f64>) -> Figures {
        let (engine, form, problem) = (String::new(), String::new(), None);
        Figures { engine, form, wall_s, cpu_s, runs: 1, peak_bytes: 0, problem }
    }

    #[test]
    fn the_best_of_the_others_counts_by_the_clock_and_by_the_processor_and_the_worse_is_judged() {
        let ours = figures(Some(1.0), Some(2.0));
        let others = [figures(Some(9.0), Some(5.0)), figures(Some(6.0), Some(8.0)), figures(None, None)];
        let measured = |floor, goal, others: &[Figures]| {
            let figures = [std::slice::from_ref(&ours), others].concat();
            Measured { question: String::new(), floor, goal, ratio: Ratio::of(&figures), figures }
        };
        let ratio = measured(2.0, 3.0, &others).ratio.unwrap();
        assert_eq!((ratio.wall, ratio.cpu), (6.0, 2.5));
        for (floor, goal, wanted) in [(2.0, 2.5, "goal"), (2.0, 3.0, "floor"), (3.0, 4.0, "below")] {
            assert_eq!(measured(floor, goal, &others).verdict(), wanted);
        }
        assert_eq!(measured(2.0, 3.0, &[]).verdict(), "", "nobody to compare with");
    }
}
