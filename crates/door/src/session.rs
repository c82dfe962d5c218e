//! Who is calling: a session cookie or a bearer token, turned into guard's `Caller` once per request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use guard::{Caller, Credential, Guard};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use model::ClientAddress;

use crate::problem::Problem;
use crate::shape::Part;

/// How long a browser keeps the cookie of a session that is bound to the device; its text lives as long.
const BOUND_COOKIE_S: i64 = 600;

/// What became of the request's credential. Kept as a result, so that public routes still answer
/// somebody whose session has ended.
#[derive(Clone)]
pub struct Identified(pub Result<Arc<Caller>, Problem>);

/// How the session cookie is named and marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieStyle {
    /// `__Host-holdfast`, Secure: behind TLS.
    Secure,
    /// `holdfast`, without Secure: plain http on localhost only.
    Localhost,
}

impl CookieStyle {
    /// The cookie's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-holdfast",
            Self::Localhost => "holdfast",
        }
    }

    /// A `Set-Cookie` value that begins a session.
    pub fn set(self, token: &str) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{}={token}; {}", self.name(), self.attributes())).ok()
    }

    /// A `Set-Cookie` value of a session that is bound to the device: the browser renews it when it has run out.
    pub fn set_bound(self, token: &str) -> Option<HeaderValue> {
        let life_s = BOUND_COOKIE_S;
        let text = format!("{}={token}; Max-Age={life_s}; {}", self.name(), self.attributes());
        HeaderValue::from_str(&text).ok()
    }

    /// Has an answer end it: the cookie goes, and whatever the browser keeps of what was shown (W3C Clear Site Data). Other
    /// cookies stay: the choice of colours, the mark of a known browser.
    pub fn end(self, answer: &mut Response) {
        let clear = format!("{}=; Max-Age=0; {}", self.name(), self.attributes());
        if let Ok(cookie) = HeaderValue::from_str(&clear) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        let kept = HeaderValue::from_static("\"cache\", \"storage\"");
        answer.headers_mut().insert("clear-site-data", kept);
    }

    /// The name of the cookie by which a browser that signed in with a password is told from strangers.
    pub fn browser_name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-holdfast-browser",
            Self::Localhost => "holdfast-browser",
        }
    }

    /// A `Set-Cookie` value by which the browser is known again, for half a year.
    pub fn set_browser(self, mark: &str) -> Option<HeaderValue> {
        let (name, attributes) = (self.browser_name(), self.attributes());
        HeaderValue::from_str(&format!("{name}={mark}; Max-Age=15552000; {attributes}")).ok()
    }

    /// A `Set-Cookie` value of what a browser keeps while somebody is at their organisation's provider. It comes back from
    /// another site's page, so it is not strictly this site's; it opens nothing by itself.
    pub fn set_begun(self, token: &str) -> Option<HeaderValue> {
        self.begun_cookie(token, BOUND_COOKIE_S)
    }

    /// A `Set-Cookie` value that ends that.
    pub fn clear_begun(self) -> Option<HeaderValue> {
        self.begun_cookie("", 0)
    }

    /// What the browser has kept.
    pub fn begun(self, headers: &HeaderMap) -> Option<String> {
        cookie(headers, self.begun_name()).map(str::to_owned)
    }

    fn begun_cookie(self, token: &str, life_s: i64) -> Option<HeaderValue> {
        let attributes = self.attributes().replace("SameSite=Strict", "SameSite=Lax");
        HeaderValue::from_str(&format!("{}={token}; Max-Age={life_s}; {attributes}", self.begun_name())).ok()
    }

    fn begun_name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-holdfast-begun",
            Self::Localhost => "holdfast-begun",
        }
    }

    /// How it is marked, apart from its life.
    pub fn attributes(self) -> &'static str {
        match self {
            Self::Secure => "Path=/; HttpOnly; SameSite=Strict; Secure",
            Self::Localhost => "Path=/; HttpOnly; SameSite=Strict",
        }
    }
}

/// What a browser kept from an earlier sign-in with a password; it opens nothing.
pub struct BrowserMark(Option<String>);

impl BrowserMark {
    /// The text, where the browser kept one.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Part for BrowserMark {}

impl<S: Send + Sync> FromRequestParts<S> for BrowserMark {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let styles = [CookieStyle::Secure, CookieStyle::Localhost];
        let found = styles.into_iter().find_map(|style| cookie(&parts.headers, style.browser_name()));
        Ok(Self(found.map(str::to_owned)))
    }
}

/// The text of the session cookie, for the one route that asks about it without using it ([`LEFT_PATH`]).
pub struct SessionText(Option<String>);

impl SessionText {
    /// The text, where there is a cookie.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Part for SessionText {}

impl<S: Send + Sync> FromRequestParts<S> for SessionText {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let styles = [CookieStyle::Secure, CookieStyle::Localhost];
        let found = styles.into_iter().find_map(|style| cookie(&parts.headers, style.name()));
        Ok(Self(found.map(str::to_owned)))
    }
}

/// Where an open page asks whether its session still runs. Asking is no use of the session: it would never end.
pub const LEFT_PATH: &str = "/api/v1/session/left";

/// What the middleware needs.
#[derive(Clone)]
pub struct SessionLayer {
    /// Who knows the callers.
    pub guard: Guard,
    /// How the cookie looks.
    pub cookie: CookieStyle,
}

/// Middleware of the console door: identifies the caller, and hands a renewed cookie out.
pub async fn identify(State(layer): State<SessionLayer>, mut request: Request, next: Next) -> Response {
    let credential = match request.uri().path() {
        LEFT_PATH => Presented::Nothing,
        _ => credential(request.headers(), layer.cookie),
    };
    let guard = layer.guard.clone();
    let address = request.extensions().get::<ClientAddress>().map(|ClientAddress(address)| *address);
    let identified = tokio::task::spawn_blocking(move || {
        let credential = match &credential {
            Presented::Session(token) => Credential::Session(token),
            Presented::Bearer(token) => Credential::Bearer(token),
            Presented::Nothing => Credential::None,
        };
        guard.identify_from(credential, address)
    })
    .await;
    let identified = match identified {
        Ok(result) => result.map(Arc::new).map_err(|denied: guard::Denied| Problem::from(denied)),
        Err(_) => Err(Problem::internal()),
    };
    let renewed = identified.as_ref().ok().and_then(|caller| caller.renewed_token().map(str::to_owned));
    request.extensions_mut().insert(Identified(identified));
    let mut response = next.run(request).await;
    // Unless the answer begins or ends a session itself; other cookies of its own do not count.
    let name = layer.cookie.name().as_bytes();
    let sets_session = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .any(|cookie| cookie.as_bytes().strip_prefix(name).is_some_and(|rest| rest.starts_with(b"=")));
    if let Some(cookie) = renewed.and_then(|token| layer.cookie.set(&token))
        && !sets_session
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

enum Presented {
    Session(String),
    Bearer(String),
    Nothing,
}

fn credential(headers: &HeaderMap, cookie: CookieStyle) -> Presented {
    // A token wins over a cookie: whoever sends one means it.
    if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok())
        && let Some(token) = value.strip_prefix("Bearer ")
    {
        return Presented::Bearer(token.trim().to_owned());
    }
    match self::cookie(headers, cookie.name()) {
        Some(token) => Presented::Session(token.to_owned()),
        None => Presented::Nothing,
    }
}

/// The value of a cookie, where it has one.
fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let found = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted);
    found.map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Where a browser sends the key of the device that it binds a session to.
pub const BINDING_PATH: &str = "/api/v1/session/binding";

/// The header that offers to bind a session just opened to the device. A browser that knows device-bound sessions answers with
/// a key; others pass it over. Only over TLS, where there is something to bind.
pub fn binding_offer(style: CookieStyle, challenge: &str) -> HeaderMap {
    if style != CookieStyle::Secure {
        return HeaderMap::new();
    }
    let text = format!("(ES256 RS256);path=\"{BINDING_PATH}\";challenge=\"{challenge}\"");
    let name = http::HeaderName::from_static("secure-session-registration");
    HeaderValue::from_str(&text).map(|value| (name, value)).into_iter().collect()
}
