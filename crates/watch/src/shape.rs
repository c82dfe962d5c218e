//! What a text looks like, in twenty words: enough to tell a property that starts to carry passwords from one
//! that has something new to say.

use breach::PasswordFilter;

/// How many shapes there are.
pub const SHAPES: usize = 20;
/// The longest text that is looked into.
const LOOKED_INTO_BYTES_MAX: usize = 72;
/// What passwords are full of and names, ids and addresses are not.
const SPECIAL: &str = "!@#$%^&*?+=~;\"`|<>{}[]()\\";

/// What a value looks like.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Shape {
    /// No text, hardly any, or seen just before.
    Plain,
    /// Words with spaces between them.
    Words,
    /// Letters alone.
    Word,
    /// Letters alone that many use as a password.
    WordListed,
    /// Digits, with dots and dashes or without.
    Digits,
    /// Digits that many use as a password.
    DigitsListed,
    /// An address, a path, a date, a UUID, hex, a colour, a version.
    Structured,
    /// Words joined by dashes, dots, underscores.
    Slug,
    /// Capitals and digits: article numbers, vouchers.
    Code,
    /// Small letters, then digits.
    LowerDigits,
    /// Letters, some of them capitals, then digits.
    MixedDigits,
    /// Letters with digits or signs that many use as a password.
    Listed,
    /// Letters that many use as a password, with digits behind.
    MangledListed,
    /// Letters with signs behind or in place of letters.
    Mangled,
    /// Letters, digits and signs in no order.
    RandomSigns,
    /// Capitals, small letters and digits in no order.
    RandomMixed,
    /// Small letters and digits in no order.
    RandomLower,
    /// What stands in the place of a secret that the shield removed.
    SecretMark,
    /// What stands in the place of a personal value.
    PersonalMark,
    /// Longer than anybody's password.
    Long,
}

impl Shape {
    /// Every shape, in the order of its number.
    pub const ALL: [Self; SHAPES] = [
        Self::Plain,
        Self::Words,
        Self::Word,
        Self::WordListed,
        Self::Digits,
        Self::DigitsListed,
        Self::Structured,
        Self::Slug,
        Self::Code,
        Self::LowerDigits,
        Self::MixedDigits,
        Self::Listed,
        Self::MangledListed,
        Self::Mangled,
        Self::RandomSigns,
        Self::RandomMixed,
        Self::RandomLower,
        Self::SecretMark,
        Self::PersonalMark,
        Self::Long,
    ];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Words => "words",
            Self::Word => "word",
            Self::WordListed => "word_listed",
            Self::Digits => "digits",
            Self::DigitsListed => "digits_listed",
            Self::Structured => "structured",
            Self::Slug => "slug",
            Self::Code => "code",
            Self::LowerDigits => "lower_digits",
            Self::MixedDigits => "mixed_digits",
            Self::Listed => "listed",
            Self::MangledListed => "mangled_listed",
            Self::Mangled => "mangled",
            Self::RandomSigns => "random_signs",
            Self::RandomMixed => "random_mixed",
            Self::RandomLower => "random_lower",
            Self::SecretMark => "secret_mark",
            Self::PersonalMark => "personal_mark",
            Self::Long => "long",
        }
    }

    /// Whether passwords look like this far more often than anything else does.
    pub fn is_suspect(self) -> bool {
        matches!(
            self,
            Self::DigitsListed | Self::Listed | Self::MangledListed | Self::Mangled | Self::RandomSigns
        )
    }

    /// The shape of a text.
    pub fn of(text: &str, filter: &PasswordFilter) -> Self {
        if let Some(mark) = mark(text) {
            return mark;
        }
        if text.len() < 4 {
            return Self::Plain;
        }
        if text.len() > LOOKED_INTO_BYTES_MAX {
            return if text.contains(char::is_whitespace) { Self::Words } else { Self::Long };
        }
        let runs = Runs::of(text);
        if runs.spaces > 0 {
            return Self::Words;
        }
        runs.shape(text, filter)
    }
}

/// The shape of a mark of the shield's, or of what is withheld.
fn mark(text: &str) -> Option<Shape> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if let Some(class) = inner.strip_prefix("removed: ") {
        return model::Class::from_name(class).map(|_| Shape::SecretMark);
    }
    if let Some(rest) = inner.strip_prefix("sealed: ") {
        let class = rest.split(' ').next().unwrap_or_default();
        return model::Class::from_name(class).map(|_| Shape::PersonalMark);
    }
    inner.starts_with("withheld").then_some(Shape::Plain)
}

/// What a text consists of.
struct Runs {
    lower: u16,
    upper: u16,
    digits: u16,
    special: u16,
    joins: u16,
    slashes: u16,
    spaces: u16,
    other_letters: u16,
    hex: u16,
    /// Changes between letters, digits and signs.
    turns: u16,
    /// Changes from small to capital within letters.
    humps: u16,
    ends_with_special: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Special,
    Join,
}

/// What a character is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Lower,
    LowerHex,
    Upper,
    UpperHex,
    Digit,
    Join,
    Slash,
    Space,
    Special,
    Other,
}

/// How many there are.
const GROUPS: usize = 10;

const fn class(group: Group) -> Class {
    match group {
        Group::Lower | Group::LowerHex | Group::Upper | Group::UpperHex | Group::Other => Class::Letter,
        Group::Digit => Class::Digit,
        Group::Special => Class::Special,
        Group::Join | Group::Slash | Group::Space => Class::Join,
    }
}

const fn is_lower(group: Group) -> bool {
    matches!(group, Group::Lower | Group::LowerHex)
}

/// The groups of the characters of ASCII.
const ASCII: [Group; 128] = groups();

const fn groups() -> [Group; 128] {
    let mut groups = [Group::Other; 128];
    let special = SPECIAL.as_bytes();
    let mut place = 0;
    while place < special.len() {
        groups[special[place] as usize] = Group::Special;
        place += 1;
    }
    let mut byte = 0_u8;
    while byte < 128 {
        match byte {
            b'a'..=b'f' => groups[byte as usize] = Group::LowerHex,
            b'g'..=b'z' => groups[byte as usize] = Group::Lower,
            b'A'..=b'F' => groups[byte as usize] = Group::UpperHex,
            b'G'..=b'Z' => groups[byte as usize] = Group::Upper,
            b'0'..=b'9' => groups[byte as usize] = Group::Digit,
            b'-' | b'_' | b'.' | b':' | b',' | b'\'' => groups[byte as usize] = Group::Join,
            b'/' => groups[byte as usize] = Group::Slash,
            // White space as Unicode has it.
            b'\t'..=b'\r' | b' ' => groups[byte as usize] = Group::Space,
            _ => {}
        }
        byte += 1;
    }
    groups
}

impl Runs {
    fn of(text: &str) -> Self {
        let mut counts = [0_u16; GROUPS];
        let (mut turns, mut humps) = (0, 0);
        let mut before = None;
        for letter in text.chars() {
            let group = match u8::try_from(letter) {
                Ok(byte) if byte < 128 => ASCII[usize::from(byte)],
                _ if letter == '’' => Group::Join,
                _ if letter.is_whitespace() => Group::Space,
                _ => Group::Other,
            };
            counts[group as usize] += 1;
            if let Some(before) = before {
                turns += u16::from(class(before) != class(group) && class(group) != Class::Join);
                humps += u16::from(is_lower(before) && matches!(group, Group::Upper | Group::UpperHex));
            }
            before = Some(group);
        }
        let of = |group: Group| counts[group as usize];
        Self {
            lower: of(Group::Lower) + of(Group::LowerHex),
            upper: of(Group::Upper) + of(Group::UpperHex),
            digits: of(Group::Digit),
            special: of(Group::Special),
            joins: of(Group::Join),
            slashes: of(Group::Slash),
            spaces: of(Group::Space),
            other_letters: of(Group::Other),
            hex: of(Group::LowerHex) + of(Group::UpperHex) + of(Group::Digit),
            turns,
            humps,
            ends_with_special: before == Some(Group::Special),
        }
    }

    fn letters(&self) -> u16 {
        self.lower + self.upper + self.other_letters
    }

    fn shape(&self, text: &str, filter: &PasswordFilter) -> Shape {
        if self.is_structured(text) {
            return Shape::Structured;
        }
        if self.digits > 0 && self.letters() == 0 && self.special == 0 {
            let listed = self.joins == 0 && filter.contains(text);
            return if listed { Shape::DigitsListed } else { Shape::Digits };
        }
        let plain_word = self.digits == 0 && self.special == 0 && self.joins == 0;
        if plain_word {
            return self.word(text, filter);
        }
        if self.letters() > 0 && filter.contains(text) {
            return Shape::Listed;
        }
        if self.special > 0 {
            return self.with_signs(text, filter);
        }
        if self.joins > 0 {
            return self.joined(text);
        }
        self.letters_and_digits(text, filter)
    }

    fn is_structured(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let hex_alone = self.hex as usize == text.len() - self.joins as usize;
        text.contains("://")
            || self.slashes > 0 && self.special <= 2
            || text.starts_with("www.")
            || (self.digits > 1 && hex_alone && self.letters() > 0 && text.len() >= 16)
            || (bytes.first() == Some(&b'#') && self.hex as usize + 1 == text.len())
            || (self.digits >= 8 && self.joins >= 3 && self.letters() <= 3)
            || (self.joins == 4 && text.len() == 36 && hex_alone)
    }

    fn word(&self, text: &str, filter: &PasswordFilter) -> Shape {
        // `camelCase` is a name that programmers give; `hTqWeRzu` is nobody's word.
        if self.humps >= 3 && usize::from(self.humps) * 4 >= text.len() && self.upper >= 3 {
            return Shape::RandomMixed;
        }
        if filter.contains(text) { Shape::WordListed } else { Shape::Word }
    }

    /// A text with signs that passwords are full of.
    fn with_signs(&self, text: &str, filter: &PasswordFilter) -> Shape {
        if self.letters() == 0 {
            return if self.digits >= 6 { Shape::Mangled } else { Shape::Plain };
        }
        let leading = text.starts_with(['$', '@', '#', '+', '(']) || text.starts_with("[");
        let one_leading = leading && self.special == 1;
        if one_leading || self.pairs(text) {
            return Shape::Slug;
        }
        let kinds = u16::from(self.lower > 0) + u16::from(self.upper > 0) + u16::from(self.digits > 0);
        if self.turns >= 4 && kinds >= 2 && text.len() >= 8 {
            return Shape::RandomSigns;
        }
        let tail_only = self.ends_with_special && self.turns <= 2;
        if self.digits == 0 && tail_only {
            // `Sale!` is a shout, `sunshine!` may be a password.
            let base = text.trim_end_matches(|letter| SPECIAL.contains(letter));
            return if text.len() >= 8 && filter.contains(base) { Shape::Mangled } else { Shape::Slug };
        }
        if text.len() >= 6 && (self.digits > 0 || self.turns >= 2) { Shape::Mangled } else { Shape::Slug }
    }

    /// `key=value&key=value`, `f(x)`, `<p>`: writing for machines.
    fn pairs(&self, text: &str) -> bool {
        (text.contains('=') && (text.contains('&') || text.contains('?')))
            || (text.contains('(') && text.contains(')'))
            || (text.contains('{') && text.contains('}'))
            || (text.contains('<') && text.contains('>'))
            || (text.contains('[') && text.contains(']'))
    }

    /// Parts joined by dashes and the like.
    fn joined(&self, text: &str) -> Shape {
        if self.lower == 0 && self.upper > 0 && self.digits > 0 {
            return Shape::Code;
        }
        let longest = text.split(['-', '_', '.', ':', ',']).max_by_key(|part| part.len()).unwrap_or_default();
        if longest.len() >= 8 && longest.len() < text.len() {
            let part = Self::of(longest);
            if part.digits > 0 && part.is_random() {
                return if part.upper > 0 && part.lower > 0 {
                    Shape::RandomMixed
                } else {
                    Shape::RandomLower
                };
            }
        }
        Shape::Slug
    }

    fn is_random(&self) -> bool {
        self.turns >= 3 || (self.humps >= 2 && self.digits > 0)
    }

    fn letters_and_digits(&self, text: &str, filter: &PasswordFilter) -> Shape {
        if self.lower == 0 && self.other_letters == 0 {
            return Shape::Code;
        }
        if !self.is_human() {
            let mixed = self.upper > 0 && self.lower > 0;
            return if mixed { Shape::RandomMixed } else { Shape::RandomLower };
        }
        if self.mangles_listed(text, filter) {
            return Shape::MangledListed;
        }
        if self.upper > 0 { Shape::MixedDigits } else { Shape::LowerDigits }
    }

    fn is_human(&self) -> bool {
        self.turns <= 2 && self.humps <= 1
    }

    /// Whether the letters alone are much used and digits stand around them.
    fn mangles_listed(&self, text: &str, filter: &PasswordFilter) -> bool {
        let base = text.trim_matches(|letter: char| letter.is_ascii_digit());
        base.len() >= 4 && text.len() >= 6 && self.upper <= 1 && filter.contains(base)
    }
}

/// Bits for each character by how often each stands in the text, in hundredths.
pub fn entropy_hundredths(text: &str) -> u32 {
    let mut counts = [0_u16; 256];
    let bytes = text.as_bytes();
    let bytes = bytes.get(..bytes.len().min(LOOKED_INTO_BYTES_MAX)).unwrap_or(bytes);
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = bytes.len() as f32;
    let bits: f32 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f32::from(*count) / length;
            -share * share.log2()
        })
        .sum();
    (bits * 100.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_the_shape_people_see() {
        let filter = PasswordFilter::common();
        let cases = [
            ("", Shape::Plain),
            ("abc", Shape::Plain),
            ("Add to cart", Shape::Words),
            ("Grünspecht", Shape::Word),
            ("sunshine", Shape::WordListed),
            ("Sunshine", Shape::WordListed),
            ("83920174", Shape::Digits),
            ("2026-08-01", Shape::Digits),
            ("123456789", Shape::DigitsListed),
            ("https://shop.example/a?b=c", Shape::Structured),
            ("/products/blue-chair", Shape::Structured),
            ("#ff00aa", Shape::Structured),
            ("0198c0de-7a1b-7c3d-8e4f-0123456789ab", Shape::Structured),
            ("2026-08-01T10:00:00.000Z", Shape::Structured),
            ("9e107d9d372bb6826bd81d3542a419d6", Shape::Structured),
            ("blue-linen-shirt", Shape::Slug),
            ("$mp_click", Shape::Slug),
            ("en-GB", Shape::Slug),
            ("SKU-40981", Shape::Code),
            ("WGX8812", Shape::Code),
            ("qwertzuio47", Shape::LowerDigits),
            ("password1", Shape::Listed),
            ("Sunshine84", Shape::MangledListed),
            ("sunshine!", Shape::Mangled),
            ("Summer2023!", Shape::Mangled),
            ("p@ssw0rd99", Shape::RandomSigns),
            ("kX9#mP2v$Lq8", Shape::RandomSigns),
            ("aB3dE5gH7jK9", Shape::RandomMixed),
            ("a8f3k2q9z7", Shape::RandomLower),
            ("[removed: password]", Shape::SecretMark),
            ("[sealed: email #0123]", Shape::PersonalMark),
            ("[not a mark]", Shape::Words),
        ];
        for (text, shape) in cases {
            assert_eq!(Shape::of(text, filter), shape, "{text}");
        }
    }

    #[test]
    fn numbers_of_shapes_are_their_places() {
        for (place, shape) in Shape::ALL.into_iter().enumerate() {
            assert_eq!(shape as usize, place);
        }
    }

    #[test]
    fn entropy_is_that_of_the_characters() {
        assert_eq!(entropy_hundredths("aaaa"), 0);
        assert_eq!(entropy_hundredths("abcd"), 200);
        assert_eq!(entropy_hundredths(""), 0);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_shape(text in "\\PC{0,90}") {
            let filter = PasswordFilter::of(["x"].into_iter());
            let _ = Shape::of(&text, &filter);
        }
    }
}
