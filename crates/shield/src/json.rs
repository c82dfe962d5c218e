//! Reading JSON: one pass over the text that checks it strictly (RFC 8259) and notes every key and
//! value by position. Nothing is decoded or copied here.
//!
//! A tape of positions rather than lazy iterators: the shield needs every value anyway, must see the
//! siblings of a value before judging it, and gets each string's shape from the pass that finds its end.

mod text;

use std::cell::Cell;
use std::ops::Range;

use model::limits;

pub(crate) use text::{decode, encode_into};

use crate::refusal::RefusalReason;
use crate::shape::{ESCAPE, Shape, Sum};

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    /// `true`, `false`, `null`.
    Word,
}

/// A value, with its key where it is a member of an object.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where the key's text stands, without quotes; empty and at 0 for elements and the root.
    pub key: Range<usize>,
    pub key_shape: Shape,
    /// Where the value stands; a string without its quotes.
    pub value: Range<usize>,
    pub shape: Shape,
    pub kind: Kind,
    /// The container's place on the tape.
    pub parent: usize,
    /// One past the last node inside a container.
    pub end: usize,
    pub is_member: bool,
}

impl Node {
    /// Where the value stands with its quotes.
    pub fn whole(&self) -> Range<usize> {
        if self.kind == Kind::String { self.value.start - 1..self.value.end + 1 } else { self.value.clone() }
    }
}

/// How much a document may still hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub depth: usize,
    pub keys: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { depth: limits::DEPTH_MAX, keys: limits::KEYS_MAX }
    }
}

thread_local! {
    /// The tape of the thread's last document, for its memory: positions only, no text. An event's size bounds it.
    static TAPE: Cell<Vec<Node>> = const { Cell::new(Vec::new()) };
}

/// Does something with a tape that has memory already.
pub(crate) fn with_tape<T>(work: impl FnOnce(&mut Vec<Node>) -> T) -> T {
    let mut tape = TAPE.take();
    let result = work(&mut tape);
    tape.clear();
    TAPE.set(tape);
    result
}

/// Reads a whole document onto the tape (cleared first) and takes its keys from the budget.
pub(crate) fn read(text: &str, budget: &mut Budget, tape: &mut Vec<Node>) -> Result<(), RefusalReason> {
    tape.clear();
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    reader.document(budget, tape).ok_or(RefusalReason::InvalidJson)??;
    Ok(())
}

/// Reads a text that is one string, number or word; `None` if it is anything else.
pub(crate) fn scalar(text: &str) -> Option<Node> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let (value, shape, kind) = reader.value()?;
    let is_whole = reader.at == reader.bytes.len();
    (is_whole && !matches!(kind, Kind::Object | Kind::Array)).then(|| Node {
        key: 0..0,
        key_shape: Shape::default(),
        value,
        shape,
        kind,
        parent: 0,
        end: 1,
        is_member: false,
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// `None` is "not JSON"; the inner error is a limit.
type Step<T> = Option<Result<T, RefusalReason>>;

impl Reader<'_> {
    fn document(&mut self, budget: &mut Budget, tape: &mut Vec<Node>) -> Step<()> {
        let mut open: Vec<usize> = Vec::new();
        let mut member = None;
        loop {
            // A value is due here.
            self.space();
            let place = tape.len();
            let parent = open.last().copied().unwrap_or(0);
            let (value, shape, kind) = self.value()?;
            let is_container = matches!(kind, Kind::Object | Kind::Array);
            let is_object = kind == Kind::Object;
            let is_member = member.is_some();
            let (key, key_shape) = member.take().unwrap_or_default();
            tape.push(Node { key, key_shape, value, shape, kind, parent, end: place + 1, is_member });
            if is_container {
                if open.len() >= budget.depth {
                    return Some(Err(RefusalReason::TooDeep));
                }
                open.push(place);
                self.space();
                if self.peek()? != if is_object { b'}' } else { b']' } {
                    if is_object {
                        if budget.keys == 0 {
                            return Some(Err(RefusalReason::TooManyKeys));
                        }
                        budget.keys -= 1;
                        member = Some(self.key()?);
                    }
                    continue;
                }
            }
            // After a value: close what ends, or go on to the next one.
            loop {
                let Some(&inner) = open.last() else {
                    self.space();
                    return (self.at == self.bytes.len()).then_some(Ok(()));
                };
                let is_object = tape.get(inner)?.kind == Kind::Object;
                self.space();
                match self.take()? {
                    b',' if tape.len() > inner + 1 => {
                        if is_object {
                            if budget.keys == 0 {
                                return Some(Err(RefusalReason::TooManyKeys));
                            }
                            budget.keys -= 1;
                            self.space();
                            member = Some(self.key()?);
                        }
                        break;
                    }
                    b'}' if is_object => {}
                    b']' if !is_object => {}
                    _ => return None,
                }
                let end = tape.len();
                let container = tape.get_mut(inner)?;
                container.end = end;
                container.value.end = self.at;
                open.pop();
            }
        }
    }

    /// Where a value stands, its shape and what it is; of a container the sign that opens it.
    #[inline]
    fn value(&mut self) -> Option<(Range<usize>, Shape, Kind)> {
        let start = self.at;
        let kind = match self.peek()? {
            b'"' => {
                let (inner, shape) = self.string()?;
                return Some((inner, shape, Kind::String));
            }
            b'{' => {
                self.at += 1;
                Kind::Object
            }
            b'[' => {
                self.at += 1;
                Kind::Array
            }
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => self.word(b"null")?,
            _ => {
                let shape = self.number()?;
                return Some((start..self.at, shape, Kind::Number));
            }
        };
        Some((start..self.at, Shape::default(), kind))
    }

    fn key(&mut self) -> Option<(Range<usize>, Shape)> {
        let key = self.string()?;
        self.space();
        (self.take()? == b':').then_some(key)
    }

    fn string(&mut self) -> Option<(Range<usize>, Shape)> {
        if self.take()? != b'"' {
            return None;
        }
        let start = self.at;
        let mut shape = Shape::default();
        loop {
            // Eight bytes at a time, up to the next one that means something.
            let rest = self.bytes.get(self.at..)?;
            let eight = rest.first_chunk::<8>().copied().unwrap_or_else(|| ended(rest));
            let word = u64::from_le_bytes(eight);
            let stops = stops(word);
            if stops == 0 {
                shape.add(Sum::of(&eight));
                self.at += 8;
                continue;
            }
            let length = stops.trailing_zeros() / 8;
            // What lies behind is of no kind.
            shape.add(Sum::of(&(word | u64::MAX << (8 * length)).to_le_bytes()));
            let stop = eight.get(length as usize)?;
            self.at += length as usize + 1;
            match stop {
                b'"' => return Some((start..self.at - 1, shape)),
                b'\\' => shape.kinds |= ESCAPE,
                _ => return None,
            }
            match self.take()? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                b'u' => {
                    let digits = self.bytes.get(self.at..self.at + 4)?;
                    if !digits.iter().all(u8::is_ascii_hexdigit) {
                        return None;
                    }
                    self.at += 4;
                }
                _ => return None,
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<Kind> {
        self.bytes.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            Kind::Word
        })
    }

    fn number(&mut self) -> Option<Shape> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut may_overflow = false;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
            may_overflow = true;
        }
        let text = std::str::from_utf8(self.bytes.get(start..self.at)?).ok()?;
        // A number no reader of ours could hold would poison everything downstream.
        if (may_overflow || text.len() > 300) && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            return None;
        }
        Some(Shape::of(text))
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }
}

/// The last bytes of a document, and zeros, which are in no string.
fn ended(rest: &[u8]) -> [u8; 8] {
    let mut eight = [0; 8];
    eight.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
    eight
}

/// The highest bit of each byte that may not stand in a string as it is: a quote, a backslash or a control character. Exact
/// up to the first of them.
#[inline]
fn stops(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let below = |word: u64, bound: u8| word.wrapping_sub(EACH * u64::from(bound)) & !word;
    let is = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(word, b' ')) & (EACH << 7)
}
