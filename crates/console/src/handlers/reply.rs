//! Answers: a page; and what follows an action, the page it belongs to with a word on what was done.

use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::Markup;

use crate::paths;

/// A page as an answer.
pub(crate) struct Page(pub(crate) Markup);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0.into_string()).into_response()
    }
}

/// The name in the query that says what was done.
const DONE: &str = "done";

/// What actions say when they are done. The address holds the code, so nobody can put words of theirs on a page.
const WORDS: &[(&str, &str)] = &[
    ("workspace-created", "The workspace was created, and you own it."),
    ("source-created", "The source was created. Its write key is below."),
    ("source-quota", "How many events a second the source may send was set."),
    ("source-rotated", "The source has a new write key. The one before goes on working for a day."),
    ("source-disabled", "The source takes no more events."),
    ("source-enabled", "The source takes events again."),
    ("token-ended", "The token was ended. Programs that use it are refused from now on."),
    ("still-needed", "Noted. It works, and counts from now on."),
    (
        "template-written",
        "Saved as a version of its own. Broadcasts keep the version that they were made with.",
    ),
    (
        "segment-made",
        "Made. Everybody is gone through once; from then on people join and leave by themselves.",
    ),
    ("segment-edited", "Saved. With another condition everybody is gone through once more."),
    ("segment-removed", "Removed. Nobody has left it: it is no more."),
    ("computed-written", "Saved. Everybody is gone through once, and the segments that ask for it are too."),
    ("computed-removed", "Removed, with its values."),
    ("dashboard-made", "Made. Put questions on it below, or from any question's page."),
    ("dashboard-saved", "Saved."),
    ("dashboard-copied", "Copied. This is the copy."),
    ("dashboard-removed", "Removed, with its schedules and share links."),
    ("question-kept", "The question is on the dashboard now, as its last tile."),
    ("share-made", "The link stands below. Those who run the workspace are told of it."),
    ("share-ended", "Ended. The link shows nothing from now on."),
    ("schedule-made", "Kept. Its numbers go where the workspace's notices go."),
    ("schedule-removed", "Removed. Its numbers are not sent any more."),
    ("annotation-made", "Noted. It stands on every chart over time."),
    ("annotation-removed", "Removed."),
    ("alert-made", "Kept. Its last whole hour or day is judged now."),
    ("alert-removed", "Removed. Nobody is told of it any more."),
    ("broadcast-made", "Made. Nothing is sent before somebody asks for it."),
    ("broadcast-edited", "Saved. What was asked for or approved before is void."),
    ("broadcast-asked", "Asked. It begins by itself, at once or when another person has approved it."),
    ("broadcast-stopped", "Stopped. Whoever was waiting gets nothing."),
    ("broadcast-tested", "A test is on its way to your own address."),
    ("grant-asked", "Asked. Another person who runs the workspace says yes or no."),
    ("grant-approved", "Approved. It is announced, and over by itself."),
    ("grant-refused", "Refused. Nothing comes of it."),
    ("grant-ended", "Ended, in open sessions too."),
    ("glass-asked", "Asked. The workspace and every operator are told; another operator says yes."),
    (
        "glass-approved",
        "Approved for half an hour. Whoever asked sees the workspace, masked, once a witness has seen the entry.",
    ),
    ("glass-ended", "Ended, in open sessions too."),
    ("operator-asked", "Asked. Another operator approves it here, then you make the code."),
    (
        "operator-asked-alone",
        "Asked. Nobody else could approve it: in a day you make the code, and everybody who runs a workspace is told.",
    ),
    ("operator-approved", "Approved. Whoever asked makes the code now."),
    ("operator-withdrawn", "Nobody is invited for it."),
    ("operator-removed", "The operator was removed. Their sessions and what was opened to them have ended."),
    ("support-opened", "Opened. You see here until when, and may end it at any time."),
    ("notice-arrived", "The test notice was taken by a second channel."),
    ("notice-lost", "No second channel took the test notice. What failed stands below."),
    ("hook-removed", "Notices are posted nowhere any more."),
    ("status-published", "Published. The public page shows it now."),
    ("incident-closed", "Closed."),
    ("member-role", "The role was changed. The member signs in again."),
    ("sign-on-set", "Saved. Members at these domains can sign in with their organisation."),
    ("sign-on-removed", "Removed. Whoever came in through the provider is signed out."),
    ("member-removed", "The member was removed; their sessions and tokens here have ended."),
    ("member-sessions", "Every session of the member has ended."),
    ("invite-cancelled", "The invite was cancelled."),
    ("passkey-removed", "The passkey was removed."),
    ("passkeys-locked", "No passkey can be added to your account any more."),
    ("passkeys-unlocked", "Passkeys can be added to your account again."),
    ("password-set", "Your password and its app are in force. Your other sessions have ended."),
    ("password-removed", "Your password and its app are gone."),
    (
        "passwords-allowed",
        "Members may sign in with a password and an authenticator app now; owners and admins need a passkey.",
    ),
    ("passkeys-demanded", "Every member needs a passkey now. Sessions opened without one have ended."),
    ("recovery-started", "Started, and announced. Another person who runs the workspace approves it here."),
    ("recovery-stopped", "Stopped. A code that was made for it opens nothing."),
    (
        "first-passkey-allowed",
        "Allowed, in a day from now, from within a session of theirs. They and everybody who runs the workspace are told.",
    ),
    ("first-passkey-stopped", "No first passkey can be enrolled there any more."),
    ("sessions-ended", "Every other session of yours has ended."),
    (
        "key-replaced",
        "The workspace has another key. What the one before sealed is sealed anew in the background.",
    ),
    ("settings-saved", "The settings were saved."),
    ("held", "The workspace is read-only now."),
    ("normal-asked", "Asked. The workspace stays read-only until somebody approves below."),
    ("normal", "Changes are taken again."),
    (
        "normal-own",
        "The workspace is no longer held itself, but the installation still is: changes are not taken yet.",
    ),
    ("installation-held", "The installation is read-only now, with every workspace in it."),
    ("installation-asked", "Asked. The installation stays read-only until an operator approves below."),
    (
        "installation-normal",
        "The installation takes changes again. A workspace that is held by its own people stays held.",
    ),
    ("sdk-stopped", "Stopped. What this version captures is refused from now on."),
    ("sdk-lifted", "Lifted. Its events are taken again."),
    ("alarm-settled", "The alarm was settled."),
    ("rule-added", "The rule is in force for the next event."),
    ("rule-removed", "The rule was removed."),
    ("incident-opened", "The incident is open. Below stands whom it touched, from the ledger."),
    ("incident-noted", "The line stands in the timeline."),
    ("notices-drafted", "Drafted. Somebody else reads it and sends it."),
    ("notices-sent", "Sent. Those who run each workspace see it under Notices."),
    ("access-reset", "Reset. Their sessions and tokens have ended."),
    ("purge-ordered", "Ordered. It is carried out in the background; this page tells how far it is."),
    ("plan-drafted", "The plan was drafted from what arrived. Read it, and change what is not meant."),
    (
        "plan-changed",
        "The plan has a new version. It judges every event from now on, if it is the active one.",
    ),
    ("plan-mode", "The mode was set. It holds for every event from now on."),
    ("people-merged", "Decided: the two are one person."),
    ("people-apart", "Decided: the two are two people, and no alias proposes them again."),
    ("people-lifted", "The rules decide about the two again, from the next event on."),
    (
        "people-unmerged",
        "Separated. No rule merges the two again; events that came in between stay with the other.",
    ),
    ("consent-entered", "Entered. It counts from now on, unless something newer is said."),
    ("quarantine-released", "Released: they are among the events now, with the id and time they came with."),
    ("quarantine-dropped", "Dropped. They are gone for good."),
    ("signed-out", "You are signed out."),
];

/// To the page at `path`, which says what was done.
pub(crate) fn done(path: &str, code: &'static str) -> Redirect {
    Redirect::to(&done_path(path, code))
}

/// The address of the page at `path` that says what was done.
pub(crate) fn done_path(path: &str, code: &'static str) -> String {
    debug_assert!(words_of(code).is_some(), "{code} has no words");
    paths::with_query(path, &[(DONE, code)])
}

/// What the query says was done, where it is one of ours.
pub(crate) fn done_in(query: &str) -> Option<&'static str> {
    let code = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == DONE)?.1;
    words_of(code)
}

fn words_of(code: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == code).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_only_say_what_we_say() {
        assert_eq!(done_in("a=b&done=held"), Some("The workspace is read-only now."));
        assert_eq!(done_in("done=Send+money"), None);
        assert_eq!(done_in("done"), None);
    }
}
