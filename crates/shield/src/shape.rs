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
/// A quote and a control character: in decoded text alone, for neither stands in a JSON string as it is.
pub(crate) const QUOTE: u32 = 1 << 15;
pub(crate) const CONTROL: u32 = 1 << 16;

pub(crate) const LETTER: u32 = LOWER | UPPER;

/// All of these: every byte is of exactly one of them.
const KIND: u32 = (1 << 17) - 1;

// Single signs beside their kinds, so that a finder that needs one is not asked where there is none.
pub(crate) const HYPHEN: u32 = 1 << 17;
pub(crate) const LESS: u32 = 1 << 18;
pub(crate) const GREATER: u32 = 1 << 19;
pub(crate) const BRACKET: u32 = 1 << 20;
pub(crate) const DOUBLE: u32 = 1 << 21;
/// A line's end, a tab or a stroke: what parts the cells of a table.
pub(crate) const CELL: u32 = 1 << 22;
pub(crate) const CARET: u32 = 1 << 23;
/// `V`, `v`: the first of `VALUES`, the rarest of its letters.
pub(crate) const VEE: u32 = 1 << 24;

/// Where a byte's count of digits stands beside its kinds: the kinds of [`COUNTED_MAX`] bytes do not reach it.
const COUNT: u32 = 40;
/// How many bytes may be added up.
const COUNTED_MAX: usize = 128;

/// The kind of each byte with its sign; a digit also counts.
static KINDS: [u64; 256] = kinds();

const fn kinds() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let b = byte as u8;
        let kind = match b {
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
            // In no text.
            255 => 0,
            128..=254 => HIGH,
            _ => OTHER,
        };
        let sign = match b {
            b'-' => HYPHEN,
            b'<' => LESS,
            b'>' => GREATER,
            b'[' => BRACKET,
            b'"' => DOUBLE,
            b'\n' | b'\t' | b'|' => CELL,
            b'^' => CARET,
            b'V' | b'v' => VEE,
            _ => 0,
        };
        table[byte] = (kind | sign) as u64 | ((kind == DIGIT) as u64) << COUNT;
        byte += 1;
    }
    table
}

/// Of which of `kinds` a byte is.
#[inline]
pub(crate) fn kind_among(byte: u8, kinds: u32) -> u64 {
    KINDS[usize::from(byte)] & u64::from(kinds)
}

impl Shape {
    /// The shape of a text.
    pub fn of(text: &str) -> Self {
        let mut shape = Self::default();
        for bytes in text.as_bytes().chunks(COUNTED_MAX) {
            shape.add(Sum::of(bytes));
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

    /// Adds what was counted of further bytes.
    #[inline]
    pub fn add(&mut self, sum: Sum) {
        self.kinds |= sum.kinds();
        self.digits += sum.digits();
    }

    /// Whether any of these kinds occurs.
    #[inline]
    pub fn has(self, kinds: u32) -> bool {
        self.kinds & kinds != 0
    }

    /// Whether nothing but these kinds occurs.
    #[inline]
    pub fn only(self, kinds: u32) -> bool {
        self.kinds & KIND & !kinds == 0
    }
}

/// The kinds and digits of a few bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum {
    any: u64,
    all: u64,
}

impl Sum {
    /// Of at most [`COUNTED_MAX`] bytes.
    #[inline]
    pub fn of(bytes: &[u8]) -> Self {
        let mut sum = Self::default();
        for byte in bytes {
            sum.add(*byte);
        }
        sum
    }

    /// Adds a byte and tells its kinds.
    #[inline]
    pub fn add(&mut self, byte: u8) -> u64 {
        let kind = KINDS[usize::from(byte)];
        self.any |= kind;
        self.all += kind;
        kind
    }

    /// The union of the kinds.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the count stands above")]
    pub fn kinds(self) -> u32 {
        self.any as u32
    }

    #[inline]
    fn digits(self) -> u32 {
        (self.all >> COUNT) as u32
    }
}
