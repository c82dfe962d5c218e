//! The browser's half of device-bound sessions, in software: a key, proofs signed with it, and the two calls that a browser makes
//! by itself. Made from the draft, apart from the server's half.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::client::{Client, Reply};

/// A device with a key of its own for one session.
pub struct Device {
    key: EcdsaKeyPair,
    /// The session's name once it is bound.
    pub session: String,
    renewal: String,
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}

impl Device {
    /// A device with a new key.
    pub fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self { key, session: String::new(), renewal: String::new() }
    }

    /// A proof over a challenge; the first one brings the key along.
    pub fn proof(&self, challenge: &str, first: bool) -> String {
        let mut header = json!({ "alg": "ES256", "typ": "dbsc+jwt" });
        if first {
            header["jwk"] = self.jwk();
        }
        self.signed(&header, &json!({ "jti": challenge }))
    }

    /// A token with that header and content, signed with the key.
    pub fn signed(&self, header: &Value, content: &Value) -> String {
        let text = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", text(header), text(content));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }

    /// The public key.
    pub fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..65]) })
    }

    /// Does what a browser does with the answer of a sign-in: binds the session if it is offered.
    pub fn binds(&mut self, client: &mut Client, signed_in: &Reply) -> Reply {
        let offer = signed_in.header("secure-session-registration").expect("an offer");
        let path = quoted(offer, "path=").expect("a path");
        let challenge = quoted(offer, "challenge=").expect("a challenge");
        let proof = format!("\"{}\"", self.proof(&challenge, true));
        let reply = client.send("POST", &path, None, &[("secure-session-response", &proof)]);
        if reply.status == 200 {
            self.session = reply.json["session_identifier"].as_str().expect("a name").to_owned();
            self.renewal = reply.json["refresh_url"].as_str().expect("an address").to_owned();
        }
        reply
    }

    /// Says that it is the device of another's session: with a key that is not.
    pub fn takes_over(&mut self, other: &Self) {
        other.session.clone_into(&mut self.session);
        other.renewal.clone_into(&mut self.renewal);
    }

    /// Renews the session: asks for a challenge, signs it. The cookie may have run out.
    pub fn renews(&self, client: &mut Client) -> Reply {
        let id = format!("\"{}\"", self.session);
        let asked = client.send("POST", &self.renewal, None, &[("sec-secure-session-id", &id)]);
        let Some(challenge) = asked.header("secure-session-challenge") else { return asked };
        let challenge = quoted(challenge, "").expect("a challenge");
        let proof = format!("\"{}\"", self.proof(&challenge, false));
        let headers = [("sec-secure-session-id", id.as_str()), ("secure-session-response", &proof)];
        client.send("POST", &self.renewal, None, &headers)
    }
}

/// The text in quotes after `name`.
fn quoted(header: &str, name: &str) -> Option<String> {
    let rest = header.split_once(&format!("{name}\""))?.1;
    rest.split('"').next().map(str::to_owned)
}

/// A token whose signature was made with a secret, for those who must not take one.
pub fn hs256(secret: &str, header: &Value, content: &Value) -> String {
    let text = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", text(header), text(content));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
}
