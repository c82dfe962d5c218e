//! What a provider publishes about itself: its addresses and its keys.

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;
use outbound::{Call, Outbound};
use parking_lot::Mutex;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use signin::jws::PublicKey;
use stdx::Clock;

use crate::error::ProviderError;

/// How long what was published is believed without asking again.
const FRESH_MS: i64 = 10 * 60_000;
/// How soon it is asked once more because a key is not among those known.
const AGAIN_MS: i64 = 30_000;
/// The most providers remembered.
const PROVIDERS_MAX: usize = 500;
/// The most keys of one provider.
const KEYS_MAX: usize = 64;

/// A provider's addresses.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Addresses {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    #[serde(default)]
    pub(crate) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// What a provider publishes.
pub(crate) struct Published {
    pub(crate) addresses: Addresses,
    keys: Vec<(Option<String>, PublicKey)>,
    asked_ms: i64,
    /// When it was last asked because something was missing.
    missed_ms: Option<i64>,
}

impl Published {
    /// The keys that may have signed something: those of that id, or all where the signer names none.
    pub(crate) fn keys_of(&self, id: Option<&str>) -> Vec<&PublicKey> {
        let fits = |kept: &Option<String>| id.is_none() || kept.as_deref() == id;
        self.keys.iter().filter(|(kept, _)| fits(kept)).map(|(_, key)| key).collect()
    }
}

/// What is remembered of providers.
pub(crate) struct Shelf {
    outbound: Outbound,
    clock: Clock,
    shelf: Mutex<HashMap<String, Arc<Published>>>,
}

impl Shelf {
    pub(crate) fn new(outbound: Outbound, clock: Clock) -> Self {
        Self { outbound, clock, shelf: Mutex::default() }
    }

    pub(crate) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// What the issuer publishes, asked for again after a while.
    pub(crate) fn of(&self, issuer: &str) -> Result<Arc<Published>, ProviderError> {
        let now_ms = self.now_ms();
        match self.kept(issuer).filter(|found| is_within(FRESH_MS, found.asked_ms, now_ms)) {
            Some(found) => Ok(found),
            None => self.fresh(issuer, (now_ms, None)),
        }
    }

    /// The same, asked for at once because a key was not among it: a provider may have changed its keys a moment ago. Not
    /// oftener than every half minute for that reason, whoever sends tokens with invented keys.
    pub(crate) fn again(&self, issuer: &str) -> Result<Arc<Published>, ProviderError> {
        let now_ms = self.now_ms();
        let missed = |found: &Arc<Published>| {
            found.missed_ms.is_some_and(|missed_ms| is_within(AGAIN_MS, missed_ms, now_ms))
        };
        match self.kept(issuer).filter(missed) {
            Some(found) => Ok(found),
            None => self.fresh(issuer, (now_ms, Some(now_ms))),
        }
    }

    fn kept(&self, issuer: &str) -> Option<Arc<Published>> {
        self.shelf.lock().get(issuer).cloned()
    }

    fn fresh(
        &self,
        issuer: &str,
        (asked_ms, missed_ms): (i64, Option<i64>),
    ) -> Result<Arc<Published>, ProviderError> {
        let before = self.kept(issuer).and_then(|found| found.missed_ms);
        let published = self.asked(issuer, asked_ms)?;
        let published = Arc::new(Published { missed_ms: missed_ms.or(before), ..published });
        let mut shelf = self.shelf.lock();
        if shelf.len() >= PROVIDERS_MAX {
            shelf.clear();
        }
        shelf.insert(issuer.to_owned(), published.clone());
        Ok(published)
    }

    fn asked(&self, issuer: &str, asked_ms: i64) -> Result<Published, ProviderError> {
        let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let addresses: Addresses = self.fetched(&at)?;
        if addresses.issuer != issuer {
            return Err(ProviderError::Published("it names another issuer"));
        }
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Value>,
        }
        let Keys { keys } = self.fetched(&addresses.jwks_uri)?;
        // Kinds of keys that are not taken here are passed over.
        let read = |jwk: &Value| {
            let id = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
            Some((id, PublicKey::from_jwk(jwk).ok()?))
        };
        let keys = keys.iter().take(KEYS_MAX).filter_map(read).collect();
        Ok(Published { addresses, keys, asked_ms, missed_ms: None })
    }

    fn fetched<T: DeserializeOwned>(&self, url: &str) -> Result<T, ProviderError> {
        let headers = [("accept", "application/json")];
        let answer = self.outbound.send(&Call { method: Method::GET, url, headers: &headers, body: &[] })?;
        if answer.status != 200 {
            return Err(ProviderError::Published("an address of it does not answer with 200"));
        }
        serde_json::from_slice(&answer.body).map_err(|_| ProviderError::Published("it cannot be read"))
    }
}

/// Whether `at_ms` is less than `age_ms` ago; a clock that was turned back makes everything old.
fn is_within(age_ms: i64, at_ms: i64, now_ms: i64) -> bool {
    (0..age_ms).contains(&(now_ms - at_ms))
}
