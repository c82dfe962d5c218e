//! Canary people: persons who are in one export and nowhere else, so that a leaked file names its grant.
//!
//! Each is made after somebody who is really in the file: what is not personal is theirs, what is personal has the
//! shape of theirs. It bears marks (keyed hashes of its public id, its e-mail address, and a long enough user id) that
//! nobody in the workspace and no other export has.

use std::collections::HashSet;

use guard::grants::Approved;
use keys::HashKey;
use model::{Class, PersonId};
use people::{IdentifierKind, Opened, OpenedTrait};
use stdx::Secret;

use super::columns::Columns;
use crate::Rows;
use crate::error::RowsError;

/// One in so many rows is a canary.
const ROWS_PER_CANARY: usize = 400;
/// The fewest of one export.
pub const CANARIES_MIN: usize = 5;
/// How many people canaries are made after.
const MODELS_MAX: usize = 64;
/// How often a mark that is taken already is made anew.
const ROUNDS_MAX: usize = 8;
/// A user id of fewer bits of chance can be somebody's elsewhere, so it proves nothing.
const PROOF_BITS_MIN: f64 = 40.0;
const DAY_MS: i64 = 24 * 3_600_000;

const FIRST: &[&str] = &[
    "Marta", "Jonas", "Aisha", "Pavel", "Ingrid", "Mateo", "Chloe", "Tomasz", "Leila", "Anders", "Giulia",
    "Nikhil", "Sofia", "Elias", "Yuki", "Carmen", "Piotr", "Hannah", "Omar", "Freya", "Luca", "Priya",
    "Stefan", "Nora", "Diego", "Emma", "Ivan", "Zoe", "Karim", "Alice", "Bruno", "Mei", "Oskar", "Camila",
    "Felix", "Amara", "Viktor", "Paula", "Samir", "Julia", "Henrik", "Rosa", "Daniel", "Elena", "Marek",
    "Fatima", "Simon", "Clara", "Andrei", "Lucia", "Noah", "Ines", "Rafael", "Maja", "Adam", "Teresa",
    "Georg", "Laila",
];
const LAST: &[&str] = &[
    "Lindqvist",
    "Okafor",
    "Moreau",
    "Nowak",
    "Haddad",
    "Keller",
    "Rossi",
    "Fernandez",
    "Ivanova",
    "Larsen",
    "Schmidt",
    "Tanaka",
    "Silva",
    "Petrov",
    "Andersen",
    "Dubois",
    "Kowalski",
    "Mendes",
    "Fischer",
    "Novak",
    "Bianchi",
    "Sharma",
    "Weber",
    "Jansen",
    "Popescu",
    "Costa",
    "Virtanen",
    "Horvat",
    "Meyer",
    "Ortega",
    "Berg",
    "Kaya",
    "Ricci",
    "Hansen",
    "Marin",
    "Becker",
    "Santos",
    "Dahl",
    "Vogel",
    "Romano",
    "Nilsson",
    "Molina",
    "Wagner",
    "Katz",
    "Ferrari",
    "Braun",
    "Lopes",
    "Sato",
    "Bakker",
    "Duarte",
    "Sokolov",
    "Kraus",
    "Varga",
    "Iyer",
];

/// A keyed hash by which a canary is known again.
pub type Mark = [u8; 16];

/// Somebody who is in one export alone.
pub struct Canary {
    /// The row as it leaves.
    pub row: Opened,
    /// By what they are known again.
    pub marks: Vec<Mark>,
}

/// How many canaries so many rows get.
pub fn count_for(rows: usize) -> usize {
    if rows == 0 { 0 } else { rows.div_ceil(ROWS_PER_CANARY).max(CANARIES_MIN) }
}

/// The mark of a value, however it is written in a leaked file.
pub fn mark_of(hash: &HashKey, value: &str) -> Mark {
    hash.short(&[b"canary 1\0".as_slice(), normalised(value).as_bytes()].concat())
}

/// A value as it is compared: what disarms formulas, the case and blanks around it do not count.
pub fn normalised(value: &str) -> String {
    value.trim().trim_start_matches('\'').trim().to_lowercase()
}

/// Chance, from the system.
struct Dice;

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        let drawn = u64::from_be_bytes(stdx::random_array());
        usize::try_from(drawn % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

impl Rows {
    /// Makes the canaries of an export and enters their marks.
    pub(super) fn plant(
        &self,
        approved: &Approved,
        columns: &Columns,
        ids: &[PersonId],
    ) -> Result<Vec<Canary>, RowsError> {
        let workspace = approved.grant().workspace;
        let keys = self.shelf.keys.get(workspace).ok_or(RowsError::NoKeys)?;
        let step = ids.len().div_ceil(MODELS_MAX).max(1);
        let chosen: Vec<PersonId> = ids.iter().copied().step_by(step).collect();
        let models = self.people.opened(workspace, &chosen, &columns.wanted)?;
        let wanted = if models.is_empty() { 0 } else { count_for(ids.len()) };
        let (mut planted, mut known): (Vec<Canary>, HashSet<Mark>) = (Vec::new(), HashSet::new());
        for _ in 0..ROUNDS_MAX {
            let mut fresh = Vec::new();
            while planted.len() + fresh.len() < wanted {
                let (Some(model), Some(near)) = (Dice.one(&models), Dice.one(ids)) else { break };
                let canary = made_after(model, *near, columns, &keys.hash);
                if self.is_nobody(workspace, &canary, columns)?
                    && canary.marks.iter().all(|mark| known.insert(*mark))
                {
                    fresh.push(canary);
                }
            }
            let marks: Vec<Vec<Mark>> = fresh.iter().map(|canary| canary.marks.clone()).collect();
            let taken = self.guard.keep_canaries(approved, &marks)?;
            planted
                .extend(fresh.into_iter().zip(taken).filter_map(|(canary, taken)| taken.then_some(canary)));
            if planted.len() >= wanted {
                return Ok(planted);
            }
        }
        Err(RowsError::NoCanaries)
    }

    /// Whether no one in the workspace has what the canary would be known by.
    fn is_nobody(
        &self,
        workspace: model::WorkspaceId,
        canary: &Canary,
        columns: &Columns,
    ) -> Result<bool, RowsError> {
        for (kind, value) in canary.row.identifiers.iter().enumerate() {
            if let (Some(kind), Some(value)) = (columns.wanted.identifiers.get(kind), value)
                && self.people.find(workspace, *kind, value.expose())?.is_some()
            {
                return Ok(false);
            }
        }
        match email(columns, &canary.row) {
            Some(value) => Ok(self.people.find(workspace, IdentifierKind::Email, value)?.is_none()),
            None => Ok(true),
        }
    }
}

/// The e-mail address in a row.
fn email<'a>(columns: &Columns, row: &'a Opened) -> Option<&'a str> {
    match row.traits.get(columns.email()?)?.as_ref()? {
        OpenedTrait::Sealed { class: Class::Email, value } => Some(value.expose()),
        _ => None,
    }
}

fn made_after(model: &Opened, near: PersonId, columns: &Columns, hash: &HashKey) -> Canary {
    let mut dice = Dice;
    let first = dice.one(FIRST).copied().unwrap_or("Marta");
    let last = dice.one(LAST).copied().unwrap_or("Novak");
    let shift = i64::try_from(dice.below(usize::try_from(DAY_MS).unwrap_or(1))).unwrap_or(0);
    let traits = columns.wanted.traits.iter().enumerate().map(|(at, name)| {
        let kept = model.traits.get(at).and_then(Option::as_ref);
        let must_have = Some(at) == columns.email() && !columns.has_id();
        match kept {
            Some(OpenedTrait::Plain(json)) if !must_have => Some(OpenedTrait::Plain(json.clone())),
            Some(OpenedTrait::Sealed { class, value }) => {
                let value = personal(&mut dice, *class, name, value.expose(), (first, last));
                Some(OpenedTrait::Sealed { class: *class, value: Secret::new(value) })
            }
            _ if must_have => {
                let value = personal(&mut dice, Class::Email, name, "a@gmail.com", (first, last));
                Some(OpenedTrait::Sealed { class: Class::Email, value: Secret::new(value) })
            }
            _ => None,
        }
    });
    let row = Opened {
        id: sibling(near),
        first_seen_ms: (model.first_seen_ms + shift).min(model.last_seen_ms),
        last_seen_ms: model.last_seen_ms,
        events: model.events,
        traits: traits.collect(),
        identifiers: model
            .identifiers
            .iter()
            .map(|value| value.as_ref().map(|value| Secret::new(shaped(&mut dice, value.expose()))))
            .collect(),
    };
    let mut marks = Vec::new();
    if columns.has_id() {
        marks.push(mark_of(hash, &row.id.to_string()));
    }
    marks.extend(email(columns, &row).map(|value| mark_of(hash, value)));
    let long = row.identifiers.iter().flatten().map(Secret::expose).filter(|id| bits(id) >= PROOF_BITS_MIN);
    marks.extend(long.map(|id| mark_of(hash, id)));
    Canary { row, marks }
}

/// An id of the same time, so that it stands beside somebody of its age.
fn sibling(near: PersonId) -> PersonId {
    // A UUID of version 7 begins with 48 bits of time; the rest but six bits is chance.
    const TIME_AND_FORM: u128 = (0xf_ffff_ffff_ffff << 76) | (0b11 << 62);
    let chance = u128::from_be_bytes(stdx::random_array());
    PersonId((near.0 & TIME_AND_FORM) | (chance & !TIME_AND_FORM))
}

fn personal(dice: &mut Dice, class: Class, name: &str, model: &str, (first, last): (&str, &str)) -> String {
    match class {
        Class::Email => {
            let domain = model.rsplit_once('@').map_or("gmail.com", |(_, domain)| domain);
            let number = 10_000 + dice.below(90_000);
            format!("{}.{}{number}@{domain}", first.to_lowercase(), last.to_lowercase())
        }
        Class::Phone => fictitious_phone(dice),
        Class::Name => {
            let name = name.to_lowercase();
            if name.contains("first") || name.contains("given") {
                first.to_owned()
            } else if name.contains("last") || name.contains("family") || name.contains("sur") {
                last.to_owned()
            } else {
                format!("{first} {last}")
            }
        }
        _ => shaped(dice, model),
    }
}

/// A number that is kept for stories, so that it rings nowhere.
fn fictitious_phone(dice: &mut Dice) -> String {
    format!("+1{}{}55501{:02}", 2 + dice.below(8), 10 + dice.below(80), dice.below(100))
}

/// Another text of the same shape: digits for digits, letters for letters; hexadecimal stays so.
fn shaped(dice: &mut Dice, model: &str) -> String {
    let hex = is_hex(model);
    let mut letter = |of: &[u8]| dice.one(of).map_or('0', |byte| char::from(*byte));
    let mut text: String = model
        .chars()
        .map(|c| match c {
            '0'..='9' if hex => letter(b"0123456789abcdef"),
            'a'..='f' if hex => letter(b"0123456789abcdef"),
            'A'..='F' if hex => letter(b"0123456789ABCDEF"),
            '0'..='9' => letter(b"0123456789"),
            'a'..='z' => letter(b"abcdefghijklmnopqrstuvwxyz"),
            'A'..='Z' => letter(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            other => other,
        })
        .collect();
    // A word such as `user_` in front of a number is no chance, and stands in front of everybody's.
    if !hex && let Some(end) = model.find(|c: char| c.is_ascii_digit()) {
        text.replace_range(..end, model.get(..end).unwrap_or_default());
    }
    if bits(model) < PROOF_BITS_MIN / 2.0 {
        // So few possibilities that all may be taken: a little longer.
        text.push(char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0)));
        text.push(char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0)));
    }
    text
}

fn is_hex(text: &str) -> bool {
    let digits = text.chars().filter(|c| *c != '-');
    text.len() >= 16
        && digits.clone().all(|c| c.is_ascii_hexdigit())
        && digits.clone().any(|c| c.is_ascii_digit())
}

/// How much chance is in a text of that shape, at most.
fn bits(text: &str) -> f64 {
    let hex = is_hex(text);
    let start = if hex { 0 } else { text.find(|c: char| c.is_ascii_digit()).unwrap_or(0) };
    let chance = |c: char| match c {
        c if hex && c.is_ascii_hexdigit() => 4.0,
        '0'..='9' => 3.3,
        'a'..='z' | 'A'..='Z' => 4.7,
        _ => 0.0,
    };
    text.get(start..).unwrap_or_default().chars().map(chance).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C7: of a leak of 2,000 rows drawn from an export of any size, the share in which no canary is.
    #[test]
    fn two_thousand_leaked_rows_hold_a_canary_in_99_of_100() {
        const LEAKED: usize = 2_000;
        for rows in [2_000, 2_001, 5_000, 10_000, 100_000, 1_000_000] {
            let (canaries, all) = (count_for(rows), rows + count_for(rows));
            // Drawing without putting back: none of the drawn rows is a canary.
            let none: f64 = (0..canaries)
                .map(|drawn| ((all - LEAKED).saturating_sub(drawn)) as f64 / (all - drawn) as f64)
                .product();
            assert!(none <= 0.01, "{rows} rows, {canaries} canaries: none in {none}");
        }
        assert_eq!((count_for(0), count_for(1), count_for(2_000), count_for(2_001)), (0, 5, 5, 6));
    }

    #[test]
    fn what_is_made_after_somebody_has_their_shape_and_not_their_value() {
        let mut dice = Dice;
        let cases =
            ["user-48213", "8f14e45f-ceea-467f-9f5b-8b2d1a7c3e90", "CUST-0042-ZZ", "a1b2c3d4e5f60718"];
        for model in cases {
            let made = shaped(&mut dice, model);
            assert_ne!(made, model);
            let kind = |c: char| match c {
                '0'..='9' | 'a'..='z' | 'A'..='Z' => 'x',
                other => other,
            };
            let shape = |text: &str| text.chars().map(kind).collect::<String>();
            assert!(shape(&made).starts_with(&shape(model)), "{model} became {made}");
            assert_eq!(is_hex(&made), is_hex(model), "{model} became {made}");
        }
        assert!(shaped(&mut dice, "user-48213").starts_with("user-"));
        let near = PersonId::new(1_700_000_000_000);
        let made = sibling(near);
        assert_ne!(made, near);
        assert_eq!(made.0 >> 76, near.0 >> 76, "of the same time and form");
    }

    #[test]
    fn a_mark_is_found_however_it_is_written() {
        let hash = keys::Key::from_bytes([7; 32]).hasher("test");
        let mark = mark_of(&hash, "Ada.Novak12345@shop.example");
        for written in
            ["ada.novak12345@shop.example", " ADA.NOVAK12345@SHOP.EXAMPLE ", "'ada.novak12345@shop.example"]
        {
            assert_eq!(mark_of(&hash, written), mark, "{written}");
        }
        assert_ne!(mark_of(&hash, "ada.novak12346@shop.example"), mark);
    }
}
