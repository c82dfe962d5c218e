//! The beginning of an installation: its first workspace, its owner, its operator.

use control::mode::Mode;
use control::workspaces::{self, Workspace};
use keys::WorkspaceKeys;
use model::MemberId;
use policy::Role;
use rusqlite::Transaction;
use serde_json::json;
use signin::account::AccountKind;
use signin::code::Purpose;
use stdx::Secret;

use crate::change::Actor;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// An installation that has just been made.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Its first workspace.
    pub workspace: Workspace,
    /// The workspace's owner.
    pub owner: MemberId,
    /// The operator, another principal than the owner.
    pub operator: MemberId,
    /// With this the owner enrols; once, for 24 hours.
    pub setup_code: Secret<String>,
    /// With this the operator enrols; once, for 24 hours.
    pub operator_code: Secret<String>,
}

impl Guard {
    /// Makes the first workspace, its owner and the operator. Once.
    ///
    /// # Errors
    /// There is an installation already, a bad name or address, or the ledger's or database's.
    pub fn install(&self, workspace_name: &str, owner_email: &str) -> Result<Installed, GuardError> {
        let signin = &self.0.signin;
        let (installed, keys) = self.change(|tx| {
            if self.is_installed_in(tx)? {
                return Err(GuardError::Installed);
            }
            signin.install(tx)?;
            let actor = Actor::part("host");
            self.write_mode(tx, None, &self.state(Mode::Normal, "", &actor))?;
            let owner = signin.add_account(tx, AccountKind::Member)?;
            self.keep_email(tx, owner, owner_email)?;
            let operator = signin.add_account(tx, AccountKind::Operator)?;
            let (workspace, keys) = self.new_workspace(tx, workspace_name, owner, &actor)?;
            let installed = Installed {
                owner,
                operator,
                setup_code: signin.make_code(tx, Purpose::Owner, owner)?,
                operator_code: signin.make_code(tx, Purpose::Operator, operator)?,
                workspace,
            };
            let detail = json!({"workspace": installed.workspace.id, "owner": owner, "operator": operator});
            Ok(((installed, keys), actor.does("installation.made", "installation", detail)))
        })?;
        self.0.keys.insert(installed.workspace.id, keys);
        Ok(installed)
    }

    /// Makes a second operator while the installation is being set up, so that there are two from the first day: with its
    /// code the second one enrols; once, for 24 hours. Whoever sets an installation up hands out both codes, so this is no
    /// weaker than the first one's; afterwards an operator is brought in by two.
    ///
    /// # Errors
    /// [`GuardError::Installed`] once anybody has enrolled or there are two; or the ledger's or database's.
    pub fn install_second_operator(&self) -> Result<Secret<String>, GuardError> {
        let signin = &self.0.signin;
        self.change(|tx| {
            let operators = self.accounts_of(tx, AccountKind::Operator)?;
            let enrolled: i64 = tx.query_row("select count(*) from passkey", [], |row| row.get(0))?;
            if operators.len() != 1 || enrolled > 0 {
                return Err(GuardError::Installed);
            }
            let operator = signin.add_account(tx, AccountKind::Operator)?;
            let code = signin.make_code(tx, Purpose::Operator, operator)?;
            Ok((code, Actor::part("host").does("operator.invited", operator.to_string(), json!({}))))
        })
    }

    /// Whether there is an installation.
    ///
    /// # Errors
    /// The database's.
    pub fn is_installed(&self) -> Result<bool, GuardError> {
        self.0.db.read(|tx| self.is_installed_in(tx))
    }

    /// Makes a workspace that the caller owns.
    ///
    /// # Errors
    /// A bad name, or the ledger's or database's.
    pub fn create_workspace(&self, granted: &Granted, name: &str) -> Result<Workspace, GuardError> {
        granted.must_be_for(&["CreateWorkspace"])?;
        let owner = granted.member()?;
        let (workspace, keys) = self.change(|tx| {
            let actor = Actor::from(granted);
            let (workspace, keys) = self.new_workspace(tx, name, owner, &actor)?;
            let actor = Actor { workspace: Some(workspace.id), ..actor };
            let entry = actor.does("workspace.made", workspace.id.to_string(), json!({"owner": owner}));
            Ok(((workspace, keys), entry))
        })?;
        self.0.keys.insert(workspace.id, keys);
        Ok(workspace)
    }

    fn new_workspace(
        &self,
        tx: &Transaction<'_>,
        name: &str,
        owner: MemberId,
        actor: &Actor,
    ) -> Result<(Workspace, WorkspaceKeys), GuardError> {
        let (workspace, keys) = workspaces::create(tx, &self.0.master, name, self.now_ms())?;
        self.write_mode(tx, Some(workspace.id), &self.state(Mode::Normal, "", actor))?;
        self.set_role(tx, workspace.id, owner, Role::Owner)?;
        Ok((workspace, keys))
    }

    fn is_installed_in(&self, tx: &Transaction<'_>) -> Result<bool, GuardError> {
        Ok(tx.query_row("select exists (select 1 from sign_in_epoch)", [], |row| row.get(0))?)
    }
}
