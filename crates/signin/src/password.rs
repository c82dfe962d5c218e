//! Passwords and the codes that go with them. There is never one without the other: a row of `password` is written once both
//! have been shown, and removed as a whole.
//!
//! What is kept of a password is Argon2id over a keyed hash of it, so that the database alone, without the master key, lets
//! nobody try even one.

use keys::Key;
use model::{MemberId, PasskeyId};
use rusqlite::{OptionalExtension, Transaction, params};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::SigninError;
use crate::hashing::{Hash, SALT_BYTES};
use crate::marks::RowMark;
use crate::signin::Signin;
use crate::totp;

/// What stands for a passkey in sessions that were opened with a password and a code.
pub const BY_PASSWORD: PasskeyId = PasskeyId(1);
/// The fewest characters (NIST SP 800-63B-4 for a password that stood alone; kept although it never does here).
pub const CHARACTERS_MIN: usize = 15;
/// The most characters.
pub const CHARACTERS_MAX: usize = 256;
/// After so many failures in a row nothing is tried any more from browsers of that kind.
pub const FAILURES_MAX: u32 = 100;
/// So many failures in a row cost nothing.
const FREE_FAILURES: u32 = 5;
const DELAY_MS_MAX: i64 = 15 * 60_000;
/// What must be left of a password once the words that anybody would try are taken out.
const OWN_CHARACTERS_MIN: usize = 8;
const DIFFERENT_MIN: usize = 5;
/// Words of the product itself.
const OWN_WORDS: [&str; 2] = ["holdfast", "password"];
/// Shorter words are in too much that is fine.
const WORD_CHARACTERS_MIN: usize = 4;
const TABLE: &str = "password";

/// A password as it was typed, in one form of Unicode (NFC); wiped when dropped.
pub struct Password(Zeroizing<String>);

impl Password {
    /// What somebody types to sign in.
    pub fn typed(text: &str) -> Self {
        // No more than could have been chosen: the rest cannot be right, and hashing it would be work for nothing.
        Self(Zeroizing::new(text.chars().take(CHARACTERS_MAX + 1).nfc().collect()))
    }

    /// What somebody chooses: long enough, and more than `words` that anybody would try. Nothing is asked of its signs.
    ///
    /// # Errors
    /// Says what to do instead.
    pub fn chosen(text: &str, words: &[String]) -> Result<Self, SigninError> {
        let want = |want| Err(SigninError::Invalid { field: "password", want });
        let password = Self::typed(text);
        let count = password.0.chars().count();
        if count < CHARACTERS_MIN {
            return want("at least 15 characters: four or five words will do");
        }
        if count > CHARACTERS_MAX {
            return want("at most 256 characters");
        }
        let mut own = Zeroizing::new(password.0.to_lowercase());
        let mut different: Vec<char> = own.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < DIFFERENT_MIN {
            return want("something that is not a few signs again and again");
        }
        let all = words.iter().map(String::as_str).chain(OWN_WORDS);
        // Whole names first, then their words: of `kim.lee@example.com` the short ones alone would be too common to count.
        let parts = all.flat_map(|name| {
            let mailbox = name.split('@').next().unwrap_or_default();
            [name, mailbox].into_iter().chain(name.split(|letter: char| !letter.is_alphanumeric()))
        });
        for word in parts {
            if word.chars().count() >= WORD_CHARACTERS_MIN {
                own = Zeroizing::new(own.replace(&word.to_lowercase(), ""));
            }
        }
        if own.chars().filter(|letter| letter.is_alphabetic()).count() < OWN_CHARACTERS_MIN
            && own.chars().count() < CHARACTERS_MIN
        {
            return want(
                "something not made of the names of the workspace, of this product or of your address",
            );
        }
        Ok(password)
    }

    /// The text, for whoever looks it up in a list of known ones.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[password]")
    }
}

/// A password that was hashed, and the secret of its codes: to be kept once a code was shown.
pub struct Hashed {
    salt: [u8; SALT_BYTES],
    hash: Hash,
    secret: Zeroizing<Vec<u8>>,
}

impl Hashed {
    /// The step whose code this is.
    pub fn step_of(&self, code: &str, now_ms: i64) -> Option<i64> {
        totp::step_of(&self.secret, code, now_ms, 0)
    }

    /// The secret as people type it, and as an app reads it.
    pub fn shown(&self, signin: &Signin) -> (String, String) {
        let uri = totp::uri(&self.secret, &signin.config.rp_name, &signin.config.rp_id);
        (totp::text(&self.secret), uri)
    }
}

/// The password of an account as it stands in the database, checked.
pub struct Kept {
    /// Whose it is.
    pub account: MemberId,
    salt: Vec<u8>,
    hash: Vec<u8>,
    sealed_secret: Vec<u8>,
    used_step: i64,
    failures: u32,
    known_failures: u32,
    failed_ms: i64,
    known_failed_ms: i64,
    /// When a strange browser last had the password right and the code wrong.
    pub half_ms: Option<i64>,
    /// Whether another one must be chosen before anything else.
    pub must_change: bool,
    /// When it was chosen, milliseconds since 1970, UTC.
    pub set_ms: i64,
}

impl Kept {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.account.0).blob(&self.salt).blob(&self.hash).blob(&self.sealed_secret);
        let row = row.int(self.used_step).int(self.failures.into()).int(self.known_failures.into());
        let row = row.int(self.failed_ms).int(self.known_failed_ms);
        row.maybe(self.half_ms).int(self.must_change.into()).int(self.set_ms)
    }

    /// Whether nothing is tried now: after many failures in a row each costs a time, and after a hundred there is an end. What
    /// strangers fail at costs browsers that signed in before nothing.
    pub fn rests(&self, known: bool, now_ms: i64) -> bool {
        let (failures, failed_ms) = match known {
            true => (self.known_failures, self.known_failed_ms),
            false => (self.failures, self.failed_ms),
        };
        let over = failures.saturating_sub(FREE_FAILURES);
        let delay_ms = if over == 0 { 0 } else { (1_000_i64 << over.min(20)).min(DELAY_MS_MAX) };
        failures >= FAILURES_MAX || (0..delay_ms).contains(&(now_ms - failed_ms))
    }

    /// How many failed in a row.
    pub fn failures(&self, known: bool) -> u32 {
        if known { self.known_failures } else { self.failures }
    }

    /// What was tried did not fit; `half` says that the password did.
    pub fn failed(&mut self, known: bool, half: bool, now_ms: i64) {
        let (failures, failed_ms) = match known {
            true => (&mut self.known_failures, &mut self.known_failed_ms),
            false => (&mut self.failures, &mut self.failed_ms),
        };
        (*failures, *failed_ms) = (failures.saturating_add(1), now_ms);
        if half && !known {
            self.half_ms = Some(now_ms);
        }
    }

    /// Both factors fitted.
    pub fn fitted(&mut self, step: i64) {
        (self.used_step, self.failures, self.known_failures) = (step, 0, 0);
    }

    /// Whether that is its hash.
    pub fn is(&self, hash: &Hash) -> bool {
        // Compared whole: where the first difference is cannot be told from the time.
        self.hash.len() == hash.len() && self.hash.iter().zip(hash).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

impl Signin {
    /// Hashes what was tried, with the salt of a kept password or, where there is none, with any: it takes as long.
    ///
    /// # Errors
    /// [`SigninError::Busy`] when too many wait.
    pub fn hash_tried(
        &self,
        password: &Password,
        kept: Option<&Kept>,
        known: bool,
    ) -> Result<Hash, SigninError> {
        let peppered = self.marks.lookup(TABLE, password.expose());
        let salt = kept.map_or(&[0; SALT_BYTES][..], |kept| &kept.salt);
        self.hashing.hash(known, &peppered, salt)
    }

    /// Hashes a new password and makes the secret of its codes.
    ///
    /// # Errors
    /// [`SigninError::Busy`] when too many wait.
    pub fn hash_chosen(&self, password: &Password, known: bool) -> Result<Hashed, SigninError> {
        let salt: [u8; SALT_BYTES] = stdx::random_array();
        let peppered = self.marks.lookup(TABLE, password.expose());
        let hash = self.hashing.hash(known, &peppered, &salt)?;
        let secret: [u8; totp::SECRET_BYTES] = stdx::random_array();
        Ok(Hashed { salt, hash, secret: Zeroizing::new(secret.to_vec()) })
    }

    /// The step whose code this is, where it has not been used.
    ///
    /// # Errors
    /// An altered row.
    pub fn code_step(&self, kept: &Kept, code: &str) -> Result<Option<i64>, SigninError> {
        let opened = self.code_seal.open(&kept.account.0.to_be_bytes(), &kept.sealed_secret);
        let secret = Zeroizing::new(opened.map_err(|_| SigninError::Altered { table: TABLE })?);
        Ok(totp::step_of(&secret, code, self.now_ms(), kept.used_step))
    }

    /// Keeps a password and its secret, in place of what the account had. `step` is that of the code that was shown.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_password(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        hashed: &Hashed,
        step: i64,
    ) -> Result<(), SigninError> {
        let set_ms = self.now_ms();
        self.write_password(
            tx,
            &Kept {
                account,
                salt: hashed.salt.to_vec(),
                hash: hashed.hash.to_vec(),
                sealed_secret: self.code_seal.seal(&account.0.to_be_bytes(), &hashed.secret),
                used_step: step,
                failures: 0,
                known_failures: 0,
                failed_ms: 0,
                known_failed_ms: 0,
                half_ms: None,
                must_change: false,
                set_ms,
            },
        )
    }

    /// Puts another password in place, with the secret as it is.
    ///
    /// # Errors
    /// The database's.
    pub fn change_password(
        &self,
        tx: &Transaction<'_>,
        kept: Kept,
        hashed: &Hashed,
    ) -> Result<(), SigninError> {
        let set_ms = self.now_ms();
        let (salt, hash) = (hashed.salt.to_vec(), hashed.hash.to_vec());
        self.write_password(tx, &Kept { salt, hash, half_ms: None, must_change: false, set_ms, ..kept })
    }

    /// The password of an account.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn password(&self, tx: &Transaction<'_>, account: MemberId) -> Result<Option<Kept>, SigninError> {
        let mut statement = tx.prepare_cached(
            "select salt, hash, sealed_secret, used_step, failures, known_failures, failed_ms, known_failed_ms,
                    half_ms, must_change, set_ms, mac from password where account = ?1",
        )?;
        let found = statement
            .query_row([account.0.to_be_bytes()], |row| {
                let kept = Kept {
                    account,
                    salt: row.get(0)?,
                    hash: row.get(1)?,
                    sealed_secret: row.get(2)?,
                    used_step: row.get(3)?,
                    failures: row.get(4)?,
                    known_failures: row.get(5)?,
                    failed_ms: row.get(6)?,
                    known_failed_ms: row.get(7)?,
                    half_ms: row.get(8)?,
                    must_change: row.get(9)?,
                    set_ms: row.get(10)?,
                };
                Ok((kept, row.get::<_, Vec<u8>>(11)?))
            })
            .optional()?;
        let Some((kept, mac)) = found else { return Ok(None) };
        kept.mark(self.marks.row(TABLE)).check(&mac)?;
        Ok(Some(kept))
    }

    /// Writes down an attempt at an address that is nobody's.
    ///
    /// # Errors
    /// The database's.
    pub fn nobody_tried(&self, tx: &Transaction<'_>) -> Result<(), SigninError> {
        let mut statement = tx.prepare_cached(
            "insert into password_unknown (one, attempts) values (1, 1)
             on conflict (one) do update set attempts = attempts + 1",
        )?;
        statement.execute([])?;
        Ok(())
    }

    /// Whose password a strange browser had right since `since_ms`, with the code wrong.
    ///
    /// # Errors
    /// The database's.
    pub fn half_since(&self, tx: &Transaction<'_>, since_ms: i64) -> Result<Vec<MemberId>, SigninError> {
        let mut statement = tx.prepare_cached("select account from password where half_ms >= ?1")?;
        let rows = statement.query_map([since_ms], |row| crate::ids::id(row, 0).map(MemberId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes a kept password back.
    ///
    /// # Errors
    /// The database's.
    pub fn write_password(&self, tx: &Transaction<'_>, kept: &Kept) -> Result<(), SigninError> {
        tx.execute(
            "insert or replace into password (account, salt, hash, sealed_secret, used_step, failures,
               known_failures, failed_ms, known_failed_ms, half_ms, must_change, set_ms, mac)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                kept.account.0.to_be_bytes(),
                kept.salt,
                kept.hash,
                kept.sealed_secret,
                kept.used_step,
                kept.failures,
                kept.known_failures,
                kept.failed_ms,
                kept.known_failed_ms,
                kept.half_ms,
                kept.must_change,
                kept.set_ms,
                kept.mark(self.marks.row(TABLE)).made(),
            ],
        )?;
        Ok(())
    }

    /// Removes the password of an account and its codes; whether there was one.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_password(&self, tx: &Transaction<'_>, account: MemberId) -> Result<bool, SigninError> {
        Ok(tx.execute("delete from password where account = ?1", [account.0.to_be_bytes()])? > 0)
    }

    /// What a browser keeps after it signed in to the account, to be told from strangers; worth nothing by itself. Another
    /// password makes strangers of all.
    pub fn browser_mark(&self, kept: &Kept, nonce: &str) -> String {
        let said = format!("{} {} {nonce}", kept.account, kept.set_ms);
        let mac = self.marks.lookup("browser", &said);
        data_encoding::BASE32_NOPAD.encode(&mac).to_ascii_lowercase()
    }
}

/// The key under which secrets of codes are sealed.
pub(crate) fn code_seal(master: &Key) -> Key {
    master.derive("sign-in code 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> bool {
        Password::chosen(text, &["Harbour Goods".to_owned(), "kim.lee@example.com".to_owned()]).is_err()
    }

    #[test]
    fn length_and_names_count_and_no_kind_of_sign_does() {
        for fine in [
            "correct horse battery staple",
            "fünfzehn Bäume x",
            "ab ac ad ae af ag ah ai",
            "harbours are where ships sleep",
            "8401 2275 9931 4467 1029",
            &"long enough to be a poem ".repeat(10),
        ] {
            assert!(!refused(fine), "{fine}");
        }
        for wrong in [
            "fourteen signs",
            "aaaaaaaaaaaaaaaaaaaa",
            "abababababababab",
            "HarbourGoods2026!",
            "holdfastholdfast1",
            "MyPassword!2026!!",
            "Kim.Lee@Example.com1",
            &"x1y2z".repeat(60),
        ] {
            assert!(refused(wrong), "{wrong}");
        }
    }

    #[test]
    fn one_form_of_unicode() {
        let (composed, parted) =
            ("caf\u{e9} caf\u{e9} caf\u{e9} caf\u{e9}", "cafe\u{301} cafe\u{301} cafe\u{301} cafe\u{301}");
        assert_eq!(Password::typed(composed).expose(), Password::typed(parted).expose());
        assert!(refused("cafe\u{301}cafe\u{301}cafe\u{301}"), "twelve characters, however they are written");
    }
}
