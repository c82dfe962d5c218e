//! What a workspace's exception may let through: guesses, never what is certain by its form.

use crate::find::Hit;

/// Whether a hit is a guess that somebody who knows the property may overrule. What stands in something
/// wrapped (JSON in a string, a form) has a place of its own, of which the exception does not speak.
pub(super) fn may_be(hit: &Hit, text: &str) -> bool {
    const GUESSES: &[&str] = &[
        "token.random",
        "text.announced",
        "text.password",
        "phone",
        "email",
        "national_id.checked",
        "url.path",
    ];
    // Digits alone pass the check of a card by chance one time in ten; with its groups written out they do not.
    let is_bare_number = hit.rule == "card" && text.bytes().all(|byte| byte.is_ascii_digit());
    hit.custom.is_none() && !hit.is_wrapped && (GUESSES.contains(&hit.rule) || is_bare_number)
}
