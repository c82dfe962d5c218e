//! The addresses of the console's pages, written in one place: what links here is what the door routes.

use model::{
    AnnotationId, BroadcastId, DashboardId, GrantId, IncidentId, MemberId, MetricAlertId, PasskeyId,
    PersonId, PurgeId, ScheduleId, SegmentId, ShareId, SourceId, TemplateId, TokenId, WorkspaceId,
};

/// Sign-in.
pub const SIGN_IN: &str = "/sign-in";
/// Sign-out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// A look around the demo (GET the page, POST the code).
pub const LOOK: &str = "/look";
/// Signs in with an address, a password and a code (POST).
pub const SIGN_IN_PASSWORD: &str = "/sign-in/password";
/// Another password in place of one that strangers know (POST).
pub const SIGN_IN_REPLACE: &str = "/sign-in/password/replace";
/// A password with an invite code; begins (POST).
pub const ENROL_PASSWORD: &str = "/enrol/password";
/// Finishes it (POST).
pub const ENROL_PASSWORD_FINISH: &str = "/enrol/password/finish";
/// Enrolment with a set-up or invite code.
pub const ENROL: &str = "/enrol";
/// Saves light or dark (POST).
pub const THEME: &str = "/theme";
/// Turns the single keys on or off (POST).
pub const SHORTCUTS: &str = "/shortcuts";
/// The workspaces one belongs to; a new one (POST).
pub const WORKSPACES: &str = "/workspaces";
/// What operators see: the installation, no workspace's data.
pub const OPERATIONS: &str = "/operations";
/// Makes the installation read-only, or asks for the way back (POST).
pub const OPERATIONS_MODE: &str = "/operations/mode";
/// Asks to look into a workspace that did not open itself (POST).
pub const OPERATIONS_GLASS: &str = "/operations/break-glass";
/// The operator's own passkeys and sessions.
pub const OPERATIONS_PASSKEYS: &str = "/operations/passkeys";
/// Those who run the installation; asks to bring in another one (POST).
pub const OPERATIONS_OPERATORS: &str = "/operations/operators";
/// Sign in with one's organisation (POST).
pub const SIGN_ON: &str = "/sign-in/organisation";
/// The way to the organisation's provider.
pub const SIGN_ON_GO: &str = "/sign-in/organisation/go";
/// The installation's incidents; a new one (POST).
pub const OPERATIONS_INCIDENTS: &str = "/operations/incidents";
/// Whether the server is ready, as programs ask it.
pub const READY: &str = "/readyz";
/// The style guide.
pub const COMPONENTS: &str = "/components";

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident $tail:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(workspace: WorkspaceId) -> String {
            format!(concat!("/w/{}", $tail), workspace)
        }
    )*};
}

pages! {
    /// First steps.
    welcome "/welcome";
    /// What arrives.
    live "/live";
    /// The stream of rows behind the live page.
    live_stream "/live/stream";
    /// Profiles.
    people "/people";
    /// Pairs of people who might be one (GET the page, POST a decision).
    people_suggestions "/people/suggestions";
    /// Trend questions.
    questions "/questions";
    /// The people behind a number of an answer.
    questions_behind "/questions/behind";
    /// Which events and properties there are to ask about.
    catalogue "/catalogue";
    /// Questions side by side; a new dashboard (POST).
    dashboards "/dashboards";
    /// Puts a question on a dashboard (POST).
    dashboards_keep "/keep-question";
    /// Notes something at a day (POST).
    annotations "/annotations";
    /// Watches a metric (POST).
    metric_alerts "/metric-alerts";
    /// Audiences that people join and leave; a new one (POST).
    segments "/segments";
    /// Traits worked out from what people did; a new one (POST).
    computed "/computed";
    /// Templates and broadcasts; a new broadcast (POST).
    campaigns "/campaigns";
    /// A new template (POST).
    templates "/campaigns/templates";
    /// Findings and refusals.
    quality "/quality";
    /// Why values are removed or sealed.
    why "/quality/why";
    /// The workspace's own shield rules.
    rules "/quality/rules";
    /// Purges of what should not have been kept.
    purges "/quality/purges";
    /// A purge's dry run (POST).
    purges_count "/quality/purges/count";
    /// Which SDKs send, and what is stopped.
    sdks "/quality/sdks";
    /// Properties that look different now.
    alarms "/quality/alarms";
    /// What was received that should not have been.
    report "/quality/report";
    /// Tracking plans.
    plans "/plans";
    /// Drafts a plan from what arrived (POST).
    plan_draft "/plans/draft";
    /// What departs from a plan and waits.
    quarantine "/quarantine";
    /// Members, roles and invites.
    members "/access/members";
    /// The member's own passkeys and sessions.
    passkeys "/access/passkeys";
    /// The member's own password.
    own_password "/access/password";
    /// API tokens.
    tokens "/access/tokens";
    /// The review of access.
    review "/access/review";
    /// The policies in words and in full.
    policies "/access/policies";
    /// Grants; a request for one (POST).
    grants "/access/grants";
    /// Lets an operator look in (POST).
    grants_support "/access/grants/support";
    /// Whose a leaked file is (POST).
    leaks "/access/grants/leak";
    /// The ledger.
    ledger "/ledger";
    /// Incidents; a new one (POST).
    incidents "/incidents";
    /// What those who run the workspace are told.
    notices "/notices";
    /// Sources.
    sources "/sources";
    /// Settings.
    settings "/settings";
    /// The organisation's provider and directory; a change of the provider (POST).
    single_sign_on "/access/single-sign-on";
    /// Holds the workspace read-only, or asks for the way back (POST).
    mode "/settings/mode";
    /// Gives the workspace another key (POST).
    key "/settings/key";
}

/// Questions of a kind: `funnel`, `retention`, `flow`, `sessions`, `people`, `sql`; a statement of the last (POST).
pub fn questions_of(workspace: WorkspaceId, kind: &str) -> String {
    format!("{}/{kind}", questions(workspace))
}

/// One plan; a new version of it (POST).
pub fn plan(workspace: WorkspaceId, name: &str) -> String {
    format!("{}/{name}", plans(workspace))
}

/// A version of a plan.
pub fn plan_version(workspace: WorkspaceId, name: &str, version: u32) -> String {
    with_query(&plan(workspace, name), &[("version", &version.to_string())])
}

/// What changed between two versions of a plan.
pub fn plan_changes(workspace: WorkspaceId, name: &str, (from, to): (u32, u32)) -> String {
    let path = format!("{}/changes", plan(workspace, name));
    with_query(&path, &[("from", &from.to_string()), ("to", &to.to_string())])
}

/// Something done to a plan (POST): `mode`.
pub fn plan_act(workspace: WorkspaceId, name: &str, act: &str) -> String {
    format!("{}/{act}", plan(workspace, name))
}

/// The typed client of a version of a plan, from the API.
pub fn plan_client(workspace: WorkspaceId, name: &str, version: u32) -> String {
    format!("/api/v1/workspaces/{workspace}/plans/{name}/client.ts?version={version}")
}

/// Something done to what waits (POST): `release`, `drop`.
pub fn quarantine_act(workspace: WorkspaceId, act: &str) -> String {
    format!("{}/{act}", quarantine(workspace))
}

/// A computed trait, in the form that changes it.
pub fn computed_trait(workspace: WorkspaceId, name: &str) -> String {
    format!("{}/{name}", computed(workspace))
}

/// Something done to a computed trait (POST): `edit`, `remove`.
pub fn computed_act(workspace: WorkspaceId, name: &str, act: &str) -> String {
    format!("{}/{act}", computed_trait(workspace, name))
}

/// A dashboard.
pub fn dashboard(workspace: WorkspaceId, id: DashboardId) -> String {
    format!("{}/{id}", dashboards(workspace))
}

/// Something done to a dashboard (POST): `edit` (GET too), `duplicate`, `remove`, `share`, `schedule`.
pub fn dashboard_act(workspace: WorkspaceId, id: DashboardId, act: &str) -> String {
    format!("{}/{act}", dashboard(workspace, id))
}

/// Ends a share link (POST).
pub fn share_end(workspace: WorkspaceId, id: DashboardId, share: ShareId) -> String {
    format!("{}/shares/{share}/end", dashboard(workspace, id))
}

/// Takes a schedule away (POST).
pub fn schedule_remove(workspace: WorkspaceId, id: DashboardId, schedule: ScheduleId) -> String {
    format!("{}/schedules/{schedule}/remove", dashboard(workspace, id))
}

/// Takes away what is noted at a day (POST).
pub fn annotation_remove(workspace: WorkspaceId, id: AnnotationId) -> String {
    format!("{}/{id}/remove", annotations(workspace))
}

/// Takes an alert on a metric away (POST).
pub fn metric_alert_remove(workspace: WorkspaceId, id: MetricAlertId) -> String {
    format!("{}/{id}/remove", metric_alerts(workspace))
}

/// A segment.
pub fn segment(workspace: WorkspaceId, id: SegmentId) -> String {
    format!("{}/{id}", segments(workspace))
}

/// Something done to a segment (POST): `edit`, `import`, `remove`.
pub fn segment_act(workspace: WorkspaceId, id: SegmentId, act: &str) -> String {
    format!("{}/{act}", segment(workspace, id))
}

/// A template; its next version (POST).
pub fn template(workspace: WorkspaceId, id: TemplateId) -> String {
    format!("{}/{id}", templates(workspace))
}

/// A broadcast.
pub fn broadcast(workspace: WorkspaceId, id: BroadcastId) -> String {
    format!("{}/{id}", campaigns(workspace))
}

/// Something done to a broadcast (POST): `edit`, `send`, `stop`, `test`.
pub fn broadcast_act(workspace: WorkspaceId, id: BroadcastId, act: &str) -> String {
    format!("{}/{act}", broadcast(workspace, id))
}

/// One person.
pub fn person(workspace: WorkspaceId, id: PersonId) -> String {
    format!("{}/{id}", people(workspace))
}

/// Something done to a source (POST): `rotate`, `disable`, `enable`.
pub fn source_act(workspace: WorkspaceId, id: SourceId, act: &str) -> String {
    format!("{}/{id}/{act}", sources(workspace))
}

/// Lifts an advisory (POST).
pub fn advisory_lift(workspace: WorkspaceId, id: i64) -> String {
    format!("{}/{id}/lift", sdks(workspace))
}

/// Settles an alarm (POST): `usual`, `leak`.
pub fn alarm_settle(workspace: WorkspaceId, id: i64, verdict: &str) -> String {
    format!("{}/{id}/{verdict}", alarms(workspace))
}

/// The answer to a question in the query as a file, from the API.
pub fn answer_file(workspace: WorkspaceId) -> String {
    format!("/api/v1/workspaces/{workspace}/questions")
}

/// The report as a file, from the API.
pub fn report_file(workspace: WorkspaceId) -> String {
    format!("/api/v1/workspaces/{workspace}/shield/report")
}

/// Removes a shield rule (POST).
pub fn rule_removal(workspace: WorkspaceId, name: &str) -> String {
    format!("{}/{name}/remove", rules(workspace))
}

/// Ends a token (POST).
pub fn token_end(workspace: WorkspaceId, id: TokenId) -> String {
    format!("{}/{id}/end", tokens(workspace))
}

/// Says that a token is still needed (POST).
pub fn token_renew(workspace: WorkspaceId, id: TokenId) -> String {
    format!("{}/{id}/renew", tokens(workspace))
}

/// Something done to a member or an invite (POST): `role`, `remove`, `end-sessions`, `cancel`, `confirm`.
pub fn member_act(workspace: WorkspaceId, id: MemberId, act: &str) -> String {
    format!("{}/{id}/{act}", members(workspace))
}

/// Removes one of one's own passkeys (POST); `passkeys` is the page of them.
pub fn passkey_remove(passkeys: &str, id: PasskeyId) -> String {
    format!("{passkeys}/{id}/remove")
}

/// Something done to one's own password (POST): `begin`, `finish`, `change`, `remove`; `password` is the page of it.
pub fn password_act(password: &str, act: &str) -> String {
    format!("{password}/{act}")
}

/// Lets members in with passwords, or demands passkeys (POST): `allow`, `demand`.
pub fn passwords_act(workspace: WorkspaceId, act: &str) -> String {
    format!("{}/passwords/{act}", settings(workspace))
}

/// Refuses new passkeys for one's own account (POST); `passkeys` is the page of them.
pub fn passkeys_lock(passkeys: &str) -> String {
    format!("{passkeys}/lock")
}

/// Refuses the first passkey that was allowed to one (POST).
pub fn passkey_refuse(passkeys: &str) -> String {
    format!("{passkeys}/refuse-first")
}

/// Allows them again (POST).
pub fn passkeys_unlock(passkeys: &str) -> String {
    format!("{passkeys}/unlock")
}

/// Ends all other sessions of one's own (POST); `passkeys` is the page of them.
pub fn sessions_end(passkeys: &str) -> String {
    format!("{passkeys}/end-others")
}

/// Approves, or ends, an operator's look into a workspace (POST).
pub fn operations_glass(id: GrantId, act: &str) -> String {
    format!("{OPERATIONS_GLASS}/{id}/{act}")
}

/// Something done to an operator (POST): `confirm`, `remove`.
pub fn operator_act(id: MemberId, act: &str) -> String {
    format!("{OPERATIONS_OPERATORS}/{id}/{act}")
}

/// Something done to a request to bring one in (POST): `approve`, `code`, `withdraw`.
pub fn operator_invite_act(id: GrantId, act: &str) -> String {
    format!("{OPERATIONS_OPERATORS}/invites/{id}/{act}")
}

/// Approves the installation's return to normal mode (POST).
pub fn operations_approve(id: GrantId) -> String {
    format!("{OPERATIONS}/approve/{id}")
}

/// Approves the return to normal mode (POST).
pub fn approve(workspace: WorkspaceId, id: GrantId) -> String {
    format!("{}/approve/{id}", settings(workspace))
}

/// One incident; `incidents` is the page of them.
pub fn incident(incidents: &str, id: IncidentId) -> String {
    format!("{incidents}/{id}")
}

/// A workspace's part of an incident as a file, from the API.
pub fn incident_scope(workspace: WorkspaceId, id: IncidentId) -> String {
    format!("/api/v1/workspaces/{workspace}/incidents/{id}/scope")
}

/// Something done to a grant (POST): `approve`, `refuse`, `end`, `begin`.
pub fn grant_act(workspace: WorkspaceId, id: GrantId, act: &str) -> String {
    format!("{}/{id}/{act}", grants(workspace))
}

/// Something done about how notices arrive (POST): `test`, `webhook`, `webhook/rotate`, `webhook/remove`.
pub fn notices_act(workspace: WorkspaceId, act: &str) -> String {
    format!("{}/{act}", notices(workspace))
}

/// The file of an export that was begun, from the API (POST).
pub fn export_file(workspace: WorkspaceId, id: GrantId) -> String {
    format!("/api/v1/workspaces/{workspace}/exports/{id}/file")
}

/// A decision about who is who (POST): `unmerge`, `lift`.
pub fn people_act(workspace: WorkspaceId, act: &str) -> String {
    format!("{}/{act}", people(workspace))
}

/// Enters what a person agreed to (POST).
pub fn person_consent(workspace: WorkspaceId, id: PersonId) -> String {
    format!("{}/consent", person(workspace, id))
}

/// Reveals a value of a person (POST).
pub fn person_reveal(workspace: WorkspaceId, id: PersonId) -> String {
    format!("{}/reveal", person(workspace, id))
}

/// One purge.
pub fn purge(workspace: WorkspaceId, id: PurgeId) -> String {
    format!("{}/{id}", purges(workspace))
}

/// One purge with its report, as the API gives it.
pub fn purge_report(workspace: WorkspaceId, id: PurgeId) -> String {
    format!("/api/v1/workspaces/{workspace}/purges/{id}")
}

/// The same page with a query; empty values are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut sign = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(sign);
        encode(&mut out, name);
        out.push('=');
        encode(&mut out, value);
        sign = '&';
    }
    out
}

/// Percent-encodes what is not unreserved (RFC 3986).
fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}
