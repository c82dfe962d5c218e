//! The master key, sealed and opened by a service that speaks HashiCorp Vault's transit interface (Vault, OpenBao): the key of
//! the service never leaves it, and without it the data directory opens nothing.

use data_encoding::BASE64;
use keys::Key;
use outbound::{Call, Outbound, Reach};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::config::TransitConfig;
use crate::outcome::{Failure, Outcome};

/// The service, with what it is asked by.
pub struct Transit {
    client: Outbound,
    config: TransitConfig,
    token: stdx::Secret<String>,
}

impl Transit {
    /// Prepares to ask it.
    ///
    /// # Errors
    /// The token's file or the authority's cannot be read.
    pub fn new(config: &TransitConfig) -> Outcome<Self> {
        let token = std::fs::read_to_string(&config.token_file).map_err(|error| {
            Failure::failed(format!("keys.transit.token_file {}: {error}", config.token_file.display()))
        })?;
        let client =
            Outbound::new(Reach::Operator, config.root.as_deref()).map_err(|error| failed(&error))?;
        let token = stdx::Secret::new(token.trim().to_owned());
        Ok(Self { client, config: config.clone(), token })
    }

    /// The sealed form of a key: what the service answers, `vault:v1:…`.
    ///
    /// # Errors
    /// It refuses or does not answer.
    pub fn seal(&self, key: &Key) -> Outcome<String> {
        let plain = BASE64.encode(key.handed_over().expose());
        let answer = self.ask("encrypt", &json!({ "plaintext": plain }))?;
        let sealed = answer["data"]["ciphertext"].as_str().map(str::to_owned);
        sealed.ok_or_else(|| failed(&"its answer has no ciphertext"))
    }

    /// The key in a sealed form.
    ///
    /// # Errors
    /// It refuses or does not answer.
    pub fn open(&self, sealed: &str) -> Outcome<Key> {
        let answer = self.ask("decrypt", &json!({ "ciphertext": sealed }))?;
        let plain = answer["data"]["plaintext"].as_str().unwrap_or_default();
        let bytes = BASE64.decode(plain.as_bytes()).unwrap_or_default();
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| failed(&"its answer holds no key"))?;
        Ok(Key::from_bytes(bytes))
    }

    fn ask(&self, what: &str, body: &Value) -> Outcome<Value> {
        let TransitConfig { url, mount, key, .. } = &self.config;
        let url = format!("{}/v1/{mount}/{what}/{key}", url.trim_end_matches('/'));
        let headers = [
            ("x-vault-token", self.token.expose().as_str()),
            ("x-vault-request", "true"),
            ("content-type", "application/json"),
        ];
        let body = body.to_string();
        let call = Call { method: Method::POST, url: &url, headers: &headers, body: body.as_bytes() };
        let answer = self.client.send(&call).map_err(|error| failed(&error))?;
        if !answer.status.is_success() {
            return Err(failed(&format!("it answers {}", answer.status)));
        }
        serde_json::from_slice(&answer.body).map_err(|_| failed(&"its answer is no document"))
    }
}

fn failed(why: &dyn std::fmt::Display) -> Failure {
    Failure::temporary(format!("the transit service that opens the master key (keys.transit): {why}"))
}
