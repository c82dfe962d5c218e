//! What somebody may do by what they hold: the row of one holder in the matrix of effective rights.

use crate::action::{ActionInfo, Scope};
use crate::actions;
use crate::policies::Policies;
use crate::request::{PrincipalKind, Request};
use crate::role::RoleSet;
use crate::scope_set::ScopeSet;

/// What somebody holds in a workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// What kind of principal they are.
    pub kind: PrincipalKind,
    /// A member's roles.
    pub roles: RoleSet,
    /// A token's scopes.
    pub scopes: ScopeSet,
    /// Whether a grant holds for them: of a member's an export, of an operator's support.
    pub granted: bool,
}

/// How an action is open to somebody who signed in with a passkey, in normal mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Without further ado.
    Plain,
    /// With a fresh touch for the very request.
    Touch,
}

impl Policies {
    /// Every action of a workspace that is open to whoever holds this there, in the table's order.
    pub fn open_to(&self, held: &Held) -> Vec<(&'static ActionInfo, Way)> {
        let in_workspace = actions::all().into_iter().filter(|action| action.scope == Scope::Workspace);
        in_workspace.filter_map(|action| Some((action, self.way(held, action)?))).collect()
    }

    fn way(&self, held: &Held, action: &'static ActionInfo) -> Option<Way> {
        let Held { kind, roles, scopes, granted } = *held;
        let asked = |step_up| Request {
            kind,
            level: match kind {
                PrincipalKind::Member | PrincipalKind::Operator => 3,
                PrincipalKind::Visitor => 1,
                PrincipalKind::Token | PrincipalKind::Anyone => 0,
            },
            roles,
            scopes,
            action,
            belongs: true,
            leave: false,
            granted,
            step_up,
            read_only: false,
        };
        if self.decide(&asked(false)).is_allow() {
            return Some(Way::Plain);
        }
        self.decide(&asked(true)).is_allow().then_some(Way::Touch)
    }
}
