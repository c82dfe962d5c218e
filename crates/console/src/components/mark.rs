//! What was hidden is shown as hidden: a mark says what kind of value stood there.

use maud::{Markup, html};
use model::{Class, Sensitivity};

/// A piece of a screened text.
#[derive(PartialEq, Eq, Debug)]
enum Piece<'a> {
    Text(&'a str),
    Mark { class: Class, hash: Option<&'a str> },
}

/// The mark of a class: `removed: password`, `sealed: e-mail`.
pub fn mark(class: Class) -> Markup {
    html! { span.mark { (verb(class)) ": " (words(class)) } }
}

/// Text as the shield left it, with its marks as marks.
pub fn text(text: &str) -> Markup {
    html! {
        @for piece in pieces(text) {
            @match piece {
                Piece::Text(text) => (text),
                Piece::Mark { class, hash } => span.mark {
                    (verb(class)) ": " (words(class)) @if let Some(hash) = hash { " #" (hash) }
                },
            }
        }
    }
}

/// `removed` or `sealed`.
pub fn verb(class: Class) -> &'static str {
    match class.sensitivity() {
        Sensitivity::Secret => "removed",
        Sensitivity::Personal => "sealed",
    }
}

/// The class in words.
pub fn words(class: Class) -> &'static str {
    match class {
        Class::Password => "password",
        Class::ApiKey => "API key",
        Class::PrivateKey => "private key",
        Class::CreditCard => "card number",
        Class::Iban => "IBAN",
        Class::NationalId => "national id",
        Class::Email => "e-mail",
        Class::Phone => "phone",
        Class::JwtSession => "session token",
        Class::UrlWithCredentials => "address with credentials",
        Class::AuthCode => "one-time code",
        Class::Name => "name",
        Class::Address => "postal address",
        Class::Birthday => "birthday",
        Class::Personal => "personal",
        Class::Secret => "secret",
    }
}

/// Why values of the class are hidden, in one sentence.
pub fn why(class: Class) -> &'static str {
    match class {
        Class::Password => {
            "Whoever reads a password can sign in as its owner, here and wherever it is used again."
        }
        Class::ApiKey => "A key or token of an interface acts for the program that holds it.",
        Class::PrivateKey => "A private key signs and decrypts in its owner's name.",
        Class::CreditCard => {
            "A card number with its codes is money; storing it brings this system under card rules."
        }
        Class::Iban => "A bank account number names a person and allows debits.",
        Class::NationalId => "A number given by a state names one person for life.",
        Class::Email => "An e-mail address says who somebody is and reaches them.",
        Class::Phone => "A telephone number says who somebody is and reaches them.",
        Class::JwtSession => "A session token signs in whoever holds it, until it expires.",
        Class::UrlWithCredentials => "An address with a password or token in it opens what it points to.",
        Class::AuthCode => "A one-time code or its seed completes somebody's sign-in.",
        Class::Name => "A name says who somebody is.",
        Class::Address => "A postal address says where somebody lives.",
        Class::Birthday => "A birthday, with little else, says who somebody is.",
        Class::Personal => "This workspace calls the value personal.",
        Class::Secret => "This workspace's tracking plan calls the value secret.",
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut shown, mut from) = (0, 0);
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('[')).map(|found| from + found) {
        from = open + 1;
        let Some((piece, length)) = text.get(open..).and_then(parse) else { continue };
        if shown < open {
            out.extend(text.get(shown..open).map(Piece::Text));
        }
        out.push(piece);
        shown = open + length;
        from = shown;
    }
    out.extend(text.get(shown..).filter(|rest| !rest.is_empty()).map(Piece::Text));
    out
}

/// `[removed: password]`, `[sealed: email]` or `[sealed: email #0f3a]` at the beginning of `text`, and its length.
fn parse(text: &str) -> Option<(Piece<'_>, usize)> {
    let end = text.find(']')?;
    let inner = text.get(1..end)?;
    let (said, rest) = inner.split_once(": ")?;
    let (name, hash) = match rest.split_once(" #") {
        Some((name, hash)) => (name, Some(hash)),
        None => (rest, None),
    };
    let class = Class::from_name(name)?;
    let hash_fits = hash.is_none_or(|hash| hash.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (said == verb(class) && hash_fits).then_some((Piece::Mark { class, hash }, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_inside_text_and_nothing_else_is() {
        let check =
            |text: &str, pieces_wanted: &[Piece<'_>]| assert_eq!(pieces(text), pieces_wanted, "{text}");
        let password = || Piece::Mark { class: Class::Password, hash: None };
        check("plain", &[Piece::Text("plain")]);
        check("[removed: password]", &[password()]);
        check("a [removed: password] b", &[Piece::Text("a "), password(), Piece::Text(" b")]);
        check("[sealed: email #0f3a]", &[Piece::Mark { class: Class::Email, hash: Some("0f3a") }]);
        check("[sealed: password]", &[Piece::Text("[sealed: password]")]);
        check("[[removed: password]", &[Piece::Text("["), password()]);
        check("[removed: nothing", &[Piece::Text("[removed: nothing")]);
        check("", &[]);
    }
}
