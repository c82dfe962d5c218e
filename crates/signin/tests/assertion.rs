//! Our own check of an assertion: against webauthn-rs on what a software passkey signs, with every part
//! broken in turn, and against keys of each algorithm.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use signin::assertion::{AssertionError, Expected, verify};
use testkit::Authenticator;
use webauthn_rs::prelude::{Passkey, PublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder};
use webauthn_rs_core::proto::{
    COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType, COSEOKPKey, COSERSAKey, ECDSACurve, EDDSACurve,
};

const ORIGIN: &str = "http://localhost:7071";
const CHALLENGE: [u8; 32] = [5; 32];

fn relying_party() -> Webauthn {
    WebauthnBuilder::new("localhost", &Url::parse(ORIGIN).unwrap()).unwrap().build().unwrap()
}

fn enrolled(site: &Webauthn, key: &mut Authenticator) -> Passkey {
    let (options, state) = site.start_passkey_registration(Uuid::from_u128(7), "a", "a", None).unwrap();
    let response = key.register(&serde_json::to_value(options).unwrap());
    site.finish_passkey_registration(&serde_json::from_value(response).unwrap(), &state).unwrap()
}

fn origins() -> Vec<String> {
    vec![ORIGIN.to_owned()]
}

type Spoil = fn(&mut PublicKeyCredential);

/// What an attacker can do to an assertion without the key.
const SPOILERS: [(&str, Spoil); 12] = [
    ("as signed", |_| {}),
    ("signature flipped", |a| *a.response.signature.last_mut().unwrap() ^= 1),
    ("signature cut", |a| a.response.signature.truncate(40)),
    ("signature gone", |a| a.response.signature.clear()),
    ("another site", |a| a.response.authenticator_data[0] ^= 1),
    ("nobody verified", |a| a.response.authenticator_data[32] &= !4),
    ("nobody present", |a| a.response.authenticator_data[32] &= !1),
    ("counter raised", |a| a.response.authenticator_data[36] ^= 1),
    ("authenticator data cut", |a| a.response.authenticator_data.truncate(36)),
    ("client data spaced", |a| a.response.client_data_json.push(b' ')),
    ("client data gone", |a| a.response.client_data_json.clear()),
    ("another origin", |a| {
        let text = String::from_utf8(a.response.client_data_json.clone()).unwrap();
        a.response.client_data_json = text.replace("7071", "7072").into_bytes();
    }),
];

#[test]
fn we_agree_with_webauthn_rs() {
    let site = relying_party();
    let mut key = Authenticator::at(ORIGIN);
    let passkey = enrolled(&site, &mut key);
    for (what, spoil) in SPOILERS {
        let (options, state) = site.start_passkey_authentication(std::slice::from_ref(&passkey)).unwrap();
        let challenge = options.public_key.challenge.clone();
        let signed = key.sign(&serde_json::to_value(&options).unwrap());
        let mut assertion: PublicKeyCredential = serde_json::from_value(signed).unwrap();
        spoil(&mut assertion);
        let theirs = site.finish_passkey_authentication(&assertion, &state).is_ok();
        let expected = Expected {
            challenge: &challenge,
            rp_id: "localhost",
            origins: &origins(),
            key: passkey.get_public_key(),
            counter: 0,
        };
        assert_eq!(verify(&expected, &assertion).is_ok(), theirs, "{what}");
        assert_eq!(theirs, what == "as signed", "{what}");
    }
}

#[test]
fn another_challenge_or_key_does_not_do() {
    let site = relying_party();
    let (mut key, mut other) = (Authenticator::at(ORIGIN), Authenticator::at(ORIGIN));
    let (passkey, foreign) = (enrolled(&site, &mut key), enrolled(&site, &mut other));
    let (options, _) = site.start_passkey_authentication(std::slice::from_ref(&passkey)).unwrap();
    let challenge = options.public_key.challenge.clone();
    let assertion = serde_json::from_value(key.sign(&serde_json::to_value(&options).unwrap())).unwrap();
    let origins = origins();
    let right = Expected {
        challenge: &challenge,
        rp_id: "localhost",
        origins: &origins,
        key: passkey.get_public_key(),
        counter: 0,
    };
    assert!(verify(&right, &assertion).is_ok());
    let cases = [
        (Expected { challenge: &[0; 32], ..right }, AssertionError::OtherChallenge),
        (Expected { rp_id: "example.com", ..right }, AssertionError::OtherSite),
        (Expected { origins: &[], ..right }, AssertionError::OtherOrigin),
        (Expected { key: foreign.get_public_key(), ..right }, AssertionError::BadSignature),
        (Expected { counter: 1, ..right }, AssertionError::CounterWentBack),
    ];
    for (expected, wanted) in cases {
        assert_eq!(verify(&expected, &assertion), Err(wanted));
    }
}

/// An assertion made by hand, so that every algorithm and every odd field can be tried.
struct Made {
    kind: &'static str,
    cross_origin: Value,
    flags: u8,
    counter: u32,
    tail: &'static [u8],
}

const PLAIN: Made =
    Made { kind: "webauthn.get", cross_origin: json_false(), flags: 0x05, counter: 0, tail: &[] };

const fn json_false() -> Value {
    Value::Bool(false)
}

impl Made {
    fn signed(&self, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> PublicKeyCredential {
        let base64 = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        let client_data = json!({
            "type": self.kind, "challenge": base64(&CHALLENGE), "origin": ORIGIN, "crossOrigin": self.cross_origin,
        });
        let client_data = client_data.to_string().into_bytes();
        let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
        data.push(self.flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data.extend_from_slice(self.tail);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let response = json!({
            "authenticatorData": base64(&data), "clientDataJSON": base64(&client_data),
            "signature": base64(&sign(&signed)), "userHandle": null,
        });
        serde_json::from_value(json!({"id": "AA", "rawId": "AA", "type": "public-key", "response": response}))
            .unwrap()
    }
}

fn outcome(key: &COSEKey, counter: u32, assertion: &PublicKeyCredential) -> Result<u32, AssertionError> {
    verify(
        &Expected { challenge: &CHALLENGE, rp_id: "localhost", origins: &origins(), key, counter },
        assertion,
    )
}

fn ec(
    algorithm: &'static EcdsaSigningAlgorithm,
    type_: COSEAlgorithm,
    curve: ECDSACurve,
) -> (COSEKey, EcdsaKeyPair) {
    let pair = EcdsaKeyPair::generate(algorithm).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at((pair.public_key().as_ref().len() - 1) / 2);
    let key = COSEKeyType::EC_EC2(COSEEC2Key { curve, x: x.to_vec(), y: y.to_vec() });
    (COSEKey { type_, key }, pair)
}

#[test]
fn each_algorithm_is_checked() {
    let random = SystemRandom::new();
    let ed = Ed25519KeyPair::generate().unwrap();
    let ed_key = COSEOKPKey { curve: EDDSACurve::ED25519, x: ed.public_key().as_ref().to_vec() };
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // PKCS#1 ends with the modulus (256 bytes) and the exponent 65537 (tag, length, three bytes).
    let der = rsa.public_key().as_ref();
    let modulus = der[der.len() - 5 - 256..der.len() - 5].to_vec();
    let rsa_key = COSERSAKey { n: modulus, e: [1, 0, 1] };
    let (p256, p256_pair) = ec(&ECDSA_P256_SHA256_ASN1_SIGNING, COSEAlgorithm::ES256, ECDSACurve::SECP256R1);
    let (p384, p384_pair) = ec(&ECDSA_P384_SHA384_ASN1_SIGNING, COSEAlgorithm::ES384, ECDSACurve::SECP384R1);
    type Sign<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;
    let keys: [(COSEKey, Sign<'_>); 4] = [
        (p256, Box::new(|bytes| p256_pair.sign(&random, bytes).unwrap().as_ref().to_vec())),
        (p384, Box::new(|bytes| p384_pair.sign(&random, bytes).unwrap().as_ref().to_vec())),
        (
            COSEKey { type_: COSEAlgorithm::EDDSA, key: COSEKeyType::EC_OKP(ed_key) },
            Box::new(|bytes| ed.sign(bytes).as_ref().to_vec()),
        ),
        (
            COSEKey { type_: COSEAlgorithm::RS256, key: COSEKeyType::RSA(rsa_key) },
            Box::new(|bytes| {
                let mut signature = vec![0; rsa.public_modulus_len()];
                rsa.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }),
        ),
    ];
    for (at, (key, sign)) in keys.iter().enumerate() {
        let assertion = PLAIN.signed(sign);
        assert_eq!(outcome(key, 0, &assertion), Ok(0), "{:?}", key.type_);
        let mut spoiled = assertion.clone();
        spoiled.response.signature[8] ^= 1;
        assert_eq!(outcome(key, 0, &spoiled), Err(AssertionError::BadSignature), "{:?}", key.type_);
        let next = &keys[(at + 1) % keys.len()].0;
        assert_eq!(outcome(next, 0, &assertion), Err(AssertionError::BadSignature), "{:?}", key.type_);
        let mixed = COSEKey { type_: key.type_, key: next.key.clone() };
        assert_eq!(outcome(&mixed, 0, &assertion), Err(AssertionError::Algorithm), "{:?}", key.type_);
    }
}

#[test]
fn odd_fields_are_refused_though_signed() {
    let random = SystemRandom::new();
    let (key, pair) = ec(&ECDSA_P256_SHA256_ASN1_SIGNING, COSEAlgorithm::ES256, ECDSACurve::SECP256R1);
    let sign = |bytes: &[u8]| pair.sign(&random, bytes).unwrap().as_ref().to_vec();
    let malformed = AssertionError::Malformed("authenticator data");
    let cases = [
        (Made { ..PLAIN }, 0, Ok(0)),
        (Made { counter: 8, ..PLAIN }, 7, Ok(8)),
        (Made { counter: 7, ..PLAIN }, 7, Err(AssertionError::CounterWentBack)),
        (Made { counter: 0, ..PLAIN }, 7, Err(AssertionError::CounterWentBack)),
        (Made { kind: "webauthn.create", ..PLAIN }, 0, Err(AssertionError::OtherType)),
        (Made { kind: "payment.get", ..PLAIN }, 0, Err(AssertionError::OtherType)),
        (Made { cross_origin: Value::Bool(true), ..PLAIN }, 0, Err(AssertionError::OtherOrigin)),
        (Made { cross_origin: json!("no"), ..PLAIN }, 0, Err(AssertionError::Malformed("client data"))),
        (Made { flags: 0x01, ..PLAIN }, 0, Err(AssertionError::NoUser)),
        (Made { flags: 0x04, ..PLAIN }, 0, Err(AssertionError::NoUser)),
        (Made { flags: 0x45, ..PLAIN }, 0, Err(malformed)),
        (Made { flags: 0x15, ..PLAIN }, 0, Err(malformed)),
        (Made { flags: 0x1d, ..PLAIN }, 0, Ok(0)),
        (Made { flags: 0x85, ..PLAIN }, 0, Err(malformed)),
        (Made { flags: 0x85, tail: &[0xa0], ..PLAIN }, 0, Ok(0)),
        (Made { tail: &[0], ..PLAIN }, 0, Err(malformed)),
    ];
    for (at, (made, counter, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(outcome(&key, counter, &made.signed(&sign)), wanted, "case {at}");
    }
}

#[test]
fn no_bit_can_be_flipped() {
    let random = SystemRandom::new();
    let (key, pair) = ec(&ECDSA_P256_SHA256_ASN1_SIGNING, COSEAlgorithm::ES256, ECDSACurve::SECP256R1);
    let assertion = PLAIN.signed(&|bytes| pair.sign(&random, bytes).unwrap().as_ref().to_vec());
    let parts: [fn(&mut PublicKeyCredential) -> &mut Vec<u8>; 3] = [
        |a| &mut a.response.client_data_json,
        |a| &mut a.response.authenticator_data,
        |a| &mut a.response.signature,
    ];
    for part in parts {
        let length = part(&mut assertion.clone()).len();
        for bit in 0..length * 8 {
            let mut spoiled = assertion.clone();
            part(&mut spoiled)[bit / 8] ^= 1 << (bit % 8);
            assert!(outcome(&key, 0, &spoiled).is_err(), "bit {bit}");
        }
    }
}
