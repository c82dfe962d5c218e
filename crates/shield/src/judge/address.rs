//! Addresses (URLs): user and password, tokens among the parameters, in the fragment and in the path.

use std::ops::Range;

use model::Class;

use super::{Judge, Value, WRAPPED_MAX};
use crate::find::{Hit, email, jwt, mask, token};
use crate::keys;
use crate::listed::Listed;

/// Steps of a path after which a token stands: links that let in whoever has them.
static LETTING_IN: Listed<62> = Listed::of([
    "magic-link",
    "magiclink",
    "magic",
    "magic-login",
    "reset",
    "reset-password",
    "resetpassword",
    "password-reset",
    "password_reset",
    "passwordreset",
    "set-password",
    "new-password",
    "recover",
    "recovery",
    "verify",
    "verify-email",
    "verification",
    "confirm",
    "confirmation",
    "confirm-email",
    "activate",
    "activation",
    "invite",
    "invitation",
    "invitations",
    "invites",
    "accept-invite",
    "join",
    "login",
    "signin",
    "sign-in",
    "sso",
    "auth",
    "token",
    "tokens",
    "access",
    "unsubscribe",
    "share",
    "shared",
    "onetime",
    "one-time",
    "otp",
    "session",
    "sessions",
    "callback",
    "secret",
    "apikey",
    "api-key",
    "key",
    "keys",
    "signed",
    "webhook",
    "webhooks",
    "autologin",
    "auto-login",
    "impersonate",
    "unlock",
    "hooks",
    "hook",
    "webhookb2",
    "ical",
    "private",
]);

/// Hosts whose addresses are secrets as such.
const SECRET_HOSTS: &[(&str, &str)] = &[
    ("hooks.slack.com", "/"),
    ("discord.com", "/api/webhooks/"),
    ("discordapp.com", "/api/webhooks/"),
    ("webhook.office.com", "/"),
    ("hooks.zapier.com", "/hooks/"),
    ("hook.integromat.com", "/"),
    ("api.telegram.org", "/bot"),
    ("maker.ifttt.com", "/trigger"),
    ("chat.googleapis.com", "/v1/spaces"),
    ("outlook.office.com", "/webhook"),
    ("hook.us1.make.com", "/"),
    ("hook.eu1.make.com", "/"),
    ("logic.azure.com", "/workflows"),
    ("webhook.site", "/"),
    ("events.pagerduty.com", "/integration"),
    ("hc-ping.com", "/"),
    ("qyapi.weixin.qq.com", "/cgi-bin"),
    ("oapi.dingtalk.com", "/robot"),
    ("open.feishu.cn", "/open-apis/bot"),
    ("open.larksuite.com", "/open-apis/bot"),
    ("hooks.airtable.com", "/workflows"),
    ("connect.pabbly.com", "/workflow"),
    ("hook.eu2.make.com", "/"),
    ("hook.us2.make.com", "/"),
    ("api.pushover.net", "/"),
    ("ntfy.sh", "/"),
    ("hooks.glip.com", "/webhook"),
    ("api.opsgenie.com", "/v1/json"),
    ("alert.victorops.com", "/integrations"),
];

impl Judge<'_> {
    /// Judges the address whose `://` stands at `middle`; gives where the address stands.
    pub(super) fn address(
        &self,
        text: &str,
        middle: usize,
        depth: u8,
        hits: &mut Vec<Hit>,
    ) -> Option<Range<usize>> {
        let start = scheme_start(text, middle)?;
        let end = middle + address_length(text.get(middle..)?);
        let authority_start = middle + 3;
        let rest = text.get(authority_start..end)?;
        let authority_end = authority_start + authority_length(rest);
        let found = hits.len();
        if let Some(at) = userinfo(text.get(authority_start..authority_end)?).filter(|_| !is_shown(rest)) {
            let at = authority_start + at.start..authority_start + at.end;
            hits.push(Hit::at(Class::UrlWithCredentials, "url.userinfo", at));
        }
        self.host(text, authority_start..authority_end, hits);
        self.path(text, authority_start..authority_end, authority_end..end, hits);
        self.parameters(text, authority_end..end, depth, hits);
        if hits.len() == found {
            encoded_email(text, authority_end..end, hits);
        }
        Some(start..end)
    }

    /// Tokens among the parts of the host's name.
    fn host(&self, text: &str, at: Range<usize>, hits: &mut Vec<Hit>) {
        let Some(host) = text.get(at.clone()).filter(|host| host.len() >= 24) else { return };
        let bare = host.rsplit('@').next().unwrap_or(host);
        let mut from = at.end - bare.len();
        for label in bare.split(['.', ':']) {
            let span = from..from + label.len();
            from = span.end + 1;
            if label.len() >= 16 && self.has_token(label) {
                hits.push(Hit::at(Class::ApiKey, "token.prefix", span));
            }
        }
    }

    /// `?a=1&b=2`, `#a=1`, `;a=1;b=2`.
    fn parameters(&self, text: &str, at: Range<usize>, depth: u8, hits: &mut Vec<Hit>) {
        let Some(tail) = text.get(at.clone()) else { return };
        let Some(first) = tail.find(['?', '#', ';']) else { return };
        let lets_in_any =
            std::cell::LazyCell::new(|| tail.get(..first).unwrap_or_default().split('/').any(lets_in));
        let has_state = std::cell::LazyCell::new(|| {
            tail.contains("state=") || tail.contains("/callback") || tail.contains("oauth")
        });
        let mut from = first + 1;
        for part in tail.get(first + 1..).unwrap_or_default().split(['&', '?', '#', ';']) {
            let begin = from;
            from += part.len() + 1;
            let (name, raw) = part.split_once('=').unwrap_or((part, ""));
            // The fragment may be a path again.
            self.certain_steps(name, at.start + begin, hits);
            if raw.is_empty() {
                continue;
            }
            let place = at.start + begin + name.len() + 1;
            if text.get(place..).is_some_and(mask::begins_with_mark) {
                continue;
            }
            let span = place..place + raw.len();
            if let Some(hit) = self.parameter(name, raw, &|| *has_state, depth) {
                hits.push(Hit { span: Some(span), ..hit });
            } else if raw.len() >= TICKET_BYTES_MIN && *lets_in_any && is_ticket(name, raw) {
                hits.push(Hit::at(Class::UrlWithCredentials, "url.parameter", span));
            }
        }
    }

    fn parameter(&self, name: &str, raw: &str, has_state: &dyn Fn() -> bool, depth: u8) -> Option<Hit> {
        let value = super::wrapped::fully_decoded(raw);
        let value = value.as_deref().unwrap_or(raw);
        if value.starts_with("eyJ") && jwt::at(value, 0).is_ok() {
            return Some(Hit::whole(Class::JwtSession, "jwt"));
        }
        let is_code = name.eq_ignore_ascii_case("code") || name.eq_ignore_ascii_case("authorization_code");
        if is_code
            && (token::score(value) >= 2
                || value.len() >= 10 && has_state() && token::score(value.trim_start_matches("4/")) >= 1)
        {
            return Some(Hit::whole(Class::AuthCode, "url.code"));
        }
        let facts = self.facts(name);
        if facts.cue.is_some() || facts.custom != 0 && self.custom().is_some() {
            let hit = self.by_name(facts, &Value::nameless(value), depth)?;
            if hit.custom.is_some() {
                return Some(hit);
            }
            let class = match hit.class {
                Class::Password | Class::ApiKey | Class::PrivateKey | Class::JwtSession
                    if hit.rule != "jwt" =>
                {
                    Class::UrlWithCredentials
                }
                Class::Phone if value.len() < 7 => return None,
                other => other,
            };
            return Some(Hit::whole(class, "url.parameter"));
        }
        if value.len() < 5 {
            return None;
        }
        if depth >= WRAPPED_MAX {
            return self.certain(value);
        }
        let mut inner = Vec::new();
        let parameter = Value { facts: facts.with(keys::IDENTIFIER), ..Value::nameless(value) };
        self.look(&parameter, depth + 1, &mut inner);
        super::settle(&mut inner);
        inner.into_iter().max_by_key(Hit::weight)
    }

    /// Secret hosts, and tokens after steps that let in.
    fn path(&self, text: &str, authority: Range<usize>, at: Range<usize>, hits: &mut Vec<Hit>) {
        let (Some(host), Some(tail)) = (text.get(authority), text.get(at.clone())) else { return };
        let path_end = tail.find(['?']).unwrap_or(tail.len());
        let path = tail.get(..path_end).unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or(host).as_bytes();
        let is_secret_host = path.len() > 9
            && SECRET_HOSTS.iter().any(|(name, begin)| {
                let tail = host.len().checked_sub(name.len()).and_then(|at| host.get(at..));
                path.len() > begin.len() + 8
                    && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name.as_bytes()))
                    && path.starts_with(begin)
            });
        if is_secret_host {
            hits.push(Hit::at(Class::UrlWithCredentials, "url.webhook", at));
            return;
        }
        if host.eq_ignore_ascii_case(b"wa.me") {
            let number = path.trim_matches('/').trim_start_matches('+');
            if (7..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) {
                hits.push(Hit::at(Class::Phone, "url.phone", at.start..at.start + path_end));
            }
            return;
        }
        let (mut before, mut earlier) = ("", "");
        let mut from = at.start;
        for step in path.split(['/', '#']) {
            let span = from..from + step.len();
            from = span.end + 1;
            let lets = lets_in(before)
                || before.eq_ignore_ascii_case("edit") && earlier.eq_ignore_ascii_case("password");
            // `/calendar/ical/anna/private-<random>/basic.ics`
            let is_private =
                step.strip_prefix("private-").is_some_and(|rest| rest.len() >= 16 && token::score(rest) >= 1);
            if step.len() >= 16 && !step.contains('.') && (lets || is_private) && token::score(step) >= 1 {
                hits.push(Hit::at(Class::UrlWithCredentials, "url.path", span));
            } else if step.starts_with("eyJ") && jwt::at(step, 0).is_ok() {
                hits.push(Hit::at(Class::JwtSession, "jwt", span));
            } else if let Some(hit) = self.certain(step) {
                hits.push(Hit::at(hit.class, hit.rule, span));
            } else if self.is_password_step(before, step) {
                hits.push(Hit::at(Class::UrlWithCredentials, "url.path", span));
            }
            (earlier, before) = (before, step);
        }
    }
}

/// The shortest parameter that lets in by itself.
const TICKET_BYTES_MIN: usize = 20;

/// A random parameter of a page that lets in: `/reset-password?t=…`. Ids and marks of campaigns are none.
fn is_ticket(name: &str, raw: &str) -> bool {
    let known = [
        "utm_",
        "gclid",
        "fbclid",
        "msclkid",
        "_ga",
        "_gl",
        "mc_",
        "ref",
        "id",
        "next",
        "state",
        "nonce",
        "client_id",
    ];
    let value = super::wrapped::fully_decoded(raw);
    let value = value.as_deref().unwrap_or(raw);
    value.len() >= TICKET_BYTES_MIN
        && !known.iter().any(|begin| name.starts_with(begin))
        && !token::is_uuid(value)
        && token::score(value) >= 2
}

fn lets_in(step: &str) -> bool {
    LETTING_IN.has_in_any_case(step)
}

/// Where the scheme begins: letters, digits, `+`, `-`, `.` and the colons of `jdbc:sqlserver`.
fn scheme_start(text: &str, middle: usize) -> Option<usize> {
    let before = text.get(..middle)?;
    let length = before
        .bytes()
        .rev()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.:".contains(byte))
        .count();
    Some(middle - length)
}

/// The signs of ASCII that end an address.
static ENDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] =
            matches!(byte, b'\t'..=b'\r' | b' ' | b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'\\' | b'|');
        byte += 1;
    }
    table
};

/// An address ends at space or at a sign that closes what it stands in.
fn address_length(text: &str) -> usize {
    let ends = |byte: u8| ENDS[usize::from(byte)];
    let plain = text.bytes().position(|byte| ends(byte) || !byte.is_ascii()).unwrap_or(text.len());
    let rest = text.get(plain..).unwrap_or_default();
    let end = plain
        + rest
            .find(|c: char| c.is_whitespace() || u8::try_from(c).is_ok_and(|byte| c.is_ascii() && ends(byte)))
            .unwrap_or(rest.len());
    text.get(..end).map_or(end, |address| address.trim_end_matches([']', ')', ',', '.', '\'']).len())
}

fn authority_length(rest: &str) -> usize {
    let is_end = |byte: u8| matches!(byte, b'/' | b'?' | b'#' | b';');
    let plain = rest.bytes().position(is_end).unwrap_or(rest.len());
    // A password may hold a slash that was not encoded: the host follows the last `@` then.
    let has_user =
        rest.get(..plain).is_some_and(|head| head.contains(':') && !head.contains('@') && !is_port(head));
    if has_user && let Some(at) = rest.rfind('@') {
        let after = rest.get(at..).unwrap_or_default();
        return at + after.bytes().position(is_end).unwrap_or(after.len());
    }
    plain
}

fn is_port(head: &str) -> bool {
    head.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The address error reports go to stands in every page: `https://<32 hex>@o1.ingest.sentry.io/2`, without a password.
fn is_shown(rest: &str) -> bool {
    let (user, host) = rest.split_once('@').unwrap_or_default();
    user.len() == 32 && user.bytes().all(|byte| byte.is_ascii_hexdigit()) && host.contains(".ingest.")
}

/// `user:password@`, or a token alone before the `@`.
fn userinfo(authority: &str) -> Option<Range<usize>> {
    let at = authority.rfind('@')?;
    let user = authority.get(..at)?;
    let is_secret = match user.split_once(':') {
        Some((_, password)) => {
            !password.is_empty()
                && !crate::find::mask::is_masked(password)
                && !password.starts_with(['$', '{', '<'])
        }
        None => token::score(user) >= 2 || token::score(user) >= 1 && user.len() >= 20,
    };
    is_secret.then_some(0..at)
}

/// `…%40example.net`, `…%2540example.net` in a path or parameter.
fn encoded_email(text: &str, at: Range<usize>, hits: &mut Vec<Hit>) {
    let Some(tail) = text.get(at.clone()) else { return };
    let has_percent = memchr::memchr(b'%', tail.as_bytes()).is_some();
    if !has_percent || !tail.contains("%40") && !tail.contains("%2540") {
        return;
    }
    let mut from = at.start;
    for part in tail.split(['/', '?', '#', '&', '=', ';']) {
        let span = from..from + part.len();
        from = span.end + 1;
        let plain = part.replace("%2540", "@").replace("%40", "@");
        if plain.len() < part.len() && email::find(&plain, 0).is_some() {
            hits.push(Hit::at(Class::Email, "email.encoded", span));
        }
    }
}
