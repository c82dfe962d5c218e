//! What kinds of character a text has: the first test, which most values leave by.

/// A set of character kinds with counts, made in the one pass that also finds the end of a string.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Shape {
    /// The union of the kinds below.
    pub kinds: u32,
    /// How many ASCII digits.
    pub digits: u32,
}

pub(crate) const DIGIT: u32 = 1;
pub(crate) const LOWER: u32 = 1 << 1;
pub(crate) const UPPER: u32 = 1 << 2;
pub(crate) const SPACE: u32 = 1 << 3;
pub(crate) const AT: u32 = 1 << 4;
pub(crate) const PERCENT: u32 = 1 << 5;
pub(crate) const SLASH: u32 = 1 << 6;
pub(crate) const EQUALS: u32 = 1 << 7;
pub(crate) const COLON: u32 = 1 << 8;
pub(crate) const PLUS: u32 = 1 << 9;
pub(crate) const BRACE: u32 = 1 << 10;
pub(crate) const OTHER: u32 = 1 << 11;
pub(crate) const HIGH: u32 = 1 << 12;
pub(crate) const DASH: u32 = 1 << 13;
/// A backslash: the string must be decoded before it is looked at.
pub(crate) const ESCAPE: u32 = 1 << 14;
/// The end of a JSON string, or a control character that may not stand in one.
pub(crate) const QUOTE: u32 = 1 << 15;
pub(crate) const CONTROL: u32 = 1 << 16;

pub(crate) const LETTER: u32 = LOWER | UPPER;

/// The kind of each byte.
pub(crate) static KINDS: [u32; 256] = kinds();

const fn kinds() -> [u32; 256] {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let b = byte as u8;
        table[byte] = match b {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b' ' => SPACE,
            b'@' => AT,
            b'%' => PERCENT,
            b'/' => SLASH,
            b'=' => EQUALS,
            b':' => COLON,
            b'+' => PLUS,
            b'{' | b'[' | b'<' => BRACE,
            b'-' | b'_' => DASH,
            b'\\' => ESCAPE,
            b'"' => QUOTE,
            0..=31 => CONTROL,
            128..=255 => HIGH,
            _ => OTHER,
        };
        byte += 1;
    }
    table
}

impl Shape {
    /// The shape of a text.
    pub fn of(text: &str) -> Self {
        let mut shape = Self::default();
        for byte in text.bytes() {
            shape.add(byte);
        }
        // Decoded text has no escapes; a quote or a line break in it is like any other sign.
        if shape.kinds & (QUOTE | CONTROL | ESCAPE) != 0 {
            shape.kinds = shape.kinds & !(QUOTE | CONTROL | ESCAPE) | OTHER;
            if text.bytes().any(|b| matches!(b, b'\n' | b'\t' | b'\r')) {
                shape.kinds |= SPACE;
            }
        }
        shape
    }

    /// Adds a byte and tells its kind.
    #[inline]
    pub fn add(&mut self, byte: u8) -> u32 {
        let kind = KINDS[usize::from(byte)];
        self.kinds |= kind;
        self.digits += kind & DIGIT;
        kind
    }

    /// Whether any of these kinds occurs.
    #[inline]
    pub fn has(self, kinds: u32) -> bool {
        self.kinds & kinds != 0
    }

    /// Whether nothing but these kinds occurs.
    #[inline]
    pub fn only(self, kinds: u32) -> bool {
        self.kinds & !kinds == 0
    }
}
