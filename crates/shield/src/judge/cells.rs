//! Names and values that stand in cells: rows and columns of tables in any of the ways texts have them
//! (`| password | x |`, CSV with a head, `<td>`, `INSERT INTO … VALUES`), and arrows and brackets of programs
//! (`"pin"=>"1"`, `["pin"]=> string(1) "1"`, `pin:[1]`, `name: PIN` above `value: 1`).

use std::ops::Range;

use model::Class;

use super::told::is_password_like;
use super::{Judge, Value};
use crate::find::{Hit, mask};
use crate::scan::has;
use crate::shape::{BRACKET, CELL, DOUBLE, GREATER, HIGH, HYPHEN, LESS, Shape, VEE};

/// The most cells of one text that are judged as names.
const CELLS_MAX: usize = 256;
const NAME_BYTES_MAX: usize = 64;
const VALUE_BYTES_MAX: usize = 512;
/// The longest text that is read as a table: what is longer is a file.
const TABLE_BYTES_MAX: usize = 32 * 1024;
/// The most cells of one line that are told apart.
const COLUMNS_MAX: usize = 64;

impl Judge<'_> {
    /// Judges values by the names in the cells beside or above them.
    pub(super) fn cells(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let text = value.text;
        if text.len() > TABLE_BYTES_MAX {
            return;
        }
        let found = beside(text, value.shape)
            .into_iter()
            .chain(below(text, value.shape))
            .filter(|(name, _)| is_name(name))
            .take(CELLS_MAX);
        for (name, place) in found {
            hits.extend(self.cell(text, name, place, depth));
        }
    }

    fn cell(&self, text: &str, name: &str, at: Range<usize>, depth: u8) -> Option<Hit> {
        let name = trimmed(name);
        let facts = if name.contains(' ') { self.derived(name) } else { self.facts(name) };
        let is_named = facts.custom != 0 || facts.cue.is_some_and(|cue| cue.strong);
        let (raw, at) = bare(text, at).filter(|_| is_named)?;
        let hides = mask::is_masked(raw) || mask::begins_with_mark(raw) || super::told::is_reference(raw);
        if raw.len() > VALUE_BYTES_MAX || hides {
            return None;
        }
        let hit = self.by_name(facts, &Value::nameless(raw), depth)?;
        let has_digit = || raw.bytes().any(|byte| byte.is_ascii_digit());
        let is_convincing = hit.custom.is_some()
            || match hit.class {
                Class::Password => {
                    is_password_like(raw) && raw.split_whitespace().count() <= 2 || is_row_of_words(raw)
                }
                Class::ApiKey | Class::JwtSession | Class::AuthCode => has_digit(),
                _ => true,
            };
        let rule = if hit.custom.is_some() { hit.rule } else { "cell" };
        is_convincing.then_some(Hit { span: Some(at), rule, ..hit })
    }
}

/// `samba-chelsea-toyota`: a password made of words, as only they are joined.
fn is_row_of_words(text: &str) -> bool {
    let words = || text.split(['-', '_', '.']);
    words().count() >= 3
        && words().all(|word| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !words().any(super::told::is_remark)
}

/// A cell's text without quotes, brackets and spaces.
fn trimmed(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || "\"'`*[](){}:".contains(c))
}

/// Whether a cell may be a name.
fn is_name(cell: &str) -> bool {
    let name = trimmed(cell);
    (2..=NAME_BYTES_MAX).contains(&name.len()) && name.contains(char::is_alphabetic)
}

/// A value without the quotes, spaces and brackets around it.
fn bare(text: &str, at: Range<usize>) -> Option<(&str, Range<usize>)> {
    let raw = text.get(at.clone())?;
    let inner = raw.trim_start_matches(|c: char| c.is_whitespace() || "\"'`[(".contains(c));
    let start = at.end - inner.len();
    let inner = inner.trim_end_matches(|c: char| c.is_whitespace() || "\"'`])},;".contains(c));
    (!inner.is_empty()).then_some((inner, start..start + inner.len()))
}

/// A name and the place of the value it announces.
type Pair<'a> = (&'a str, Range<usize>);

/// Names with the value in the same line or behind a sign that joins the two.
fn beside(text: &str, shape: Shape) -> Vec<Pair<'_>> {
    let mut found = Vec::new();
    if shape.has(LESS) && has(text, "</", b'<') {
        neighbours(text, &texts_of_elements(text), &mut found);
    }
    let lines = if shape.has(CELL) { Some(lines(text)) } else { None };
    for (from, line) in lines.into_iter().flatten() {
        for sign in ['|', '\t'] {
            if line.contains(sign) {
                neighbours(text, &split(line, from, sign), &mut found);
            }
        }
    }
    for (joint, signs) in [
        ("=>", GREATER),
        ("\"] =", DOUBLE),
        ("\"]=", DOUBLE),
        (":[", BRACKET),
        (" → ", HIGH),
        (" -> ", GREATER),
        (" - ", HYPHEN),
    ] {
        if !shape.has(signs) {
            continue;
        }
        for (at, joint) in text.match_indices(joint).take(CELLS_MAX) {
            let Some(before) = text.get(..at) else { continue };
            if let Some(end) = value_end(text, at + joint.len()) {
                // `frase de contraseña → x`: the whole line before it is the name.
                let name = if joint.starts_with(' ') {
                    before.rsplit('\n').next().unwrap_or_default()
                } else {
                    name_before(before)
                };
                found.push((name, end));
            }
        }
    }
    // `name: PIN` and in the next line `value: 1`.
    let values = if shape.has(CELL) { Some(text.match_indices("value:").take(CELLS_MAX)) } else { None };
    for (at, joint) in values.into_iter().flatten() {
        let above = text.get(..at).unwrap_or_default().trim_end_matches([' ', '-', '\t']);
        let Some(above) = above.strip_suffix('\n') else { continue };
        let line = above.rsplit('\n').next().unwrap_or_default();
        if let Some((key, name)) = line.split_once(':')
            && key.trim_start_matches([' ', '-']) == "name"
        {
            let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end);
            found.push((name, at + joint.len()..end));
        }
    }
    // `define('PIN', '1')`: the first two arguments of a call.
    for joint in ["', '", "\", \"", "','", "\",\""] {
        for (at, joint) in text.match_indices(joint).take(CELLS_MAX) {
            let before = text.get(..at).unwrap_or_default();
            let quote = joint.chars().next().unwrap_or('"');
            let Some((call, name)) = before.rsplit_once(quote) else { continue };
            let from = at + joint.len();
            let end = text
                .get(from..)
                .and_then(|rest| super::announced::head_bytes(rest, VALUE_BYTES_MAX).find(quote));
            if let Some(end) = end.filter(|_| call.ends_with('(')) {
                found.push((name, from..from + end));
            }
        }
    }
    // `column 'pin' at row 1: '1'`, `"pin" with value "1"`.
    for quote in ['\'', '"'] {
        told_of(text, quote, &mut found);
    }
    // `:pin "1"`
    let quotes = if shape.has(DOUBLE) { Some(text.match_indices(" \"").take(CELLS_MAX)) } else { None };
    for (at, _) in quotes.into_iter().flatten() {
        let word = text.get(..at).unwrap_or_default().rsplit(char::is_whitespace).next().unwrap_or_default();
        if let Some(name) = word.trim_start_matches(['{', '(']).strip_prefix(':')
            && let Some(end) = value_end(text, at + 1)
        {
            found.push((name, end));
        }
    }
    found
}

/// A quoted name and a quoted value a few words on, as errors tell them.
fn told_of<'a>(text: &'a str, quote: char, found: &mut Vec<Pair<'a>>) {
    const GAP_BYTES_MAX: usize = 28;
    let places: Vec<usize> = text.match_indices(quote).map(|(at, _)| at).take(CELLS_MAX).collect();
    for four in places.windows(4) {
        let [open, close, from, end] = four else { continue };
        let gap = text.get(close + 1..*from).unwrap_or_default();
        let is_told = gap.len() <= GAP_BYTES_MAX
            && gap.starts_with(' ')
            && !gap.contains(['\n', ',', '{', '[', '(', '='])
            && (gap.contains(" value ") || gap.trim_end().ends_with(':') && gap.contains(" row "));
        if is_told && let Some(name) = text.get(open + 1..*close) {
            found.push((name, from + 1..*end));
        }
    }
}

/// Names in the head of a table with the values in the lines below.
fn below(text: &str, shape: Shape) -> Vec<Pair<'_>> {
    const LINES_MAX: usize = 32;
    let mut found = Vec::new();
    let lines: Vec<(usize, &str)> =
        lines(text).filter(|(_, line)| line.contains(char::is_alphanumeric)).take(LINES_MAX).collect();
    if let Some(((from, head), rows)) = lines.split_first() {
        for sign in [',', ';', '\t', '|'] {
            if !head.contains(sign) || rows.is_empty() {
                continue;
            }
            let names = split(head, *from, sign);
            for (from, row) in rows {
                let values = split(row, *from, sign);
                if values.len() == names.len() {
                    columns(text, &names, &values, &mut found);
                }
            }
        }
    }
    for word in ["VALUES", "values", "Values"] {
        if !shape.has(VEE) {
            break;
        }
        for (at, word) in text.match_indices(word).take(4) {
            let head = text.get(..at).and_then(|before| between(before, 0, '(', ')'));
            let row = text.get(at + word.len()..).and_then(|rest| between(rest, at + word.len(), '(', ')'));
            if let (Some(head), Some(row)) = (head, row) {
                let names = split(text.get(head.clone()).unwrap_or_default(), head.start, ',');
                let values = split(text.get(row.clone()).unwrap_or_default(), row.start, ',');
                columns(text, &names, &values, &mut found);
            }
        }
    }
    found
}

/// What stands between the first opening sign and the last closing one.
fn between(text: &str, from: usize, open: char, close: char) -> Option<Range<usize>> {
    let (start, end) = (text.find(open)? + 1, text.rfind(close)?);
    (start < end).then_some(from + start..from + end)
}

fn neighbours<'a>(text: &'a str, cells: &[Range<usize>], found: &mut Vec<Pair<'a>>) {
    for pair in cells.windows(2).take(CELLS_MAX) {
        if let [name, value] = pair
            && let Some(name) = text.get(name.clone())
        {
            found.push((name, value.clone()));
        }
    }
}

fn columns<'a>(text: &'a str, names: &[Range<usize>], values: &[Range<usize>], found: &mut Vec<Pair<'a>>) {
    let pairs =
        names.iter().zip(values).filter_map(|(name, value)| Some((text.get(name.clone())?, value.clone())));
    found.extend(pairs.take(COLUMNS_MAX));
}

/// The lines of a text with where each begins; literal `\n` parts them too.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    text.split('\n').map(move |line| {
        let at = from;
        from += line.len() + 1;
        (at, line.trim_end_matches('\r'))
    })
}

/// The cells of a line, where nothing but space is left out; what stands in quotes stays together.
fn split(line: &str, from: usize, sign: char) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let (mut start, mut quote) = (0, None);
    for (at, c) in line.char_indices() {
        match quote {
            Some(held) if c == held => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'')
                && line.get(start..at).is_some_and(|head| head.trim().is_empty()) =>
            {
                quote = Some(c);
            }
            None if c == sign => {
                cells.push(from + start..from + at);
                start = at + c.len_utf8();
            }
            None => {}
        }
        if cells.len() >= COLUMNS_MAX {
            break;
        }
    }
    cells.push(from + start..from + line.len());
    // A row of a table in a text begins and ends with its sign.
    if sign == '|' {
        cells.retain(|cell| {
            line.get(cell.start - from..cell.end - from).is_some_and(|cell| !cell.trim().is_empty())
        });
    }
    cells
}

/// The texts of elements, one after the other.
fn texts_of_elements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in memchr::memchr_iter(b'>', text.as_bytes()).take(CELLS_MAX * 4) {
        let rest = text.get(at + 1..).unwrap_or_default();
        let end = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(0);
        if rest.get(..end).is_some_and(|inner| !inner.trim().is_empty()) {
            found.push(at + 1..at + 1 + end);
        }
    }
    found
}

/// The name that ends here: quoted, in brackets, or the last word.
fn name_before(before: &str) -> &str {
    let before = before.trim_end();
    let bare = before.trim_end_matches(['"', '\'', ']']);
    let from = if bare.len() < before.len() {
        bare.rfind(['"', '\'', '[', '\n'])
    } else {
        bare.rfind(|c: char| c.is_whitespace() || "[({,\"'".contains(c))
    };
    let start = from
        .map_or(0, |at| at + bare.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    bare.get(start..).unwrap_or_default()
}

/// Where the value after a joint stands: in quotes, or up to a space, comma or bracket; `string(12)` before it is
/// left out.
fn value_end(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = super::announced::head_bytes(text.get(from..)?, VALUE_BYTES_MAX);
    let mut inner = rest.trim_start_matches([' ', '=', '>', '\t']);
    if inner.starts_with("string(") {
        inner = inner.get(inner.find(')')? + 1..)?.trim_start();
    }
    let start = from + rest.len() - inner.len();
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (skip, end) = match quote {
        Some(quote) => (1, inner.get(1..)?.find(quote).map_or(inner.len(), |end| end + 1)),
        None => (0, inner.find(|c: char| c.is_whitespace() || ",])}\"'".contains(c)).unwrap_or(inner.len())),
    };
    (skip < end).then_some(start + skip..start + end)
}
