//! International bank account numbers: country, its length, ISO 7064 mod 97.

use std::ops::Range;

use crate::scan::next_digit;

/// Lengths by country (the SWIFT registry, with the countries that use the form without being in it).
const LENGTHS: &str = "AD24 AE23 AL28 AO25 AT20 AZ28 BA20 BE16 BF28 BG22 BH22 BI27 BJ28 BR29 BY28 CF27 CG27 CH21 \
CI28 CM27 CR22 CV25 CY28 CZ24 DE22 DJ27 DK18 DO28 DZ26 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GA27 GB22 GE22 GI23 \
GL18 GQ27 GR27 GT28 GW25 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KM27 KW30 KZ20 LB28 LC32 LI21 LT20 \
LU20 LV21 LY25 MA28 MC27 MD24 ME22 MG27 MK19 ML28 MN20 MR27 MT31 MU30 MZ25 NE28 NI28 NL18 NO15 OM23 PK24 PL28 \
PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SN28 SO23 ST25 SV28 TD27 TG28 TL23 TN24 TR26 \
UA29 VA22 VG24 XK20 YE30 HN28 BY28";

/// The longest of them.
const LENGTH_MAX: usize = 34;

/// Where the first account number at or after `from` stands.
pub(crate) fn find(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at + 15 <= bytes.len() {
        // Most places have no digit where the second check digit stands.
        at = next_digit(bytes, at + 3)? - 3;
        if at + 15 > bytes.len() {
            return None;
        }
        let begins = at == 0 || bytes.get(at - 1).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if begins && let Some(end) = end_of(bytes, at) {
            return Some(at..end);
        }
        at += 1;
    }
    None
}

/// The end of an account number that begins here, if one does.
fn end_of(bytes: &[u8], at: usize) -> Option<usize> {
    let head = bytes.get(at..at + 4)?;
    if !head[..2].iter().all(u8::is_ascii_alphabetic) || !head[3].is_ascii_digit() {
        return None;
    }
    // `KZ24`, `GB 82` or `PT-50`: what is neither is left before the table is asked.
    if !head[2].is_ascii_digit() && !matches!(head[2], b' ' | b'-') {
        return None;
    }
    let length = length(&head[..2])?;
    let mut signs = [0; LENGTH_MAX];
    let mut compact = signs.get_mut(..length)?.iter_mut();
    let mut place = at;
    let mut seen = 0;
    while seen < length {
        match bytes.get(place)? {
            byte if byte.is_ascii_alphanumeric() => {
                *compact.next()? = byte.to_ascii_uppercase();
                seen += 1;
            }
            b' ' | b'-' | b'.' if seen >= 2 => {}
            // A no-break space, in two bytes.
            0xc2 | 0xa0 if seen >= 4 => {}
            _ => return None,
        }
        place += 1;
    }
    let compact = signs.get(..length)?;
    let ends = bytes.get(place).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (ends && compact[2..4].iter().all(u8::is_ascii_digit) && mod_97(compact)).then_some(place)
}

fn length(country: &[u8]) -> Option<usize> {
    let place =
        |byte: &u8| Some(usize::from(byte.to_ascii_uppercase().checked_sub(b'A').filter(|at| *at < 26)?));
    let at = place(country.first()?)? * 26 + place(country.get(1)?)?;
    TABLE.get(at).copied().filter(|length| *length > 0).map(usize::from)
}

/// Lengths by country: 26 times 26 places.
static TABLE: [u8; 676] = table();

const fn table() -> [u8; 676] {
    let bytes = LENGTHS.as_bytes();
    let mut table = [0; 676];
    let mut at = 0;
    while at + 3 < bytes.len() {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        let country = (bytes[at] - b'A') as usize * 26 + (bytes[at + 1] - b'A') as usize;
        table[country] = (bytes[at + 2] - b'0') * 10 + (bytes[at + 3] - b'0');
        at += 4;
    }
    table
}

fn mod_97(compact: &[u8]) -> bool {
    let rest = compact[4..].iter().chain(&compact[..4]).fold(0_u32, |rest, byte| {
        if byte.is_ascii_digit() {
            (rest * 10 + u32::from(byte - b'0')) % 97
        } else {
            (rest * 100 + u32::from(byte - b'A') + 10) % 97
        }
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_numbers_are_found_with_any_separators() {
        for (text, at) in [
            ("IBAN: KZ24 826X P7RO WKTH LBST BIC: DEUTDEFF", Some(6..30)),
            ("is410756891349067320233137", Some(0..26)),
            ("iban=IE16USBK07485066447767&amount=12.50", Some(5..27)),
            ("FR73-2043-3351-86FE-QSQL-OMGQ-624", Some(0..33)),
            ("KZ25 826X P7RO WKTH LBST", None),
            ("no account 1234", None),
        ] {
            assert_eq!(find(text, 0), at, "{text}");
        }
    }
}
