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
const ED25519_TYPE: u8 = 1;

/// The name and Ed25519 key that sign a log. Text form: `name+<key id>+<base64>`, as Go's note tools read it.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    id: [u8; 4],
    key: [u8; 32],
}

/// The signing half.
pub(crate) struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl PublicKey {
    /// The key of a log called `name` (its origin line).
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when the name is empty, too long, or has spaces, `+` or control characters.
    pub fn new(name: &str, key: [u8; 32]) -> Result<Self, LedgerError> {
        let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
        if !fits || name.chars().any(|c| c == '+' || c.is_whitespace() || c.is_control()) {
            let rule = "want 1 to 200 bytes without spaces and plus signs";
            return Err(LedgerError::Malformed { what: "ledger origin", rule });
        }
        let digest = sha256(&[name.as_bytes(), b"\n", &[ED25519_TYPE], &key]);
        let id = [digest[0], digest[1], digest[2], digest[3]];
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note that this key signed. Signatures of other keys (witnesses, say) are passed over.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when it is no note, or no signature of this key on it holds.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, LedgerError> {
        let (text, signatures) = split(note)?;
        let mut held = false;
        for line in signatures.lines() {
            let Some((name, id, signature)) = signature_parts(line) else {
                return Err(malformed("a signature line is not `— name base64`"));
            };
            if name == self.name && id == self.id {
                UnparsedPublicKey::new(&ED25519, &self.key)
                    .verify(text.as_bytes(), &signature)
                    .map_err(|_| malformed("the signature does not hold"))?;
                held = true;
            }
        }
        if held { Ok(text) } else { Err(malformed("the log's key has not signed it")) }
    }
}

impl Signer {
    pub fn new(name: &str, seed: &Secret<[u8; 32]>) -> Result<Self, LedgerError> {
        let unusable =
            LedgerError::Malformed { what: "ledger signing seed", rule: "want 32 bytes of Ed25519" };
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| unusable.clone())?;
        let key = pair.public_key().as_ref().try_into().map_err(|_| unusable)?;
        Ok(Self { pair, public: PublicKey::new(name, key)? })
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The note of `text`, which ends with a newline.
    pub fn sign(&self, text: &str) -> String {
        let mut signature = self.public.id.to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n\u{2014} {} {}\n", self.public.name, BASE64.encode(&signature))
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

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519_TYPE], self.key.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id), BASE64.encode(&key))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let malformed =
            || LedgerError::Malformed { what: "ledger public key", rule: "want name+<key id>+<base64>" };
        // Base64 has plus signs of its own, the two before it do not.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let key = BASE64.decode(key.as_bytes()).map_err(|_| malformed())?;
        let Some((&[ED25519_TYPE], key)) = key.split_first_chunk::<1>() else { return Err(malformed()) };
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
