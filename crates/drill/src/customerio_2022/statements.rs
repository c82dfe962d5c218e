//! Somebody who may ask questions, in SQL: for names, for what is sealed, for files and other tables, for rows and rows.

use serde_json::json;
use testkit::Client;

use super::support::people;
use crate::play::Seen;
use crate::stage::Stage;

const PEOPLE: usize = 200;
/// How many rows are asked for at once: so many less 50 count as people, of whom an hour has 250.
const ROWS: usize = 150;
const ROWS_MAX: usize = 300;

/// What is answered, and holds no name.
const ANSWERED: [&str; 6] = [
    "select * from people order by first_seen limit 50",
    "select * from events limit 50",
    "select traits ->> 'email', traits ->> 'name' from people limit 50",
    "select key, value from people, json_tree(traits) limit 50",
    "select hex(traits), hex(properties) from people join events using (person) limit 50",
    "select group_concat(traits), group_concat(distinct person) from people",
];

/// What is refused.
const REFUSED: [&str; 10] = [
    "select * from identifier",
    "select * from sqlite_schema",
    "select * from pragma_database_list",
    "attach 'people.db' as other",
    "select load_extension('x')",
    "select readfile('people.db')",
    "pragma table_list",
    "vacuum into 'out.db'",
    "update people set traits = '{}'",
    "select 1; select * from people",
];

pub fn statements(stage: &mut Stage, open: bool) -> Seen {
    people(stage, PEOPLE);
    let path = stage.path("/questions");
    let ask = |client: &mut Client, sql: &str| client.post(&path, &json!({ "kind": "sql", "sql": sql }));
    let mut analysts = vec![stage.joined("analyst").0];
    if open {
        analysts.push(stage.joined("analyst").0);
    }
    let (mut clear, mut through, mut answered) = (0, 0, 0);
    for sql in ANSWERED {
        let reply = ask(&mut analysts[0], sql);
        answered += usize::from(reply.status == 200);
        clear += stage.canaries.count_in(reply.text.as_bytes());
    }
    for sql in REFUSED {
        let reply = ask(&mut analysts[0], sql);
        through += usize::from(reply.status != 422);
        clear += stage.canaries.count_in(reply.text.as_bytes());
    }
    let mut rows = 0;
    for client in &mut analysts {
        loop {
            let reply = ask(client, &format!("select person, traits from people limit {ROWS}"));
            if reply.status != 200 {
                break;
            }
            rows += reply.json["rows"].as_array().map_or(0, Vec::len);
        }
    }
    Seen {
        tried: format!(
            "{} statements for names and other tables as an analyst, then {ROWS} people of {PEOPLE} at a time until it is refused",
            ANSWERED.len() + REFUSED.len()
        ),
        outcome: format!(
            "{answered} of {} answered, {through} of {} let through",
            ANSWERED.len(),
            REFUSED.len()
        ),
        figure: format!("{clear} planted values, {rows} rows"),
        held: clear == 0 && through == 0 && answered == ANSWERED.len() && (ROWS..=ROWS_MAX).contains(&rows),
    }
}
