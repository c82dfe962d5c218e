//! Forms and query strings: `name=value&name=value`, with `%41` and plus signs undone. Read by what
//! stands there; nothing is an error, since what makes no sense has no name that anybody asks for.

/// The most members that are looked at; further ones are passed over.
const MEMBERS_MAX: usize = 256;

/// The members of a form, in the order they came.
#[derive(Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a query string or a form's body.
    pub fn read(text: &[u8]) -> Self {
        let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).take(MEMBERS_MAX);
        let halves = pairs.map(|pair| {
            let at = memchr::memchr(b'=', pair).unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            (decoded(pair.get(..at).unwrap_or_default()), decoded(value))
        });
        Self(halves.collect())
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a member says yes, as SDKs write it.
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), Some("1" | "true"))
    }

    /// Takes the first value of that name out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Adds what `other` has.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Every member.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Escapes undone; what is then no UTF-8 is replaced by marks of that.
fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let escaped = (byte == b'%').then(|| text.get(at + 1..at + 3).and_then(hex)).flatten();
        bytes.push(match escaped {
            Some(byte) => {
                at += 2;
                byte
            }
            None if byte == b'+' => b' ',
            None => byte,
        });
        at += 1;
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_are_read_as_senders_write_them() {
        let cases: [(&str, &[(&str, &str)]); 8] = [
            ("", &[]),
            ("a=1&b=2", &[("a", "1"), ("b", "2")]),
            ("a=x+y%20z%2B%3d", &[("a", "x y z+=")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a&&=v", &[("a", ""), ("", "v")]),
            ("%24name=%C3%A9", &[("$name", "é")]),
            ("a=%&b=%4&c=%zz&d=%+1", &[("a", "%"), ("b", "%4"), ("c", "%zz"), ("d", "% 1")]),
            ("a=%ff", &[("a", "\u{fffd}")]),
        ];
        for (text, expected) in cases {
            let form = Form::read(text.as_bytes());
            assert_eq!(form.iter().collect::<Vec<_>>(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Form::read(&bytes).iter().count() <= MEMBERS_MAX);
        }
    }
}
