//! What a log asks of a witness: `add-checkpoint` of C2SP tlog-witness, as text.

use std::fmt;

use ledger::{Hash, NOTE_BYTES_MAX};

/// The most hashes of a consistency proof.
const PROOF_MAX: usize = 63;
/// The largest request that is read.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 8 * 1024;

/// A checkpoint to cosign, and the proof that it continues an older one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// How many entries the older one covers; 0 if the log knows of none.
    pub old: u64,
    /// The consistency proof from it.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

impl Request {
    /// Reads the body of a request; `None` when it has another form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > REQUEST_BYTES_MAX {
            return None;
        }
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let number = lines.next()?.strip_prefix("old ")?;
        let old: u64 = number.parse().ok()?;
        let proof: Vec<Hash> = lines.map(Hash::from_text).collect::<Option<_>>()?;
        let fits = old.to_string() == number && proof.len() <= PROOF_MAX;
        fits.then(|| Self { old, proof, checkpoint: checkpoint.to_owned() })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
