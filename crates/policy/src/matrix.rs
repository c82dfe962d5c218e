//! Who may do what, printed: asked of the engine, not read off the files.

use crate::action::Scope;
use crate::actions;
use crate::policies::Policies;
use crate::request::{PrincipalKind, Request};
use crate::role::{Role, RoleSet};
use crate::scope_set::ScopeSet;

const MEMBER_COLUMNS: usize = Role::ALL.len();

impl Policies {
    /// A table of every action and every kind of caller. `yes` is allowed, `touch` needs a fresh touch of
    /// a passkey, `grant` a grant (and, of members, a touch to begin), a scope's name is what a token needs, `-` is refused. In read-only mode the actions
    /// marked with `*` are refused to everybody.
    pub fn matrix(&self) -> String {
        let mut text = String::from("action                         ");
        let heads =
            Role::ALL.iter().map(|role| role.as_str()).chain(["operator", "visitor", "anyone", "token"]);
        heads.for_each(|head| text.push_str(&format!("{head:<10}")));
        text = text.trim_end().to_owned();
        for action in actions::all() {
            let star = if action.changing && !action.tightening { "*" } else { "" };
            let mut line = format!("{:<31}", format!("{}{star}", action.name));
            for column in 0..MEMBER_COLUMNS + 4 {
                line.push_str(&format!("{:<10}", self.cell(action, column)));
            }
            text.push('\n');
            text.push_str(line.trim_end());
        }
        text.push('\n');
        text
    }

    fn cell(&self, action: &'static crate::ActionInfo, column: usize) -> &'static str {
        let mut request = Request {
            kind: PrincipalKind::Member,
            level: 3,
            leave: false,
            roles: RoleSet::NONE,
            scopes: ScopeSet::NONE,
            action,
            belongs: action.scope == Scope::Workspace,
            granted: false,
            step_up: false,
            read_only: false,
        };
        match Role::ALL.get(column) {
            Some(role) => request.roles = RoleSet::NONE.with(*role),
            None if column == MEMBER_COLUMNS => request.kind = PrincipalKind::Operator,
            None if column == MEMBER_COLUMNS + 1 => {
                (request.kind, request.level) = (PrincipalKind::Visitor, 1);
            }
            None if column == MEMBER_COLUMNS + 2 => {
                (request.kind, request.level) = (PrincipalKind::Anyone, 0);
            }
            None => return self.token_cell(request),
        }
        if self.decide(&request).is_allow() {
            return "yes";
        }
        request.step_up = true;
        if self.decide(&request).is_allow() {
            return "touch";
        }
        request.granted = true;
        if self.decide(&request).is_allow() { "grant" } else { "-" }
    }

    /// The one scope that opens the action to a token.
    fn token_cell(&self, mut request: Request) -> &'static str {
        (request.kind, request.level, request.step_up) = (PrincipalKind::Token, 0, true);
        if self.decide(&request).is_allow() {
            return "yes";
        }
        let opens = |scope: &&'static str| {
            request.scopes = ScopeSet::parse([*scope]).unwrap_or_default();
            self.decide(&request).is_allow()
        };
        crate::scope_set::SCOPES.into_iter().find(opens).unwrap_or("-")
    }
}
