//! Somebody who may ask questions, in SQL: for names, for what is sealed, for files and other tables, for rows and rows.

use serde_json::json;
use testkit::{Client, Reply};

use super::support::people;
use crate::play::Seen;
use crate::stage::Stage;

const PEOPLE: usize = 200;
/// How many rows an hour has for one person, 50 of them free; and how many bytes, where those are more.
const ROWS_MAX: usize = 300;
const BYTES_MAX: usize = ROWS_MAX * 256;
/// How often somebody asks at most: many times as much as an hour has.
const TRIES: usize = 40;

/// Ways to many people's rows. Each is asked again and again, `{page}` being how many times 50 rows it was before; none asks for so
/// much at once that it is refused whole, however many people other steps have made.
const WAYS: [(&str, &str); 5] = [
    ("150 rows at a time", "select person, traits from people limit 150"),
    (
        "50 rows at a time",
        "select person, traits from people order by first_seen limit 50 offset 50 * ({page} % 4)",
    ),
    (
        "a text of them",
        "select group_concat(person || ' ' || traits, char(10)) from (select person, traits from people limit 100)",
    ),
    (
        "a list of them",
        "select json_group_array(json_array(person, traits)) from (select person, traits from people limit 100)",
    ),
    (
        "a text that grows",
        "with recursive p as materialized (select row_number() over (order by first_seen) as i, person, traits \
        from (select person, traits, first_seen from people limit 100)), \
        n(i, t) as (select 0, '' union all select n.i + 1, n.t || p.person || p.traits from n join p on p.i = n.i + 1) \
        select t from n order by i desc limit 1",
    ),
];

/// What is answered, and holds no name.
const ANSWERED: [&str; 6] = [
    "select * from people order by first_seen limit 5",
    "select * from events limit 5",
    "select traits ->> 'email', traits ->> 'name' from people limit 5",
    "select key, value from people, json_tree(traits) limit 5",
    "select hex(traits), hex(properties) from people join events using (person) limit 5",
    "select group_concat(traits), group_concat(distinct person) from (select person, traits from people limit 100)",
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
    let mut analyst = stage.joined("analyst").0;
    let (mut clear, mut through, mut answered) = (0, 0, 0);
    for sql in ANSWERED {
        let reply = ask(&mut analyst, &path, sql);
        answered += usize::from(reply.status == 200);
        clear += stage.canaries.count_in(reply.text.as_bytes());
    }
    for sql in REFUSED {
        let reply = ask(&mut analyst, &path, sql);
        through += usize::from(reply.status != 422);
        clear += stage.canaries.count_in(reply.text.as_bytes());
    }
    let (mut least, mut rows, mut bytes, mut stopped) = (usize::MAX, 0, 0, 0);
    for (_, sql) in WAYS {
        let mut taken = Taken::default();
        for _ in 0..if open { 2 } else { 1 } {
            taken.all(&mut stage.joined("analyst").0, &path, sql);
        }
        least = least.min(taken.bytes);
        rows = rows.max(taken.rows);
        bytes = bytes.max(taken.bytes);
        stopped += usize::from(taken.stopped.iter().any(|member| is_entered(stage, member)));
    }
    Seen {
        tried: format!(
            "{} statements for names and other tables as an analyst, then {PEOPLE} people until it is refused: {}",
            ANSWERED.len() + REFUSED.len(),
            WAYS.map(|(way, _)| way).join(", ")
        ),
        outcome: format!(
            "{answered} of {} answered, {through} of {} let through; {stopped} of {} ways stopped, with entries",
            ANSWERED.len(),
            REFUSED.len(),
            WAYS.len()
        ),
        figure: format!("{clear} planted values, {rows} rows and {} KiB at most by one way", bytes / 1024),
        held: clear == 0
            && through == 0
            && answered == ANSWERED.len()
            && least > 0
            && rows <= ROWS_MAX
            && bytes <= BYTES_MAX
            && stopped == WAYS.len(),
    }
}

fn ask(client: &mut Client, path: &str, sql: &str) -> Reply {
    client.post(path, &json!({ "kind": "sql", "sql": sql }))
}

/// What somebody was shown by one way.
#[derive(Default)]
struct Taken {
    rows: usize,
    /// Of texts.
    bytes: usize,
    /// Who was stopped.
    stopped: Vec<String>,
}

impl Taken {
    /// Asks until it is refused.
    fn all(&mut self, client: &mut Client, path: &str, sql: &str) {
        for page in 0..TRIES {
            let reply = ask(client, path, &sql.replace("{page}", &page.to_string()));
            if reply.status != 200 {
                if reply.json["code"] == "people-budget" {
                    let session = client.get("/api/v1/session").expect(200);
                    self.stopped.push(session.json["id"].as_str().expect("an id").to_owned());
                }
                return;
            }
            let rows = reply.json["rows"].as_array().expect("rows");
            self.rows += rows.len();
            let values = rows.iter().flat_map(|row| row.as_array().expect("a row"));
            self.bytes += values.filter_map(|value| value.as_str()).map(str::len).sum::<usize>();
        }
    }
}

/// Whether the ledger has that somebody was shown rows, and that they were stopped.
fn is_entered(stage: &mut Stage, member: &str) -> bool {
    ["question.rows", "people.refused"].iter().all(|code| {
        let path = stage.path(&format!("/ledger/entries?code={code}&principal={member}"));
        stage.owner.get(&path).expect(200).json["items"].as_array().is_some_and(|items| !items.is_empty())
    })
}
