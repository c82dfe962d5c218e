//! A passkey that lives in memory: an implementation of WebAuthn that is not the server's.

use passkey::authenticator::{Authenticator as Ctap, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::{Value, json};
use url::Url;

/// A person who always touches the key and is always recognised.
struct Willing;

#[async_trait::async_trait]
impl UserValidationMethod for Willing {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        _presence: bool,
        _verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification: true })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

type Software = Client<Option<Passkey>, Willing, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

/// One software passkey, used from one origin.
pub struct Authenticator {
    client: Software,
    origin: Url,
    runtime: tokio::runtime::Runtime,
}

impl Authenticator {
    /// A new authenticator without a passkey, whose browser stands at `origin`.
    pub fn at(origin: &str) -> Self {
        let ctap = Ctap::new(Aaguid::new_empty(), None, Willing, RustCryptoBackend);
        Self {
            client: Client::new(ctap).allows_insecure_localhost(true),
            origin: Url::parse(origin).expect("the origin is a URL"),
            runtime: tokio::runtime::Builder::new_current_thread().build().expect("a runtime"),
        }
    }

    /// Moves the browser to another origin, as a look-alike page would.
    pub fn move_to(&mut self, origin: &str) {
        self.origin = Url::parse(origin).expect("the origin is a URL");
    }

    /// Answers `PublicKeyCredentialCreationOptionsJSON` with a `RegistrationResponseJSON`.
    pub fn register(&mut self, options: &Value) -> Value {
        let options: CredentialCreationOptions =
            serde_json::from_value(json!({ "publicKey": unwrapped(options) })).expect("creation options");
        let made = self.runtime.block_on(self.client.register(&self.origin, options, DefaultClientData));
        serde_json::to_value(made.expect("a passkey")).expect("json")
    }

    /// Answers `PublicKeyCredentialRequestOptionsJSON` with an `AuthenticationResponseJSON`.
    pub fn sign(&mut self, options: &Value) -> Value {
        self.try_sign(options).expect("an assertion")
    }

    /// The same, for origins where the browser itself refuses.
    ///
    /// # Errors
    /// What the browser said.
    pub fn try_sign(&mut self, options: &Value) -> Result<Value, String> {
        let options: CredentialRequestOptions =
            serde_json::from_value(json!({ "publicKey": unwrapped(options) })).expect("request options");
        self.runtime
            .block_on(self.client.authenticate(&self.origin, options, DefaultClientData))
            .map(|signed| serde_json::to_value(signed).expect("json"))
            .map_err(|error| format!("{error:?}"))
    }
}

/// Options come bare, or inside `publicKey` as `navigator.credentials` wants them.
fn unwrapped(options: &Value) -> &Value {
    options.get("publicKey").unwrap_or(options)
}
