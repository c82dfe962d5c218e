//! Folding of names: one spelling for `Passwört`, `PASSWORT`, `ｐａｓｓｗｏｒｔ` and `pass\u{200b}wort`.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// A name without case, accents and separators, and where its words begin.
#[derive(Default, Debug)]
pub(crate) struct Folded {
    /// The letters and digits, folded.
    pub text: String,
    /// For each byte of `text`, and its end: whether a word begins (or the name ends) there.
    border: Vec<bool>,
}

impl Folded {
    /// Whether a word begins or ends at this byte.
    pub fn is_border(&self, at: usize) -> bool {
        self.border.get(at).copied().unwrap_or(true)
    }

    /// A name folded.
    pub fn of(name: &str) -> Self {
        let mut folded = Self::default();
        folded.read(name);
        folded
    }

    /// Folds a name in the place of the one before: words end at separators, at `aB`, before the last capital of
    /// `ABc`, and between letters and digits.
    pub fn read(&mut self, name: &str) {
        self.text.clear();
        self.border.clear();
        if name.is_ascii() {
            self.read_ascii(name.as_bytes());
        } else {
            self.read_any(name);
        }
        self.border.push(true);
    }

    fn read_any(&mut self, name: &str) {
        let mut lookalikes = false;
        let may_be_mixed = name.bytes().any(|byte| matches!(byte, 0xd0..=0xd3));
        let mut last = Kind::Gap;
        let mut chars = name.char_indices().filter(|(_, c)| !is_invisible(*c)).peekable();
        while let Some((at, c)) = chars.next() {
            if last == Kind::Gap && may_be_mixed {
                lookalikes = begins_mixed(name.get(at..).unwrap_or_default());
            }
            let kind = Kind::of(c);
            if kind != Kind::Gap {
                let is_run = (last, kind) == (Kind::Upper, Kind::Upper);
                let next_is_lower = is_run && chars.peek().is_some_and(|(_, next)| next.is_lowercase());
                let begins = kind.begins_after(last, next_is_lower);
                self.push(c, begins, lookalikes);
            }
            last = kind;
        }
    }

    /// The same for ASCII, which most names are.
    fn read_ascii(&mut self, name: &[u8]) {
        let mut text = std::mem::take(&mut self.text).into_bytes();
        text.resize(name.len(), 0);
        self.border.resize(name.len(), false);
        let mut kept = 0_usize;
        // The last three kinds, two bits each, the newest lowest.
        let mut kinds = 0_u8;
        for byte in name {
            let kind = KINDS[usize::from(*byte)];
            kinds = kinds << 2 | kind;
            if kind == GAP {
                continue;
            }
            // Of `ABc` the last capital begins a word, which its small letter tells.
            if kinds & 0x3f == UPPER << 4 | UPPER << 2 | LOWER
                && let Some(border) = kept.checked_sub(1).and_then(|at| self.border.get_mut(at))
            {
                *border = true;
            }
            if let (Some(letter), Some(border)) = (text.get_mut(kept), self.border.get_mut(kept)) {
                *letter = byte.to_ascii_lowercase();
                *border = BEGINS >> (kinds & 0xf) & 1 == 1;
            }
            kept += 1;
        }
        text.truncate(kept);
        self.border.truncate(kept);
        self.text = String::from_utf8(text).unwrap_or_default();
    }

    fn push(&mut self, c: char, begins: bool, lookalikes: bool) {
        let from = self.text.len();
        if !may_have_case(c) {
            fold_char(c, &mut self.text);
        } else if c.is_ascii() {
            self.text.push(c.to_ascii_lowercase());
        } else {
            for lower in c.to_lowercase() {
                fold_char(if lookalikes { latin_lookalike(lower) } else { lower }, &mut self.text);
            }
        }
        let added = self.text.len() - from;
        if added > 0 {
            self.border.push(begins);
            self.border.extend(std::iter::repeat_n(false, added - 1));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gap,
    Lower,
    Upper,
    Digit,
}

const GAP: u8 = Kind::Gap as u8;
const LOWER: u8 = Kind::Lower as u8;
const UPPER: u8 = Kind::Upper as u8;

/// The kind of each byte of ASCII.
static KINDS: [u8; 256] = {
    let mut table = [GAP; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'0'..=b'9' => Kind::Digit as u8,
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            _ => GAP,
        };
        byte += 1;
    }
    table
};

/// A bit for two kinds in a row: whether a word begins with the second.
const BEGINS: u16 = {
    let kinds = [Kind::Gap, Kind::Lower, Kind::Upper, Kind::Digit];
    let (mut bits, mut at) = (0, 0);
    while at < 16 {
        if kinds[at & 3].begins_after(kinds[at >> 2], false) {
            bits |= 1 << at;
        }
        at += 1;
    }
    bits
};

impl Kind {
    /// Whether a word begins with a letter or digit of this kind after one of another.
    const fn begins_after(self, last: Self, next_is_lower: bool) -> bool {
        match (last, self) {
            (Self::Gap, _) | (Self::Lower, Self::Upper) => true,
            (Self::Upper, Self::Upper) => next_is_lower,
            (Self::Digit, now) => !matches!(now, Self::Digit),
            (_, Self::Digit) => true,
            _ => false,
        }
    }

    fn of(c: char) -> Self {
        if c.is_ascii_digit() || ('０'..='９').contains(&c) {
            Self::Digit
        } else if may_have_case(c) && c.is_uppercase() {
            Self::Upper
        } else if c.is_alphanumeric() || is_letter_mark(c) {
            Self::Lower
        } else {
            Self::Gap
        }
    }
}

/// Not in the scripts from Hebrew to Burmese and in those of East Asia, which know no capitals.
fn may_have_case(c: char) -> bool {
    !matches!(c, '\u{590}'..='\u{109f}' | '\u{2e80}'..='\u{a63f}')
}

/// Zero-width characters, soft hyphens, bidirectional controls, combining accents, Arabic and Hebrew
/// vowel signs, the tatweel.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{300}'..='\u{34e}' | '\u{350}'..='\u{36f}'
        | '\u{64b}'..='\u{65f}' | '\u{640}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}'
        // Nuktas and length marks, which are written joined or apart.
        | '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{abc}' | '\u{b3c}' | '\u{cbc}' | '\u{cd5}' | '\u{cd6}')
}

/// Vowel signs and viramas of Indic and South-East Asian scripts: parts of a letter, not separators.
pub(crate) fn is_letter_mark(c: char) -> bool {
    matches!(c, '\u{7a6}'..='\u{7b0}' | '\u{900}'..='\u{dff}' | '\u{e30}'..='\u{e4e}' | '\u{eb0}'..='\u{ece}'
        | '\u{f71}'..='\u{fbc}' | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}' | '\u{30fc}')
}

/// Whether the word that begins here mixes Latin and Cyrillic letters: one of them is a disguise.
fn begins_mixed(rest: &str) -> bool {
    const CHARS_MAX: usize = 64;
    let (mut latin, mut cyrillic) = (false, false);
    for c in rest.chars().take(CHARS_MAX).take_while(|c| Kind::of(*c) != Kind::Gap || is_invisible(*c)) {
        latin |= c.is_ascii_alphabetic();
        cyrillic |= ('\u{400}'..='\u{4ff}').contains(&c);
    }
    latin && cyrillic
}

fn latin_lookalike(c: char) -> char {
    match c {
        'а' => 'a',
        'в' => 'b',
        'е' => 'e',
        'і' => 'i',
        'к' => 'k',
        'м' => 'm',
        'н' => 'h',
        'о' => 'o',
        'р' => 'p',
        'с' => 'c',
        'т' => 't',
        'у' => 'y',
        'х' => 'x',
        'ѕ' => 's',
        'ј' => 'j',
        other => other,
    }
}

const PLAIN: &[(&str, &str)] = &[
    ("a", "áàâäãåāăąǎạảấầẩẫậắằẳẵặ"),
    ("b", "ƀɓ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "éèêëēĕėęěẹẻẽếềểễệɛəǝ"),
    ("g", "ĝğġģǧ"),
    ("h", "ĥħḥ"),
    ("i", "íìîïĩīĭįıǐỉị"),
    ("j", "ĵ"),
    ("k", "ķĸ"),
    ("l", "ĺļľŀł"),
    ("n", "ñńņňŋ"),
    ("o", "óòôöõøōŏőǒơọỏốồổỗộớờởỡợ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšșſṣ"),
    ("t", "ţťŧțṭ"),
    ("u", "úùûüũūŭůűųưǔụủứừửữựʉ"),
    ("w", "ŵ"),
    ("y", "ýÿŷỳỵỷỹ"),
    ("z", "źżžẓ"),
    ("ae", "æ"),
    ("oe", "œ"),
    ("ss", "ß"),
    ("th", "þ"),
    ("α", "ά"),
    ("ε", "έ"),
    ("η", "ή"),
    ("ι", "ίϊΐ"),
    ("ο", "ό"),
    ("υ", "ύϋΰ"),
    ("ω", "ώ"),
    ("σ", "ς"),
    ("е", "ё"),
    ("и", "йѝӣ"),
    ("і", "ї"),
    ("у", "ўүұӯ"),
    ("о", "өӧ"),
    ("к", "қҝҡ"),
    ("н", "ңӊ"),
    ("г", "ғґ"),
    ("а", "әӑӓ"),
    ("х", "ҳһ"),
    ("ч", "ҷӌ"),
    ("ж", "җ"),
    ("ا", "أإآٱ"),
    ("ي", "ىی"),
    ("ك", "ک"),
    ("ه", "ة"),
    // Indic letters with a dot below, written in one code point.
    ("\u{9af}", "\u{9df}"),
    ("\u{9a1}", "\u{9dc}"),
    ("\u{9a2}", "\u{9dd}"),
    ("\u{915}", "\u{958}"),
    ("\u{916}", "\u{959}"),
    ("\u{917}", "\u{95a}"),
    ("\u{91c}", "\u{95b}"),
    ("\u{921}", "\u{95c}"),
    ("\u{922}", "\u{95d}"),
    ("\u{92b}", "\u{95e}"),
    ("\u{a38}", "\u{a36}"),
    ("\u{a32}", "\u{a33}"),
    ("\u{a16}", "\u{a59}"),
    ("\u{a17}", "\u{a5a}"),
    ("\u{a1c}", "\u{a5b}"),
    ("\u{a2b}", "\u{a5e}"),
    ("ೆ", "ೇ"),
    ("ೊ", "ೋ"),
    ("ി", "ീ"),
];

/// The same by letter.
static BY_LETTER: LazyLock<HashMap<char, &'static str, foldhash::fast::RandomState>> = LazyLock::new(|| {
    PLAIN.iter().flat_map(|(plain, accented)| accented.chars().map(|letter| (letter, *plain))).collect()
});

fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
        return;
    }
    // Full-width forms of the ASCII letters and digits.
    if let Some(ascii) = u32::from(c).checked_sub(0xfee0).and_then(char::from_u32)
        && ascii.is_ascii_graphic()
    {
        out.push(ascii.to_ascii_lowercase());
        return;
    }
    match BY_LETTER.get(&c) {
        Some(plain) => out.push_str(plain),
        None if is_invisible(c) => {}
        None => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fold_to_one_text() {
        for (name, folded) in [
            ("Contraseña (confirmación)", "contrasenaconfirmacion"),
            ("ｐａｓｓｗｏｒｄ", "password"),
            ("pass\u{200b}wo\u{301}rd", "password"),
            ("раsswоrd", "password"),
            ("Пароль", "пароль"),
            ("ΚΩΔΙΚΌΣ", "κωδικοσ"),
            ("user[API-Key]", "userapikey"),
        ] {
            assert_eq!(Folded::of(name).text, folded, "{name}");
        }
    }

    #[test]
    fn words_begin_at_capitals_digits_and_separators() {
        let words = |name: &str| {
            let folded = Folded::of(name);
            let mut words = vec![String::new()];
            for (at, c) in folded.text.char_indices() {
                if folded.is_border(at) && at > 0 {
                    words.push(String::new());
                }
                words.last_mut().expect("never empty").push(c);
            }
            words.join(" ")
        };
        assert_eq!(words("ctl00$main$txtPassword2"), "ctl 00 main txt password 2");
        assert_eq!(words("HTTPServerKey"), "http server key");
        assert_eq!(words("LOGIN_PASSWORD"), "login password");
    }
}
