//! Templates and broadcasts in the control database. Each row bears an authenticator under a key that is not in it, so that a
//! row that somebody wrote without the key is refused and not sent.

use keys::HashKey;
use model::{BroadcastId, TemplateId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::broadcast::{Broadcast, State};
use crate::error::CampaignError;
use crate::template::{Template, Version};

/// The most templates and broadcasts that are listed, the newest.
const LISTED_MAX: u32 = 500;

/// Reads and writes them.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    key: HashKey,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    template: Template,
    by: model::MemberId,
    made_ms: i64,
}

impl Book {
    pub(crate) fn new(key: HashKey) -> Self {
        Self { key }
    }

    pub(crate) fn put_version(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        version: &Version,
    ) -> Result<(), CampaignError> {
        let Version { id, version, template, by, made_ms } = version.clone();
        let document = json(&Kept { template, by, made_ms }, "template_version")?;
        let mac = self.version_mac(workspace, id, version, &document);
        tx.execute(
            "insert into template_version (workspace, template, version, document, mac) values (?1, ?2, ?3, ?4, ?5)",
            params![workspace.0.to_be_bytes(), id.0.to_be_bytes(), version, document, mac],
        )?;
        Ok(())
    }

    /// Every version of a template, the newest first.
    pub(crate) fn versions(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: TemplateId,
    ) -> Result<Vec<Version>, CampaignError> {
        let mut statement = tx.prepare_cached(
            "select template, version, document, mac from template_version
             where workspace = ?1 and template = ?2 order by version desc limit ?3",
        )?;
        let of = params![workspace.0.to_be_bytes(), id.0.to_be_bytes(), LISTED_MAX];
        let rows = statement.query_map(of, raw_version)?;
        rows.map(|raw| self.version_checked(workspace, raw?)).collect()
    }

    pub(crate) fn version(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        (id, version): (TemplateId, u32),
    ) -> Result<Version, CampaignError> {
        let mut statement = tx.prepare_cached(
            "select template, version, document, mac from template_version
             where workspace = ?1 and template = ?2 and version = ?3",
        )?;
        let of = params![workspace.0.to_be_bytes(), id.0.to_be_bytes(), version];
        let found = statement.query_row(of, raw_version).optional()?;
        self.version_checked(workspace, found.ok_or(CampaignError::NotFound("template"))?)
    }

    /// The newest version of each template, the newest template first.
    pub(crate) fn templates(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<Version>, CampaignError> {
        let mut statement = tx.prepare_cached(
            "select template, version, document, mac from template_version as one
             where workspace = ?1 and version = (select max(version) from template_version as other
               where other.workspace = one.workspace and other.template = one.template)
             order by template desc limit ?2",
        )?;
        let rows = statement.query_map(params![workspace.0.to_be_bytes(), LISTED_MAX], raw_version)?;
        rows.map(|raw| self.version_checked(workspace, raw?)).collect()
    }

    pub(crate) fn put(&self, tx: &Transaction<'_>, broadcast: &Broadcast) -> Result<(), CampaignError> {
        let document = json(broadcast, "broadcast")?;
        let Broadcast { id, workspace, state, .. } = broadcast;
        let mac = self.broadcast_mac(*id, *workspace, state.as_str(), &document);
        tx.execute(
            "insert into broadcast (id, workspace, state, document, mac) values (?1, ?2, ?3, ?4, ?5)
             on conflict (id) do update set state = excluded.state, document = excluded.document, mac = excluded.mac",
            params![id.0.to_be_bytes(), workspace.0.to_be_bytes(), state.as_str(), document, mac],
        )?;
        Ok(())
    }

    pub(crate) fn broadcast(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: BroadcastId,
    ) -> Result<Broadcast, CampaignError> {
        let mut statement = tx.prepare_cached(
            "select id, workspace, state, document, mac from broadcast where id = ?1 and workspace = ?2",
        )?;
        let of = params![id.0.to_be_bytes(), workspace.0.to_be_bytes()];
        let found = statement.query_row(of, raw_broadcast).optional()?;
        self.broadcast_checked(&found.ok_or(CampaignError::NotFound("broadcast"))?)
    }

    /// The broadcasts of a workspace, the newest first.
    pub(crate) fn broadcasts(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<Broadcast>, CampaignError> {
        let mut statement = tx.prepare_cached(
            "select id, workspace, state, document, mac from broadcast where workspace = ?1 order by id desc limit ?2",
        )?;
        let rows = statement.query_map(params![workspace.0.to_be_bytes(), LISTED_MAX], raw_broadcast)?;
        rows.map(|raw| self.broadcast_checked(&raw?)).collect()
    }

    /// Those of every workspace that are asked for or under way, the oldest first.
    pub(crate) fn under_way(&self, tx: &Transaction<'_>) -> Result<Vec<Broadcast>, CampaignError> {
        let mut statement = tx.prepare_cached(
            "select id, workspace, state, document, mac from broadcast where state in ('waiting', 'sending')
             order by id limit ?1",
        )?;
        let rows = statement.query_map([LISTED_MAX], raw_broadcast)?;
        let mut found = Vec::new();
        for raw in rows {
            match self.broadcast_checked(&raw?) {
                Ok(broadcast) => found.push(broadcast),
                // Not sent, and holds up no other.
                Err(error) => tracing::error!(%error, "a broadcast is passed over"),
            }
        }
        Ok(found)
    }

    fn version_checked(&self, workspace: WorkspaceId, raw: RawVersion) -> Result<Version, CampaignError> {
        let (id, version, document, mac) = raw;
        let altered = || CampaignError::Altered("template_version");
        let id = TemplateId(u128::from_be_bytes(id));
        if self.version_mac(workspace, id, version, &document) != mac.as_slice() {
            return Err(altered());
        }
        let Kept { template, by, made_ms } = serde_json::from_str(&document).map_err(|_| altered())?;
        Ok(Version { id, version, template, by, made_ms })
    }

    fn broadcast_checked(
        &self,
        (id, workspace, state, document, mac): &RawBroadcast,
    ) -> Result<Broadcast, CampaignError> {
        let altered = || CampaignError::Altered("broadcast");
        let (id, workspace) =
            (BroadcastId(u128::from_be_bytes(*id)), WorkspaceId(u128::from_be_bytes(*workspace)));
        if self.broadcast_mac(id, workspace, state, document) != mac.as_slice() {
            return Err(altered());
        }
        serde_json::from_str(document).map_err(|_| altered())
    }

    fn version_mac(&self, workspace: WorkspaceId, id: TemplateId, version: u32, document: &str) -> [u8; 32] {
        let version = version.to_be_bytes();
        self.mac(
            b"template_version",
            &[&workspace.0.to_be_bytes(), &id.0.to_be_bytes(), &version, document.as_bytes()],
        )
    }

    fn broadcast_mac(
        &self,
        id: BroadcastId,
        workspace: WorkspaceId,
        state: &str,
        document: &str,
    ) -> [u8; 32] {
        let ids = [id.0.to_be_bytes(), workspace.0.to_be_bytes()];
        self.mac(b"broadcast", &[&ids.concat(), state.as_bytes(), document.as_bytes()])
    }

    /// Each column with its length, so that neighbours do not run into each other.
    fn mac(&self, table: &[u8], columns: &[&[u8]]) -> [u8; 32] {
        let mut bytes = Vec::new();
        for column in std::iter::once(&table).chain(columns) {
            bytes.extend_from_slice(&(column.len() as u64).to_be_bytes());
            bytes.extend_from_slice(column);
        }
        self.key.mac(&bytes)
    }
}

type RawVersion = ([u8; 16], u32, String, Vec<u8>);
type RawBroadcast = ([u8; 16], [u8; 16], String, String, Vec<u8>);

fn raw_version(row: &Row<'_>) -> rusqlite::Result<RawVersion> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn raw_broadcast(row: &Row<'_>) -> rusqlite::Result<RawBroadcast> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn json(of: &impl Serialize, table: &'static str) -> Result<String, CampaignError> {
    serde_json::to_string(of).map_err(|_| CampaignError::Altered(table))
}

impl State {
    /// Whether what it says and to whom can be changed.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Waiting)
    }
}
