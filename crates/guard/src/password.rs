//! Signing in with a password and a code, for members whose workspace lets them, and choosing both.
//!
//! Address, password and code come together: there is no state between. Whatever does not fit, the answer is the same, after
//! as much work. A password is kept only once a code of its own was shown.

mod choose;

use std::net::IpAddr;

use breach::PasswordFilter;
use model::{MemberId, WorkspaceId};
use rusqlite::Transaction;
use serde_json::json;
use signin::account::AccountKind;
use signin::ceremony::{LEVEL_TWO_FACTORS, SignedIn as Ceremony};
use signin::hashing::Hash;
use signin::password::{BY_PASSWORD, Kept, Password};
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::guard::Guard;
use crate::sign_in::SignedIn;
use crate::stuffing::{End, Wave};
pub use choose::{Begun, OwnPassword};
pub(crate) use choose::{Choice, choices};

/// How old a right password without its code may be for its account to be among those that an attack has found.
const FOUND_MS: i64 = 60 * 60_000;
/// How long a nonce of a browser's mark is.
const NONCE_BYTES: usize = 10;
/// The longest mark of a browser that is looked at.
const BROWSER_BYTES_MAX: usize = 128;
/// So many failures in a row of a browser that signed in before are told to its owner too.
const TOLD_FAILURES: u32 = 5;

/// What somebody signs in with.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// The code.
    pub code: &'a str,
    /// What the browser kept from an earlier sign-in.
    pub browser: Option<&'a str>,
    /// From where.
    pub from: Option<IpAddr>,
}

/// Somebody who has shown both.
#[derive(Debug)]
pub enum Entered {
    /// They are in.
    In(ByPassword),
    /// The password is known to strangers: another one first, with this.
    MustChange(Secret<String>),
}

/// A session opened with a password and a code, and what tells the browser from strangers next time.
#[derive(Debug)]
pub struct ByPassword {
    /// The session.
    pub session: SignedIn,
    /// For the browser to keep.
    pub browser: Secret<String>,
}

/// What came of the looks at an attempt.
enum Judged {
    Fitted(Kept),
    Not,
}

impl Guard {
    /// Signs in with address, password and code.
    ///
    /// # Errors
    /// [`Denied::NotFound`] whatever does not fit; [`Denied::TooMany`] from an address or network that failed too often, or
    /// while too many try.
    pub fn sign_in_with_password(&self, attempt: &Attempt<'_>) -> Result<Entered, Denied> {
        let now_ms = self.now_ms();
        let kept = self.0.db.read(|tx| self.password_of(tx, attempt.email));
        let kept = kept.map_err(|error| self.broken(error))?;
        let known = kept.as_ref().is_some_and(|kept| self.knows_browser(kept, attempt.browser));
        // What a browser that signed in before does is held against its account alone.
        let from = attempt.from.filter(|_| !known);
        if let Some(from) = from {
            let may = self.0.stuffing.lock().may_try(from, now_ms);
            if let Err(retry_after_s) = may {
                self.ended(None, End::Wrong);
                return Err(Denied::TooMany { retry_after_s });
            }
        }
        let password = Password::typed(attempt.password);
        let hash = self.0.signin.hash_tried(&password, kept.as_ref(), known);
        let hash = hash.map_err(|error| {
            self.ended(None, End::Wrong);
            self.broken(error.into())
        })?;
        let Some(kept) = kept else {
            // As long as it takes to write down what failed at somebody's address.
            let written = self.0.db.write(|tx| self.0.signin.nobody_tried(tx).map_err(GuardError::from));
            written.map_err(|error| self.broken(error))?;
            self.refused(attempt, None);
            self.ended(from, End::Unknown);
            return Err(Denied::NotFound);
        };
        let account = kept.account;
        let judged = self.0.db.write(|tx| self.judge_attempt(tx, kept.account, (attempt, known), &hash));
        match judged.map_err(|error| self.broken(error))? {
            Judged::Not => {
                self.refused(attempt, Some(account));
                self.ended(from, End::Wrong);
                Err(Denied::NotFound)
            }
            Judged::Fitted(kept) => {
                self.ended(None, End::Fitted);
                // Asked once all is right: it reads a file, and the time that takes tells nobody anything by then.
                let breached = self.is_breached(&password);
                if breached {
                    let told = self.0.db.write(|tx| self.must_change(tx, kept.account));
                    told.map_err(|error| self.broken(error))?;
                }
                if breached || kept.must_change {
                    return Ok(Entered::MustChange(self.must_choose(kept.account)));
                }
                self.open_by_password(kept.account).map(Entered::In)
            }
        }
    }

    /// Whether the password's row, read again where nobody else writes, takes it; writes down what came of it.
    fn judge_attempt(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        (attempt, known): (&Attempt<'_>, bool),
        hash: &Hash,
    ) -> Result<Judged, GuardError> {
        let Some(mut kept) = self.0.signin.password(tx, account)? else { return Ok(Judged::Not) };
        let right = kept.is(hash) && !kept.rests(known, self.now_ms());
        let step = self.0.signin.code_step(&kept, attempt.code)?.filter(|_| right);
        let Some(step) = step else {
            self.not_fitted(tx, &mut kept, known, right)?;
            return Ok(Judged::Not);
        };
        kept.fitted(step);
        self.0.signin.write_password(tx, &kept)?;
        Ok(Judged::Fitted(kept))
    }

    /// The password is in a list of known ones.
    fn must_change(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), GuardError> {
        let Some(mut kept) = self.0.signin.password(tx, account)? else { return Ok(()) };
        if !kept.must_change {
            kept.must_change = true;
            self.0.signin.write_password(tx, &kept)?;
            self.notice(tx, None, Some(account), "password.breached", &json!({}))?;
        }
        Ok(())
    }

    fn not_fitted(
        &self,
        tx: &Transaction<'_>,
        kept: &mut Kept,
        known: bool,
        half: bool,
    ) -> Result<(), GuardError> {
        let now_ms = self.now_ms();
        // Told once in a while, however often it happens.
        let told_ms = kept.half_ms.filter(|at_ms| now_ms - at_ms < FOUND_MS);
        kept.failed(known, half, now_ms);
        if half && !known {
            kept.must_change |= self.0.stuffing.lock().goes_on(now_ms);
        }
        let of_known = known && kept.failures(true) == TOLD_FAILURES;
        if (half && !known && told_ms.is_none()) || of_known {
            let detail = json!({"known_browser": known});
            self.notice(tx, None, Some(kept.account), "password.half", &detail)?;
            if let Some(workspace) = self.memberships_of(tx, kept.account)?.first() {
                let detail = json!({"member": kept.account, "known_browser": known});
                self.notice(tx, Some(workspace.workspace), None, "password.half", &detail)?;
            }
        }
        Ok(self.0.signin.write_password(tx, kept)?)
    }

    /// Enters that somebody was not let in, a few times a minute for each 256th of all addresses; the rest is counted.
    fn refused(&self, attempt: &Attempt<'_>, account: Option<MemberId>) {
        let object = account.map_or_else(|| "nobody".to_owned(), |account| account.to_string());
        // Counted by what was typed, somebody's or not: how often an entry is made tells nothing either.
        let [typed, ..] = self.marks().lookup("sign-in", attempt.email);
        let counted = self.0.denials.lock().count(&format!("sign-in {typed}"), self.now_ms());
        let Some(unlisted) = counted else { return };
        let from = attempt.from.map(|address| self.origin_of(address));
        let actor = Actor { from, ..Actor::part("anyone") };
        // Refused either way.
        let _ = self.0.ledger.enter(actor.does("sign_in.refused", object, json!({"unlisted": unlisted})));
    }

    /// Counts an end; where that shows an attack, those who can do something are told.
    fn ended(&self, from: Option<IpAddr>, end: End) {
        let wave = self.0.stuffing.lock().ended(from, end, self.now_ms());
        if let Some(wave) = wave {
            tracing::warn!(
                failed = wave.failed,
                unknown = wave.unknown,
                fitted = wave.fitted,
                within_s = wave.within_s,
                "lists of addresses and passwords are being tried"
            );
            if let Err(error) = self.tell_of(wave) {
                tracing::error!(%error, "an attack on passwords could not be told");
            }
        }
    }

    fn tell_of(&self, wave: Wave) -> Result<(), GuardError> {
        let Wave { failed, unknown, fitted, within_s } = wave;
        self.change(|tx| {
            let found = self.0.signin.half_since(tx, self.now_ms() - FOUND_MS)?;
            for account in &found {
                if let Some(mut kept) = self.0.signin.password(tx, *account)? {
                    kept.must_change = true;
                    self.0.signin.write_password(tx, &kept)?;
                }
            }
            let detail =
                json!({"failed": failed, "unknown": unknown, "fitted": fitted, "within_s": within_s});
            for workspace in self.workspaces_with_passwords(tx)? {
                self.notice(tx, Some(workspace), None, "stuffing.noticed", &detail)?;
            }
            self.notice(tx, None, None, "stuffing.noticed", &detail)?;
            let mut detail = detail;
            detail["must_change"] = found.len().into();
            Ok(((), Actor::part("guard").does("stuffing.noticed", "installation", detail)))
        })
    }

    pub(crate) fn open_by_password(&self, account: MemberId) -> Result<ByPassword, Denied> {
        // Asked again at the end of every way: between its beginning and here they may have been made an admin, or passkeys
        // demanded.
        let kept = self.0.db.read(|tx| match self.opens_by_password(tx, account)? {
            true => Ok::<_, GuardError>(self.0.signin.password(tx, account)?),
            false => Ok(None),
        });
        let kept = kept.map_err(|error| self.broken(error))?.ok_or(Denied::NotFound)?;
        let session = self.open_session(
            &Ceremony { account, kind: AccountKind::Member, passkey: BY_PASSWORD, level: LEVEL_TWO_FACTORS },
            None,
        )?;
        let nonce = stdx::random_text::<NONCE_BYTES>();
        let mark = self.0.signin.browser_mark(&kept, &nonce);
        Ok(ByPassword { session, browser: Secret::new(format!("{nonce}.{mark}")) })
    }

    /// The password of whoever has that address and may use it.
    fn password_of(&self, tx: &Transaction<'_>, email: &str) -> Result<Option<Kept>, GuardError> {
        // What is no address is nobody's.
        for account in self.accounts_with_email(tx, email).unwrap_or_default() {
            if let Some(kept) = self.0.signin.password(tx, account)?
                && self.opens_by_password(tx, account)?
            {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    fn knows_browser(&self, kept: &Kept, browser: Option<&str>) -> bool {
        let Some((nonce, mark)) =
            browser.filter(|mark| mark.len() <= BROWSER_BYTES_MAX).and_then(|text| text.split_once('.'))
        else {
            return false;
        };
        let wanted = self.0.signin.browser_mark(kept, nonce);
        wanted.len() == mark.len()
            && wanted.bytes().zip(mark.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }

    /// Whether strangers know it. A corpus that cannot be read keeps nobody out, and is told in the log.
    pub(crate) fn is_breached(&self, password: &Password) -> bool {
        let text = password.expose();
        PasswordFilter::common().contains(text)
            || self.0.corpus.has(text).unwrap_or_else(|error| {
                tracing::error!(%error, "the corpus of breached passwords cannot be asked");
                false
            })
    }

    /// The names that nobody's password may consist of: of their address and of the workspaces they are in.
    pub(crate) fn names_of(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        invited_to: Option<WorkspaceId>,
    ) -> Result<Vec<String>, GuardError> {
        let mut names: Vec<String> = self.email_of(tx, account)?.into_iter().collect();
        let own = self.memberships_of(tx, account)?.into_iter().map(|membership| membership.workspace);
        for workspace in own.chain(invited_to) {
            names.extend(control::workspaces::by_id(tx, workspace)?.map(|workspace| workspace.name));
        }
        Ok(names)
    }
}
