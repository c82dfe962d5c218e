//! A workspace's own shield rules: the table, and the shields made of them. A change is in force for the next request:
//! readers take whichever shield is there and never wait.

use std::collections::HashMap;

use control::Database;
use model::WorkspaceId;
use rusqlite::{OptionalExtension, Transaction, params};
use shield::Shield;
use shield::rules::CustomRules;

use crate::error::CollectError;
use crate::snapshot::Snapshot;

/// A set of rules and its number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RuleSet {
    /// 0 where there never were any.
    pub version: u32,
    /// When it came into force, milliseconds since 1970, UTC.
    pub changed_ms: i64,
    /// The rules.
    pub rules: CustomRules,
}

/// The set in force.
///
/// # Errors
/// The database's, or a document that this version cannot read.
pub fn in_force(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<RuleSet, CollectError> {
    let mut statement = tx.prepare_cached(
        "select version, changed_ms, document from shield_rules where workspace = ?1 order by version desc limit 1",
    )?;
    let found = statement
        .query_row([workspace.0.to_be_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((version, changed_ms, document)) = found else { return Ok(RuleSet::default()) };
    let rules = serde_json::from_str(&document).map_err(|_| CollectError::Rules { version })?;
    Ok(RuleSet { version, changed_ms, rules })
}

/// Puts a set in force, if the one it was made from is still in force. The caller tells [`crate::Collector::reload_rules`] after
/// the commit.
///
/// # Errors
/// Another set came between, or the database's.
pub fn replace(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    based_on: u32,
    rules: &CustomRules,
    now_ms: i64,
) -> Result<RuleSet, CollectError> {
    let present = in_force(tx, workspace)?.version;
    if present != based_on {
        return Err(CollectError::RulesChanged { present, based_on });
    }
    let version = present + 1;
    let document = serde_json::to_string(rules).map_err(|_| CollectError::Rules { version })?;
    tx.execute(
        "insert into shield_rules (workspace, version, document, changed_ms) values (?1, ?2, ?3, ?4)",
        params![workspace.0.to_be_bytes(), version, document, now_ms],
    )?;
    Ok(RuleSet { version, changed_ms: now_ms, rules: rules.clone() })
}

/// The shield of every workspace.
pub(crate) struct Shields {
    builtin: Shield,
    own: Snapshot<HashMap<WorkspaceId, Shield>>,
}

impl Shields {
    /// The shields as the database has the rules.
    pub fn load(control: &Database) -> Result<Self, CollectError> {
        Ok(Self { builtin: Shield::builtin(), own: Snapshot::load(control, compiled)? })
    }

    /// Takes over what has changed.
    pub fn reload(&self, control: &Database) -> Result<(), CollectError> {
        self.own.reload(control)
    }

    /// The shield in force for a workspace.
    pub fn of(&self, workspace: WorkspaceId) -> Shield {
        self.own.get().get(&workspace).unwrap_or(&self.builtin).clone()
    }
}

/// The shields of the workspaces that have rules. Rules that were accepted once and do not compile any more stop the start:
/// going on without them would keep what they were made to remove.
fn compiled(control: &Database) -> Result<HashMap<WorkspaceId, Shield>, CollectError> {
    control.read(|tx| {
        let mut statement = tx.prepare_cached("select distinct workspace from shield_rules")?;
        let workspaces: Vec<[u8; 16]> =
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut shields = HashMap::new();
        for bytes in workspaces {
            let workspace = WorkspaceId(u128::from_be_bytes(bytes));
            let set = in_force(tx, workspace)?;
            if !set.rules.rules.is_empty() {
                let shield = Shield::builtin()
                    .with(&set.rules)
                    .map_err(|_| CollectError::Rules { version: set.version })?;
                shields.insert(workspace, shield);
            }
        }
        Ok(shields)
    })
}
