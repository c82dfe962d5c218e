//! Signed tokens (JWS, RFC 7515) as browsers and identity providers send them: read strictly, checked against a key whose kind
//! decides what may be signed with it. There is no key for `none`, and none that is a secret, so neither can be talked into
//! being one.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest token that is read.
pub const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// What a token can be signed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// ECDSA over P-256.
    Es256,
    /// RSA, PKCS #1 v1.5.
    Rs256,
    /// RSA-PSS.
    Ps256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Es256, Self::Rs256, Self::Ps256, Self::EdDsa];

    /// Its name in headers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// Why a token is none. It never holds anything of the token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JwsError {
    /// It cannot be read.
    #[error("this is no signed token")]
    Malformed,
    /// It is signed with something that is not taken.
    #[error("its algorithm is not taken, or does not fit the key")]
    Algorithm,
    /// The key cannot be read.
    #[error("its key cannot be read")]
    Key,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
}

/// A public key: what a JWK says, without anything else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PublicKey {
    /// A point on P-256.
    P256 {
        /// Both coordinates.
        point: [u8; 64],
    },
    /// RSA.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// A point on Edwards 25519.
    Ed25519 {
        /// The point.
        point: [u8; 32],
    },
}

impl PublicKey {
    /// Reads a JWK.
    ///
    /// # Errors
    /// It is none of the three kinds, or not for signatures.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JwsError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| {
            let text = text(name).filter(|text| text.len() <= 2_048).ok_or(JwsError::Key)?;
            BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| JwsError::Key)
        };
        if text("use").is_some_and(|usage| usage != "sig") {
            return Err(JwsError::Key);
        }
        match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => {
                let point = [bytes("x")?, bytes("y")?].concat();
                Ok(Self::P256 { point: point.try_into().map_err(|_| JwsError::Key)? })
            }
            (Some("OKP"), Some("Ed25519")) => {
                Ok(Self::Ed25519 { point: bytes("x")?.try_into().map_err(|_| JwsError::Key)? })
            }
            (Some("RSA"), _) => Ok(Self::Rsa { n: bytes("n")?, e: bytes("e")? }),
            _ => Err(JwsError::Key),
        }
    }

    /// The JWK with nothing in it but the key.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        match self {
            Self::P256 { point } => {
                let (x, y) = point.split_at(32);
                json!({"crv": "P-256", "kty": "EC", "x": text(x), "y": text(y)})
            }
            Self::Rsa { n, e } => json!({"e": text(e), "kty": "RSA", "n": text(n)}),
            Self::Ed25519 { point } => json!({"crv": "Ed25519", "kty": "OKP", "x": text(point)}),
        }
    }

    /// The key's thumbprint (RFC 7638).
    pub fn thumbprint(&self) -> String {
        BASE64URL_NOPAD.encode(digest(&SHA256, self.jwk().to_string().as_bytes()).as_ref())
    }

    /// Checks a signature. Which algorithms there are for a key follows from its kind.
    fn check(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> Result<(), JwsError> {
        let checked = match (self, algorithm) {
            (Self::P256 { point }, Algorithm::Es256) => {
                let public = [&[4], point.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(signed, signature)
            }
            (Self::Ed25519 { point }, Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(signed, signature)
            }
            (Self::Rsa { n, e }, Algorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            (Self::Rsa { n, e }, Algorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, signed, signature)
            }
            _ => return Err(JwsError::Algorithm),
        };
        checked.map_err(|_| JwsError::Signature)
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    jwk: Option<Value>,
    crit: Option<Value>,
}

/// A token of which nothing is believed yet.
pub struct Unverified<'t> {
    signed: &'t str,
    algorithm: Algorithm,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Reads a token.
    ///
    /// # Errors
    /// It is malformed, or signed with something that is not taken.
    pub fn read(token: &'t str) -> Result<Self, JwsError> {
        let malformed = |_| JwsError::Malformed;
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        if token.len() > TOKEN_BYTES_MAX || payload.contains('.') {
            return Err(JwsError::Malformed);
        }
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map_err(malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::Malformed)?;
        let algorithm = Algorithm::from_name(&header.alg).ok_or(JwsError::Algorithm)?;
        // What a token says must be understood is not understood here.
        if header.crit.is_some() {
            return Err(JwsError::Malformed);
        }
        Ok(Self { signed, algorithm, header, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// What it says it is signed with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What kind of token it says it is.
    pub fn kind(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// The id of the key it says it is signed with.
    pub fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The key it brings along, for whoever asks for one.
    ///
    /// # Errors
    /// It brings none, or one that cannot be read.
    pub fn own_key(&self) -> Result<PublicKey, JwsError> {
        PublicKey::from_jwk(self.header.jwk.as_ref().ok_or(JwsError::Key)?)
    }

    /// What it says, once the signature fits the key.
    ///
    /// # Errors
    /// It does not, or says nothing that can be read.
    pub fn verified(&self, key: &PublicKey) -> Result<Value, JwsError> {
        key.check(self.algorithm, self.signed.as_bytes(), &self.signature)?;
        serde_json::from_slice(&self.payload).map_err(|_| JwsError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    fn key() -> (EcdsaKeyPair, PublicKey) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref()[1..].try_into().unwrap();
        (pair, PublicKey::P256 { point })
    }

    fn token(header: &Value, payload: &Value, pair: &EcdsaKeyPair) -> String {
        let text = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", text(header), text(payload));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }

    fn check(token: &str, key: &PublicKey) -> Result<Value, JwsError> {
        Unverified::read(token)?.verified(key)
    }

    #[test]
    fn what_fits_is_read_and_nothing_else() {
        let (pair, public) = key();
        let payload = json!({"sub": "ada"});
        let good = token(&json!({"alg": "ES256"}), &payload, &pair);
        assert_eq!(check(&good, &public), Ok(payload.clone()));
        assert_eq!(check(&good, &key().1), Err(JwsError::Signature));
        for alg in ["none", "None", "HS256", "ES384", ""] {
            let wrong = token(&json!({"alg": alg}), &payload, &pair);
            assert_eq!(check(&wrong, &public), Err(JwsError::Algorithm), "{alg}");
        }
        // Signed with this key, but said to be of another kind.
        for alg in ["RS256", "PS256", "EdDSA"] {
            let wrong = token(&json!({"alg": alg}), &payload, &pair);
            assert_eq!(check(&wrong, &public), Err(JwsError::Algorithm), "{alg}");
        }
        let critical = token(&json!({"alg": "ES256", "crit": ["exp"]}), &payload, &pair);
        assert_eq!(check(&critical, &public), Err(JwsError::Malformed));
        let (signed, _) = good.rsplit_once('.').unwrap();
        for wrong in ["", "a", "..", "a.b.c.d", signed, &format!("{signed}."), &format!("{good}.")] {
            assert!(check(wrong, &public).is_err(), "{wrong}");
        }
        let mut bytes = good.clone().into_bytes();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            let flipped = String::from_utf8_lossy(&bytes).into_owned();
            assert_ne!(check(&flipped, &public).ok(), Some(payload.clone()), "byte {at}");
            bytes[at] ^= 1;
        }
    }

    #[test]
    fn a_key_is_what_its_jwk_says() {
        let (_, public) = key();
        assert_eq!(PublicKey::from_jwk(&public.jwk()), Ok(public.clone()));
        let mut other = public.jwk();
        other["use"] = json!("enc");
        assert_eq!(PublicKey::from_jwk(&other), Err(JwsError::Key));
        for wrong in [
            json!({}),
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"kty": "EC", "crv": "P-256", "x": "", "y": ""}),
        ] {
            assert_eq!(PublicKey::from_jwk(&wrong), Err(JwsError::Key), "{wrong}");
        }
        // RFC 8037, appendix A.3.
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert_eq!(
            PublicKey::from_jwk(&jwk).unwrap().thumbprint(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }
}
