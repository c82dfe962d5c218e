//! Signed notes (C2SP signed-note) with Ed25519, and the public key that checks them.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use stdx::Secret;

use crate::error::LedgerError;
use crate::hash::sha256;

/// The longest note that is read, in bytes; longer ones are refused.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
const SIGNATURES_MAX: usize = 64;
const NAME_BYTES_MAX: usize = 200;
const LOG_KIND: u8 = 1;
const WITNESS_KIND: u8 = 4;

/// The name and Ed25519 key that sign a log. Text form: `name+<key id>+<base64>`, as Go's note tools read it.
pub type PublicKey = VerifierKey<LOG_KIND>;

/// The name and Ed25519 key with which a witness cosigns checkpoints (C2SP tlog-cosignature). The same text form.
pub type WitnessKey = VerifierKey<WITNESS_KIND>;

/// A name and an Ed25519 key; the kind says what it signs, and is part of the key's id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VerifierKey<const KIND: u8> {
    name: String,
    id: [u8; 4],
    key: [u8; 32],
}

/// The signing half.
pub(crate) struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl<const KIND: u8> VerifierKey<KIND> {
    /// The key of what is called `name`: for a log its origin line.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when the name is empty, too long, or has spaces, `+` or control characters.
    pub fn new(name: &str, key: [u8; 32]) -> Result<Self, LedgerError> {
        let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
        if !fits || name.chars().any(|c| c == '+' || c.is_whitespace() || c.is_control()) {
            let rule = "want 1 to 200 bytes without spaces and plus signs";
            return Err(LedgerError::Malformed { what: "name of a log or witness", rule });
        }
        let digest = sha256(&[name.as_bytes(), b"\n", &[KIND], &key]);
        let id = [digest[0], digest[1], digest[2], digest[3]];
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// The log's or witness's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The note with the signatures of this key alone; `None` when it is no note, or has none.
    pub fn alone_on(&self, note: &str) -> Option<String> {
        let (text, lines) = split(note).ok()?;
        let own: String =
            lines.split_inclusive('\n').filter(|line| self.is_named_in(line.trim_end())).collect();
        (!own.is_empty()).then(|| format!("{text}\n{own}"))
    }

    /// A signature line of this key.
    pub(crate) fn line(&self, signature: &[u8]) -> String {
        format!("\u{2014} {} {}\n", self.name, BASE64.encode(&[self.id.as_slice(), signature].concat()))
    }

    /// Whether a signature line says that it is this key's.
    pub(crate) fn is_named_in(&self, line: &str) -> bool {
        signature_parts(line).is_some_and(|(name, id, _)| name == self.name && id == self.id)
    }

    /// The signatures on a note that say they are this key's, and its text.
    pub(crate) fn signatures<'a>(&self, note: &'a str) -> Result<(&'a str, Vec<Vec<u8>>), LedgerError> {
        let (text, lines) = split(note)?;
        let mut found = Vec::new();
        for line in lines.lines() {
            let Some((name, id, signature)) = signature_parts(line) else {
                return Err(malformed("a signature line is not `— name base64`"));
            };
            if name == self.name && id == self.id {
                found.push(signature);
            }
        }
        Ok((text, found))
    }

    pub(crate) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.key).verify(message, signature).is_ok()
    }
}

impl PublicKey {
    /// The text of a note that this key signed. Signatures of other keys (witnesses, say) are passed over.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when it is no note, or no signature of this key on it holds.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, LedgerError> {
        let (text, signatures) = self.signatures(note)?;
        if !signatures.iter().all(|signature| self.holds(text.as_bytes(), signature)) {
            return Err(malformed("the signature does not hold"));
        }
        if signatures.is_empty() { Err(malformed("the log's key has not signed it")) } else { Ok(text) }
    }
}

/// The pair of a seed, and its public half.
pub(crate) fn pair_of(seed: &Secret<[u8; 32]>) -> Result<(Ed25519KeyPair, [u8; 32]), LedgerError> {
    let unusable = LedgerError::Malformed { what: "signing seed", rule: "want 32 bytes of Ed25519" };
    let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| unusable.clone())?;
    let key = pair.public_key().as_ref().try_into().map_err(|_| unusable)?;
    Ok((pair, key))
}

impl Signer {
    pub fn new(name: &str, seed: &Secret<[u8; 32]>) -> Result<Self, LedgerError> {
        let (pair, key) = pair_of(seed)?;
        Ok(Self { pair, public: PublicKey::new(name, key)? })
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The note of `text`, which ends with a newline.
    pub fn sign(&self, text: &str) -> String {
        let line = self.public.line(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n{line}")
    }
}

/// The text and the signature lines of a note, by form alone.
pub(crate) fn split(note: &str) -> Result<(&str, &str), LedgerError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(malformed("it is longer than 64 KiB"));
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(malformed("it has control characters"));
    }
    let Some(at) = note.rfind("\n\n") else {
        return Err(malformed("it has no blank line before its signatures"));
    };
    let (text, signatures) = (note.get(..=at), note.get(at + 2..));
    match (text, signatures) {
        (Some(text), Some(signatures))
            if signatures.ends_with('\n') && signatures.lines().count() <= SIGNATURES_MAX =>
        {
            Ok((text, signatures))
        }
        _ => Err(malformed("want 1 to 64 signature lines, each ending with a newline")),
    }
}

fn signature_parts(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(encoded.as_bytes()).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (!name.is_empty()).then(|| (name, *id, signature.to_vec()))
}

fn malformed(rule: &'static str) -> LedgerError {
    LedgerError::Malformed { what: "signed note", rule }
}

impl<const KIND: u8> fmt::Display for VerifierKey<KIND> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[KIND], self.key.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id), BASE64.encode(&key))
    }
}

impl<const KIND: u8> fmt::Debug for VerifierKey<KIND> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const KIND: u8> FromStr for VerifierKey<KIND> {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let what = if KIND == WITNESS_KIND { "witness's public key" } else { "ledger's public key" };
        let malformed = || LedgerError::Malformed { what, rule: "want name+<key id>+<base64>" };
        // Base64 has plus signs of its own, the two before it do not.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let key = BASE64.decode(key.as_bytes()).map_err(|_| malformed())?;
        let Some(key) = key.strip_prefix(&[KIND]) else { return Err(malformed()) };
        let public = Self::new(name, key.try_into().map_err(|_| malformed())?)?;
        if HEXLOWER.encode(&public.id) == id { Ok(public) } else { Err(malformed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specifications themselves: a note by a key that Go's tools made.
    const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn reads_the_note_of_another_implementation() {
        let key: PublicKey = GO_KEY.parse().unwrap();
        assert_eq!(key.to_string(), GO_KEY);
        assert!(key.open(GO_NOTE).unwrap().ends_with("what your problem is.\n"));
    }

    #[test]
    fn a_changed_note_is_refused() {
        let key: PublicKey = GO_KEY.parse().unwrap();
        let mut bytes = GO_NOTE.as_bytes().to_vec();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert!(std::str::from_utf8(&bytes).map_or(true, |note| key.open(note).is_err()), "at {at}");
            bytes[at] ^= 1;
        }
    }

    #[test]
    fn signs_what_it_opens_and_passes_over_witnesses() {
        let signer = Signer::new("example.org/ledger", &Secret::new([7; 32])).unwrap();
        let mut note = signer.sign("one\n\ntwo\n");
        note.push_str("\u{2014} witness.example AAAAAAAA\n");
        assert_eq!(signer.public().open(&note).unwrap(), "one\n\ntwo\n");
        let other = Signer::new("example.org/ledger", &Secret::new([8; 32])).unwrap();
        assert!(other.public().open(&note).is_err());
    }
}
