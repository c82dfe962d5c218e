//! Where an event comes from: which library sent it, and whether somebody wrote the call or the library
//! captured it by itself. Automatic capture takes what stands on a page, so it is treated with more suspicion.

use std::borrow::Cow;

/// Names that SDKs of the field give to what they capture by themselves: PostHog's and ours, Segment's, RudderStack's.
const NAMES: [&str; 8] = [
    "$autocapture",
    "$rageclick",
    "$dead_click",
    "$copy_autocapture",
    "$heatmap",
    "Segment Signal Generated",
    "autotrack",
    "rudder-autotrack",
];
/// How such names begin: Mixpanel's, Amplitude's, Heap's.
const PREFIXES: [&str; 3] = ["$mp_", "[Amplitude] ", "[Heap] "];
/// The longest name or version of a library that is told apart.
const LIBRARY_BYTES_MAX: usize = 64;

/// Whether an event was captured automatically, by its name or by what its context says
/// ([`Context::autocapture`]).
pub fn is_autocaptured(name: &str, context_says: bool) -> bool {
    context_says || NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What a context says about the sender. Reading it never fails: what cannot be read says nothing.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Context<'a> {
    /// `library.name`; empty where there is none, or none of a sensible length.
    pub sdk: Cow<'a, str>,
    /// `library.version`; as above.
    pub sdk_version: Cow<'a, str>,
    /// `holdfast.autocapture` is `true`, or `__eventOrigin.type` is `Signal`.
    pub autocapture: bool,
    /// `page.path`; empty where there is none.
    pub page_path: Cow<'a, str>,
}

impl<'a> Context<'a> {
    /// Reads the JSON object of an event's context.
    pub fn read(context: &'a str) -> Self {
        let mut read = Self::default();
        members(context, |key, value| match key {
            "library" => members(value, |key, value| match key {
                "name" => read.sdk = short(value),
                "version" => read.sdk_version = short(value),
                _ => {}
            }),
            "holdfast" => members(value, |key, value| {
                read.autocapture |= key == "autocapture" && value == "true";
            }),
            "__eventOrigin" => members(value, |key, value| {
                read.autocapture |= key == "type" && value == "\"Signal\"";
            }),
            "page" => members(value, |key, value| {
                if key == "path" {
                    read.page_path = text(value);
                }
            }),
            _ => {}
        });
        read
    }
}

fn short(raw: &str) -> Cow<'_, str> {
    let text = text(raw);
    let fits = text.len() <= LIBRARY_BYTES_MAX && !text.chars().any(char::is_control);
    if fits { text } else { Cow::Borrowed("") }
}

/// A JSON string's text; empty for anything else.
fn text(raw: &str) -> Cow<'_, str> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
        Some(_) => serde_json::from_str(raw).map_or(Cow::Borrowed(""), Cow::Owned),
        None => Cow::Borrowed(""),
    }
}

/// Calls `visit` with the members of a JSON object, values as they stand. It stops where the text is no
/// JSON, and skips keys with escapes: none of the keys looked for has any.
fn members<'a>(object: &'a str, mut visit: impl FnMut(&'a str, &'a str)) {
    let bytes = object.as_bytes();
    let mut at = space(bytes, 0);
    if bytes.get(at) != Some(&b'{') {
        return;
    }
    loop {
        at = space(bytes, at + 1);
        if bytes.get(at) != Some(&b'"') {
            return;
        }
        let Some(key_end) = string_end(bytes, at) else { return };
        let colon = space(bytes, key_end);
        if bytes.get(colon) != Some(&b':') {
            return;
        }
        let start = space(bytes, colon + 1);
        let Some(end) = value_end(bytes, start) else { return };
        if let (Some(key), Some(value)) = (object.get(at + 1..key_end - 1), object.get(start..end)) {
            visit(key, value);
        }
        at = space(bytes, end);
        if bytes.get(at) != Some(&b',') {
            return;
        }
    }
}

fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The place after the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The place after the value that begins at `at`, without looking into it.
fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            b'}' | b']' | b',' if depth == 0 => return Some(at),
            _ => at += 1,
        }
        if depth == 0
            && matches!(bytes.get(at), None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'))
        {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_events_are_known_by_name_or_by_context() {
        for name in ["$autocapture", "$mp_click", "[Amplitude] Element Clicked", "Segment Signal Generated"] {
            assert!(is_autocaptured(name, false), "{name}");
        }
        for name in ["Order Completed", "autocapture", "mp_click", "Page Viewed", "$pageview"] {
            assert!(!is_autocaptured(name, false), "{name}");
            assert!(is_autocaptured(name, true), "{name}");
        }
    }

    #[test]
    fn a_context_is_read_whatever_it_is() {
        type Case<'a> = (&'a str, (&'a str, &'a str, bool, &'a str));
        let cases: [Case<'_>; 9] = [
            ("{}", ("", "", false, "")),
            (r#"{"library":{"name":"a.js","version":"1.2"}}"#, ("a.js", "1.2", false, "")),
            (
                r#" { "x" : [ {"library":{"name":"no"}} ] , "library" : { "version" : "2" , "name" : "b" } , "page":{"path":"/a\/b"}}"#,
                ("b", "2", false, "/a/b"),
            ),
            (r#"{"holdfast":{"autocapture":true},"page":{"path":"/x"}}"#, ("", "", true, "/x")),
            (r#"{"holdfast":{"autocapture":"true"}}"#, ("", "", false, "")),
            (r#"{"__eventOrigin":{"type":"Signal"}}"#, ("", "", true, "")),
            (r#"{"library":"a.js"}"#, ("", "", false, "")),
            (r#"{"library":{"name":7},"page":null,"holdfast":[]}"#, ("", "", false, "")),
            (r#"{"library":{"name":"a"#, ("", "", false, "")),
        ];
        for (context, expected) in cases {
            let read = Context::read(context);
            let got = (&*read.sdk, &*read.sdk_version, read.autocapture, &*read.page_path);
            assert_eq!(got, expected, "{context}");
        }
    }

    #[test]
    fn names_that_are_too_long_are_none() {
        let context = format!(r#"{{"library":{{"name":"{}","version":"1"}}}}"#, "x".repeat(65));
        assert_eq!(Context::read(&context).sdk, "");
    }
}
