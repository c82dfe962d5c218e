//! Checkpoints: how large the tree is and what its root is, signed (C2SP tlog-checkpoint).

use crate::error::LedgerError;
use crate::hash::Hash;
use crate::note::{PublicKey, Signer, split};

/// A checkpoint and the note it stands in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedCheckpoint {
    /// How many entries the tree has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed note: what is served, kept by witnesses and handed to verifiers.
    pub note: String,
}

impl SignedCheckpoint {
    pub(crate) fn sign(signer: &Signer, size: u64, root: Hash) -> Self {
        let note = signer.sign(&format!("{}\n{size}\n{root}\n", signer.public().name()));
        Self { size, root, note }
    }

    /// Reads a note and checks its signature.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when `key` did not sign it, or it is not a checkpoint of that log.
    pub fn open(note: &str, key: &PublicKey) -> Result<Self, LedgerError> {
        let (origin, size, root) = parse(key.open(note)?).ok_or(MALFORMED)?;
        if origin != key.name() {
            return Err(LedgerError::Malformed {
                what: "checkpoint of this ledger",
                rule: "its origin is another",
            });
        }
        Ok(Self { size, root, note: note.to_owned() })
    }

    /// What a note claims, its signature unchecked: only to say more about a log whose signature is broken.
    pub(crate) fn claimed(note: &str) -> Option<(u64, Hash)> {
        let (text, _) = split(note).ok()?;
        parse(text).map(|(_, size, root)| (size, root))
    }
}

const MALFORMED: LedgerError =
    LedgerError::Malformed { what: "checkpoint", rule: "want the lines origin, size and root hash" };

fn parse(text: &str) -> Option<(&str, u64, Hash)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size_text, root) = (lines.next()?, lines.next()?, Hash::from_text(lines.next()?)?);
    let size: u64 = size_text.parse().ok()?;
    let extensions_fit = lines.all(|line| !line.is_empty());
    (!origin.is_empty() && extensions_fit && size.to_string() == size_text).then_some((origin, size, root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_is_read() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        let check = |text: &str, fits: bool| assert_eq!(parse(text).is_some(), fits, "{text:?}");
        check(&format!("example.com/behind-the-sofa\n20852163\n{root}\n"), true);
        check(&format!("o\n0\n{root}\nextension\n"), true);
        check(&format!("o\n00\n{root}\n"), false);
        check(&format!("o\n+1\n{root}\n"), false);
        check(&format!("o\n1\n{root}"), false);
        check(&format!("\n1\n{root}\n"), false);
        check(&format!("o\n1\n{root}\n\n"), false);
        check("o\n1\nAAAA\n", false);
        check("o\n18446744073709551616\nAAAA\n", false);
    }
}
