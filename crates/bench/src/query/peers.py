"""The other engines of `holdfast bench query`: chDB (ClickHouse in a process) in three layouts, and DuckDB.

peers.py check                        which are there, as JSON
peers.py load ENGINE DIR THREADS      loads DIR/events-*.csv.zst, says what it took as JSON
peers.py answer ENGINE DIR THREADS    {"ask", "form"} a line in; {"wall_s", "cpu_s", "peak_bytes", "rows"} a line out
"""

import csv
import datetime
import glob
import io
import json
import os
import resource
import sys
import time

BEGIN = 1767571200
WEEK = 604800
END = BEGIN + 90 * 86400
FREQUENT = ["Page Viewed", "Product Viewed", "Product Added", "Order Completed"]
RARE = ["Signed Up", "Project Created", "Invite Sent", "Plan Upgraded"]
CSV = (
    "time Int64, user_id Int64, person UInt32, event String, country String, browser String, os String,"
    " plan String, path String, referrer String, session_id UInt64, amount Nullable(Float64)"
)
# What each column of an answer is: a number, a text, or the number of a week.
SHAPES = {
    "trend": "ttn", "unique": "tn", "funnel": "nnnn", "funnel_rare": "nnnn", "funnel_country": "tnnnn",
    "retention": "wnn", "cohort": "n", "flow": "tttn", "paths": "tn",
}


def names(steps):
    return ",".join(f"'{step}'" for step in steps)


# ------------------------------------------------------------------------------------------------ ClickHouse
LEVELS = "countIf(l>=1), countIf(l>=2), countIf(l>=3), countIf(l>=4)"


def ch_funnel(steps, more=""):
    conditions = ",".join(f"event='{step}'" for step in steps)
    return (
        f"SELECT user_id{more}, windowFunnel({7 * 86400 * 1000})(toUInt64(toUnixTimestamp64Milli(time)), {conditions}) AS l"
        f" FROM ev WHERE event IN ({names(steps)}) GROUP BY user_id"
    )


CLICKHOUSE = {
    "trend": "SELECT toDate(time) d, country, count() c FROM ev WHERE event='Product Viewed' GROUP BY d, country",
    "unique": "SELECT toDate(toStartOfWeek(time, 1)) w, uniqExact(user_id) FROM ev GROUP BY w",
    "funnel": f"SELECT {LEVELS} FROM ({ch_funnel(FREQUENT)})",
    "funnel_rare": f"SELECT {LEVELS} FROM ({ch_funnel(RARE)})",
    "funnel_country": f"SELECT c, {LEVELS} FROM ("
    + ch_funnel(FREQUENT, f", argMinIf(country, time, event='{FREQUENT[0]}') AS c")
    + ") WHERE l>=1 GROUP BY c",
    "retention": "SELECT c, k - c AS age, count() FROM (SELECT user_id, bitPositionsToArray(groupBitOr(bitShiftLeft(toUInt32(1),"
    f" intDiv(toUnixTimestamp(time) - {BEGIN}, {WEEK})))) AS ks, ks[1] AS c FROM ev GROUP BY user_id)"
    " ARRAY JOIN ks AS k GROUP BY c, age",
    "cohort": "SELECT count() FROM (SELECT user_id FROM ev WHERE event IN ('Order Completed','Subscription Cancelled') GROUP BY user_id"
    f" HAVING countIf(event='Order Completed' AND time >= toDateTime64({END - 30 * 86400}, 3, 'UTC')) >= 3"
    " AND countIf(event='Subscription Cancelled') = 0)",
    "flow": "SELECT t.1 a, t.2 b, t.3 c, count() n FROM (SELECT arrayJoin(arrayZip(arraySlice(es,1,length(es)-2),"
    " arraySlice(es,2,length(es)-2), arraySlice(es,3))) AS t FROM (SELECT arrayMap(x -> x.2, arraySort(groupArray((time,"
    " event)))) AS es FROM ev GROUP BY session_id HAVING length(es) >= 3)) GROUP BY a, b, c ORDER BY n DESC, a, b, c LIMIT 20",
    "paths": "SELECT path, count() n FROM ev GROUP BY path ORDER BY n DESC, path LIMIT 20",
}
CH_WINDOW = (
    "SELECT a, b, c, count() n FROM (SELECT event a, leadInFrame(event,1,'') OVER w b, leadInFrame(event,2,'') OVER w c"
    " FROM ev WINDOW w AS (PARTITION BY session_id ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))"
    " WHERE c != '' GROUP BY a, b, c ORDER BY n DESC, a, b, c LIMIT 20"
)
IN_ORDER = " SETTINGS optimize_aggregation_in_order=1"
PLAIN = "event LowCardinality(String), country LowCardinality(String)"
PROPERTIES = (
    "browser LowCardinality(String), os LowCardinality(String), plan LowCardinality(String), path %s,"
    " amount Nullable(Float64), referrer LowCardinality(String), session_id UInt64"
)
TIME = "time DateTime64(3,'UTC') CODEC(Delta, ZSTD(1))"
MERGE_TREE = "CREATE TABLE ev (%s) ENGINE=MergeTree ORDER BY (%s)"
# Event first, person first, and one by hand: codes instead of names, dense people, and a second order of the rows.
CH_TABLES = {
    "chdb_event": lambda _: MERGE_TREE
    % (f"{TIME}, user_id Int64, {PLAIN}, " + PROPERTIES % "String CODEC(ZSTD(1))", "event, user_id, time"),
    "chdb_user": lambda _: MERGE_TREE
    % (f"{TIME}, user_id Int64, {PLAIN}, " + PROPERTIES % "String CODEC(ZSTD(1))", "user_id, time"),
    "chdb_tuned": lambda codes: MERGE_TREE
    % (
        f"{TIME}, user_id UInt32, event {codes('event')}, country {codes('country')}, "
        + PROPERTIES % "LowCardinality(String)"
        + ", PROJECTION by_event (SELECT event, user_id, time, country ORDER BY event, user_id, time)",
        "user_id, time",
    ),
}
COLUMNS = "event, country, browser, os, plan, path, amount, referrer, session_id"


def ch_forms(engine):
    forms = {question: {"": sql} for question, sql in CLICKHOUSE.items()}
    # A code has no value for the end of a session.
    coded = CH_WINDOW.replace("event,", "toString(event),").replace("event a", "toString(event) a")
    forms["flow"]["window"] = coded if engine == "chdb_tuned" else CH_WINDOW
    if engine != "chdb_event":
        for question in ("funnel", "funnel_rare", "funnel_country", "retention", "cohort"):
            forms[question]["in order"] = CLICKHOUSE[question] + IN_ORDER
        by_user = CLICKHOUSE["flow"].replace("GROUP BY session_id", "GROUP BY user_id, session_id")
        forms["flow"]["in order"] = by_user + IN_ORDER
    return forms


class ClickHouse:
    def __init__(self, engine, folder, threads):
        from chdb import session

        self.engine, self.folder, self.threads = engine, folder, threads
        self.session = session.Session(os.path.join(folder, engine))
        self.forms = ch_forms(engine)

    def run(self, sql):
        bound = f"max_threads={self.threads}"
        sql = f"{sql}, {bound}" if " SETTINGS " in sql else f"{sql} SETTINGS {bound}"
        return list(csv.reader(io.StringIO(str(self.session.query(sql, "CSV")))))

    def load(self):
        source = f"file('{self.folder}/events-*.csv.zst', 'CSV', '{CSV}')"

        def codes(column):
            found = [row[0] for row in self.run(f"SELECT DISTINCT {column} FROM {source} ORDER BY {column}")]
            return "Enum8(%s)" % ", ".join(f"'{name}'={number - 128}" for number, name in enumerate(found))

        table = CH_TABLES[self.engine](codes)
        person = "person" if self.engine == "chdb_tuned" else "user_id"
        begun = time.perf_counter()
        self.session.query(table)
        self.session.query(
            f"INSERT INTO ev (time, user_id, {COLUMNS}) SELECT fromUnixTimestamp64Milli(time, 'UTC'), {person}, {COLUMNS} FROM {source}"
            f" SETTINGS max_threads={self.threads}, max_insert_threads={self.threads}"
        )
        self.session.query("OPTIMIZE TABLE ev FINAL")
        wall = time.perf_counter() - begun
        parts = self.run("SELECT sum(bytes_on_disk), sum(rows) FROM system.parts WHERE table='ev' AND active AND database='default'")
        return wall, int(parts[0][0]), int(parts[0][1])

    def version(self):
        return "chDB " + str(self.session.query("SELECT version()", "CSV")).strip().strip('"')


# ---------------------------------------------------------------------------------------------------- DuckDB
def dk_funnel(steps, first="", of_user=""):
    """The same rule as windowFunnel: the latest possible first step is carried forward."""
    one, two, three, four = steps
    over = "OVER (PARTITION BY user_id ORDER BY time)"
    return (
        f"WITH f AS (SELECT user_id, time, event{first} FROM ev WHERE event IN ({names(steps)})),"
        f" a AS (SELECT *, max(CASE WHEN event='{one}' THEN time END) {over} AS l1 FROM f),"
        f" b AS (SELECT *, max(CASE WHEN event='{two}' AND time <= l1 + INTERVAL 7 DAY THEN l1 END) {over} AS l2 FROM a),"
        f" c AS (SELECT *, max(CASE WHEN event='{three}' AND time <= l2 + INTERVAL 7 DAY THEN l2 END) {over} AS l3 FROM b),"
        f" u AS (SELECT user_id{of_user}, count(l1) > 0 AS s1,"
        f" count(CASE WHEN event='{two}' AND time <= l1 + INTERVAL 7 DAY THEN 1 END) > 0 AS s2,"
        f" count(CASE WHEN event='{three}' AND time <= l2 + INTERVAL 7 DAY THEN 1 END) > 0 AS s3,"
        f" count(CASE WHEN event='{four}' AND time <= l3 + INTERVAL 7 DAY THEN 1 END) > 0 AS s4 FROM c GROUP BY user_id) "
    )


SUMS = ", ".join(f"sum(s{step}::INT)::BIGINT" for step in (1, 2, 3, 4))
COUNTRY = f", arg_min(country, time) FILTER (WHERE event='{FREQUENT[0]}') AS c"
TOP_FLOWS = "GROUP BY a, b, c ORDER BY n DESC, a::VARCHAR, b::VARCHAR, c::VARCHAR LIMIT 20"
DUCKDB = {
    "trend": {"": "SELECT time::DATE d, country, count(*) c FROM ev WHERE event='Product Viewed' GROUP BY d, country"},
    "unique": {"": "SELECT date_trunc('week', time)::DATE w, count(DISTINCT user_id) FROM ev GROUP BY w"},
    "funnel": {"": dk_funnel(FREQUENT) + f"SELECT {SUMS} FROM u"},
    "funnel_rare": {"": dk_funnel(RARE) + f"SELECT {SUMS} FROM u"},
    "funnel_country": {"": dk_funnel(FREQUENT, ", country", COUNTRY) + f"SELECT c, {SUMS} FROM u WHERE s1 GROUP BY c"},
    "retention": {
        "": "WITH u AS (SELECT user_id, min(w) c, bit_or(1::INTEGER << w) m FROM (SELECT user_id,"
        f" ((epoch_ms(time)//1000 - {BEGIN}) // {WEEK})::INTEGER w FROM ev) GROUP BY user_id)"
        " SELECT c, k - c AS age, count(*) FROM u, range(0, 13) r(k) WHERE (m >> k::INTEGER) & 1 = 1 GROUP BY ALL"
    },
    "cohort": {
        "": "SELECT count(*) FROM (SELECT user_id FROM ev WHERE event IN ('Order Completed','Subscription Cancelled') GROUP BY user_id"
        f" HAVING count(*) FILTER (WHERE event='Order Completed' AND time >= make_timestamp({(END - 30 * 86400) * 1000000})) >= 3"
        " AND count(*) FILTER (WHERE event='Subscription Cancelled') = 0)"
    },
    "flow": {
        "": "SELECT a, b, c, count(*) n FROM (SELECT event a, lead(event,1) OVER w b, lead(event,2) OVER w c FROM ev"
        f" WINDOW w AS (PARTITION BY session_id ORDER BY time)) WHERE c IS NOT NULL {TOP_FLOWS}",
        "lists": "WITH s AS (SELECT list(event ORDER BY time) es FROM ev GROUP BY session_id HAVING count(*) >= 3),"
        " p AS (SELECT unnest(es[1:len(es)-2]) a, unnest(es[2:len(es)-1]) b, unnest(es[3:]) c FROM s)"
        f" SELECT a, b, c, count(*) n FROM p {TOP_FLOWS}",
    },
    "paths": {"": "SELECT path, count(*) n FROM ev GROUP BY path ORDER BY n DESC, path LIMIT 20"},
}
ENUMS = ("event", "country", "browser", "os", "plan", "referrer")


class DuckDB:
    def __init__(self, engine, folder, threads):
        import duckdb

        self.folder, self.module = folder, duckdb
        self.path = os.path.join(folder, "duck.db")
        self.connection = duckdb.connect(self.path)
        self.connection.execute(f"SET threads={threads}")
        self.connection.execute("SET TimeZone='UTC'")
        self.forms = DUCKDB

    def run(self, sql):
        return self.connection.execute(sql).fetchall()

    def load(self):
        columns = {
            "time": "BIGINT", "user_id": "BIGINT", "person": "UINTEGER", "event": "VARCHAR", "country": "VARCHAR",
            "browser": "VARCHAR", "os": "VARCHAR", "plan": "VARCHAR", "path": "VARCHAR", "referrer": "VARCHAR",
            "session_id": "UBIGINT", "amount": "DOUBLE",
        }
        # An empty referrer is a text, an empty amount is nothing.
        source = (
            f"read_csv('{self.folder}/events-*.csv.zst', header=false, columns={columns}, compression='zstd',"
            " force_not_null=['referrer'], auto_detect=false, delim=',')"
        )
        for column in ENUMS:
            self.run(f"CREATE TYPE {column}_t AS ENUM (SELECT DISTINCT {column} FROM {source} ORDER BY 1)")
        coded = ", ".join(f"{column}::{column}_t AS {column}" for column in ENUMS)
        begun = time.perf_counter()
        self.run(
            f"CREATE TABLE ev AS SELECT make_timestamp(time * 1000) AS time, user_id, {coded}, path, amount, session_id FROM {source}"
        )
        self.run("CHECKPOINT")
        wall = time.perf_counter() - begun
        return wall, os.path.getsize(self.path), self.run("SELECT count(*) FROM ev")[0][0]

    def version(self):
        return "DuckDB " + self.module.__version__


# ------------------------------------------------------------------------------------------------------ both
def cpu_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def shaped(shape, row):
    def value(kind, cell):
        if kind == "n":
            return int(cell)
        if kind == "w":
            return (datetime.date(2026, 1, 5) + datetime.timedelta(days=7 * int(cell))).isoformat()
        return str(cell)[:10] if hasattr(cell, "isoformat") else str(cell)

    return [value(kind, cell) for kind, cell in zip(shape, row, strict=True)]


def answer(engine, line):
    asked = json.loads(line)
    sql = engine.forms[asked["ask"]][asked["form"]]
    forget_peak()
    begun, before = time.perf_counter(), cpu_s()
    rows = engine.run(sql)
    wall, cpu = time.perf_counter() - begun, cpu_s() - before
    rows = [shaped(SHAPES[asked["ask"]], row) for row in rows]
    return {"wall_s": wall, "cpu_s": cpu, "peak_bytes": peak_bytes(), "rows": rows}


def check():
    found = {}
    for name in ("chdb", "duckdb"):
        try:
            found[name] = getattr(__import__(name), "__version__", "there")
        except ImportError:
            found[name] = None
    print(json.dumps(found))


def main():
    what, *rest = sys.argv[1:]
    if what == "check":
        return check()
    name, folder, threads = rest
    folder = os.path.abspath(folder)
    engine = (DuckDB if name == "duckdb" else ClickHouse)(name, folder, int(threads))
    if what == "load":
        if not glob.glob(f"{folder}/events-*.csv.zst"):
            sys.exit("there are no events to load")
        before = cpu_s()
        wall, size, rows = engine.load()
        print(json.dumps({"wall_s": wall, "cpu_s": cpu_s() - before, "disk_bytes": size, "rows": rows}))
        return None
    forms = {question: list(forms) for question, forms in engine.forms.items()}
    print(json.dumps({"ready": True, "version": engine.version(), "forms": forms}), flush=True)
    for line in sys.stdin:
        try:
            said = answer(engine, line)
        except Exception as error:  # whatever an engine does not like is its answer
            said = {"error": str(error)[:400]}
        print(json.dumps(said), flush=True)


main()
