//! The review of access: who could see what, who used it, and what lapses because nobody does; and the way back for what has.

use model::{GrantId, MemberId, TokenId};
use policy::{PrincipalKind, Request, Role, RoleSet, ScopeSet};
use rusqlite::Transaction;
use serde_json::{Value, json};
use signin::account::AccountKind;
use signin::ceremony::LEVEL_PASSKEY;
use signin::token::Token;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::grants::State;
use crate::guard::Guard;
use crate::standing::Membership;
use crate::usage::{Holder, TOLD_BEFORE_MS, TOLD_LAPSED, TOLD_NOTHING, TOLD_SOON, Usage};

/// The most that one sweep tells of; the rest waits for the next.
const TOLD_AT_ONCE_MAX: usize = 1_000;

/// The most grants in a review: those of about a month.
const GRANTS_MAX: u32 = 200;

/// How something stands that gives power.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    /// It was used of late.
    Used,
    /// It was never used, and is not old enough to lapse.
    New,
    /// It lapses within a week unless it is used.
    Lapsing,
    /// It has lapsed.
    Lapsed,
    /// It would have lapsed, and stays so that somebody can confirm the others.
    Kept,
    /// It has ended by itself or by hand.
    Ended,
}

impl Standing {
    /// The word on the wire and in the console.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::New => "new",
            Self::Lapsing => "lapsing",
            Self::Lapsed => "lapsed",
            Self::Kept => "kept",
            Self::Ended => "ended",
        }
    }
}

/// A member's role under review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewedMember {
    /// Who.
    pub id: MemberId,
    /// With which role.
    pub role: Role,
    /// Since when, milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// Which looks at people and events it opens: names of actions.
    pub could: Vec<&'static str>,
    /// How it stands.
    pub standing: Standing,
    /// What is known of its use.
    pub usage: Usage,
    /// When it lapses unless it is used, or has.
    pub lapses_ms: i64,
}

/// A token under review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewedToken {
    /// The token, without its text.
    pub token: Token,
    /// Which looks it opens: names of actions.
    pub could: Vec<&'static str>,
    /// How it stands.
    pub standing: Standing,
    /// What is known of its use.
    pub usage: Usage,
    /// When it lapses unless it is used, or has.
    pub lapses_ms: i64,
}

/// A grant of late under review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewedGrant {
    /// Its id.
    pub id: GrantId,
    /// `export` or `support`.
    pub kind: &'static str,
    /// Who may use it.
    pub subject: MemberId,
    /// In which state it is.
    pub state: &'static str,
    /// Whether it was ever used.
    pub used: bool,
    /// When it was asked for, milliseconds since 1970, UTC.
    pub asked_ms: i64,
}

/// What a workspace's access consists of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// As of when, milliseconds since 1970, UTC.
    pub as_of_ms: i64,
    /// Members and their roles, the longest-standing first.
    pub members: Vec<ReviewedMember>,
    /// Tokens that have not ended, oldest first.
    pub tokens: Vec<ReviewedToken>,
    /// Grants, the newest first.
    pub grants: Vec<ReviewedGrant>,
}

impl Guard {
    /// The review of the workspace's access.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn review(&self, granted: &Granted) -> Result<Review, GuardError> {
        granted.must_be_for(&["ReadReview"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let mut review =
                Review { as_of_ms: self.now_ms(), members: vec![], tokens: vec![], grants: vec![] };
            for membership in self.memberships_in(tx, workspace)? {
                review.members.push(self.reviewed_member(tx, &membership)?);
            }
            for token in self.0.signin.tokens(tx, workspace)? {
                let reviewed = self.reviewed_token(tx, token)?;
                if reviewed.standing != Standing::Ended {
                    review.tokens.push(reviewed);
                }
            }
            for grant in self.grants_in(tx, workspace, GRANTS_MAX)? {
                let state = self.state_of(tx, &grant)?;
                review.grants.push(ReviewedGrant {
                    id: grant.id,
                    kind: grant.purpose.as_str(),
                    subject: grant.subject,
                    state: state.as_str(),
                    used: grant.used.is_some() || state == State::Used,
                    asked_ms: grant.asked_ms,
                });
            }
            Ok(review)
        })
    }

    /// How a token stands.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub(crate) fn reviewed_token(
        &self,
        tx: &Transaction<'_>,
        token: Token,
    ) -> Result<ReviewedToken, GuardError> {
        let usage = self.usage(tx, Holder::token(token.workspace, token.id))?;
        let standing = match self.0.signin.lives(tx, &token)? {
            true => self.standing_of(&usage, token.created_ms, None),
            false => Standing::Ended,
        };
        let known = token.scopes.split(' ').filter_map(|scope| ScopeSet::parse([scope]).ok());
        let scopes = known.fold(ScopeSet::NONE, ScopeSet::union);
        let could = self.looks(PrincipalKind::Token, RoleSet::NONE, scopes);
        let lapses_ms = usage.lapses_ms(token.created_ms);
        Ok(ReviewedToken { token, could, standing, usage, lapses_ms })
    }

    fn reviewed_member(
        &self,
        tx: &Transaction<'_>,
        membership: &Membership,
    ) -> Result<ReviewedMember, GuardError> {
        let Membership { workspace, member, role, created_ms } = *membership;
        let usage = self.usage(tx, Holder::member(workspace, member))?;
        let lapsed = self.role_lapsed(tx, membership, &usage)?;
        Ok(ReviewedMember {
            id: member,
            role,
            since_ms: created_ms,
            could: self.looks(PrincipalKind::Member, RoleSet::NONE.with(role), ScopeSet::NONE),
            standing: self.standing_of(&usage, created_ms, Some(lapsed)),
            lapses_ms: usage.lapses_ms(created_ms),
            usage,
        })
    }

    /// `lapsed`: what was found out about it where more than time counts.
    fn standing_of(&self, usage: &Usage, made_ms: i64, lapsed: Option<bool>) -> Standing {
        let now_ms = self.now_ms();
        let is_over = usage.is_over(made_ms, now_ms);
        match (is_over, lapsed.unwrap_or(is_over)) {
            (_, true) => Standing::Lapsed,
            (true, false) => Standing::Kept,
            _ if usage.lapses_ms(made_ms) - TOLD_BEFORE_MS <= now_ms => Standing::Lapsing,
            _ if usage.used_ms.is_none() => Standing::New,
            _ => Standing::Used,
        }
    }

    /// The looks that somebody of that standing may take, as the policy says when asked.
    fn looks(&self, kind: PrincipalKind, roles: RoleSet, scopes: ScopeSet) -> Vec<&'static str> {
        let level = if kind == PrincipalKind::Member { LEVEL_PASSKEY } else { 0 };
        let may = |action: &&'static policy::ActionInfo| {
            let request = Request {
                kind,
                level,
                leave: false,
                roles,
                scopes,
                action,
                belongs: true,
                granted: action.needs_grant,
                step_up: true,
                read_only: false,
            };
            self.0.policies.decide(&request).is_allow()
        };
        let shows = |action: &&'static policy::ActionInfo| {
            action.scope == policy::Scope::Workspace && (!action.changing || action.in_clear)
        };
        policy::actions::all().into_iter().filter(shows).filter(may).map(|action| action.name).collect()
    }

    /// Says that a token is still needed: if it had lapsed it works again.
    ///
    /// # Errors
    /// Not found or ended, or the ledger's or database's.
    pub fn renew_token(&self, granted: &Granted, id: TokenId) -> Result<(), GuardError> {
        granted.must_be_for(&["RenewToken"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let tokens = self.0.signin.tokens(tx, workspace)?;
            let token = tokens.into_iter().find(|token| token.id == id).ok_or(Denied::NotFound)?;
            if !self.0.signin.lives(tx, &token)? {
                return Err(Denied::NotFound.into());
            }
            self.renew_usage(tx, Holder::token(workspace, id))?;
            self.notice(tx, Some(workspace), None, "token.renewed", &json!({"token": id}))?;
            Ok(((), Actor::from(granted).does("token.renewed", id.to_string(), json!({}))))
        })
    }

    /// Says that a member still needs their role: if it had lapsed it holds again.
    ///
    /// # Errors
    /// Not found, owners only, or the ledger's or database's.
    pub fn confirm_member(&self, granted: &Granted, member: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["ConfirmMember"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let membership = self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
            granted.must_be_able_to_give(membership.role)?;
            self.renew_usage(tx, Holder::member(workspace, member))?;
            let detail = json!({"role": membership.role.as_str()});
            self.notice(tx, Some(workspace), Some(member), "member.confirmed", &detail)?;
            Ok(((), Actor::from(granted).does("member.confirmed", member.to_string(), detail)))
        })
    }

    /// Says that another operator is still needed: if their access had lapsed they have it again.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn confirm_operator(&self, granted: &Granted, id: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["ConfirmOperator"])?;
        self.change(|tx| {
            if !self.accounts_of(tx, AccountKind::Operator)?.contains(&id) {
                return Err(Denied::NotFound.into());
            }
            self.renew_usage(tx, Holder::operator(id))?;
            self.notice(tx, None, None, "operator.confirmed", &json!({"operator": id}))?;
            Ok(((), Actor::from(granted).does("operator.confirmed", id.to_string(), json!({}))))
        })
    }

    /// Tells of what is about to lapse and of what has, once each; what has is entered. Part of the sweep.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub(crate) fn tell_unused(&self) -> Result<usize, GuardError> {
        let due = self.0.db.read(|tx| self.unused_due(tx))?;
        for due in due.iter().take(TOLD_AT_ONCE_MAX) {
            self.tell_of_unused(due)?;
        }
        Ok(due.len())
    }

    fn unused_due(&self, tx: &Transaction<'_>) -> Result<Vec<Due>, GuardError> {
        let mut due = Vec::new();
        let mut add = |holder, what, usage: Usage, standing| {
            let told = match standing {
                Standing::Lapsing => TOLD_SOON,
                Standing::Lapsed => TOLD_LAPSED,
                _ => TOLD_NOTHING,
            };
            if told > usage.told {
                due.push(Due { holder, what, told });
            }
        };
        for workspace in control::workspaces::list(tx)? {
            for membership in self.memberships_in(tx, workspace.id)? {
                let account = self.0.signin.account(tx, membership.member)?;
                if account.is_some_and(|account| account.kind == AccountKind::Member) {
                    let found = self.reviewed_member(tx, &membership)?;
                    add(Holder::member(workspace.id, found.id), What::Role, found.usage, found.standing);
                }
            }
            for token in self.0.signin.tokens(tx, workspace.id)? {
                let found = self.reviewed_token(tx, token)?;
                add(Holder::token(workspace.id, found.token.id), What::Token, found.usage, found.standing);
            }
        }
        for operator in self.accounts_of(tx, AccountKind::Operator)? {
            let (usage, standing) = self.operator_standing(tx, operator)?;
            add(Holder::operator(operator), What::Operator, usage, standing);
        }
        Ok(due)
    }

    /// What is known of an operator's use, and how their access stands.
    pub(crate) fn operator_standing(
        &self,
        tx: &Transaction<'_>,
        operator: MemberId,
    ) -> Result<(Usage, Standing), GuardError> {
        let usage = self.usage(tx, Holder::operator(operator))?;
        let made_ms = self.0.signin.account(tx, operator)?.map_or(0, |account| account.created_ms);
        let lapsed = self.operator_lapsed(tx, operator, &usage)?;
        let standing = self.standing_of(&usage, made_ms, Some(lapsed));
        Ok((usage, standing))
    }

    fn tell_of_unused(&self, due: &Due) -> Result<(), GuardError> {
        let Due { holder, what, told } = *due;
        self.change(|tx| {
            let usage = self.usage(tx, holder)?;
            let lapsed_ms = (told == TOLD_LAPSED).then(|| self.now_ms());
            self.keep_usage(tx, holder, &Usage { told, lapsed_ms, ..usage })?;
            let code = what.code(told == TOLD_LAPSED);
            let (object, detail) = what.names(holder.id);
            let member = (what == What::Role).then_some(MemberId(holder.id));
            self.notice(tx, holder.workspace, member, code, &detail)?;
            let actor = Actor { workspace: holder.workspace, ..Actor::part("guard") };
            Ok(((), actor.does(code, object, json!({}))))
        })
    }
}

/// Something that has to be told.
struct Due {
    holder: Holder,
    what: What,
    told: i64,
}

/// What lapses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Role,
    Token,
    Operator,
}

impl What {
    fn code(self, lapsed: bool) -> &'static str {
        match (self, lapsed) {
            (Self::Role, false) => "member.lapsing",
            (Self::Role, true) => "member.lapsed",
            (Self::Token, false) => "token.lapsing",
            (Self::Token, true) => "token.lapsed",
            (Self::Operator, false) => "operator.lapsing",
            (Self::Operator, true) => "operator.lapsed",
        }
    }

    /// The name in the ledger, and the particulars of the notice.
    fn names(self, id: u128) -> (String, Value) {
        match self {
            Self::Role => (MemberId(id).to_string(), json!({"member": MemberId(id)})),
            Self::Token => (TokenId(id).to_string(), json!({"token": TokenId(id)})),
            Self::Operator => (MemberId(id).to_string(), json!({"operator": MemberId(id)})),
        }
    }
}
