//! Words or chance: how many of the pairs of neighbouring letters are pairs that words have.
//!
//! The table holds the pairs that make up 96.5 % of those in names and summaries of packages and in the
//! interface texts of some sixty languages in Latin letters. Of the pairs of random letters 44 % are in it.

/// For each letter the letters that often follow it.
const FOLLOWERS: [&str; 26] = [
    "bcdfgiklmnprstuvwy",      // a
    "aeijlorsu",               // b
    "acehikloprstuy",          // c
    "abdegijklorsu",           // d
    "abcdefgiklmnopqrstuvwxy", // e
    "aefilortu",               // f
    "aeghilnorsu",             // g
    "aeiortu",                 // h
    "abcdefgklmnoprstvxz",     // i
    "ae",                      // j
    "aeiosu",                  // k
    "acdeiklmopstuy",          // l
    "abceilmopsu",             // m
    "acdefgiklnostuvy",        // n
    "abcdfgijklmnoprstuvwx",   // o
    "adehiloprstuy",           // p
    "lu",                      // q
    "acdefgiklmnoprstuvy",     // r
    "acdehiklmopqstuy",        // s
    "acefhilmoprstuwy",        // t
    "abcdegilmnprst",          // u
    "aeio",                    // v
    "aehinors",                // w
    "ept",                     // x
    "aemnopst",                // y
    "ae",                      // z
];

static PAIRS: [u32; 26] = pairs();

const fn pairs() -> [u32; 26] {
    let mut table = [0; 26];
    let mut letter = 0;
    while letter < 26 {
        let followers = FOLLOWERS[letter].as_bytes();
        let mut at = 0;
        while at < followers.len() {
            table[letter] |= 1 << (followers[at] - b'a');
            at += 1;
        }
        letter += 1;
    }
    table
}

/// Whether a text is mostly letters and these go together as in words: `DisallowedByEncryptionControl`.
pub(crate) fn is_wordlike(text: &str) -> bool {
    const PAIRS_MIN: usize = 8;
    let (mut seen, mut common) = (0, 0);
    let mut last: Option<u8> = None;
    for byte in text.bytes() {
        let letter = byte.to_ascii_lowercase();
        if !letter.is_ascii_lowercase() {
            last = None;
            continue;
        }
        if let Some(before) = last {
            seen += 1;
            let followers = PAIRS.get(usize::from(before - b'a')).copied().unwrap_or(0);
            common += usize::from(followers >> (letter - b'a') & 1 == 1);
        }
        last = Some(letter);
    }
    seen >= PAIRS_MIN && seen * 2 >= text.len() && common * 6 >= seen * 5
}

#[cfg(test)]
mod tests {
    use super::is_wordlike;

    #[test]
    fn words_are_told_from_chance() {
        for text in [
            "DisallowedByVpcEncryptionControl",
            "AMAZON.CodeInterpreter",
            "get-current-package",
            "contrasenaconfirmacion",
            "wachtwoordherstellen",
        ] {
            assert!(is_wordlike(text), "{text}");
        }
        for text in [
            "rzw33rq56ixgaqtkgdnb6v",
            "PuLpiBnUeQMQkTXvVbCJwLGwMVCDfIAG",
            "qEiIPFNqEviQVETcjFJUahuyIemAjnm",
            "hlsjkqwxvbtzmrplkjhgfdsqbbvw",
            "short",
        ] {
            assert!(!is_wordlike(text), "{text}");
        }
    }
}
