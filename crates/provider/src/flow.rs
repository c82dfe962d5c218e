//! One sign-in: from here to the provider and back.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::Method;
use outbound::{Call, Outbound};
use serde_json::Value;
use stdx::{Clock, Secret};
use url::Url;

use crate::error::ProviderError;
use crate::id_token;
use crate::logout::{self, LoggedOut, Seen};
use crate::published::Shelf;

/// This installation, as a provider knows it.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The provider's name of itself: an address.
    pub issuer: &'a str,
    /// What the provider calls this client.
    pub id: &'a str,
    /// What this client proves itself with; nothing for a public client.
    pub secret: Option<&'a Secret<String>>,
    /// Where the provider sends people back to.
    pub redirect: &'a str,
}

/// What must be kept until somebody comes back.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where to send them.
    pub url: String,
    /// What they come back with.
    pub state: String,
    /// What the token must say.
    pub nonce: String,
    /// What the code is exchanged with.
    pub verifier: Secret<String>,
}

/// What a provider says about somebody, checked.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// Its name for them, which stays.
    pub subject: String,
    /// Their address, where it has verified it.
    pub email: Option<String>,
    /// Its name for their session there, where it has one.
    pub session: Option<String>,
    /// The class of what it saw.
    pub acr: Option<String>,
    /// The methods of what it saw.
    pub amr: Vec<String>,
}

/// Speaks with providers.
pub struct Provider {
    shelf: Shelf,
    seen: Seen,
}

impl Provider {
    /// Speaks through that client.
    pub fn new(outbound: Outbound, clock: Clock) -> Self {
        Self { shelf: Shelf::new(outbound, clock), seen: Seen::default() }
    }

    /// Begins a sign-in. `wanted` are classes to ask the provider for.
    ///
    /// # Errors
    /// The provider cannot be asked, or what it publishes does not do.
    pub fn begin(&self, client: &Client<'_>, wanted: &[String]) -> Result<Begun, ProviderError> {
        let published = self.shelf.of(client.issuer)?;
        let (state, nonce, verifier) =
            (stdx::random_text::<32>(), stdx::random_text::<32>(), stdx::random_text::<32>());
        let challenge = BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
        let mut url = Url::parse(&published.addresses.authorization_endpoint)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http"))
            .ok_or(ProviderError::Published("authorization_endpoint is no address"))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client.id)
            .append_pair("redirect_uri", client.redirect)
            .append_pair("scope", "openid email")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if !wanted.is_empty() {
            url.query_pairs_mut().append_pair("acr_values", &wanted.join(" "));
        }
        Ok(Begun { url: url.into(), state, nonce, verifier: Secret::new(verifier) })
    }

    /// Whether the answer is this provider's: where it names itself in answers, it must have (RFC 9207).
    ///
    /// # Errors
    /// It is another's, or the provider cannot be asked.
    pub fn must_be_its_answer(&self, client: &Client<'_>, named: Option<&str>) -> Result<(), ProviderError> {
        let always = self.shelf.of(client.issuer)?.addresses.authorization_response_iss_parameter_supported;
        match named {
            Some(issuer) if issuer == client.issuer => Ok(()),
            None if !always => Ok(()),
            _ => Err(ProviderError::Claim("iss")),
        }
    }

    /// Who signed out at the provider, by the token that it sends to say so. Each counts once.
    ///
    /// # Errors
    /// The token is not this provider's, not for this client, no logout token or an old one, or the provider cannot be asked.
    pub fn logged_out(&self, client: &Client<'_>, token: &str) -> Result<LoggedOut, ProviderError> {
        logout::logged_out(&self.shelf, &self.seen, client, token)
    }

    /// Exchanges the code and checks what the provider says.
    ///
    /// # Errors
    /// Everything that [`ProviderError`] says.
    pub fn finish(
        &self,
        client: &Client<'_>,
        code: &str,
        nonce: &str,
        verifier: &Secret<String>,
    ) -> Result<Vouched, ProviderError> {
        let published = self.shelf.of(client.issuer)?;
        let addresses = &published.addresses;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", client.redirect)
            .append_pair("code_verifier", verifier.expose());
        let methods = addresses.token_endpoint_auth_methods_supported.as_deref();
        // The default where nothing is said is the header (OpenID Connect Discovery, 3).
        let by_header =
            methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
        let basic = match client.secret {
            Some(secret) if by_header => Some(basic(client.id, secret)),
            Some(secret) => {
                form.append_pair("client_id", client.id).append_pair("client_secret", secret.expose());
                None
            }
            None => {
                form.append_pair("client_id", client.id);
                None
            }
        };
        let mut headers =
            vec![("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        headers.extend(basic.as_ref().map(|value| ("authorization", value.expose().as_str())));
        let body = Secret::new(form.finish());
        let (method, url) = (Method::POST, addresses.token_endpoint.as_str());
        let call = Call { method, url, headers: &headers, body: body.expose().as_bytes() };
        let answer = self.shelf.outbound().send(&call)?;
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let word = |name: &str| said.get(name).and_then(Value::as_str);
        match word("id_token").filter(|_| answer.status == 200) {
            Some(token) => id_token::vouched(&self.shelf, client, nonce, token),
            None => Err(ProviderError::NoToken {
                status: answer.status.as_u16(),
                error: word("error").filter(|word| is_plain(word)).map(str::to_owned),
            }),
        }
    }
}

/// Whether it is one of the words that an error is named with, and no text of somebody's.
fn is_plain(word: &str) -> bool {
    word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn basic(id: &str, secret: &Secret<String>) -> Secret<String> {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret.expose()));
    Secret::new(format!("Basic {}", BASE64.encode(pair.as_bytes())))
}
