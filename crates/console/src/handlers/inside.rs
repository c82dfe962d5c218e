//! A page inside a workspace: who looks, at what, and what else their role opens.

use axum::extract::{FromRef, FromRequestParts};
use control::mode::{Mode, ModeState};
use door::shape::Part;
use door::{Permit, Problem};
use guard::{Granted, Guard};
use http::request::Parts;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::actions::{
    AskQuestion, ListCampaigns, ListDashboards, ListGrants, ListMembers, ListPasskeys, ListSegments,
    ListSources, ListTokens, ReadIncidents, ReadLedger, ReadNotices, ReadPlans, ReadReview, ReadSession,
    ReadShield, ReadWorkspace, ViewPerson,
};
use policy::{Action, ActionInfo, PrincipalKind, Request, ScopeSet};
use service::{ServiceError, Services};

use super::asked::Asked;
use crate::frame::{Frame, Held, MemberBadge, Opens, Section, WorkspaceBadge};

/// Who looks at which workspace, and how to answer.
pub(crate) struct Inside {
    asked: Asked,
    session: Permit<ReadSession>,
    reading: Permit<ReadWorkspace>,
}

impl<S> FromRequestParts<S> for Inside
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(asked) = Asked::from_request_parts(parts, state).await;
        let session = Permit::from_request_parts(parts, state).await?;
        let reading = Permit::from_request_parts(parts, state).await?;
        Ok(Self { asked, session, reading })
    }
}

impl Part for Inside {}

impl Inside {
    /// How to answer.
    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Whether the one who looks may do `A` here, mode and touch aside: what to offer, not what to allow.
    pub(crate) fn may<A: Action>(&self, guard: &Guard) -> bool {
        may(guard, self.reading.granted(), self.reading.caller().level(), A::info())
    }

    /// The principal's name, as the ledger has it.
    pub(crate) fn principal(&self) -> &str {
        &self.reading.principal.name
    }

    /// The surroundings of a page of `section`.
    ///
    /// # Errors
    /// The database's.
    pub(crate) fn frame(&self, services: &Services, section: Section) -> Result<Frame, ServiceError> {
        let id = self.reading.granted().workspace.ok_or(ServiceError::NotFound { what: "workspace" })?;
        let workspace = services.workspace(self.reading.granted(), id)?;
        let mode = services.guard.mode(Some(id))?;
        let member = self.member(services)?;
        Ok(Frame {
            now: instant(services.clock.now_ms()),
            // A zone that this program no longer knows must not keep anybody from the settings.
            zone: TimeZone::get(&workspace.time_zone).unwrap_or(TimeZone::UTC),
            section,
            opens: self.opens(&services.guard),
            workspace: Some(WorkspaceBadge { id, name: workspace.name }),
            held: self.held(&mode, &member),
            member: Some(member),
            shortcuts: self.asked.shortcuts(),
            operator: self.reading.principal.is_operator(),
            ..self.asked.lone()
        })
    }

    fn member(&self, services: &Services) -> Result<MemberBadge, ServiceError> {
        let principal = &self.reading.principal;
        if principal.kind == PrincipalKind::Visitor {
            return Ok(MemberBadge { name: "Visitor".to_owned(), role: "only looks".to_owned() });
        }
        if principal.is_operator() {
            return Ok(MemberBadge { name: "Operator".to_owned(), role: "looks in, masked".to_owned() });
        }
        let email = services.guard.own_email(self.session.granted())?;
        let role = principal.roles.iter().next().map_or_else(String::new, |role| role.to_string());
        Ok(MemberBadge { name: email.unwrap_or_else(|| principal.name.clone()), role })
    }

    fn held(&self, mode: &ModeState, member: &MemberBadge) -> Option<Held> {
        (mode.mode == Mode::ReadOnly).then(|| Held {
            reason: mode.reason.clone(),
            by: if mode.by == self.principal() { member.name.clone() } else { mode.by.clone() },
            since: instant(mode.at_ms),
            incident: false,
        })
    }

    fn opens(&self, guard: &Guard) -> Opens {
        Opens {
            people: self.may::<ViewPerson>(guard),
            questions: self.may::<AskQuestion>(guard),
            dashboards: self.may::<ListDashboards>(guard),
            segments: self.may::<ListSegments>(guard),
            campaigns: self.may::<ListCampaigns>(guard),
            quality: self.may::<ReadShield>(guard),
            plans: self.may::<ReadPlans>(guard),
            members: self.may::<ListMembers>(guard),
            passkeys: self.may::<ListPasskeys>(guard),
            tokens: self.may::<ListTokens>(guard),
            grants: self.may::<ListGrants>(guard),
            review: self.may::<ReadReview>(guard),
            ledger: self.may::<ReadLedger>(guard),
            incidents: self.may::<ReadIncidents>(guard),
            notices: self.may::<ReadNotices>(guard),
            sources: self.may::<ListSources>(guard),
        }
    }
}

/// A second right that a page uses where the caller has it. Asking for it is not held against those who do not.
pub(crate) struct Also<A: Action>(pub(crate) Option<Permit<A>>);

impl<A, S> FromRequestParts<S> for Also<A>
where
    A: Action,
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let reading = Permit::<ReadWorkspace>::from_request_parts(parts, state).await?;
        if !may(&Guard::from_ref(state), reading.granted(), reading.caller().level(), A::info()) {
            return Ok(Self(None));
        }
        Permit::from_request_parts(parts, state).await.map(|permit| Self(Some(permit)))
    }
}

impl<A: Action> Part for Also<A> {}

fn may(guard: &Guard, reading: &Granted, level: u8, action: &'static ActionInfo) -> bool {
    let request = Request {
        kind: reading.principal.kind,
        level,
        // Whoever reads the workspace was let in.
        leave: true,
        roles: reading.principal.roles,
        scopes: ScopeSet::NONE,
        action,
        belongs: true,
        granted: true,
        step_up: true,
        read_only: false,
    };
    guard.policies().decide(&request).is_allow()
}

/// An instant of the services as the pages have it.
pub(crate) fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}
