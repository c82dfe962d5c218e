//! The test: does a property carry something now that it did not carry before?
//!
//! Every value is one trial with one of [`SHAPES`] outcomes. What a property usually shows is learned
//! (`usual`). Against it stand suspicions: "a share e of the values is passwords now", for passwords that
//! people make, for those that programs make, and for values that the shield marks, and for several shares
//! e each. A suspicion is held against the usual, and also against the usual with something harmless
//! and new in it ([`HARMLESS`]): a new language or a new product line is no alarm. For each it gathers
//! the logarithm of the likelihood ratio, never below zero (Page's CUSUM), so that a week of clean traffic
//! does not have to be paid back before a leak counts. The alarm is raised when both reach [`ALARM_AT`] and
//! enough different suspect values stand behind it.
//!
//! While a suspicion is up, what comes is held back from what is usual, so that a slow leak does not
//! teach the property that leaking is normal.

use serde::{Deserialize, Serialize};

use crate::shape::{SHAPES, Shape};

/// How many values a property must have shown before it is compared with itself.
pub const LEARNED_FROM: u32 = 1_000;
/// The logarithm of the likelihood ratio at which an alarm is raised.
const ALARM_AT: f32 = 15.0;
/// Below this, what came is taken for usual.
const QUIET_BELOW: f32 = 5.0;
/// How many different suspect values an alarm needs.
const SUSPECTS_MIN: u32 = 7;
/// In an outbreak, where they come within so few values, it needs so many: enough to see whether they come again.
const OUTBREAK_VALUES: u32 = 300;
const OUTBREAK_SUSPECTS_MIN: u32 = 20;
/// How many of the different suspect values are known again when they come once more.
const MARKS_MAX: usize = 64;
/// Names come again and again, other people's passwords do not: more often than so many times on the average, and it is a
/// new list.
const REPEATS_MAX: usize = 1;
/// After how many values the usual is brought up to date.
const LEARN_EVERY: u32 = 256;
/// By which share the usual must have grown for the steps to be made anew.
const STALE_SHARE: f32 = 0.02;
/// How many values may be held back; beyond it they are the new usual.
const HELD_BACK_MAX: u32 = 400_000;
/// Where what is usual is halved, so that it follows what changes over months.
const USUAL_MAX: f32 = 1_048_576.0;
/// How much what is harmless in general counts beside what a property has shown itself, in values.
const PRIOR_VALUES: f32 = 60.0;
/// The share of something harmless and new that a suspicion must beat, of the share it claims.
const HARMLESS_SHARE: f32 = 0.8;
/// How many suspect values, and a quarter of the new ones, make a young property suspicious.
const YOUNG_SUSPECTS_MIN: u32 = 30;

/// What is suspected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// Passwords as people make them.
    Passwords,
    /// Passwords and tokens as programs make them.
    Generated,
    /// Secrets and personal values that the shield has marked, where there were none.
    Marks,
    /// A property that came new with what looks like passwords.
    NewSecrets,
    /// A property with a few values that has become one with any.
    FreeText,
    /// Values like secrets, or captured free text, that one version of an SDK sends and its other versions do not.
    OneVersion,
    /// The same new property, with such values, in many events or sources at once.
    Spread,
}

impl Suspicion {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passwords => "passwords",
            Self::Generated => "generated_secrets",
            Self::Marks => "marked_values",
            Self::NewSecrets => "new_property_with_secrets",
            Self::FreeText => "enumeration_became_free_text",
            Self::OneVersion => "one_sdk_version_only",
            Self::Spread => "new_in_many_places",
        }
    }

    /// The suspicion of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Passwords,
            Self::Generated,
            Self::Marks,
            Self::NewSecrets,
            Self::FreeText,
            Self::OneVersion,
            Self::Spread,
        ];
        all.into_iter().find(|suspicion| suspicion.as_str() == name)
    }
}

/// The shares of values that are suspected, from an outbreak to a trickle.
const SHARES: [f32; 4] = [0.25, 0.03, 0.005, 0.0008];

type Shares = [f32; SHAPES];

/// New values that mean no harm, by shape.
pub const HARMLESS: Shares = [
    0.01, 0.25, 0.19, 0.07, 0.08, 0.004, 0.12, 0.12, 0.05, 0.02, 0.015, 0.0025, 0.012, 0.006, 0.003, 0.02,
    0.02, 0.003, 0.012, 0.01,
];
/// Passwords as people make them.
pub const HUMAN: Shares = [
    0.002, 0.0196, 0.0196, 0.0982, 0.0049, 0.0295, 0.002, 0.0589, 0.002, 0.0835, 0.0835, 0.0295, 0.2063,
    0.2063, 0.0884, 0.0442, 0.0079, 0.0098, 0.002, 0.002,
];
/// Passwords as programs make them.
pub const GENERATED: Shares = [
    0.002, 0.002, 0.0202, 0.002, 0.002, 0.002, 0.002, 0.0505, 0.002, 0.002, 0.0151, 0.002, 0.002, 0.0505,
    0.4844, 0.333, 0.002, 0.0202, 0.002, 0.002,
];
/// What the shield marks.
pub const MARKED: Shares = [
    0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005,
    0.005, 0.005, 0.6, 0.31, 0.005,
];

/// Both, as a form of sign-in would leak them.
pub const MIXED: Shares = mixed();

const fn mixed() -> Shares {
    let mut shares = [0.0; SHAPES];
    let mut place = 0;
    while place < SHAPES {
        shares[place] = 0.75 * HUMAN[place] + 0.25 * GENERATED[place];
        place += 1;
    }
    shares
}

const KINDS: [(Suspicion, &Shares); 4] = [
    (Suspicion::Passwords, &HUMAN),
    (Suspicion::Passwords, &MIXED),
    (Suspicion::Generated, &GENERATED),
    (Suspicion::Marks, &MARKED),
];
const TESTS: usize = KINDS.len() * SHARES.len();

/// What a property usually shows, and what is suspected of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Drift {
    /// How often each shape came, as far as it is usual.
    usual: Shares,
    /// What came since and is not part of it yet.
    held_back: [u32; SHAPES],
    held_back_sum: u32,
    /// All values so far, up to where comparing begins.
    young: u32,
    /// The logarithm of each likelihood ratio against what is usual, then of each against that with something harmless and new.
    levels: Levels,
    /// The highest level so far that both reached.
    peak: f32,
    /// Different suspect values since a suspicion arose.
    suspects: u32,
    /// All values since then.
    since: u32,
    /// The first suspect ones, by a part of their keyed hash, and how often they came again.
    marks: Vec<u32>,
    repeats: usize,
    /// New values among the last so many: for telling a list from free text.
    fresh: u32,
    fresh_of: u32,
    /// The largest share of new values that a full window had so far, and how many windows there were.
    fresh_usual: f32,
    windows: u32,
    /// Raised already and not settled.
    raised: bool,
    /// Nothing is suspected: every level is zero. Most values of most properties leave it so.
    #[serde(skip)]
    is_quiet: bool,
    /// Follows from `usual`; made anew after reading.
    #[serde(skip)]
    steps: Option<Box<Steps>>,
}

impl Default for Drift {
    fn default() -> Self {
        Self {
            usual: [0.0; SHAPES],
            held_back: [0; SHAPES],
            held_back_sum: 0,
            young: 0,
            levels: Levels::default(),
            peak: 0.0,
            suspects: 0,
            since: 0,
            marks: Vec::new(),
            repeats: 0,
            fresh: 0,
            fresh_of: 0,
            fresh_usual: 0.0,
            windows: 0,
            raised: false,
            is_quiet: false,
            steps: None,
        }
    }
}

/// How many values make a window for the share of new ones.
const WINDOW: u32 = 512;
/// A list: at most this share of a window is new.
const LIST_SHARE_MAX: f32 = 0.02;
/// Free text: at least this share of a window is new.
const FREE_SHARE_MIN: f32 = 0.4;
/// After how many windows with hardly anything new a property is a list.
const LIST_AFTER: u32 = 16;

impl Drift {
    /// Takes the shape of one value, [`Shape::Plain`] for one that came just before, and its keyed hash. Tells an alarm once.
    pub fn see(&mut self, shape: Shape, hash: u64) -> Option<Suspicion> {
        let place = shape as usize;
        if let Some(count) = self.held_back.get_mut(place) {
            *count += 1;
        }
        self.held_back_sum += 1;
        if self.young < LEARNED_FROM {
            return self.see_young(shape);
        }
        let (highest, test) = self.step(place);
        self.peak = self.peak.max(highest);
        if highest <= 0.0 {
            self.unsuspect();
        } else {
            self.count_suspect(shape, hash);
        }
        let free = self.see_fresh(shape);
        if self.held_back_sum >= LEARN_EVERY && (highest < QUIET_BELOW || self.held_back_sum >= HELD_BACK_MAX)
        {
            self.learn();
        }
        if self.raised {
            return None;
        }
        let is_outbreak = self.since < OUTBREAK_VALUES;
        let suspects_min = if is_outbreak { OUTBREAK_SUSPECTS_MIN } else { SUSPECTS_MIN };
        if highest >= ALARM_AT && self.suspects >= suspects_min {
            if self.repeats > self.marks.len() * REPEATS_MAX {
                self.take_for_usual();
                return None;
            }
            self.raised = true;
            return KINDS.get(test / SHARES.len()).map(|(suspicion, _)| *suspicion);
        }
        if free {
            self.raised = true;
            return Some(Suspicion::FreeText);
        }
        None
    }

    fn unsuspect(&mut self) {
        (self.suspects, self.since) = (0, 0);
        self.marks.clear();
        self.repeats = 0;
    }

    /// Counts a suspect value, or that one came again. Behind a mark stands another value each time.
    fn count_suspect(&mut self, shape: Shape, hash: u64) {
        self.since = self.since.saturating_add(1);
        let mark = (hash >> 32) as u32;
        let is_mark = matches!(shape, Shape::SecretMark | Shape::PersonalMark);
        if !is_mark && self.marks.contains(&mark) {
            self.repeats += 1;
        } else if is_mark || shape.is_suspect() || shape == Shape::RandomMixed {
            self.suspects += 1;
            if !is_mark && self.marks.len() < MARKS_MAX {
                self.marks.push(mark);
            }
        }
    }

    /// What was held back is the new usual, and nothing is suspected.
    fn take_for_usual(&mut self) {
        self.levels = Levels::default();
        self.unsuspect();
        self.learn();
    }

    /// Adds what a shape says to every level; gives the highest that both reach, and of which test.
    fn step(&mut self, place: usize) -> (f32, usize) {
        let steps = match &mut self.steps {
            Some(steps) => steps,
            none => none.insert(steps(&self.usual)),
        };
        if self.is_quiet && steps.fall.get(place).is_some_and(|fall| *fall) {
            return (0.0, 0);
        }
        let Some(row) = steps.rows.get(place) else { return (0.0, 0) };
        let Levels(usual, harmless) = &mut self.levels;
        let mut reached = [0.0_f32; TESTS];
        for test in 0..TESTS {
            usual[test] = (usual[test] + row.0[test]).max(0.0);
            harmless[test] = (harmless[test] + row.1[test]).max(0.0);
            reached[test] = usual[test].min(harmless[test]);
        }
        let highest = reached.iter().copied().fold(0.0_f32, f32::max);
        if highest <= 0.0 {
            self.is_quiet = usual.iter().chain(harmless.iter()).all(|level| *level <= 0.0);
            return (0.0, 0);
        }
        self.is_quiet = false;
        (highest, reached.iter().position(|level| *level >= highest).unwrap_or(0))
    }

    /// How near the property has come to an alarm at most: 1 is one.
    pub fn peak(&self) -> f32 {
        self.peak / ALARM_AT
    }

    /// Something else than this test has raised an alarm.
    pub fn raise(&mut self) {
        self.raised = true;
    }

    /// Whether something is suspected: what comes now is worth remembering where it came from.
    pub fn is_suspected(&self) -> bool {
        self.raised || self.suspects > 0
    }

    /// Whether an alarm stands that nobody has settled.
    pub fn is_raised(&self) -> bool {
        self.raised
    }

    /// A person has looked. `usual`: what came is what the property is meant to carry.
    pub fn settle(&mut self, usual: bool) {
        if usual {
            self.learn();
        }
        *self = Self {
            usual: self.usual,
            // What somebody called usual is known, however little it was.
            young: if usual { LEARNED_FROM } else { self.young },
            fresh_usual: if usual { 1.0 } else { self.fresh_usual },
            ..Self::default()
        };
    }

    /// A property that has hardly shown anything is compared with nothing: only plain abundance counts.
    fn see_young(&mut self, shape: Shape) -> Option<Suspicion> {
        self.young += 1;
        // Names that people give themselves end in digits, too.
        if shape.is_suspect() && shape != Shape::MangledListed {
            self.suspects += 1;
        }
        let new: u32 = self.held_back.iter().skip(1).sum();
        if self.suspects >= YOUNG_SUSPECTS_MIN && self.suspects * 4 >= new && !self.raised {
            self.raised = true;
            return Some(Suspicion::NewSecrets);
        }
        if self.young == LEARNED_FROM && !self.raised {
            self.learn();
            self.suspects = 0;
        }
        None
    }

    /// Counts new values by windows; tells when a list has become free text.
    fn see_fresh(&mut self, shape: Shape) -> bool {
        self.fresh_of += 1;
        self.fresh += u32::from(shape != Shape::Plain);
        if self.fresh_of < WINDOW {
            return false;
        }
        let share = self.fresh as f32 / WINDOW as f32;
        (self.fresh, self.fresh_of) = (0, 0);
        let was_list = self.windows >= LIST_AFTER && self.fresh_usual <= LIST_SHARE_MAX;
        if was_list && share >= FREE_SHARE_MIN {
            return true;
        }
        // Comparing begins after the first windows, which meet every name for the first time.
        self.windows = self.windows.saturating_add(1);
        if self.windows > 2 {
            self.fresh_usual = self.fresh_usual.max(share);
        }
        false
    }

    fn learn(&mut self) {
        for (usual, held) in self.usual.iter_mut().zip(&mut self.held_back) {
            *usual += *held as f32;
            *held = 0;
        }
        if self.held_back_sum >= HELD_BACK_MAX {
            self.levels = Levels::default();
            self.unsuspect();
        }
        self.held_back_sum = 0;
        if self.usual.iter().sum::<f32>() > USUAL_MAX {
            self.usual.iter_mut().for_each(|usual| *usual *= 0.5);
        }
        // A hundred values more say little new of ten thousand.
        let sum: f32 = self.usual.iter().sum();
        if self.steps.as_ref().is_none_or(|steps| (sum - steps.made_of).abs() > steps.made_of * STALE_SHARE) {
            self.steps = None;
        }
    }
}

/// One number for each test: against what is usual, and against that with something harmless in it.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Levels([f32; TESTS], [f32; TESTS]);

/// What each shape adds to each test.
#[derive(Clone, Debug)]
struct Steps {
    rows: [Levels; SHAPES],
    /// How many values the usual had then.
    made_of: f32,
    /// Shapes that add nothing to any: they leave levels of zero as they are.
    fall: [bool; SHAPES],
}

fn steps(usual: &Shares) -> Box<Steps> {
    let made_of: f32 = usual.iter().sum();
    let mut steps = Box::new(Steps { rows: [Levels::default(); SHAPES], made_of, fall: [false; SHAPES] });
    let sum = made_of + PRIOR_VALUES;
    let places = steps.rows.iter_mut().zip(&mut steps.fall).enumerate();
    let at = |shares: &Shares, place: usize| shares.get(place).copied().unwrap_or_default();
    for (place, (row, fall)) in places {
        let harmless = at(&HARMLESS, place);
        let usual = (at(usual, place) + PRIOR_VALUES * harmless) / sum;
        let tests = KINDS.iter().flat_map(|(_, shares)| SHARES.map(|share| (at(shares, place), share)));
        let Levels(against_usual, against_harmless) = row;
        let steps = against_usual.iter_mut().zip(against_harmless.iter_mut());
        for ((step, other_step), (suspected, share)) in steps.zip(tests) {
            let with = (1.0 - share) * usual + share * suspected;
            let other = HARMLESS_SHARE * share;
            let without = (1.0 - other) * usual + other * harmless;
            *step = (with / usual).ln();
            *other_step = (with / without).ln();
        }
        *fall = against_usual.iter().chain(against_harmless.iter()).all(|step| *step <= 0.0);
    }
    steps
}
