//! A keyed running digest of the tables that give or limit power, so that a row that was removed, added or put back while
//! nobody looked is found.
//!
//! An authenticator of its own tells that a row was changed; it cannot tell that one is missing, or that an older one stands
//! there with its older authenticator. So every change made here also changes the sum of its table (the exclusive or of a
//! keyed hash of each row: order does not count, and a primary key makes every row one of a kind), and the sums stand in
//! `kept_state` with an authenticator and a number that only grows. Temporary triggers of the one writing connection keep
//! them: they cost a hash a row, and nobody who writes a statement has to think of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use keys::HashKey;
use parking_lot::Mutex;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::error::ControlError;

/// Rows that a digest covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeptTable {
    /// The table.
    pub name: &'static str,
    /// Only these columns of it; none for all.
    columns: &'static [&'static str],
    /// Only rows for which this holds, in SQL, with the row named `it`; empty for all.
    rows: &'static str,
}

impl KeptTable {
    const fn whole(name: &'static str) -> Self {
        Self { name, columns: &[], rows: "" }
    }

    /// The columns it is kept by; none where there is no such table.
    fn columns(&self, connection: &Connection) -> Result<Vec<String>, ControlError> {
        let all = columns(connection, self.name)?;
        let wanted = |name: &String| self.columns.is_empty() || self.columns.contains(&name.as_str());
        Ok(all.into_iter().filter(wanted).collect())
    }

    /// The condition for a row of another name.
    fn condition(&self, row: &str) -> String {
        if self.rows.is_empty() { "true".to_owned() } else { self.rows.replace("it.", &format!("{row}.")) }
    }
}

/// The tables of `control.db` whose rows give power, or limit it. Not among them: counters, what is learned of properties,
/// notices, and the steps of purges, which have a signed list of their own.
pub const KEPT_TABLES: &[KeptTable] = &[
    KeptTable::whole("access_grant"),
    KeptTable::whole("account"),
    KeptTable::whole("advisory"),
    KeptTable::whole("api_token"),
    KeptTable::whole("approval"),
    KeptTable::whole("broadcast"),
    KeptTable::whole("dashboard_part"),
    KeptTable::whole("export_canary"),
    KeptTable::whole("first_passkey"),
    KeptTable::whole("incident_notice"),
    KeptTable::whole("installation"),
    KeptTable::whole("invite"),
    KeptTable::whole("last_use"),
    KeptTable::whole("membership"),
    KeptTable::whole("membership_giver"),
    KeptTable::whole("mode_mark"),
    KeptTable::whole("notice_hook"),
    KeptTable::whole("older_key"),
    KeptTable::whole("operator_invite"),
    KeptTable::whole("operator_origin"),
    KeptTable::whole("passkey"),
    KeptTable::whole("password"),
    KeptTable::whole("password_leave"),
    KeptTable::whole("plan"),
    KeptTable::whole("plan_version"),
    KeptTable::whole("profile"),
    KeptTable::whole("provisioned"),
    KeptTable::whole("recovery"),
    KeptTable::whole("segment_version"),
    KeptTable::whole("session"),
    KeptTable::whole("session_network"),
    KeptTable::whole("session_token"),
    KeptTable::whole("shield_rules"),
    KeptTable::whole("sign_in_code"),
    KeptTable::whole("sign_in_epoch"),
    KeptTable::whole("sign_on"),
    KeptTable::whole("sign_on_domain"),
    KeptTable::whole("sign_on_session"),
    KeptTable::whole("sign_on_subject"),
    KeptTable::whole("source"),
    KeptTable::whole("template_version"),
    KeptTable::whole("workspace"),
];

/// What of `people.db` decides: who is no more, who is one with whom and who is not, and what was ordered and not carried out yet. Not among
/// it: what events say of people, which any sender may say, and which opens under keys or not at all. A row of `person` counts
/// from the moment that it is merged away or erased, so that events cost nothing.
pub const KEPT_PEOPLE: &[KeptTable] = &[
    KeptTable::whole("outgoing"),
    KeptTable {
        name: "person",
        columns: &["space", "code", "public_id", "into_code", "erased"],
        rows: "(it.erased <> 0 or it.into_code is not null)",
    },
    // Without the reason, which an erasure empties.
    KeptTable { name: "merged", columns: &["space", "from_code", "into_code", "offset", "at_ms"], rows: "" },
    KeptTable {
        name: "apart",
        columns: &["space", "one", "other", "by_member", "offset", "at_ms"],
        rows: "",
    },
];

const SUM_BYTES: usize = 32;

type Sum = [u8; SUM_BYTES];
type Sums = BTreeMap<String, Sum>;

/// What the tables should add up to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptState {
    /// How many changes it has seen; only grows.
    pub number: i64,
    /// One hash of all sums, in lower-case hex.
    pub digest: String,
}

/// What was found out about the tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// There is no state: it has never been sealed, or was removed.
    Absent,
    /// They are what was last written.
    Whole(KeptState),
    /// These differ from what was last written; `kept_state` when that itself does.
    Differs(Vec<String>),
}

/// Keeps the sums of one writing connection.
#[derive(Clone)]
pub(crate) struct Keeper {
    key: HashKey,
    tables: &'static [KeptTable],
    changed: Arc<Mutex<Sums>>,
    states: Arc<Mutex<States>>,
}

/// What this process has written.
#[derive(Default)]
struct States {
    /// By the transaction that is under way.
    pending: Option<KeptState>,
    /// Durably.
    written: Option<KeptState>,
}

impl Keeper {
    pub(crate) fn new(key: HashKey, tables: &'static [KeptTable]) -> Self {
        Self { key, tables, changed: Arc::default(), states: Arc::default() }
    }

    /// Whether the tables are what was last written, before a migration changes them.
    pub(crate) fn was_whole(&self, connection: &mut Connection) -> Result<bool, ControlError> {
        let tx = connection.transaction()?;
        let there = !columns(&tx, "kept_state")?.is_empty();
        Ok(there && matches!(self.check(&tx)?, Kept::Whole(_)))
    }

    /// Watches what `connection` writes from now on.
    pub(crate) fn watch(&self, connection: &Connection) -> Result<(), ControlError> {
        let watching = self.clone();
        connection.create_scalar_function(
            "kept",
            -1,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS,
            move |context| {
                let table: String = context.get(0)?;
                let mut row = Row::of(&table);
                (1..context.len()).for_each(|column| row.add(context.get_raw(column)));
                watching.toggle(table, row.hashed(&watching.key));
                Ok(0)
            },
        )?;
        for table in self.tables {
            let columns = table.columns(connection)?;
            if !columns.is_empty() {
                connection.execute_batch(&triggers(table, &columns))?;
            }
        }
        // A row that another takes the place of counts as removed.
        connection.execute_batch("pragma recursive_triggers = on")?;
        Ok(())
    }

    /// What an undone transaction has changed does not count.
    pub(crate) fn begin(&self) {
        self.changed.lock().clear();
        self.states.lock().pending = None;
    }

    /// The transaction is durable, and with it what it made the tables add up to.
    pub(crate) fn committed(&self) {
        let mut states = self.states.lock();
        if let Some(state) = states.pending.take() {
            states.written = Some(state);
        }
    }

    /// What the tables add up to since the last change that this process made; `None` before its first.
    pub(crate) fn written(&self) -> Option<KeptState> {
        self.states.lock().written.clone()
    }

    /// Writes the new sums, if there are any and the state is whole; else it is left to be found.
    pub(crate) fn end(&self, tx: &Transaction<'_>) -> Result<(), ControlError> {
        let changed = std::mem::take(&mut *self.changed.lock());
        if changed.values().all(|sum| *sum == Sum::default()) {
            return Ok(());
        }
        let Some((number, mut sums)) = self.state(tx)? else { return Ok(()) };
        for (table, sum) in changed {
            add(sums.entry(table).or_default(), &sum);
        }
        self.write(tx, number + 1, &sums)
    }

    /// Compares the tables with the state.
    pub(crate) fn check(&self, tx: &Transaction<'_>) -> Result<Kept, ControlError> {
        let there: i64 = tx.query_row("select count(*) from kept_state", [], |row| row.get(0))?;
        if there == 0 {
            return Ok(Kept::Absent);
        }
        let Some((number, sums)) = self.state(tx)? else {
            return Ok(Kept::Differs(vec!["kept_state".to_owned()]));
        };
        let found = self.counted(tx)?;
        let of = |sums: &Sums, table: &str| sums.get(table).copied().unwrap_or_default();
        let differ = self.tables.iter().filter(|table| of(&sums, table.name) != of(&found, table.name));
        let mut differ: Vec<String> = differ.map(|table| table.name.to_owned()).collect();
        // A trigger would have this server make somebody else's changes, and count them as its own.
        let foreign = "select count(*) from main.sqlite_schema where type in ('trigger', 'view')";
        if tx.query_row(foreign, [], |row| row.get::<_, i64>(0))? > 0 {
            differ.push("sqlite_schema".to_owned());
        }
        if differ.is_empty() {
            return Ok(Kept::Whole(KeptState { number, digest: self.digest(number, &sums) }));
        }
        Ok(Kept::Differs(differ))
    }

    /// Takes the tables as they are for what they should be. The number grows beyond `above`.
    pub(crate) fn seal(&self, tx: &Transaction<'_>, above: i64) -> Result<(), ControlError> {
        let before: Option<i64> =
            tx.query_row("select number from kept_state", [], |row| row.get(0)).optional()?;
        let sums = self.counted(tx)?;
        self.changed.lock().clear();
        self.write(tx, before.unwrap_or(0).max(above) + 1, &sums)
    }

    fn toggle(&self, table: String, hash: Sum) {
        add(self.changed.lock().entry(table).or_default(), &hash);
    }

    /// The state, if it bears its authenticator.
    fn state(&self, tx: &Transaction<'_>) -> Result<Option<(i64, Sums)>, ControlError> {
        let mut statement = tx.prepare_cached("select number, sums, mac from kept_state where id = 1")?;
        let found = statement
            .query_row([], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
            })
            .optional()?;
        let whole = found.filter(|(number, sums, mac)| self.key.verify(&state_bytes(*number, sums), mac));
        Ok(whole.map(|(number, bytes, _)| (number, parse(&bytes))))
    }

    fn write(&self, tx: &Transaction<'_>, number: i64, sums: &Sums) -> Result<(), ControlError> {
        let bytes = encode(sums);
        let mac = self.key.mac(&state_bytes(number, &bytes));
        tx.prepare_cached(
            "insert into kept_state (id, number, sums, mac) values (1, ?1, ?2, ?3)
             on conflict (id) do update set number = excluded.number, sums = excluded.sums, mac = excluded.mac",
        )?
        .execute(params![number, bytes, mac])?;
        self.states.lock().pending = Some(KeptState { number, digest: self.digest(number, sums) });
        Ok(())
    }

    fn digest(&self, number: i64, sums: &Sums) -> String {
        let mac = self.key.mac(&[b"digest".as_slice(), &state_bytes(number, &encode(sums))].concat());
        mac.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The sums of the rows that are there.
    fn counted(&self, tx: &Transaction<'_>) -> Result<Sums, ControlError> {
        let mut sums = Sums::new();
        for table in self.tables {
            let columns = table.columns(tx)?;
            if columns.is_empty() {
                continue;
            }
            let (names, condition) = (quoted("it", &columns), table.condition("it"));
            let sql = format!("select {names} from main.{} as it where {condition}", table.name);
            let mut statement = tx.prepare(&sql)?;
            let mut rows = statement.query([])?;
            let sum = sums.entry(table.name.to_owned()).or_default();
            while let Some(found) = rows.next()? {
                let mut row = Row::of(table.name);
                for column in 0..columns.len() {
                    row.add(found.get_ref(column)?);
                }
                add(sum, &row.hashed(&self.key));
            }
        }
        Ok(sums)
    }
}

/// A row in the making: its table, and each column with its kind and length.
struct Row(Vec<u8>);

impl Row {
    fn of(table: &str) -> Self {
        let mut row = Self(Vec::with_capacity(256));
        row.add(ValueRef::Text(table.as_bytes()));
        row
    }

    fn add(&mut self, value: ValueRef<'_>) {
        let mut bytes = |kind: u8, value: &[u8]| {
            self.0.push(kind);
            self.0.extend_from_slice(&(value.len() as u64).to_be_bytes());
            self.0.extend_from_slice(value);
        };
        match value {
            ValueRef::Null => bytes(b'n', &[]),
            ValueRef::Integer(value) => bytes(b'i', &value.to_be_bytes()),
            ValueRef::Real(value) => bytes(b'r', &value.to_be_bytes()),
            ValueRef::Text(value) => bytes(b't', value),
            ValueRef::Blob(value) => bytes(b'b', value),
        }
    }

    fn hashed(&self, key: &HashKey) -> Sum {
        key.mac(&self.0)
    }
}

fn add(sum: &mut Sum, other: &Sum) {
    sum.iter_mut().zip(other).for_each(|(mine, other)| *mine ^= other);
}

fn state_bytes(number: i64, sums: &[u8]) -> Vec<u8> {
    [b"kept state 1\0".as_slice(), &number.to_be_bytes(), sums].concat()
}

/// Each table's name, its length first, and its sum.
fn encode(sums: &Sums) -> Vec<u8> {
    let one = |(table, sum): (&String, &Sum)| {
        let length = u8::try_from(table.len()).unwrap_or(u8::MAX);
        [&[length], table.as_bytes(), sum.as_slice()].concat()
    };
    sums.iter().flat_map(one).collect()
}

/// What bears an authenticator was written by [`encode`].
fn parse(mut bytes: &[u8]) -> Sums {
    let mut sums = Sums::new();
    while let Some((length, rest)) = bytes.split_first() {
        let Some((name, rest)) = rest.split_at_checked(usize::from(*length)) else { break };
        let Some((sum, rest)) = rest.split_first_chunk::<SUM_BYTES>() else { break };
        sums.insert(String::from_utf8_lossy(name).into_owned(), *sum);
        bytes = rest;
    }
    sums
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, ControlError> {
    let mut statement = connection.prepare("select name from pragma_table_info(?1) order by cid")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn quoted(row: &str, columns: &[String]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("{row}.\"{column}\"")).collect();
    names.join(", ")
}

fn triggers(table: &KeptTable, columns: &[String]) -> String {
    let name = table.name;
    let call = |row: &str| {
        format!("select kept('{name}', {}) where {};", quoted(row, columns), table.condition(row))
    };
    let (old, new) = (call("old"), call("new"));
    // An update of other columns than those that are kept costs nothing.
    let of =
        if table.columns.is_empty() { String::new() } else { format!("of {}", table.columns.join(", ")) };
    format!(
        "create temp trigger kept_insert_{name} after insert on main.{name} begin {new} end;
         create temp trigger kept_update_{name} after update {of} on main.{name} begin {old} {new} end;
         create temp trigger kept_delete_{name} after delete on main.{name} begin {old} end;"
    )
}
