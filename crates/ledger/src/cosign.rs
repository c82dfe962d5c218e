//! Cosignatures: a witness says that a checkpoint continues all it saw before (C2SP tlog-cosignature, Ed25519).

use aws_lc_rs::signature::Ed25519KeyPair;
use stdx::Secret;

use crate::checkpoint::SignedCheckpoint;
use crate::error::LedgerError;
use crate::note::{NOTE_BYTES_MAX, WitnessKey, pair_of, split};

/// Bytes of the time in front of the signature.
const TIME_BYTES: usize = 8;

/// The signing half of a witness. It signs what it is given: whether a checkpoint continues the log is for its owner to check.
pub struct Cosigner {
    pair: Ed25519KeyPair,
    key: WitnessKey,
}

impl Cosigner {
    /// The witness called `name`, by convention a URL without its scheme.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when the name is none.
    pub fn new(name: &str, seed: &Secret<[u8; 32]>) -> Result<Self, LedgerError> {
        let (pair, key) = pair_of(seed)?;
        Ok(Self { pair, key: WitnessKey::new(name, key)? })
    }

    /// The key that checks its cosignatures.
    pub fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// The signature line over a checkpoint, made at `at_s` seconds since 1970.
    pub fn cosign(&self, checkpoint: &SignedCheckpoint, at_s: u64) -> String {
        // A checkpoint has been read as a note before, so its text can be told from its signatures.
        let text = split(&checkpoint.note).map_or("", |(text, _)| text);
        let signature = self.pair.sign(message(text, at_s).as_bytes());
        self.key.line(&[at_s.to_be_bytes().as_slice(), signature.as_ref()].concat())
    }
}

impl std::fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[cosigner {}]", self.key.name())
    }
}

impl WitnessKey {
    /// When this witness last cosigned a note, in seconds since 1970; `None` if it did not.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when it is no note, or a cosignature that says it is this witness's does not hold.
    pub fn cosigned_at(&self, note: &str) -> Result<Option<u64>, LedgerError> {
        let (text, signatures) = self.signatures(note)?;
        let mut last = None;
        for stamped in signatures {
            let rule = "a witness's cosignature on it does not hold";
            let broken = || LedgerError::Malformed { what: "cosigned checkpoint", rule };
            let (time, signature) = stamped.split_first_chunk::<TIME_BYTES>().ok_or_else(broken)?;
            let at_s = u64::from_be_bytes(*time);
            if !self.holds(message(text, at_s).as_bytes(), signature) {
                return Err(broken());
            }
            last = last.max(Some(at_s));
        }
        Ok(last)
    }

    /// The line with which a witness's `answer` cosigns a checkpoint. Lines of others are passed over.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when there is none of this witness that holds.
    pub fn accept(&self, checkpoint: &SignedCheckpoint, answer: &str) -> Result<String, LedgerError> {
        let missing = LedgerError::Malformed { what: "cosignature", rule: "the witness's key has made none" };
        if answer.len() > NOTE_BYTES_MAX {
            return Err(missing);
        }
        let Some(line) = answer.lines().find(|line| self.is_named_in(line)) else { return Err(missing) };
        let line = format!("{line}\n");
        match self.cosigned_at(&format!("{}{line}", checkpoint.note))? {
            Some(_) => Ok(line),
            None => Err(missing),
        }
    }
}

fn message(text: &str, at_s: u64) -> String {
    format!("cosignature/v1\ntime {at_s}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::empty_root;
    use crate::note::Signer;

    /// The example of the specification: log and witness keys are not given there, but form and key id are.
    const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    fn cosigner(byte: u8) -> Cosigner {
        Cosigner::new("witness.example/w1", &Secret::new([byte; 32])).unwrap()
    }

    fn checkpoint() -> SignedCheckpoint {
        SignedCheckpoint::sign(
            &Signer::new("example.org/log", &Secret::new([7; 32])).unwrap(),
            0,
            empty_root(),
        )
    }

    #[test]
    fn the_specification_s_example_has_the_form_that_is_read() {
        assert!(cosigner(1).key().signatures(EXAMPLE).is_ok());
        assert_eq!(cosigner(1).key().cosigned_at(EXAMPLE).unwrap(), None);
    }

    #[test]
    fn a_cosignature_holds_for_its_key_checkpoint_and_time_alone() {
        let (witness, checkpoint) = (cosigner(1), checkpoint());
        let line = witness.cosign(&checkpoint, 1_700_000_000);
        let others = format!("\u{2014} someone.else AAAAAAAA\n{line}");
        assert_eq!(witness.key().accept(&checkpoint, &others).unwrap(), line);
        let note = format!("{}{line}", checkpoint.note);
        assert_eq!(witness.key().cosigned_at(&note).unwrap(), Some(1_700_000_000));
        assert!(cosigner(2).key().accept(&checkpoint, &line).is_err());
        let other = SignedCheckpoint { note: checkpoint.note.replacen("\n0\n", "\n1\n", 1), ..checkpoint };
        assert!(witness.key().accept(&other, &line).is_err());
        let key: WitnessKey = witness.key().to_string().parse().unwrap();
        assert_eq!(&key, witness.key());
        assert!(
            witness.key().to_string().parse::<crate::PublicKey>().is_err(),
            "a witness's key is not a log's"
        );
    }
}
