//! From which networks a session is used. The first is its home: what was copied elsewhere is not renewed there, so that it
//! lives as long as the text that was copied, and its owner hears of it.

use model::SessionId;
use rusqlite::{Transaction, params};

use crate::error::SigninError;
use crate::marks::RowMark;
use crate::signin::Signin;

/// The most networks of one session that are remembered; further ones are as strange as new ones.
const NETWORKS_MAX: usize = 16;
const TABLE: &str = "session_network";

/// What is known of a network from which a session is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Network {
    /// The session was not used before.
    First,
    /// It was used from there before.
    Known,
    /// It was used, and never from there.
    New,
    /// It was used from more networks than are remembered.
    OneOfMany,
}

struct Seen {
    network: String,
    first_ms: i64,
    home: bool,
}

impl Seen {
    fn mark<'k>(&self, row: RowMark<'k>, session: SessionId) -> RowMark<'k> {
        row.id(session.0).text(&self.network).int(self.first_ms).int(self.home.into())
    }
}

impl Signin {
    /// What is known of `network`, a keyed mark.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn network(
        &self,
        tx: &Transaction<'_>,
        session: SessionId,
        network: &str,
    ) -> Result<Network, SigninError> {
        let seen = self.networks(tx, session)?;
        Ok(match seen.len() {
            0 => Network::First,
            _ if seen.iter().any(|seen| seen.network == network) => Network::Known,
            count if count < NETWORKS_MAX => Network::New,
            _ => Network::OneOfMany,
        })
    }

    /// Remembers that it was used from there.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_network(
        &self,
        tx: &Transaction<'_>,
        session: SessionId,
        (network, home): (&str, bool),
    ) -> Result<(), SigninError> {
        let seen = Seen { network: network.to_owned(), first_ms: self.now_ms(), home };
        tx.execute(
            "insert or ignore into session_network (session, network, first_ms, home, mac) values (?1, ?2, ?3, ?4, ?5)",
            params![
                session.0.to_be_bytes(),
                seen.network,
                seen.first_ms,
                seen.home,
                seen.mark(self.marks.row(TABLE), session).made()
            ],
        )?;
        Ok(())
    }

    /// From how many networks it was used.
    pub(super) fn network_count(
        &self,
        tx: &Transaction<'_>,
        session: SessionId,
    ) -> Result<usize, SigninError> {
        Ok(self.networks(tx, session)?.len())
    }

    /// Whether a session may get another text from there; `None`: nobody said from where.
    pub(super) fn renews_from(
        &self,
        tx: &Transaction<'_>,
        session: SessionId,
        network: Option<&str>,
    ) -> Result<bool, SigninError> {
        let Some(network) = network.filter(|_| !self.config.sessions_roam) else { return Ok(true) };
        let seen = self.networks(tx, session)?;
        let home = seen.iter().find(|seen| seen.home);
        Ok(home.is_none_or(|home| home.network == network))
    }

    fn networks(&self, tx: &Transaction<'_>, session: SessionId) -> Result<Vec<Seen>, SigninError> {
        let mut statement =
            tx.prepare_cached("select network, first_ms, home, mac from session_network where session = ?1")?;
        let rows = statement.query_map([session.0.to_be_bytes()], |row| {
            let seen = Seen { network: row.get(0)?, first_ms: row.get(1)?, home: row.get(2)? };
            Ok((seen, row.get::<_, Vec<u8>>(3)?))
        })?;
        rows.map(|found| {
            let (seen, mac) = found?;
            seen.mark(self.marks.row(TABLE), session).check(&mac)?;
            Ok(seen)
        })
        .collect()
    }
}
