//! A workspace's webhook: where its notices are posted, signed as Standard Webhooks has it, so that whoever receives them
//! knows that they are from here.

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use model::WorkspaceId;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use signin::SigninError;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// The longest address.
const URL_BYTES_MAX: usize = 2_000;
/// How long the secret before the present one still signs too.
const OVERLAP_MS: i64 = 24 * 3_600_000;
/// What a secret begins with.
const SECRET_BEGINS: &str = "whsec_";

/// A webhook as the sender has it.
#[derive(Clone)]
pub struct Hook {
    /// Where to.
    pub url: String,
    /// The secrets that sign: the present one, and for a day the one before.
    secrets: Vec<Secret<Vec<u8>>>,
}

/// A webhook as those who run the workspace see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HookView {
    /// Where to.
    pub url: String,
    /// Since when, milliseconds since 1970, UTC.
    pub set_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct Document {
    url: String,
    secret: String,
    former: Option<(String, i64)>,
}

impl Hook {
    /// A webhook with one secret, as it is written: `whsec_` and base64.
    pub fn new(url: &str, secret: &str) -> Option<Self> {
        Some(Self { url: url.to_owned(), secrets: vec![bytes_of(secret)?] })
    }

    /// The header `webhook-signature` for a message: `v1,` and base64 for each secret.
    pub fn signature(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let signed = |secret: &Secret<Vec<u8>>| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
            let content = [format!("{id}.{timestamp_s}.").as_bytes(), body].concat();
            format!("v1,{}", BASE64.encode(hmac::sign(&key, &content).as_ref()))
        };
        self.secrets.iter().map(signed).collect::<Vec<_>>().join(" ")
    }
}

impl Guard {
    /// The workspace's webhook, without its secret.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn hook(&self, granted: &Granted) -> Result<Option<HookView>, GuardError> {
        granted.must_be_for(&["ReadNotices"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let found = self.hook_document(tx, workspace)?;
            Ok(found.map(|(document, set_ms)| HookView { url: document.url, set_ms }))
        })
    }

    /// Has the workspace's notices posted to `url`; gives the secret, which is shown this once.
    ///
    /// # Errors
    /// No address that notices could be posted to, or the ledger's or database's.
    pub fn set_hook(&self, granted: &Granted, url: &str) -> Result<Secret<String>, GuardError> {
        granted.must_be_for(&["SetNoticeHook"])?;
        let url = checked_url(url)?.to_owned();
        self.change_hook(granted, "webhook.set", move |_| Ok((url, None)))
    }

    /// Makes another secret; the one before signs too for a day, so that nothing is refused meanwhile.
    ///
    /// # Errors
    /// There is no webhook, or the ledger's or database's.
    pub fn rotate_hook(&self, granted: &Granted) -> Result<Secret<String>, GuardError> {
        granted.must_be_for(&["SetNoticeHook"])?;
        let until_ms = self.now_ms() + OVERLAP_MS;
        self.change_hook(granted, "webhook.rotated", move |present| {
            let Document { url, secret, .. } = present.ok_or(Denied::NotFound)?;
            Ok((url, Some((secret, until_ms))))
        })
    }

    /// Has them posted nowhere.
    ///
    /// # Errors
    /// There is none, or the ledger's or database's.
    pub fn remove_hook(&self, granted: &Granted) -> Result<(), GuardError> {
        granted.must_be_for(&["SetNoticeHook"])?;
        let (workspace, by) = (granted.in_workspace()?, granted.member()?);
        self.change(|tx| {
            self.hook_document(tx, workspace)?.ok_or(Denied::NotFound)?;
            tx.execute("delete from notice_hook where workspace = ?1", [workspace.0.to_be_bytes()])?;
            self.notice(tx, Some(workspace), None, "webhook.removed", &json!({"by": by}))?;
            Ok(((), Actor::from(granted).does("webhook.removed", workspace.to_string(), json!({}))))
        })
    }

    fn change_hook(
        &self,
        granted: &Granted,
        code: &'static str,
        new: impl FnOnce(Option<Document>) -> Result<(String, Option<(String, i64)>), GuardError>,
    ) -> Result<Secret<String>, GuardError> {
        let (workspace, by) = (granted.in_workspace()?, granted.member()?);
        let secret = format!("{SECRET_BEGINS}{}", BASE64.encode(&stdx::random_array::<32>()));
        self.change(|tx| {
            let present = self.hook_document(tx, workspace)?.map(|(document, _)| document);
            let (url, former) = new(present)?;
            let host = url.split('/').nth(2).unwrap_or_default().to_owned();
            let document = Document { url, secret: secret.clone(), former };
            let plain = serde_json::to_vec(&document).map_err(|_| altered())?;
            let sealed = self.0.hook_seal.seal(&workspace.0.to_be_bytes(), &plain);
            tx.execute(
                "insert or replace into notice_hook (workspace, sealed, set_ms) values (?1, ?2, ?3)",
                params![workspace.0.to_be_bytes(), sealed, self.now_ms()],
            )?;
            self.notice(tx, Some(workspace), None, code, &json!({"by": by, "host": host}))?;
            let entry = Actor::from(granted).does(code, workspace.to_string(), json!({"host": host}));
            Ok(((), entry))
        })?;
        Ok(Secret::new(secret))
    }

    pub(crate) fn hook_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Option<Hook>, GuardError> {
        let Some((document, _)) = self.hook_document(tx, workspace)? else { return Ok(None) };
        let former =
            document.former.filter(|(_, until_ms)| self.now_ms() < *until_ms).map(|(secret, _)| secret);
        let secrets = [Some(document.secret), former].into_iter().flatten();
        let secrets = secrets.map(|secret| bytes_of(&secret).ok_or_else(altered));
        Ok(Some(Hook { url: document.url, secrets: secrets.collect::<Result<_, _>>()? }))
    }

    fn hook_document(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Option<(Document, i64)>, GuardError> {
        let id = workspace.0.to_be_bytes();
        let found: Option<(Vec<u8>, i64)> = tx
            .prepare_cached("select sealed, set_ms from notice_hook where workspace = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((sealed, set_ms)) = found else { return Ok(None) };
        let plain = self.0.hook_seal.open(&id, &sealed).map_err(|_| altered())?;
        Ok(Some((serde_json::from_slice(&plain).map_err(|_| altered())?, set_ms)))
    }
}

/// Whether the address may be called, over http too, is judged when it is (`outbound.allow`).
fn checked_url(url: &str) -> Result<&str, GuardError> {
    let url = url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let plain = url.len() <= URL_BYTES_MAX && url.bytes().all(|byte| byte.is_ascii_graphic());
    if host.is_empty() || host.contains('@') || !plain {
        let want = "an address such as https://alerts.example.com/holdfast".to_owned();
        return Err(GuardError::Invalid { field: "url", want });
    }
    Ok(url)
}

fn bytes_of(secret: &str) -> Option<Secret<Vec<u8>>> {
    let bytes = BASE64.decode(secret.trim().strip_prefix(SECRET_BEGINS)?.as_bytes()).ok()?;
    (bytes.len() >= 24).then(|| Secret::new(bytes))
}

fn altered() -> GuardError {
    GuardError::Signin(SigninError::Altered { table: "notice_hook" })
}
