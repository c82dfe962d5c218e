//! Who may do what in a workspace: the policies asked about everybody who holds something there, as one document.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use policy::effective::{Held, Way};
use policy::{PrincipalKind, RoleSet, ScopeSet};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::change::Actor;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::grants::State;
use crate::guard::Guard;

/// The code of the entry that keeps the document as it was on that day.
pub const KEPT: &str = "access.viewed";
/// The largest document that is kept whole in the ledger; of a larger one the digest is.
const KEPT_BYTES_MAX: usize = 48 * 1024;

/// Somebody who holds something in the workspace.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Their id.
    pub who: String,
    /// `member`, `token` or `operator`.
    pub kind: String,
    /// Roles, scopes, and `export` or `support` where a grant holds.
    pub holds: Vec<String>,
    /// When it ends by itself, milliseconds since 1970, UTC.
    pub until_ms: Option<i64>,
}

/// What is open to whoever holds the same.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Open {
    /// Actions that are open without further ado.
    pub yes: Vec<String>,
    /// Actions that need a fresh touch.
    pub touch: Vec<String>,
}

/// Who may do what, in one workspace at one time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Access {
    /// SHA-256 of the policies and their schema, in hexadecimal digits.
    pub policies: String,
    /// Everybody who holds something.
    pub holders: Vec<Holder>,
    /// By kind and what is held ([`Holder::holding`]).
    pub may: BTreeMap<String, Open>,
}

impl Holder {
    /// Kind and what is held, as one text; equal texts open the same.
    pub fn holding(&self) -> String {
        format!("{} {}", self.kind, self.holds.join(" "))
    }
}

impl Access {
    /// SHA-256 of the document, in hexadecimal digits.
    pub fn digest(&self) -> String {
        hex(json!(self).to_string().as_bytes())
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

impl Guard {
    /// Who may do what in the workspace now. The look is entered, and keeps the document.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn access(&self, granted: &Granted) -> Result<Access, GuardError> {
        granted.must_be_for(&["ReadAccess"])?;
        let workspace = granted.in_workspace()?;
        let held = self.0.db.read(|tx| self.holders(tx, granted))?;
        let mut may = BTreeMap::new();
        for (holder, held) in &held {
            may.entry(holder.holding()).or_insert_with(|| {
                let mut open = Open::default();
                for (action, way) in self.0.policies.open_to(held) {
                    let names = if way == Way::Touch { &mut open.touch } else { &mut open.yes };
                    names.push(action.name.to_owned());
                }
                open
            });
        }
        let policies = hex(format!("{}{}", self.0.policies.text(), self.0.policies.schema()).as_bytes());
        let access = Access { policies, holders: held.into_iter().map(|(holder, _)| holder).collect(), may };
        let document = json!(access);
        let whole = document.to_string().len() <= KEPT_BYTES_MAX;
        let detail = json!({
            "digest": access.digest(), "policies": access.policies, "holders": access.holders.len(),
            "access": whole.then_some(document),
        });
        self.0.ledger.enter(Actor::from(granted).does(KEPT, workspace.to_string(), detail))?;
        Ok(access)
    }

    fn holders(&self, tx: &Transaction<'_>, granted: &Granted) -> Result<Vec<(Holder, Held)>, GuardError> {
        let workspace = granted.in_workspace()?;
        let (mut exports, mut supports) = (BTreeMap::new(), BTreeMap::new());
        for grant in self.open_grants_in(tx, workspace)? {
            let until = grant.decision.as_ref().map(|decision| decision.ends_ms);
            if let (State::Open | State::Used, Some(until)) = (self.state_of(tx, &grant)?, until) {
                if grant.export().is_some() {
                    exports.insert(grant.subject, until);
                } else if grant.is_look() {
                    supports.insert(grant.subject, until);
                }
                // To send one broadcast opens no action.
            }
        }
        let mut everybody = Vec::new();
        for membership in self.memberships_in(tx, workspace)? {
            let export = exports.get(&membership.member).copied();
            let roles = RoleSet::NONE.with(membership.role);
            let holds = [Some(membership.role.as_str()), export.map(|_| "export")];
            everybody.push((
                holder(
                    membership.member.to_string(),
                    PrincipalKind::Member,
                    holds.into_iter().flatten(),
                    export,
                ),
                Held {
                    kind: PrincipalKind::Member,
                    roles,
                    scopes: ScopeSet::NONE,
                    granted: export.is_some(),
                },
            ));
        }
        let now_ms = self.now_ms();
        for token in self.0.signin.tokens(tx, workspace)? {
            if token.revoked_ms.is_some() || token.expires_ms <= now_ms {
                continue;
            }
            let scopes = ScopeSet::parse(token.scopes.split_whitespace()).unwrap_or_default();
            everybody.push((
                holder(token.id.to_string(), PrincipalKind::Token, scopes.iter(), Some(token.expires_ms)),
                Held { kind: PrincipalKind::Token, roles: RoleSet::NONE, scopes, granted: false },
            ));
        }
        for (operator, until) in supports {
            everybody.push((
                holder(operator.to_string(), PrincipalKind::Operator, ["support"].into_iter(), Some(until)),
                Held {
                    kind: PrincipalKind::Operator,
                    roles: RoleSet::NONE,
                    scopes: ScopeSet::NONE,
                    granted: true,
                },
            ));
        }
        Ok(everybody)
    }
}

fn holder(
    who: String,
    kind: PrincipalKind,
    holds: impl Iterator<Item = &'static str>,
    until_ms: Option<i64>,
) -> Holder {
    Holder { who, kind: kind.as_str().to_owned(), holds: holds.map(str::to_owned).collect(), until_ms }
}
