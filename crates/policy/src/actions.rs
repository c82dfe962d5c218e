//! The table of every action. A route that is not here cannot exist; an action that no policy names is
//! refused to everybody.

use crate::action::By::{Session, Token, Touch};
use crate::action::Effect::{Changes, Reads, Tightens};
use crate::action::Grants::{Clear, Export, Support};
use crate::action::Scope::{Anyone, Installation, Workspace};
use crate::action::{Action, ActionInfo, Grants};

macro_rules! actions {
    (@grants) => { Grants::No };
    (@grants $grants:ident) => { $grants };
    ($($name:ident: $scope:ident, $effect:ident, $by:expr, $($grants:ident,)? $words:literal;)*) => {
        $(
            #[doc = concat!("May ", $words, ".")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Action for $name {
                const INFO: ActionInfo = ActionInfo::row(
                    stringify!($name), $scope, $effect, $by, (actions!(@grants $($grants)?), $words),
                );
                fn info() -> &'static ActionInfo {
                    static INFO: ActionInfo = $name::INFO;
                    &INFO
                }
            }
        )*

        /// Every action, in the table's order.
        pub fn all() -> Vec<&'static ActionInfo> {
            vec![$($name::info()),*]
        }
    };
}

actions! {
    // Before anybody has signed in.
    ReadHealth: Anyone, Reads, Session, "ask whether the server lives and is ready";
    ReadApiDescription: Anyone, Reads, Session, "read the description of the interface";
    ReadPublicPage: Anyone, Reads, Session, "open the pages and files needed to sign in";
    ReadPublicStatus: Anyone, Reads, Session, "read the public status page";
    ReadUnsubscribe: Anyone, Reads, Session, "open the page of a message's unsubscribe link";
    Unsubscribe: Anyone, Tightens, Session, "unsubscribe with the link of a message";
    ReadSharedDashboard: Anyone, Reads, Session, "open a share link of a dashboard";
    BeginSignIn: Anyone, Tightens, Session, "begin to sign in";
    FinishSignIn: Anyone, Tightens, Session, "finish signing in";
    BeginEnrol: Anyone, Tightens, Session, "begin to enrol with a code";
    FinishEnrol: Anyone, Tightens, Session, "finish enrolling with a code";
    SignInWithPassword: Anyone, Tightens, Session, "sign in with an address, a password and a code";
    ReplacePassword: Anyone, Tightens, Session, "choose another password before going in, where theirs is known to strangers";
    BeginPasswordEnrol: Anyone, Tightens, Session, "begin to choose a password with a code";
    FinishPasswordEnrol: Anyone, Tightens, Session, "finish choosing a password with a code";
    LookAround: Anyone, Tightens, Session, "look around the demo with a one-time link";
    BeginSignOn: Anyone, Tightens, Session, "begin to sign in with their organisation's provider";
    FinishSignOn: Anyone, Tightens, Session, "come back from their organisation's provider";
    EndSignOn: Anyone, Tightens, Session, "end sessions because the organisation's provider says that somebody signed out";
    BindSession: Anyone, Tightens, Session, "bind the session just opened to the device";
    RenewBoundSession: Anyone, Tightens, Session, "renew a session with the device's key";
    // Collecting goes on in read-only mode, whoever sends.
    SendEvents: Anyone, Tightens, Session, "send events with a write key";
    // From the host's own socket in the data directory: only what saves or tightens, or begins with a delay.
    SaveFromHost: Anyone, Tightens, Session, "save a backup, from the host itself";
    ReadOnlyFromHost: Anyone, Tightens, Session, "make everything read-only, from the host itself";
    LockdownFromHost: Anyone, Tightens, Session, "end every session and token, from the host itself";
    ReplaceKeyFromHost: Anyone, Tightens, Session, "give a workspace another key, from the host itself";
    TestNoticesFromHost: Anyone, Tightens, Session, "send a test notice, from the host itself";
    RecoverFromHost: Anyone, Tightens, Session, "begin or finish a lone owner's recovery, from the host itself";

    // One's own account.
    ReadSession: Installation, Reads, Session, "see who they are signed in as";
    EndSession: Installation, Tightens, Session, "sign out";
    ListSessions: Installation, Reads, Session, "see their own sessions";
    ReadOwnNotices: Installation, Reads, Session, "see what they are told about their own account";
    EndOtherSessions: Installation, Tightens, Session, "end their own other sessions";
    FinishStepUp: Installation, Tightens, Session, "answer a request for a fresh touch";
    ListPasskeys: Installation, Reads, Session, "see their own passkeys";
    AddPasskey: Installation, Changes, Touch, "begin to add a passkey of their own";
    FinishAddPasskey: Installation, Changes, Session, "finish adding a passkey they began to add";
    AddFirstPasskey: Installation, Changes, Session, "begin to enrol the first passkey of their own, where somebody who runs the workspace allowed it";
    RefuseFirstPasskey: Installation, Tightens, Session, "say that they want no first passkey";
    RemovePasskey: Installation, Tightens, Touch, "remove a passkey of their own";
    LockPasskeys: Installation, Tightens, Touch, "refuse new passkeys for their own account";
    UnlockPasskeys: Installation, Changes, Touch, "allow new passkeys for their own account again";
    SetPassword: Installation, Changes, Touch, "begin to choose a password of their own";
    FinishSetPassword: Installation, Changes, Session, "finish choosing a password they began to choose";
    ChangePassword: Installation, Changes, Session, "change their own password, showing the present one and a code";
    RemovePassword: Installation, Tightens, Touch, "remove their own password";
    AcceptInvite: Installation, Changes, Touch, "accept an invitation with the account they have";
    ListWorkspaces: Installation, Reads, Session, "see which workspaces they belong to";
    CreateWorkspace: Installation, Changes, Touch, "create a workspace and own it";

    // A workspace and its members.
    ReadWorkspace: Workspace, Reads, Token("workspace:read"), Support, "see the workspace's settings";
    ChangeWorkspace: Workspace, Changes, Touch, "change the workspace's settings";
    DeleteWorkspace: Workspace, Changes, Touch, "ask for the workspace to be deleted";
    ReplaceKey: Workspace, Tightens, Touch, "give the workspace another key";
    ListMembers: Workspace, Reads, Token("members:read"), "see the members and their roles";
    ReadAccess: Workspace, Reads, Token("members:read"), "see who may do what here, now and on earlier days";
    InviteMember: Workspace, Changes, Touch, "invite a member";
    CancelInvite: Workspace, Tightens, Session, "cancel an invitation";
    ChangeRole: Workspace, Changes, Touch, "change a member's role";
    RemoveMember: Workspace, Tightens, Touch, "remove a member";
    EndMemberSessions: Workspace, Tightens, Session, "end every session of a member";
    ListTokens: Workspace, Reads, Session, "see the interface tokens, never their text";
    CreateToken: Workspace, Changes, Touch, "create an interface token";
    RevokeToken: Workspace, Tightens, Session, "revoke an interface token";
    RenewToken: Workspace, Changes, Touch, "say that an interface token is still needed";
    ConfirmMember: Workspace, Changes, Touch, "say that a member still needs their role";
    ReadReview: Workspace, Reads, Token("ledger:read"), "see who could see what, who used it, and what has lapsed unused";
    AllowPasswords: Workspace, Changes, Touch, "let members sign in with a password and a code";
    DemandPasskeys: Workspace, Tightens, Touch, "demand passkeys of every member";
    StartRecovery: Workspace, Changes, Touch, "start to recover the account of a member who lost every passkey";
    ApproveRecovery: Workspace, Changes, Touch, "approve a recovery that another person started";
    AllowFirstPasskey: Workspace, Changes, Touch, "allow a member without a passkey to enrol their first one";
    StopFirstPasskey: Workspace, Tightens, Session, "take back that a member may enrol a first passkey";
    SetMode: Workspace, Tightens, Session, "make the workspace read-only, or ask for normal mode";
    ApproveNormalMode: Workspace, Tightens, Touch, "approve the workspace's return to normal mode";
    Lockdown: Workspace, Tightens, Touch, "lock the workspace down: sessions and tokens end, read-only";
    StopRecovery: Workspace, Tightens, Session, "stop the recovery of a lone owner's account";
    ReadNotices: Workspace, Reads, Session, "see the notices of the workspace";
    TestNotices: Workspace, Tightens, Session, "send a test notice to those who run the workspace";
    SetNoticeHook: Workspace, Changes, Touch, "set, rotate or remove the workspace's webhook for notices";

    // Grants: what somebody may do for a time, for a reason, because another person said so.
    ListGrants: Workspace, Reads, Session, "see the grants of the workspace";
    AskExport: Workspace, Changes, Session, "ask for a grant to export people";
    ApproveGrant: Workspace, Changes, Touch, "approve a grant that another person asked for";
    RefuseGrant: Workspace, Tightens, Session, "refuse a grant";
    EndGrant: Workspace, Tightens, Session, "end a grant, or withdraw what they asked for";
    OpenSupport: Workspace, Changes, Touch, "let a named operator look into the workspace, masked, for a time";
    ExportPeople: Workspace, Changes, Touch, Export, "begin the one export of an approved grant";
    FetchExport: Workspace, Changes, Session, Export, "take the file of an export they began, once";
    AttributeLeak: Workspace, Reads, Token("ledger:read"), "find out which export a leaked file came from";

    // Messages to people.
    ListCampaigns: Workspace, Reads, Session, "see templates and broadcasts and how they go, nobody's address";
    WriteCampaign: Workspace, Changes, Session, "write templates and broadcasts";
    SendBroadcast: Workspace, Changes, Touch, "send a broadcast, which waits for another person where it has to";
    TestSend: Workspace, Changes, Session, "send a test of a broadcast to a few members of the workspace";
    StopBroadcast: Workspace, Tightens, Session, "stop a broadcast";
    ReportComplaint: Workspace, Tightens, Token("messages:send"), "report that somebody complained of a message";
    SendMessage: Workspace, Changes, Token("messages:send"), "send an approved version of a template to named people";

    // Single sign-on: owners', because whoever names the provider decides who is whom.
    ReadSignOn: Workspace, Reads, Session, "see which provider signs the workspace's members in";
    SetSignOn: Workspace, Changes, Touch, "set the provider that signs the workspace's members in";
    RemoveSignOn: Workspace, Tightens, Touch, "take the workspace's provider away";

    // What a directory says about members (SCIM): programs alone, with a scope of its own.
    ReadProvisioned: Workspace, Reads, Token("scim:users"), "see the workspace's members as a directory sees them";
    ProvisionMember: Workspace, Changes, Token("scim:users"), "make somebody a member because a directory says so";
    // Tightens, because it is how a directory says that somebody has left; guard refuses the rest of it in read-only mode.
    ReprovisionMember: Workspace, Tightens, Token("scim:users"), "change what a directory says about a member, or that they have left";
    DeprovisionMember: Workspace, Tightens, Token("scim:users"), "remove a member because a directory says so";

    // Sources and what arrives.
    ListSources: Workspace, Reads, Token("sources:read"), "see the sources and their write keys";
    CreateSource: Workspace, Changes, Touch, "create a source with a write key";
    ChangeSource: Workspace, Changes, Touch, "change or switch off a source";
    RotateWriteKey: Workspace, Changes, Touch, "rotate a source's write key";
    ImportEvents: Workspace, Changes, Token("events:write"), "import history";
    ReadEvents: Workspace, Reads, Token("events:read"), Support, "read events, pseudonymous";
    ReadShield: Workspace, Reads, Token("shield:read"), Support, "see what the shield found and refused, never values";
    ChangeShieldRules: Workspace, Changes, Touch, "change the workspace's own shield rules";
    SettleAlarm: Workspace, Tightens, Session, "settle an alarm about a property";
    AdviseSdk: Workspace, Tightens, Session, "refuse what a version of an SDK captures by itself";
    LiftAdvisory: Workspace, Changes, Touch, "lift an advisory about an SDK";
    BeginPurge: Workspace, Tightens, Touch, "purge what should not have been kept";
    ReadPlans: Workspace, Reads, Token("plans:read"), Support, "read tracking plans and what is quarantined, never values";
    ChangePlan: Workspace, Changes, Touch, "change a tracking plan or what it does";
    ReleaseQuarantine: Workspace, Changes, Touch, "release quarantined events";
    DropQuarantine: Workspace, Tightens, Session, "drop quarantined events";

    // People and questions.
    ListPeople: Workspace, Reads, Token("people:read"), "list people, masked";
    ViewPerson: Workspace, Reads, Token("people:read"), Support, "look at one person, masked";
    RevealTrait: Workspace, Reads, Touch, Clear, "reveal one sealed value of a person";
    DecideIdentity: Workspace, Changes, Touch, "decide which people are one and which are not";
    DecideConsent: Workspace, Changes, Token("people:consent"), "enter what a person agreed to or not";
    AskQuestion: Workspace, Reads, Token("questions:ask"), Support, "ask questions about counts";
    ListSegments: Workspace, Reads, Token("questions:ask"), "see the segments and how many people each has";
    MakeSegment: Workspace, Changes, Token("segments:make"), "make a segment or a computed trait";
    WriteSegment: Workspace, Changes, Session, "make, change and remove segments, and who is on a list";
    ListDashboards: Workspace, Reads, Token("questions:ask"), "see the dashboards, what is noted at days, alerts and schedules";
    WriteDashboard: Workspace, Changes, Session, "make, change and remove dashboards, notes at days, alerts and schedules";
    ReadShares: Workspace, Reads, Session, "see the share links of dashboards";
    ShareDashboard: Workspace, Changes, Touch, "make a link by which anybody sees a dashboard's numbers";
    EndShare: Workspace, Tightens, Session, "end a share link";

    // The ledger.
    ReadLedger: Workspace, Reads, Token("ledger:read"), "read the ledger entries of the workspace";
    ReadCheckpoint: Installation, Reads, Token("ledger:read"), "read the ledger's checkpoint and tiles";

    // Incidents. All of it is allowed in read-only mode, which is what an incident begins with.
    ReadIncidents: Workspace, Reads, Token("ledger:read"), "see the incidents of the workspace and whom they touched, by id";
    OpenIncident: Workspace, Tightens, Session, "open an incident, keep its timeline and draft its notice";
    SendIncidentNotices: Workspace, Tightens, Touch, "approve and send the notice of an incident that somebody else drafted";
    ResetAccess: Workspace, Tightens, Touch, "end every session and token of chosen members, or of everybody in the workspace";

    // The installation.
    ListSupport: Installation, Reads, Session, "see which workspaces were opened to them";
    ListBreakGlass: Installation, Reads, Session, "see which operators asked to look into which workspace unasked";
    AskBreakGlass: Installation, Changes, Touch, "ask to look into a workspace that did not open itself, for half an hour, masked";
    ApproveBreakGlass: Installation, Changes, Touch, "approve another operator's look into a workspace that did not open itself";
    EndBreakGlass: Installation, Tightens, Session, "end an operator's look into a workspace, or refuse it";
    ReadOperations: Installation, Reads, Session, "see the installation's health, no data";
    ListOperators: Installation, Reads, Session, "see the operators";
    InviteOperator: Installation, Changes, Touch, "ask for an operator to be invited, and make the code once another operator has said yes";
    ApproveOperator: Installation, Changes, Touch, "approve that another operator invites one";
    WithdrawOperator: Installation, Tightens, Session, "withdraw or refuse the invitation of an operator";
    ConfirmOperator: Installation, Changes, Touch, "say that another operator is still needed";
    RemoveOperator: Installation, Tightens, Touch, "remove an operator";
    SetInstallationMode: Installation, Tightens, Session, "make the installation read-only, or ask for normal mode";
    ApproveInstallationNormalMode: Installation, Tightens, Touch, "approve the installation's return to normal mode";
    ReadInstallationIncidents: Installation, Reads, Session, "see the installation's incidents: workspaces and counts, nobody in them";
    OpenInstallationIncident: Installation, Tightens, Session, "open an incident of the installation, keep its timeline and draft its notices";
    PublishStatus: Installation, Tightens, Touch, "publish an update on the public status page";
    SendInstallationNotices: Installation, Tightens, Touch, "approve and send the notices of an incident that another operator drafted";
    ResetInstallationAccess: Installation, Tightens, Touch, "end every session and token of chosen accounts, or of everybody";
    LockdownInstallation: Installation, Tightens, Touch, "lock the installation down: every session and token ends, read-only";
}
