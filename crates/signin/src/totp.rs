//! The second factor of a password: codes by time (RFC 6238, HMAC-SHA-1, six digits, thirty seconds), as every
//! authenticator app makes them.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// How long a code stands on a screen.
const STEP_MS: i64 = 30_000;
/// How many steps before and after the present one still count, for clocks that differ.
const DRIFT_STEPS: i64 = 1;
const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
/// As many bytes as the hash has (RFC 4226, 4).
pub const SECRET_BYTES: usize = 20;

/// The code of a time step.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // Dynamic truncation: the last four bits say where the number begins.
    let from = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
    let number = tag.iter().skip(from).take(4).fold(0, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:0DIGITS$}", (number & 0x7fff_ffff) % CODES)
}

/// The step whose code `text` is, now or a step aside, but after `used`: a code counts once.
pub fn step_of(secret: &[u8], text: &str, now_ms: i64, used: i64) -> Option<i64> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let now = now_ms.div_euclid(STEP_MS);
    let steps = now - DRIFT_STEPS..=now + DRIFT_STEPS;
    // All are looked at, so that the time taken does not say which it was.
    steps.fold(None, |found, step| if code(secret, step) == text && step > used { Some(step) } else { found })
}

/// The secret as people type it.
pub fn text(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What an authenticator app reads from a picture: for the site `host`, under the name `issuer`.
pub fn uri(secret: &[u8], issuer: &str, host: &str) -> String {
    format!("otpauth://totp/{issuer}:{host}?secret={}&issuer={issuer}", text(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        for (seconds, wanted) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, seconds / 30), wanted);
        }
    }

    #[test]
    fn a_code_counts_a_step_aside_and_once() {
        let now_ms = 1_111_111_111_000;
        let step = now_ms / STEP_MS;
        for aside in -1..=1 {
            assert_eq!(step_of(SECRET, &code(SECRET, step + aside), now_ms, 0), Some(step + aside));
        }
        for aside in [-2, 2] {
            assert_eq!(step_of(SECRET, &code(SECRET, step + aside), now_ms, 0), None);
        }
        let present = code(SECRET, step);
        assert_eq!(step_of(SECRET, &format!(" {} {} ", &present[..3], &present[3..]), now_ms, 0), Some(step));
        assert_eq!(step_of(SECRET, &present, now_ms, step), None, "used");
        assert_eq!(step_of(SECRET, &code(SECRET, step - 1), now_ms, step), None, "older than the one used");
        assert_eq!(step_of(SECRET, "", now_ms, 0), None);
    }
}
