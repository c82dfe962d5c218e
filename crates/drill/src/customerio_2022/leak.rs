//! A file that was leaked all the same: which export was it?

use serde_json::Value;
use testkit::{Authenticator, Client, decrypted};

use super::ceremony::{approved, asked, file};
use crate::dice::Dice;
use crate::play::Seen;
use crate::stage::Stage;

/// How many people there are, how many rows leak, and how often.
const PEOPLE: usize = 4_000;
const LEAKED: usize = 2_000;
const FEW: usize = 40;
const DRAWS: usize = 20;

pub fn leak(stage: &mut Stage, open: bool) -> Seen {
    super::support::people(stage, PEOPLE);
    let (mut admin, mut key) = stage.joined("admin");
    let exports: Vec<(String, Vec<String>)> =
        (0..2).map(|_| exported(stage, (&mut admin, &mut key))).collect();
    let mut dice = Dice::new(11);
    let (mut right, mut wrong, mut few_right) = (0, 0, 0);
    // Whoever has both files mixes them.
    let mixed: Vec<String> = exports.iter().flat_map(|(_, rows)| rows.clone()).collect();
    for draw in 0..DRAWS {
        let (grant, rows) = &exports[draw % exports.len()];
        let rows = if open { &mixed } else { rows };
        for (count, right) in [(LEAKED, &mut right), (FEW, &mut few_right)] {
            let found = named(stage, &drawn(&mut dice, rows, count));
            *right += usize::from(found.as_ref() == Some(grant));
            wrong += usize::from(found.is_some_and(|found| found != *grant));
        }
    }
    Seen {
        tried: format!(
            "two exports of the same {PEOPLE} people; {DRAWS} times {LEAKED} rows of one of them, and {FEW} rows"
        ),
        outcome: format!(
            "of {FEW} rows the right one was named {few_right} times of {DRAWS}, and otherwise none"
        ),
        figure: format!("{right} of {DRAWS} right, {wrong} wrong"),
        held: right == DRAWS && wrong == 0,
    }
}

/// An export by right: its grant, and the rows of its file.
fn exported(stage: &mut Stage, (admin, key): (&mut Client, &mut Authenticator)) -> (String, Vec<String>) {
    let (grants, exports) = (stage.path("/grants"), stage.path("/exports"));
    let grant = asked(&mut stage.owner, &grants, 1_000_000);
    approved(admin, key, &grants, &grant).expect(200);
    let file = file(&mut stage.owner, &mut stage.passkey, &exports, &grant).expect("the file");
    let rows = decrypted(&file.bytes).lines().skip(1).map(str::to_owned).collect();
    (grant["id"].as_str().expect("an id").to_owned(), rows)
}

/// So many of the rows, each at most once.
fn drawn(dice: &mut Dice, rows: &[String], count: usize) -> String {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    for place in 0..count.min(places.len()) {
        let other = place + usize::try_from(dice.below((places.len() - place) as u64)).unwrap_or_default();
        places.swap(place, other);
    }
    places.iter().take(count).map(|place| rows[*place].as_str()).collect::<Vec<_>>().join("\n")
}

/// The export that Holdfast names.
fn named(stage: &mut Stage, leaked: &str) -> Option<String> {
    let path = stage.path("/exports/attribute");
    let found: Value = stage.owner.send_raw("POST", &path, None, leaked.as_bytes(), &[]).expect(200).json;
    found["export"].as_str().map(str::to_owned)
}
