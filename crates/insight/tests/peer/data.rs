//! Random histories, in an archive and in a table of DuckDB.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{Order, PersonCode};
use serde_json::{Map, Value, json};
use store::{Store, WalkBounds};

use super::{Dice, Peer};
use crate::support::{WORKSPACE, apply, event, open, order, small};

pub const EVENTS: [&str; 6] =
    ["Signed Up", "Page Viewed", "Product Viewed", "Order Completed", "Refund Requested", "Log Out"];
const PEOPLE: u64 = 40;
const DAYS: u64 = 40;

/// An archive, and how its first day is called.
pub struct World {
    pub store: Store,
    pub zone: TimeZone,
    pub first_day: Date,
    /// In the middle of what happens.
    pub now: Timestamp,
    _dir: tempfile::TempDir,
}

struct Row {
    offset: u64,
    person: u32,
    time_ms: i64,
    event: &'static str,
    properties: Map<String, Value>,
}

/// So many events of forty people in forty days from `first_day` on, some merged and erased on the way; the
/// same in the table `ev` of `peer`.
pub fn world(peer: &mut Peer, zone: &str, first_day: Date, (seed, count): (u64, u64)) -> World {
    let mut dice = Dice(seed);
    let zone = TimeZone::get(zone).expect("the zone is known");
    let start_ms = first_day.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
    let dir = tempfile::tempdir().unwrap();
    let walk = WalkBounds { loose_rows_max: 60, kept_rows_max: 50, share_rows_min: 100 };
    let store = open(dir.path(), store::Config { chunk_rows_max: 150, walk, ..small() });
    let mut codes: Vec<u32> = (0..PEOPLE as u32).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut batch = Vec::new();
    for offset in 0..count {
        match dice.below(300) {
            0 => {
                let (into, from) = (dice.below(PEOPLE), dice.below(PEOPLE));
                // Whoever decides names people who live.
                let (into, from) = (codes[into as usize], codes[from as usize]);
                let (into_code, from_code) = (PersonCode(into), PersonCode(from));
                let reason = "test".to_owned();
                let merge =
                    Order::Merge { workspace: WORKSPACE, into: into_code, from: from_code, reason, at_ms: 0 };
                batch.push(order(offset, merge));
                codes.iter_mut().filter(|code| **code == from).for_each(|code| *code = into);
            }
            1 => {
                let person = dice.below(PEOPLE) as u32;
                let erase = Order::Erase { workspace: WORKSPACE, person: PersonCode(person), at_ms: 0 };
                batch.push(order(offset, erase));
                let gone = codes[person as usize];
                rows.retain(|row| codes.get(row.person as usize) != Some(&gone));
            }
            2 | 3 => {
                apply(&store, &std::mem::take(&mut batch));
                store.maintain().unwrap();
            }
            _ => {
                let row = row(&mut dice, offset, start_ms);
                let properties = Value::Object(row.properties.clone());
                batch.push(event(offset, row.person, row.time_ms, row.event, &properties, &json!({})));
                rows.push(row);
            }
        }
    }
    apply(&store, &batch);
    load(peer, &rows, &codes);
    let now = Timestamp::from_millisecond(start_ms + 30 * 86_400_000 + 12_345).unwrap();
    World { store, zone, first_day, now, _dir: dir }
}

fn row(dice: &mut Dice, offset: u64, start_ms: i64) -> Row {
    let person = match dice.below(PEOPLE + 1) {
        PEOPLE => PersonCode::NOBODY.0,
        // A few people do much.
        person if dice.chance(40) => (person % 6) as u32,
        person => person as u32,
    };
    // Clustered by the hour, some at the very same time, and out of order.
    let hour = dice.below(DAYS * 24);
    let ms = hour * 3_600_000
        + [0, 1_000, dice.below(3_600) * 1_000, dice.below(3_600_000)][dice.below(4) as usize];
    let mut properties = Map::new();
    if dice.chance(80) {
        properties.insert("plan".into(), json!(dice.one(&["free", "pro", "team"])));
    }
    if dice.chance(70) {
        let quarters = dice.below(40) as f64 / 4.0 - 2.0;
        properties.insert("amount".into(), json!(quarters));
    }
    if dice.chance(90) {
        properties.insert("session".into(), json!(format!("s{}", dice.below(3))));
    }
    if dice.chance(50) {
        properties.insert("flag".into(), json!(dice.chance(50)));
    }
    let event = EVENTS[(dice.below(6).min(dice.below(6))) as usize];
    Row { offset, person, time_ms: start_ms + ms as i64, event, properties }
}

/// Fills `ev`: `k` orders events by time and arrival, `person` is null where it is nobody's, and `tier` is a trait.
fn load(peer: &mut Peer, rows: &[Row], codes: &[u32]) {
    peer.rows(
        "create or replace table ev (k bigint, n bigint, t bigint, person bigint, event varchar, \
         plan varchar, amount double, session varchar, flag boolean, tier varchar)",
    );
    for rows in rows.chunks(500) {
        let mut sql = "insert into ev values ".to_owned();
        for (place, row) in rows.iter().enumerate() {
            let person = codes.get(row.person as usize);
            let value = |name: &str| match row.properties.get(name) {
                Some(Value::String(text)) => format!("'{text}'"),
                Some(other) => other.to_string(),
                None => "null".to_owned(),
            };
            let tier = match tier(person.copied().unwrap_or(2)) {
                Some(tier) => format!("'{tier}'"),
                None => "null".to_owned(),
            };
            let person = person.map_or("null".to_owned(), u32::to_string);
            let (n, t) = (row.offset, row.time_ms);
            write!(
                sql,
                "{}({}, {n}, {t}, {person}, '{}', {}, {}, {}, {}, {tier})",
                if place == 0 { "" } else { "," },
                t * 1_000_000 + n as i64,
                row.event,
                value("plan"),
                value("amount"),
                value("session"),
                value("flag"),
            )
            .unwrap();
        }
        if !rows.is_empty() {
            peer.rows(&sql);
        }
    }
}

/// The trait `tier` of a person.
fn tier(person: u32) -> Option<&'static str> {
    [Some("gold"), Some("tin"), None][(person % 3) as usize]
}

/// The traits of people, as the answerer asks for them.
pub fn traits(person: u32, name: &str) -> Option<Value> {
    let person = if person == PersonCode::NOBODY.0 { 2 } else { person };
    tier(person).filter(|_| name == "tier").map(Value::from)
}
