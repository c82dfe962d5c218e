//! What every page needs besides its own view: who looks, where, when, and how the page is to look.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::WorkspaceId;

/// The surroundings of a page.
#[derive(Clone)]
pub struct Frame {
    /// The nonce of this response, as in its policy.
    pub nonce: String,
    /// Whether only the main part is wanted: the request had the header `HX-Request`. Under trusted types htmx
    /// must not meet a script in what it swaps, so a whole page in answer to it is an error.
    pub partial: bool,
    /// The present instant.
    pub now: Timestamp,
    /// The time zone in which times are shown: the workspace's.
    pub zone: TimeZone,
    /// Light or dark.
    pub theme: Theme,
    /// Which entry of the navigation is the current one.
    pub section: Section,
    /// Which pages the member's role opens; the navigation leaves out the others.
    pub opens: Opens,
    /// Whether an operator looks: the navigation is the installation's, or a way back to it.
    pub operator: bool,
    /// The workspace looked at; without one, and without an operator, there is no navigation.
    pub workspace: Option<WorkspaceBadge>,
    /// Who is signed in.
    pub member: Option<MemberBadge>,
    /// Set while the workspace or the installation is held read-only.
    pub held: Option<Held>,
    /// Whether single keys move through the console (a choice of the member).
    pub shortcuts: bool,
    /// What the last action did, shown once.
    pub flash: Option<String>,
}

/// The saved choice of colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The name in the cookie and as a class; the system's choice has none.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name; the system's for anything else.
    pub fn from_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// An entry of the navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// What arrives.
    Live,
    /// Profiles.
    People,
    /// Trends and other questions.
    Questions,
    /// Questions side by side.
    Dashboards,
    /// Audiences that people join and leave.
    Segments,
    /// Messages to people.
    Campaigns,
    /// What the shield found and refused.
    Quality,
    /// Tracking plans and what waits because of one.
    Plans,
    /// Members, passkeys, sessions, tokens.
    Access,
    /// The audit ledger.
    Ledger,
    /// What somebody saw and did, and who is told.
    Incidents,
    /// What those who run the workspace are told.
    Notices,
    /// Where events come from.
    Sources,
    /// The workspace's settings.
    Settings,
    /// The workspaces one belongs to.
    Workspaces,
    /// The installation, for operators.
    Operations,
    /// Those who run it.
    Operators,
    /// A page outside the navigation.
    Elsewhere,
}

/// Which pages a role opens, beyond those that every role does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opens {
    /// Profiles, at least one by one.
    pub people: bool,
    /// Questions.
    pub questions: bool,
    /// Dashboards.
    pub dashboards: bool,
    /// Segments.
    pub segments: bool,
    /// Templates and broadcasts.
    pub campaigns: bool,
    /// What the shield found and refused.
    pub quality: bool,
    /// Tracking plans.
    pub plans: bool,
    /// Members and invites.
    pub members: bool,
    /// Passkeys and sessions of one's own.
    pub passkeys: bool,
    /// API tokens.
    pub tokens: bool,
    /// Grants.
    pub grants: bool,
    /// The review of access.
    pub review: bool,
    /// The ledger.
    pub ledger: bool,
    /// Incidents.
    pub incidents: bool,
    /// Notices.
    pub notices: bool,
    /// Sources.
    pub sources: bool,
}

impl Opens {
    /// Everything.
    pub const ALL: Self = Self {
        people: true,
        questions: true,
        dashboards: true,
        segments: true,
        campaigns: true,
        quality: true,
        plans: true,
        members: true,
        passkeys: true,
        tokens: true,
        grants: true,
        review: true,
        ledger: true,
        incidents: true,
        notices: true,
        sources: true,
    };
}

/// The workspace in the navigation.
#[derive(Clone)]
pub struct WorkspaceBadge {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
}

/// The signed-in member in the navigation.
#[derive(Clone)]
pub struct MemberBadge {
    /// Name or e-mail address of the member.
    pub name: String,
    /// The role in this workspace.
    pub role: String,
}

/// Why nothing may be changed.
#[derive(Clone)]
pub struct Held {
    /// The reason given.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether an incident is declared, which turns the frame red.
    pub incident: bool,
}
