//! Writing a document anew where something changed; what did not change is copied as it stood.

use std::ops::Range;

use crate::find::Hit;
use crate::json::{Node, encode_into};

/// Changes to a text, collected in any order.
#[derive(Default)]
pub(crate) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Puts `text` in the place of a range.
    pub fn replace(&mut self, at: Range<usize>, text: String) {
        self.0.push((at, text));
    }

    /// The changed text. Changes inside a larger one are void.
    pub fn apply(mut self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        self.0.sort_by_key(|(at, _)| (at.start, std::cmp::Reverse(at.end)));
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (at, replacement) in &self.0 {
            if at.start < from {
                continue;
            }
            out.push_str(text.get(from..at.start).unwrap_or_default());
            out.push_str(replacement);
            from = at.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }
}

/// A text with its hits replaced by marks.
pub(crate) fn marked(text: &str, hits: &[Hit], mark: &mut dyn FnMut(&Hit, &str) -> String) -> String {
    let mut edits = Edits::default();
    for hit in hits {
        let at = hit.span.clone().unwrap_or(0..text.len());
        let found = text.get(at.clone()).unwrap_or_default();
        let shown = mark(hit, found);
        edits.replace(at, if hit.needs_quotes { format!("\"{shown}\"") } else { shown });
    }
    edits.apply(text)
}

/// Text as the inside of a JSON string.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    encode_into(&mut out, text);
    out
}

/// Takes members out of their objects, commas and all. `dropped` holds node numbers in order.
pub(crate) fn drop_members(tape: &[Node], dropped: &[usize], edits: &mut Edits) {
    for number in dropped {
        let Some(node) = tape.get(*number) else { continue };
        let Some(container) = tape.get(node.parent) else { continue };
        let mut kept_before = false;
        let mut previous_end = container.value.start + 1;
        let mut at = node.parent + 1;
        while at < *number {
            let Some(sibling) = tape.get(at) else { break };
            kept_before |= dropped.binary_search(&at).is_err();
            previous_end = sibling.whole().end;
            at = sibling.end;
        }
        let next = tape.get(node.end).filter(|next| next.parent == node.parent && node.end < container.end);
        let range = match next {
            _ if kept_before => previous_end..node.whole().end,
            Some(next) => node.key.start - 1..next.key.start - 1,
            None => node.key.start - 1..node.whole().end,
        };
        edits.replace(range, String::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Budget, read};

    #[test]
    fn members_leave_with_their_commas() {
        for (text, drop, left) in [
            (r#"{"a":1, "b":2, "c":3}"#, "a", r#"{"b":2, "c":3}"#),
            (r#"{"a":1, "b":2, "c":3}"#, "b", r#"{"a":1, "c":3}"#),
            (r#"{"a":1, "b":2, "c":3}"#, "c", r#"{"a":1, "b":2}"#),
            (r#"{"a":1, "b":2, "c":3}"#, "ab", r#"{"c":3}"#),
            (r#"{"a":1, "b":2, "c":3}"#, "bc", r#"{"a":1}"#),
            (r#"{"a":1, "b":2, "c":3}"#, "ac", r#"{"b":2}"#),
            (r#"{"a":1, "b":2, "c":3}"#, "abc", "{}"),
            (r#"{ "a" : [{"x":"y"}] }"#, "a", "{  }"),
        ] {
            let mut tape = Vec::new();
            read(text, &mut Budget::default(), &mut tape).expect("valid");
            let dropped: Vec<usize> = (0..tape.len())
                .filter(|at| tape[*at].is_member && drop.contains(&text[tape[*at].key.clone()]))
                .collect();
            let mut edits = Edits::default();
            drop_members(&tape, &dropped, &mut edits);
            assert_eq!(edits.apply(text), left, "{text} without {drop}");
        }
    }
}
