//! Choosing a password: with a code of an invitation or of a recovery, signed in with a touch, in place of one that is
//! known to strangers, or in place of the present one.

use model::MemberId;
use rusqlite::Transaction;
use serde_json::json;
use signin::code::Purpose;
use signin::config::{CEREMONIES_MAX, CEREMONY_LIFE_MS};
use signin::password::{BY_PASSWORD, Hashed, Kept, Password};
use signin::pending::Pending;
use stdx::Secret;

use super::ByPassword;
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// How many codes are looked at for one choice.
const TRIES_MAX: u8 = 5;
const CEREMONY_BYTES: usize = 20;

/// A choice that was begun.
pub(crate) struct Choice {
    ground: Ground,
    tries: u8,
}

enum Ground {
    /// With a code; whether it is one is looked up at the end.
    Code { code: Secret<String>, hashed: Hashed },
    /// Signed in, after a touch.
    Own { member: MemberId, hashed: Hashed },
    /// Both factors were shown, and the password is known to strangers.
    MustChange { member: MemberId },
}

pub(crate) fn choices() -> Pending<String, Choice> {
    Pending::new(CEREMONY_LIFE_MS, CEREMONIES_MAX)
}

/// What somebody who has begun is shown, once.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The name of this choice, to finish it with.
    pub ceremony: Secret<String>,
    /// The secret of the codes, to be typed into an authenticator app.
    pub secret: Secret<String>,
    /// The same as an app reads it from a picture.
    pub uri: Secret<String>,
}

/// What somebody sees of their own password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnPassword {
    /// Since when there is one, milliseconds since 1970, UTC.
    pub set_ms: Option<i64>,
    /// Whether some workspace of theirs lets them in with one.
    pub opens: bool,
}

impl Guard {
    /// Begins with the code of an invitation or of a recovery. The answer is the same for codes that do not exist.
    ///
    /// # Errors
    /// A password that cannot be used; too many at once.
    pub fn begin_password(&self, code: &str, password: &str) -> Result<Begun, GuardError> {
        let names = self.0.db.read(|tx| match self.0.signin.account_of_code(tx, code)? {
            Some(account) => self.names_of(tx, account, self.invited_to(tx, account)?),
            None => Ok(Vec::new()),
        })?;
        let hashed = self.hash_chosen(password, &names, false)?;
        Ok(self.begun(hashed, |hashed| Ground::Code { code: Secret::new(code.to_owned()), hashed }))
    }

    /// Finishes it with a code of the authenticator app, and signs in.
    ///
    /// # Errors
    /// [`Denied::NotFound`] whatever does not fit.
    pub fn finish_password(&self, ceremony: &str, app_code: &str) -> Result<ByPassword, Denied> {
        let (choice, step) = self.taken(ceremony, app_code)?;
        let Ground::Code { code, hashed } = choice.ground else { return Err(Denied::NotFound) };
        let chosen = self.change(|tx| {
            let (purpose, account) = self.0.signin.take_code(tx, code.expose())?;
            match purpose {
                Purpose::Invite => self.take_invited_in(tx, account, account)?,
                Purpose::Recover => {
                    self.0.signin.drop_passkeys(tx, account)?;
                    self.0.signin.end_sessions_of(tx, account)?;
                    self.recovered(tx, account)?;
                }
                Purpose::Owner | Purpose::Operator | Purpose::Look => return Err(Denied::NotFound.into()),
            }
            if !self.opens_by_password(tx, account)? {
                return Err(Denied::NotFound.into());
            }
            self.0.signin.keep_password(tx, account, &hashed, step)?;
            let detail = json!({"purpose": purpose.as_str()});
            let actor = Actor::part(&account.to_string());
            Ok((account, actor.does("password.set", account.to_string(), detail)))
        });
        self.open_by_password(chosen.map_err(|error| self.broken(error))?)
    }

    /// Begins for the caller's own account, in place of what it had.
    ///
    /// # Errors
    /// A password that cannot be used, no workspace that would let them in with it, too many at once.
    pub fn begin_own_password(&self, granted: &Granted, password: &str) -> Result<Begun, GuardError> {
        granted.must_be_for(&["SetPassword"])?;
        let member = granted.member()?;
        let names = self.0.db.read(|tx| {
            if !self.opens_by_password(tx, member)? {
                return Err(GuardError::NoPasswords);
            }
            self.names_of(tx, member, None)
        })?;
        let hashed = self.hash_chosen(password, &names, true)?;
        Ok(self.begun(hashed, |hashed| Ground::Own { member, hashed }))
    }

    /// Finishes it with a code of the authenticator app; the caller's other sessions end.
    ///
    /// # Errors
    /// Not found, whatever does not fit; the ledger's or database's.
    pub fn finish_own_password(
        &self,
        granted: &Granted,
        ceremony: &str,
        app_code: &str,
    ) -> Result<(), GuardError> {
        granted.must_be_for(&["FinishSetPassword"])?;
        let own = granted.member()?;
        let (choice, step) = self.taken(ceremony, app_code)?;
        let hashed = match choice.ground {
            Ground::Own { member, hashed } if member == own => hashed,
            _ => return Err(Denied::NotFound.into()),
        };
        self.change(|tx| {
            if !self.opens_by_password(tx, own)? {
                return Err(GuardError::NoPasswords);
            }
            self.0.signin.keep_password(tx, own, &hashed, step)?;
            self.password_was_set(tx, granted, own)
        })
    }

    /// Another password for the caller, who shows the present one and a code; the caller's other sessions end.
    ///
    /// # Errors
    /// [`Denied::NotFound`] where either does not fit; a password that cannot be used; too many at once.
    pub fn change_password(
        &self,
        granted: &Granted,
        (present, app_code): (&str, &str),
        password: &str,
    ) -> Result<(), GuardError> {
        granted.must_be_for(&["ChangePassword"])?;
        let own = granted.member()?;
        let (kept, names) = self.0.db.read(|tx| {
            let kept = self.0.signin.password(tx, own)?.ok_or(Denied::NotFound)?;
            Ok::<_, GuardError>((kept, self.names_of(tx, own, None)?))
        })?;
        let right = self.0.signin.hash_tried(&Password::typed(present), Some(&kept), true)?;
        let right = kept.is(&right) && !kept.rests(true, self.now_ms());
        let hashed = self.hash_other(password, &names, &kept)?;
        let changed = self.change(|tx| {
            let mut kept = self.0.signin.password(tx, own)?.ok_or(Denied::NotFound)?;
            let step = self.0.signin.code_step(&kept, app_code)?.filter(|_| right);
            let step = step.ok_or(Denied::NotFound)?;
            kept.fitted(step);
            self.0.signin.change_password(tx, kept, &hashed)?;
            self.password_was_set(tx, granted, own)
        });
        if matches!(changed, Err(GuardError::Denied(Denied::NotFound))) {
            self.0.db.write(|tx| match self.0.signin.password(tx, own)? {
                Some(mut kept) => {
                    kept.failed(true, right, self.now_ms());
                    Ok(self.0.signin.write_password(tx, &kept)?)
                }
                None => Ok::<_, GuardError>(()),
            })?;
        }
        changed
    }

    /// Another password in place of one that is known to strangers, by somebody who has just shown both factors; signs in.
    ///
    /// # Errors
    /// [`Denied::NotFound`] whatever does not fit; a password that cannot be used; too many at once.
    pub fn replace_password(&self, ceremony: &str, password: &str) -> Result<ByPassword, GuardError> {
        let ceremony = ceremony.to_owned();
        let member = {
            let mut choices = self.0.choices.lock();
            match choices.get_mut(&ceremony, self.now_ms()).map(|choice| &choice.ground) {
                Some(Ground::MustChange { member }) => *member,
                _ => return Err(Denied::NotFound.into()),
            }
        };
        let (kept, names) = self.0.db.read(|tx| {
            let kept = self.0.signin.password(tx, member)?.ok_or(Denied::NotFound)?;
            Ok::<_, GuardError>((kept, self.names_of(tx, member, None)?))
        })?;
        let hashed = self.hash_other(password, &names, &kept)?;
        // Used up only now: what cannot be used may be typed again.
        self.0.choices.lock().take(&ceremony, self.now_ms()).ok_or(Denied::NotFound)?;
        self.change(|tx| {
            if !self.opens_by_password(tx, member)? {
                return Err(Denied::NotFound.into());
            }
            let kept = self.0.signin.password(tx, member)?.ok_or(Denied::NotFound)?;
            self.0.signin.change_password(tx, kept, &hashed)?;
            self.0.signin.end_sessions_of(tx, member)?;
            self.notice(tx, None, Some(member), "password.set", &json!({}))?;
            let actor = Actor::part(&member.to_string());
            Ok(((), actor.does("password.set", member.to_string(), json!({"purpose": "known to strangers"}))))
        })?;
        Ok(self.open_by_password(member)?)
    }

    /// Removes the caller's password and its codes; the sessions opened with them end.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn remove_password(&self, granted: &Granted) -> Result<(), GuardError> {
        granted.must_be_for(&["RemovePassword"])?;
        let own = granted.member()?;
        self.change(|tx| {
            if !self.0.signin.drop_password(tx, own)? {
                return Err(Denied::NotFound.into());
            }
            self.0.signin.end_sessions_with(tx, own, BY_PASSWORD)?;
            self.notice(tx, None, Some(own), "password.removed", &json!({}))?;
            Ok(((), Actor::from(granted).does("password.removed", own.to_string(), json!({}))))
        })
    }

    /// What the caller sees of their own password.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn own_password(&self, granted: &Granted) -> Result<OwnPassword, GuardError> {
        granted.must_be_for(&["ListPasskeys"])?;
        let own = granted.member()?;
        self.0.db.read(|tx| {
            let set_ms = self.0.signin.password(tx, own)?.map(|kept| kept.set_ms);
            Ok(OwnPassword { set_ms, opens: self.opens_by_password(tx, own)? })
        })
    }

    /// Keeps that somebody who has shown both factors must choose another password; its name.
    pub(super) fn must_choose(&self, member: MemberId) -> Secret<String> {
        self.kept(Choice { ground: Ground::MustChange { member }, tries: 0 })
    }

    fn password_was_set(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        own: MemberId,
    ) -> Result<((), ledger::NewEntry), GuardError> {
        let session = granted.session.ok_or(Denied::NotSignedIn)?;
        let ended = self.0.signin.end_other_sessions(tx, own, session)?;
        self.notice(tx, None, Some(own), "password.set", &json!({}))?;
        let detail = json!({"purpose": "own", "ended": ended});
        Ok(((), Actor::from(granted).does("password.set", own.to_string(), detail)))
    }

    fn hash_chosen(&self, password: &str, names: &[String], known: bool) -> Result<Hashed, GuardError> {
        let password = Password::chosen(password, names)?;
        if self.is_breached(&password) {
            return Err(GuardError::Breached);
        }
        Ok(self.0.signin.hash_chosen(&password, known)?)
    }

    fn hash_other(&self, password: &str, names: &[String], kept: &Kept) -> Result<Hashed, GuardError> {
        let hashed = self.hash_chosen(password, names, true)?;
        let same = self.0.signin.hash_tried(&Password::typed(password), Some(kept), true)?;
        if kept.is(&same) {
            return Err(GuardError::Invalid {
                field: "password",
                want: "another one than before".to_owned(),
            });
        }
        Ok(hashed)
    }

    fn begun(&self, hashed: Hashed, ground: impl FnOnce(Hashed) -> Ground) -> Begun {
        let (secret, uri) = hashed.shown(&self.0.signin);
        let ceremony = self.kept(Choice { ground: ground(hashed), tries: 0 });
        Begun { ceremony, secret: Secret::new(secret), uri: Secret::new(uri) }
    }

    fn kept(&self, choice: Choice) -> Secret<String> {
        let name = stdx::random_text::<CEREMONY_BYTES>();
        self.0.choices.lock().insert(name.clone(), choice, self.now_ms());
        Secret::new(name)
    }

    /// The choice whose code this is; a few wrong ones end it.
    fn taken(&self, ceremony: &str, app_code: &str) -> Result<(Choice, i64), Denied> {
        let (ceremony, now_ms) = (ceremony.to_owned(), self.now_ms());
        let mut choices = self.0.choices.lock();
        let choice = choices.get_mut(&ceremony, now_ms).ok_or(Denied::NotFound)?;
        choice.tries += 1;
        let is_last = choice.tries >= TRIES_MAX;
        let step = match &choice.ground {
            Ground::Code { hashed, .. } | Ground::Own { hashed, .. } => hashed.step_of(app_code, now_ms),
            Ground::MustChange { .. } => return Err(Denied::NotFound),
        };
        if step.is_none() && !is_last {
            return Err(Denied::NotFound);
        }
        let choice = choices.take(&ceremony, now_ms).ok_or(Denied::NotFound)?;
        step.map(|step| (choice, step)).ok_or(Denied::NotFound)
    }
}
