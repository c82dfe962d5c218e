//! Our own check of a passkey's assertion. webauthn-rs makes its challenges itself; a fresh touch must be
//! bound to one request, so its challenge is a digest that we choose, and the answer is checked here.
//!
//! What is checked follows WebAuthn level 3, section 7.2: the type, the challenge, the origin, the
//! relying party, user presence and verification, the signature and the counter.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use webauthn_rs::prelude::PublicKeyCredential;
use webauthn_rs_core::proto::{COSEAlgorithm, COSEKey, COSEKeyType, ECDSACurve, EDDSACurve};

/// The bytes of authenticator data before extensions: hash, flags, counter.
const AUTHENTICATOR_DATA_BYTES_MIN: usize = 37;
const FLAG_USER_PRESENT: u8 = 0x01;
const FLAG_USER_VERIFIED: u8 = 0x04;
const FLAG_BACKUP_ELIGIBLE: u8 = 0x08;
const FLAG_BACKED_UP: u8 = 0x10;
const FLAG_ATTESTED: u8 = 0x40;
const FLAG_EXTENSIONS: u8 = 0x80;

/// Why an assertion does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AssertionError {
    /// A part cannot be read.
    #[error("the assertion's {0} cannot be read")]
    Malformed(&'static str),
    /// It is for another ceremony.
    #[error("the assertion is for another ceremony")]
    OtherType,
    /// It answers another challenge.
    #[error("the assertion answers another challenge")]
    OtherChallenge,
    /// It comes from a page that is not ours.
    #[error("the assertion comes from another origin")]
    OtherOrigin,
    /// It is for another site.
    #[error("the assertion is for another relying party")]
    OtherSite,
    /// Nobody was there, or nobody was verified.
    #[error("the assertion lacks user presence or verification")]
    NoUser,
    /// The key did not sign it.
    #[error("the assertion's signature is wrong")]
    BadSignature,
    /// Its counter went back: the key may have been copied.
    #[error("the assertion's counter went back")]
    CounterWentBack,
    /// No algorithm that passkeys here use.
    #[error("the passkey's algorithm is not supported")]
    Algorithm,
}

/// What the assertion must fit.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The challenge that was given out.
    pub challenge: &'a [u8],
    /// The relying party's id.
    pub rp_id: &'a str,
    /// Our origins.
    pub origins: &'a [String],
    /// The passkey's public key.
    pub key: &'a COSEKey,
    /// The counter seen last; 0 when the passkey does not count.
    pub counter: u32,
}

#[derive(Deserialize)]
struct ClientData<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    challenge: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    origin: std::borrow::Cow<'a, str>,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// Checks an assertion; returns its counter.
///
/// # Errors
/// The first thing that does not fit.
pub fn verify(expected: &Expected<'_>, assertion: &PublicKeyCredential) -> Result<u32, AssertionError> {
    let response = &assertion.response;
    if assertion.type_ != "public-key" {
        return Err(AssertionError::OtherType);
    }
    check_client_data(expected, &response.client_data_json)?;
    let counter = check_authenticator_data(expected, &response.authenticator_data)?;
    let mut signed = response.authenticator_data.clone();
    signed.extend_from_slice(digest(&SHA256, &response.client_data_json).as_ref());
    check_signature(expected.key, &signed, &response.signature)?;
    Ok(counter)
}

fn check_client_data(expected: &Expected<'_>, json: &[u8]) -> Result<(), AssertionError> {
    let data: ClientData<'_> =
        serde_json::from_slice(json).map_err(|_| AssertionError::Malformed("client data"))?;
    if data.kind != "webauthn.get" {
        return Err(AssertionError::OtherType);
    }
    let challenge = data_encoding::BASE64URL_NOPAD.decode(data.challenge.as_bytes());
    if challenge.map_err(|_| AssertionError::Malformed("challenge"))? != expected.challenge {
        return Err(AssertionError::OtherChallenge);
    }
    if data.cross_origin || !expected.origins.iter().any(|origin| *origin == data.origin) {
        return Err(AssertionError::OtherOrigin);
    }
    Ok(())
}

fn check_authenticator_data(expected: &Expected<'_>, data: &[u8]) -> Result<u32, AssertionError> {
    let malformed = AssertionError::Malformed("authenticator data");
    let (site, rest) = data.split_first_chunk::<32>().ok_or(malformed)?;
    let (flags, rest) = rest.split_first().ok_or(malformed)?;
    let (counter, _) = rest.split_first_chunk::<4>().ok_or(malformed)?;
    let has = |flag: u8| flags & flag != 0;
    if site[..] != *digest(&SHA256, expected.rp_id.as_bytes()).as_ref() {
        return Err(AssertionError::OtherSite);
    }
    if !has(FLAG_USER_PRESENT) || !has(FLAG_USER_VERIFIED) {
        return Err(AssertionError::NoUser);
    }
    let longer = data.len() > AUTHENTICATOR_DATA_BYTES_MIN;
    if has(FLAG_ATTESTED)
        || has(FLAG_EXTENSIONS) != longer
        || (has(FLAG_BACKED_UP) && !has(FLAG_BACKUP_ELIGIBLE))
    {
        return Err(malformed);
    }
    let counter = u32::from_be_bytes(*counter);
    // Passkeys that do not count always say 0.
    if (counter > 0 || expected.counter > 0) && counter <= expected.counter {
        return Err(AssertionError::CounterWentBack);
    }
    Ok(counter)
}

fn check_signature(key: &COSEKey, signed: &[u8], signature: &[u8]) -> Result<(), AssertionError> {
    let verify = |algorithm: &'static dyn VerificationAlgorithm, public: &[u8]| {
        UnparsedPublicKey::new(algorithm, public)
            .verify(signed, signature)
            .map_err(|_| AssertionError::BadSignature)
    };
    match (&key.type_, &key.key) {
        (COSEAlgorithm::ES256, COSEKeyType::EC_EC2(point)) if point.curve == ECDSACurve::SECP256R1 => {
            verify(&ECDSA_P256_SHA256_ASN1, &[&[4], point.x.as_slice(), &point.y].concat())
        }
        (COSEAlgorithm::ES384, COSEKeyType::EC_EC2(point)) if point.curve == ECDSACurve::SECP384R1 => {
            verify(&ECDSA_P384_SHA384_ASN1, &[&[4], point.x.as_slice(), &point.y].concat())
        }
        (COSEAlgorithm::EDDSA, COSEKeyType::EC_OKP(point)) if point.curve == EDDSACurve::ED25519 => {
            verify(&ED25519, &point.x)
        }
        (COSEAlgorithm::RS256, COSEKeyType::RSA(rsa)) => {
            let public = RsaPublicKeyComponents { n: rsa.n.as_slice(), e: rsa.e.as_slice() };
            public
                .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
                .map_err(|_| AssertionError::BadSignature)
        }
        _ => Err(AssertionError::Algorithm),
    }
}
