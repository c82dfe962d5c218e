//! Asking for an export, and opening the workspace to support.

use model::{GrantId, MemberId, WorkspaceId};
use serde_json::json;
use signin::account::AccountKind;

use super::{
    Decision, EXPORT_LIFE_S, EXPORT_LIFE_S_MAX, ExportScope, FIELDS_MAX, Grant, OPEN_MAX, Purpose,
    RECIPIENTS_MAX, ROWS_MAX, SUPPORT_LIFE_S_MAX, VOID_MS,
};
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::mode::checked_reason;

/// The longest description of which people, in bytes of JSON.
const WHO_BYTES_MAX: usize = 8_192;
/// The longest name of a field, in bytes.
const FIELD_BYTES_MAX: usize = 200;

impl Guard {
    /// Asks for a grant to export people. Another person approves it.
    ///
    /// # Errors
    /// A field that is not right, too many open grants, or the ledger's or database's.
    pub fn ask_export(
        &self,
        granted: &Granted,
        reason: &str,
        life_s: Option<u64>,
        scope: ExportScope,
    ) -> Result<Grant, GuardError> {
        granted.must_be_for(&["AskExport"])?;
        check_scope(&scope)?;
        let life_ms = life(life_s.unwrap_or(EXPORT_LIFE_S), EXPORT_LIFE_S_MAX)?;
        let member = granted.member()?;
        self.change(|tx| {
            let whose = (granted.in_workspace()?, member);
            let grant = self.new_grant(tx, whose, (member, Purpose::Export(scope)), (reason, life_ms))?;
            self.keep_grant(tx, &grant)?;
            let detail = json!({"grant": grant.id, "by": member, "kind": "export"});
            self.notice(tx, Some(grant.workspace), None, "grant.asked", &detail)?;
            let detail = json!({"purpose": grant.purpose, "reason": grant.reason, "life_ms": life_ms, "digest": grant.digest()});
            let entry = Actor::from(granted).does("grant.asked", grant.id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    /// Opens the workspace to a named operator, masked, for a time. The one who opens it is another person than the
    /// one who is let in, and the touch is bound to who, how long and why.
    ///
    /// # Errors
    /// No such operator, a field that is not right, too many open grants, or the ledger's or database's.
    pub fn open_support(
        &self,
        granted: &Granted,
        operator: MemberId,
        reason: &str,
        life_s: u64,
    ) -> Result<Grant, GuardError> {
        granted.must_be_for(&["OpenSupport"])?;
        let life_ms = life(life_s, SUPPORT_LIFE_S_MAX)?;
        let by = granted.member()?;
        self.change(|tx| {
            let account = self.0.signin.account(tx, operator)?;
            if !account.is_some_and(|a| a.kind == AccountKind::Operator && a.ended_ms.is_none()) {
                let want = "the id of an operator of this installation (mem_…), as they tell you".to_owned();
                return Err(GuardError::Invalid { field: "operator", want });
            }
            let whose = (granted.in_workspace()?, by);
            let mut grant = self.new_grant(tx, whose, (operator, Purpose::Support), (reason, life_ms))?;
            let at_ms = grant.asked_ms;
            let (ready_ms, ends_ms) = (at_ms, at_ms + life_ms);
            let (alone, one_channel, by_rule, entry) = (false, false, false, None);
            grant.decision = Some(Decision {
                by,
                at_ms,
                approved: true,
                alone,
                one_channel,
                by_rule,
                ready_ms,
                ends_ms,
                entry,
            });
            self.keep_grant(tx, &grant)?;
            let told = json!({"grant": grant.id, "by": by, "operator": operator});
            self.notice(tx, Some(grant.workspace), None, "support.opened", &told)?;
            let detail = json!({"operator": operator, "reason": grant.reason, "ends_ms": ends_ms});
            let entry = Actor::from(granted).does("support.opened", grant.id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    pub(super) fn new_grant(
        &self,
        tx: &rusqlite::Transaction<'_>,
        (workspace, asked_by): (WorkspaceId, MemberId),
        (subject, purpose): (MemberId, Purpose),
        (reason, life_ms): (&str, i64),
    ) -> Result<Grant, GuardError> {
        // Each kind by itself: programs that send much keep nobody from asking.
        let kind = purpose.as_str();
        let open = self.open_grants_in(tx, workspace)?;
        if open.iter().filter(|grant| grant.purpose.as_str() == kind).count() >= OPEN_MAX {
            return Err(Denied::TooMany { retry_after_s: 3_600 }.into());
        }
        let asked_ms = self.now_ms();
        Ok(Grant {
            id: GrantId::new(asked_ms),
            workspace,
            purpose,
            subject,
            asked_by,
            reason: checked_reason(reason)?.to_owned(),
            life_ms,
            asked_ms,
            void_ms: asked_ms + VOID_MS,
            decision: None,
            used: None,
            ended: None,
            epoch: self.0.signin.installation_epoch(tx)?,
        })
    }
}

fn life(life_s: u64, life_s_max: u64) -> Result<i64, GuardError> {
    match i64::try_from(life_s) {
        Ok(seconds) if (60..=life_s_max).contains(&life_s) => Ok(seconds * 1_000),
        _ => Err(invalid("life_s", format!("60 to {life_s_max} seconds"))),
    }
}

fn check_scope(scope: &ExportScope) -> Result<(), GuardError> {
    let ExportScope { fields, who, rows_max, recipients, .. } = scope;
    let named =
        |field: &String| (1..=FIELD_BYTES_MAX).contains(&field.len()) && !field.chars().any(char::is_control);
    let mut distinct = fields.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if !(1..=FIELDS_MAX).contains(&fields.len())
        || distinct.len() != fields.len()
        || !fields.iter().all(named)
    {
        return Err(invalid("fields", format!("1 to {FIELDS_MAX} different names of fields")));
    }
    if who.as_ref().is_some_and(|who| who.to_string().len() > WHO_BYTES_MAX) {
        return Err(invalid("who", format!("at most {WHO_BYTES_MAX} bytes")));
    }
    if !(1..=ROWS_MAX).contains(rows_max) {
        return Err(invalid("rows_max", format!("1 to {ROWS_MAX} rows")));
    }
    if !(1..=RECIPIENTS_MAX).contains(&recipients.len()) {
        return Err(invalid("recipients", format!("1 to {RECIPIENTS_MAX} age recipients (age1…)")));
    }
    Ok(())
}

fn invalid(field: &'static str, want: String) -> GuardError {
    GuardError::Invalid { field, want }
}
