//! Interface tokens: `hf_`, 256 random bits and a check sum, so that scanners know one when they see it
//! and a mistyped one is told at once. Shown once, kept as a keyed hash, always with an end.

use aws_lc_rs::digest::{SHA256, digest};
use control::Database;
use data_encoding::BASE32_NOPAD;
use model::{MemberId, TokenId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use stdx::{Networks, Secret};

use crate::config::{CLOCK_STEP_MS, TOKEN_LIFE_MS, TOKEN_LIFE_MS_MAX, TOKEN_NETWORKS_MAX};
use crate::error::SigninError;
use crate::ids::{checked_name, id};
use crate::marks::RowMark;
use crate::signin::Signin;

/// How every token begins.
pub const PREFIX: &str = "hf_";
/// 32 bytes in base32.
const BODY_BYTES: usize = 52;
/// 4 bytes in base32.
const CHECK_BYTES: usize = 7;

const COLUMNS: &str = "id, hash, workspace, maker, name, scopes, installation_epoch, created_ms, expires_ms, revoked_ms, networks, mac";

/// A token that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// Whose data it opens.
    pub workspace: WorkspaceId,
    /// Who makes it.
    pub maker: MemberId,
    /// What its maker calls it.
    pub name: &'a str,
    /// Names of scopes, separated by spaces; guard has checked them.
    pub scopes: &'a str,
    /// Its life; `None` is the default.
    pub life_ms: Option<i64>,
    /// From where it may be used; none: from anywhere.
    pub networks: &'a Networks,
}

/// A token as it stands in the database, without its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose data it opens.
    pub workspace: WorkspaceId,
    /// Who made it.
    pub maker: MemberId,
    /// What its maker calls it.
    pub name: String,
    /// Names of scopes, separated by spaces.
    pub scopes: String,
    /// When it was made, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
    /// From where it may be used; none: from anywhere.
    pub networks: Networks,
    hash: [u8; 32],
    installation_epoch: i64,
}

impl Token {
    fn read(row: &Row<'_>) -> rusqlite::Result<(Self, Vec<u8>)> {
        let token = Self {
            id: TokenId(id(row, 0)?),
            hash: row.get(1)?,
            workspace: WorkspaceId(id(row, 2)?),
            maker: MemberId(id(row, 3)?),
            name: row.get(4)?,
            scopes: row.get(5)?,
            installation_epoch: row.get(6)?,
            created_ms: row.get(7)?,
            expires_ms: row.get(8)?,
            revoked_ms: row.get(9)?,
            networks: networks(&row.get::<_, String>(10)?),
        };
        Ok((token, row.get(11)?))
    }

    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.id.0).blob(&self.hash).id(self.workspace.0).id(self.maker.0).text(&self.scopes);
        let row =
            row.int(self.installation_epoch).int(self.created_ms).int(self.expires_ms).maybe(self.revoked_ms);
        // A token without networks is marked as it was before there were any.
        if self.networks.is_empty() { row } else { row.text(&texts(&self.networks)) }
    }
}

impl Signin {
    /// Makes a token. Its text is in the answer and nowhere else.
    ///
    /// # Errors
    /// A bad name or life, or the database's.
    pub fn make_token(
        &self,
        tx: &Transaction<'_>,
        new: &NewToken<'_>,
    ) -> Result<(Token, Secret<String>), SigninError> {
        let created_ms = self.now_ms();
        let life_ms = new.life_ms.unwrap_or(TOKEN_LIFE_MS);
        if new.networks.len() > TOKEN_NETWORKS_MAX {
            return Err(SigninError::Invalid { field: "networks", want: "at most 16 networks" });
        }
        if !(1..=TOKEN_LIFE_MS_MAX).contains(&life_ms) {
            return Err(SigninError::Invalid { field: "expires_in_s", want: "1 to 31622400 s (366 days)" });
        }
        let text = new_text();
        let token = Token {
            id: TokenId::new(created_ms),
            hash: self.marks.lookup("token", text.expose()),
            workspace: new.workspace,
            maker: new.maker,
            name: checked_name(new.name)?.to_owned(),
            scopes: new.scopes.to_owned(),
            installation_epoch: self.installation_epoch(tx)?,
            created_ms,
            expires_ms: created_ms + life_ms,
            revoked_ms: None,
            networks: new.networks.clone(),
        };
        tx.execute(
            &format!("insert into api_token ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, null, ?10, ?11)"),
            params![
                token.id.0.to_be_bytes(),
                token.hash,
                token.workspace.0.to_be_bytes(),
                token.maker.0.to_be_bytes(),
                token.name,
                token.scopes,
                token.installation_epoch,
                created_ms,
                token.expires_ms,
                texts(&token.networks),
                token.mark(self.marks.row("api_token")).made()
            ],
        )?;
        Ok((token, text))
    }

    /// Finds the token of a text.
    ///
    /// # Errors
    /// [`SigninError::NotValid`], an altered row, or the database's.
    pub fn check_token(&self, db: &Database, text: &str) -> Result<Token, SigninError> {
        if !is_well_formed(text) {
            return Err(SigninError::NotValid);
        }
        let hash = self.marks.lookup("token", text);
        db.read(|tx| {
            let mut statement =
                tx.prepare_cached(&format!("select {COLUMNS} from api_token where hash = ?1"))?;
            let found = statement.query_row([hash], Token::read).optional()?;
            let token = self.token_checked(found.ok_or(SigninError::NotValid)?)?;
            if self.lives(tx, &token)? { Ok(token) } else { Err(SigninError::NotValid) }
        })
    }

    /// Whether a token still works, for streams that outlive their request.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn token_runs(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: TokenId,
    ) -> Result<bool, SigninError> {
        let token = self.tokens(tx, workspace)?.into_iter().find(|token| token.id == id);
        token.map_or(Ok(false), |token| self.lives(tx, &token))
    }

    /// The tokens of a workspace, oldest first, ended ones included.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn tokens(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<Token>, SigninError> {
        let mut statement =
            tx.prepare_cached(&format!("select {COLUMNS} from api_token where workspace = ?1 order by id"))?;
        let rows = statement.query_map([workspace.0.to_be_bytes()], Token::read)?;
        rows.map(|found| self.token_checked(found?)).collect()
    }

    /// Makes a token unusable at once.
    ///
    /// # Errors
    /// No such token in the workspace, an altered row, or the database's.
    pub fn revoke_token(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: TokenId,
    ) -> Result<(), SigninError> {
        let token = self.tokens(tx, workspace)?.into_iter().find(|token| token.id == id);
        self.revoke(tx, token.ok_or(SigninError::NotValid)?)
    }

    /// Makes every token of a workspace unusable, or those of one maker.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn revoke_tokens(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        maker: Option<MemberId>,
    ) -> Result<usize, SigninError> {
        let mut revoked = 0;
        for token in self.tokens(tx, workspace)? {
            if token.revoked_ms.is_none() && maker.is_none_or(|maker| token.maker == maker) {
                self.revoke(tx, token)?;
                revoked += 1;
            }
        }
        Ok(revoked)
    }

    /// Whether it has not ended by time, epoch or hand.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn lives(&self, tx: &Transaction<'_>, token: &Token) -> Result<bool, SigninError> {
        let in_time = (token.created_ms - CLOCK_STEP_MS..token.expires_ms).contains(&self.now_ms());
        Ok(token.revoked_ms.is_none()
            && in_time
            && token.installation_epoch == self.installation_epoch(tx)?)
    }

    fn revoke(&self, tx: &Transaction<'_>, mut token: Token) -> Result<(), SigninError> {
        token.revoked_ms = token.revoked_ms.or(Some(self.now_ms()));
        tx.execute(
            "update api_token set revoked_ms = ?2, mac = ?3 where id = ?1",
            params![
                token.id.0.to_be_bytes(),
                token.revoked_ms,
                token.mark(self.marks.row("api_token")).made()
            ],
        )?;
        Ok(())
    }

    fn token_checked(&self, (token, mac): (Token, Vec<u8>)) -> Result<Token, SigninError> {
        token.mark(self.marks.row("api_token")).check(&mac)?;
        Ok(token)
    }
}

/// How its networks stand in the database.
fn texts(networks: &Networks) -> String {
    networks.texts().collect::<Vec<_>>().join(" ")
}

/// What cannot be read was not written here: it is read as none, and the row's check fails.
fn networks(text: &str) -> Networks {
    let texts: Vec<&str> = text.split_ascii_whitespace().collect();
    Networks::read(&texts).unwrap_or_default()
}

fn new_text() -> Secret<String> {
    let body = stdx::random_text::<32>();
    let check = check_sum(&body);
    Secret::new(format!("{PREFIX}{body}{check}"))
}

/// Whether it has the shape and check sum of a token.
fn is_well_formed(text: &str) -> bool {
    let parts =
        text.strip_prefix(PREFIX).filter(|rest| rest.is_ascii() && rest.len() == BODY_BYTES + CHECK_BYTES);
    parts
        .and_then(|rest| rest.split_at_checked(BODY_BYTES))
        .is_some_and(|(body, check)| check_sum(body) == check)
}

/// The first 32 bits of SHA-256 over the letters, in base32.
fn check_sum(body: &str) -> String {
    let digest = digest(&SHA256, body.as_bytes());
    BASE32_NOPAD.encode(digest.as_ref().get(..4).unwrap_or_default()).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_token_is_told_without_a_look_up() {
        let text = new_text().expose().clone();
        assert!(is_well_formed(&text));
        assert_eq!(text.len(), PREFIX.len() + BODY_BYTES + CHECK_BYTES);
        for at in PREFIX.len()..text.len() {
            let mut letters = text.clone().into_bytes();
            letters[at] = if letters[at] == b'a' { b'b' } else { b'a' };
            assert!(!is_well_formed(std::str::from_utf8(&letters).unwrap()), "letter {at}");
        }
        for wrong in [
            "",
            "hf_",
            "hs_",
            &text[1..],
            &format!("{text}a"),
            "hf_ünïcödeünïcödeünïcödeünïcödeünïcödeünïcödeünïc",
        ] {
            assert!(!is_well_formed(wrong));
        }
    }
}
