//! How much a provider's sign-in is worth: what it says it saw, and what the workspace takes its word for.

/// Nothing: one factor, or nobody knows.
pub const NOT_ENOUGH: Option<u8> = None;
/// Two factors, which a false page can pass on.
const TWO_FACTORS: u8 = 2;
/// As strong as a passkey of ours, because the workspace's owner says so.
const TRUSTED: u8 = 3;

/// Classes that say that more than one factor was seen.
const MULTI_FACTOR: [&str; 6] = [
    "phr",
    "phrh",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    "https://refeds.org/profile/mfa",
    "urn:okta:loa:2fa:any",
    "possessionorinherence",
];

/// What each method shows (RFC 8176): something known, something had, something one is.
const METHODS: [(&str, Kind); 16] = [
    ("pwd", Kind::Known),
    ("pin", Kind::Known),
    ("kba", Kind::Known),
    ("otp", Kind::Had),
    ("sms", Kind::Had),
    ("tel", Kind::Had),
    ("hwk", Kind::Had),
    ("swk", Kind::Had),
    ("pop", Kind::Had),
    ("sc", Kind::Had),
    ("face", Kind::Is),
    ("fpt", Kind::Is),
    ("iris", Kind::Is),
    ("retina", Kind::Is),
    ("vbm", Kind::Is),
    ("user", Kind::Is),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Known,
    Had,
    Is,
}

/// The level of a session that is opened on these words: `acr`, `amr`, and the classes whose word the workspace takes. `None` opens
/// nothing.
pub fn level(acr: Option<&str>, amr: &[String], trusted: &[String]) -> Option<u8> {
    if acr.is_some_and(|acr| trusted.iter().any(|one| one == acr)) {
        return Some(TRUSTED);
    }
    let said = acr.is_some_and(|acr| MULTI_FACTOR.contains(&acr)) || amr.iter().any(|method| method == "mfa");
    let kinds = |kind: Kind| amr.iter().any(|method| METHODS.contains(&(method.as_str(), kind)));
    let seen = [Kind::Known, Kind::Had, Kind::Is].into_iter().filter(|kind| kinds(*kind)).count();
    if said || seen >= 2 { Some(TWO_FACTORS) } else { NOT_ENOUGH }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_what_was_really_seen() {
        for (acr, amr, expected) in [
            (None, "", None),
            (None, "pwd", None),
            (Some("1"), "pwd kba pin", None),
            (Some("urn:mace:incommon:iap:silver"), "pwd", None),
            (None, "otp sms", None),
            (None, "mfa", Some(2)),
            (None, "pwd otp", Some(2)),
            (None, "hwk user", Some(2)),
            (None, "hwk", None),
            (Some("phr"), "", Some(2)),
            (Some("phrh"), "hwk", Some(2)),
            (Some("phrx"), "", None),
            (Some("gold"), "", Some(3)),
            (Some("Gold"), "pwd", None),
        ] {
            let amr: Vec<String> = amr.split_whitespace().map(str::to_owned).collect();
            assert_eq!(level(acr, &amr, &["gold".to_owned()]), expected, "{acr:?} {amr:?}");
        }
        assert_eq!(level(Some("phr"), &[], &["phr".to_owned()]), Some(3));
    }
}
