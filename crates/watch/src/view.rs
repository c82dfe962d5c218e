//! A property's profile as it is shown.

use model::{Class, SourceId};

use crate::profile::Profile;
use crate::room::Origin;
use crate::shape::Shape;
use crate::versions::Share;

/// What a property usually looks like.
#[derive(Clone, PartialEq, Debug)]
pub struct PropertyView {
    /// The event's name; `*` for the context of all.
    pub event: String,
    /// Where in it.
    pub path: String,
    /// All values.
    pub values: u64,
    /// Values that are nothing, true or false, numbers, texts.
    pub nulls: u64,
    /// As above.
    pub truths: u64,
    /// As above.
    pub numbers: u64,
    /// As above.
    pub texts: u64,
    /// About how many different texts.
    pub distinct: u64,
    /// Texts by length: `(up to that many bytes, how many)`.
    pub lengths: Vec<(u32, u64)>,
    /// New texts by shape, most first.
    pub shapes: Vec<(Shape, u64)>,
    /// Bits for each character of new texts, in hundredths, on the average.
    pub entropy_hundredths: u32,
    /// The share of new texts that passwords look like and little else does.
    pub suspect_share: f64,
    /// What the shield found there, most first.
    pub classes: Vec<(Class, u64)>,
    /// Values of automatically captured events.
    pub automatic: u64,
    /// Who sent it, most first.
    pub senders: Vec<Sender>,
    /// The first value, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// The last value.
    pub last_ms: i64,
    /// Whether an alarm stands.
    pub alarmed: bool,
    /// How near the values have come to an alarm at most; at 1 one is raised.
    pub peak: f64,
}

/// A library that sent a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    /// Which source.
    pub source: SourceId,
    /// The library.
    pub sdk: String,
    /// Its version.
    pub sdk_version: String,
    /// Whether it captured it automatically.
    pub automatic: bool,
    /// How many values.
    pub values: u64,
}

impl PropertyView {
    pub(crate) fn of(profile: &Profile, origins: &[Origin]) -> Self {
        let [nulls, truths, numbers, texts] = profile.kinds;
        let mut shapes: Vec<(Shape, u64)> =
            Shape::ALL.into_iter().zip(profile.shapes).filter(|(_, count)| *count > 0).collect();
        shapes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let new: u64 = profile.shapes.iter().sum();
        let suspect: u64 =
            shapes.iter().filter(|(shape, _)| shape.is_suspect()).map(|(_, count)| count).sum();
        let mut classes = profile.marks.clone();
        classes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let lengths = profile.lengths.iter().zip(0_u32..);
        Self {
            event: profile.event.clone(),
            path: profile.path.clone(),
            values: profile.values(),
            nulls,
            truths,
            numbers,
            texts,
            distinct: profile.distinct.estimate(),
            lengths: lengths
                .filter(|(count, _)| **count > 0)
                .map(|(count, power)| ((1 << power) - 1, *count))
                .collect(),
            shapes,
            entropy_hundredths: u32::try_from(profile.entropy.checked_div(profile.entropy_of).unwrap_or(0))
                .unwrap_or(u32::MAX),
            suspect_share: if new == 0 { 0.0 } else { suspect as f64 / new as f64 },
            classes,
            automatic: profile.automatic,
            senders: senders(profile, origins),
            first_ms: profile.first_ms,
            last_ms: profile.last_ms,
            alarmed: profile.drift.is_raised(),
            peak: f64::from(profile.drift.peak()),
        }
    }
}

fn senders(profile: &Profile, origins: &[Origin]) -> Vec<Sender> {
    let sender = |share: &Share| {
        let origin = origins.get(usize::from(share.origin))?;
        Some(Sender {
            source: SourceId(origin.source),
            sdk: origin.sdk.clone(),
            sdk_version: origin.version.clone(),
            automatic: origin.automatic,
            values: share.tally.values,
        })
    };
    let mut senders: Vec<Sender> = profile.senders.iter().filter_map(sender).collect();
    senders.sort_by_key(|sender| std::cmp::Reverse(sender.values));
    senders
}
