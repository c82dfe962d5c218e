//! Shapes of text: a small language that can always be matched in one pass.
//!
//! At most 63 elements; the places reached in all of them at once are the bits of one word, so a byte costs
//! a few operations whatever the pattern. A match begins and ends at the border of a word, unless the
//! pattern begins or ends with `*`.

use std::ops::Range;

const ELEMENTS_MAX: usize = 63;
/// Fewer fixed signs than this say too little to look for them everywhere.
pub(super) const FIXED_MIN: usize = 2;

/// A compiled pattern.
pub(super) struct Pattern {
    forwards: Automaton,
    backwards: Automaton,
    opens_anywhere: bool,
    ends_anywhere: bool,
    /// The longest run of signs that every match holds, in small letters.
    pub fixed: String,
}

struct Automaton {
    /// For each byte the elements it can stand for.
    takes: Box<[u64; 256]>,
    loops: u64,
    optional: u64,
    last: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Byte(u8),
    Digit,
    Letter,
    Either,
    Any,
}

#[derive(Clone, Copy)]
struct Element {
    sign: Sign,
    is_optional: bool,
}

/// What is wrong with a pattern, and the fix.
pub(super) type Wrong = (&'static str, &'static str);

impl Pattern {
    pub fn compile(text: &str) -> Result<Self, Wrong> {
        let elements = elements(text.trim())?;
        if elements.iter().all(|element| element.is_optional) {
            return Err(("the pattern matches nothing at all", "write down what must stand there"));
        }
        let reversed: Vec<Element> = elements.iter().rev().copied().collect();
        let is_any = |element: Option<&Element>| element.is_some_and(|element| element.sign == Sign::Any);
        Ok(Self {
            opens_anywhere: is_any(elements.first()),
            ends_anywhere: is_any(elements.last()),
            fixed: fixed(&elements),
            forwards: Automaton::of(&elements),
            backwards: Automaton::of(&reversed),
        })
    }

    /// Where the first match at or after `from` stands.
    pub fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let mut reached = 0;
        let mut found = None;
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            if found.is_none() && (self.opens_anywhere || is_border(bytes, at)) {
                reached |= self.forwards.start();
            }
            reached = self.forwards.step(reached, *byte);
            if self.forwards.is_end(reached) && (self.ends_anywhere || is_border(bytes, at + 1)) {
                found = Some(at + 1);
            }
            // Once something is found it is only drawn out as far as it goes.
            if found.is_some() && reached == 0 {
                break;
            }
            if found.is_some_and(|end| at >= end + ELEMENTS_MAX) {
                break;
            }
        }
        let end = found?;
        let mut reached = self.backwards.start();
        let mut start = end;
        for at in (from..end).rev() {
            reached = self.backwards.step(reached, *bytes.get(at)?);
            if reached == 0 {
                break;
            }
            if self.backwards.is_end(reached) && (self.opens_anywhere || is_border(bytes, at)) {
                start = at;
            }
        }
        let start = (0..=start).rev().find(|at| text.is_char_boundary(*at))?;
        let end = (end..=text.len()).find(|at| text.is_char_boundary(*at))?;
        (start < end).then_some(start..end)
    }
}

impl Automaton {
    fn of(elements: &[Element]) -> Self {
        let mut takes = Box::new([0_u64; 256]);
        let (mut loops, mut optional) = (0, 0);
        for (place, element) in elements.iter().enumerate() {
            let bit = 1_u64 << place;
            for byte in u8::MIN..=u8::MAX {
                if element.sign.takes(byte)
                    && let Some(slot) = takes.get_mut(usize::from(byte))
                {
                    *slot |= bit;
                }
            }
            loops |= if element.sign == Sign::Any { bit } else { 0 };
            optional |= if element.is_optional { bit } else { 0 };
        }
        Self { takes, loops, optional, last: 1 << elements.len() }
    }

    fn start(&self) -> u64 {
        self.past_optional(1)
    }

    fn step(&self, reached: u64, byte: u8) -> u64 {
        let taken = reached & self.takes.get(usize::from(byte)).copied().unwrap_or(0);
        self.past_optional((taken & !self.loops) << 1 | taken & self.loops)
    }

    fn is_end(&self, reached: u64) -> bool {
        reached & self.last != 0
    }

    /// Also the places behind elements that may be left out: doubling steps over all of them at once.
    fn past_optional(&self, mut reached: u64) -> u64 {
        let mut open = self.optional << 1;
        let mut by = 1;
        while by < 64 && open != 0 {
            reached |= open & (reached << by);
            open &= open << by;
            by *= 2;
        }
        reached
    }
}

impl Sign {
    fn takes(self, byte: u8) -> bool {
        match self {
            Self::Byte(wanted) => byte.to_ascii_lowercase() == wanted,
            Self::Digit => byte.is_ascii_digit(),
            Self::Letter => byte.is_ascii_alphabetic(),
            Self::Either => byte.is_ascii_alphanumeric(),
            Self::Any => !byte.is_ascii_whitespace(),
        }
    }
}

fn is_border(bytes: &[u8], at: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    at == 0 || !is_word(bytes.get(at - 1)) || !is_word(bytes.get(at))
}

fn elements(text: &str) -> Result<Vec<Element>, Wrong> {
    let mut elements: Vec<Element> = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let sign = match byte {
            b'#' => Sign::Digit,
            b'@' => Sign::Letter,
            b'?' => Sign::Either,
            b'*' => Sign::Any,
            b'{' => {
                let inner: Vec<u8> = rest.by_ref().take_while(|byte| *byte != b'}').collect();
                repeat(&mut elements, &inner)?;
                continue;
            }
            b'\\' => Sign::Byte(
                rest.next()
                    .ok_or(("a \\ stands at the end", "double it or leave it out"))?
                    .to_ascii_lowercase(),
            ),
            b' ' => Sign::Byte(b' '),
            other => Sign::Byte(other.to_ascii_lowercase()),
        };
        elements.push(Element { sign, is_optional: sign == Sign::Any });
        if elements.len() > ELEMENTS_MAX {
            return Err(("the pattern is longer than 63 signs", "shorten it or end it with *"));
        }
    }
    Ok(elements)
}

/// `{3}`, `{3,5}` after an element.
fn repeat(elements: &mut Vec<Element>, inner: &[u8]) -> Result<(), Wrong> {
    const WRONG: Wrong = ("the number in braces is wrong", "write {3} or {3,5} with at most 63");
    let inner = std::str::from_utf8(inner).map_err(|_| WRONG)?;
    let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
    let number = |text: &str| text.trim().parse::<usize>().map_err(|_| WRONG);
    let (least, most) = (number(least)?, number(most)?);
    let last = elements.pop().ok_or(("the braces follow nothing", "put them after a sign"))?;
    let is_right = last.sign != Sign::Any && least <= most && (1..=ELEMENTS_MAX).contains(&most);
    if !is_right || elements.len() + most > ELEMENTS_MAX {
        return Err(WRONG);
    }
    elements.extend((0..most).map(|count| Element { is_optional: count >= least, ..last }));
    Ok(())
}

/// The longest run of signs that are fixed and not optional.
fn fixed(elements: &[Element]) -> String {
    let mut longest: Vec<u8> = Vec::new();
    let mut run: Vec<u8> = Vec::new();
    for element in elements {
        match element.sign {
            Sign::Byte(byte) if !element.is_optional && byte.is_ascii() => run.push(byte),
            _ => run.clear(),
        }
        if run.len() > longest.len() {
            longest.clone_from(&run);
        }
    }
    String::from_utf8(longest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_found_at_word_borders() {
        for (pattern, text, found) in [
            ("EMP-#{4,6}", "badge emp-12345, thanks", Some("emp-12345")),
            ("EMP-#{4,6}", "EMP-123", None),
            ("EMP-#{4,6}", "EMP-1234567", None),
            ("EMP-#{4,6}", "TEMP-12345", None),
            ("acme_?{8}*", "use acme_abcd1234-xyz/9 now", Some("acme_abcd1234-xyz/9")),
            ("*@acme\\.internal", "mail to jane.doe@acme.internal", None),
            ("*\\@acme.internal", "mail to jane.doe@acme.internal, please", Some("jane.doe@acme.internal")),
            ("K#{0,3}A", "KA", Some("KA")),
            ("K#{0,3}A", "x K123A", Some("K123A")),
            ("@@##", "zz é ab12", Some("ab12")),
        ] {
            let compiled = Pattern::compile(pattern).expect(pattern);
            assert_eq!(compiled.find(text, 0).map(|at| &text[at]), found, "{pattern} in {text}");
        }
    }

    #[test]
    fn matches_follow_each_other_without_overlap() {
        let pattern = Pattern::compile("a-#{3}").expect("right");
        let text = "a-123 a-1234 a-999";
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = pattern.find(text, from) {
            from = at.end;
            found.push(&text[at]);
        }
        assert_eq!(found, ["a-123", "a-999"]);
    }

    #[test]
    fn what_every_match_holds_is_known() {
        for (pattern, fixed) in [("EMP-####", "emp-"), ("#{3}", ""), ("ab?cde*", "cde"), ("a{2,3}", "aa")] {
            assert_eq!(Pattern::compile(pattern).expect(pattern).fixed, fixed);
        }
    }

    #[test]
    fn long_text_is_read_in_one_pass() {
        let pattern = Pattern::compile("a*b#").expect("right");
        let text = "a-".repeat(100_000);
        assert_eq!(pattern.find(&text, 0), None);
    }
}
