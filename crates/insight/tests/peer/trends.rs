//! Trends as SQL, with what is worked out of their numbers: of whole days, by day or week, split by one property at most.

use question::{Field, Interval, Measure, Show, Trend, TrendEvent};
use serde_json::{Value, json};

use super::Dice;
use super::data::{EVENTS, World};
use super::questions::conditions;
use super::sql::all;

/// A random trend.
pub fn random(dice: &mut Dice, world: &World) -> Value {
    let from = world.first_day.checked_add(jiff::Span::new().days(dice.below(20) as i64)).unwrap();
    let to = from.checked_add(jiff::Span::new().days(dice.below(20) as i64)).unwrap();
    let show = *dice.one(&["interval", "cumulative", "rolling"]);
    let measures =
        if show == "cumulative" { &["count", "sum"][..] } else { &["count", "people", "sum", "avg"] };
    let events: Vec<Value> = (0..2)
        .map(|place| match *dice.one(measures) {
            measure @ ("sum" | "avg") => {
                json!({ "event": EVENTS[place], "measure": measure, "property": "amount" })
            }
            measure => json!({ "event": EVENTS[place], "measure": measure }),
        })
        .collect();
    let mut question = json!({
        "kind": "trend", "events": events, "range": { "from": from.to_string(), "to": to.to_string() },
        "interval": dice.one(&["day", "day", "week"]), "where": conditions(dice, 20),
        "by": if dice.chance(50) { json!(["plan"]) } else { json!([]) },
        "formulas": [{ "name": "worked out", "formula": "(A - 2) / B" }],
        "compare": if dice.chance(60) { json!("previous") } else { Value::Null },
    });
    match show {
        "rolling" => question["rolling"] = json!(2 + dice.below(4)),
        show => question["show"] = json!(show),
    }
    question
}

/// What a trend asks: its start in milliseconds, the group as JSON text if there is one, and the numbers.
pub fn sql(trend: &Trend) -> String {
    let range = serde_json::to_value(&trend.range).unwrap();
    let day = |end: &str| range[end].as_str().unwrap().to_owned();
    let (from, to) = (day("from"), day("to"));
    let unit = if trend.interval == Interval::Week { "week" } else { "day" };
    let days = format!("date_diff('day', date '{from}', date '{to}') + 1");
    let back = match trend.interval {
        Interval::Week => format!("to_weeks(ceil(({days}) / 7)::integer)"),
        _ => format!("to_days(({days})::integer)"),
    };
    let (g, by) = match trend.by.as_slice() {
        [Field::Property(name)] => (format!("coalesce(to_json({name})::varchar, 'null')"), true),
        _ => ("'null'".to_owned(), false),
    };
    let mut sql = format!(
        "with periods as (select 0 as p, date '{from}' as first, date '{to}' as last union all \
         select 1, (date '{from}' - {back})::date, (date '{to}' - {back})::date), \
         days as (select p, (first + x::integer)::date as day from periods, range(100) as r(x) where first + x::integer <= last), \
         starts as (select p, st, row_number() over (partition by p order by st) as i from \
           (select distinct p, date_trunc('{unit}', day) as st from days)), \
         f as (select ev.*, days.p, {g} as g, date_trunc('{unit}', days.day) as st from ev join days \
           on make_timestamptz(t * 1000)::date = days.day where {conditions})",
        conditions = all(&trend.conditions)
    );
    let names: Vec<String> = trend.events.iter().map(|event| format!("'{}'", event.event)).collect();
    sql += &match by {
        true => {
            format!(", groups as (select distinct g from f where p = 0 and event in ({}))", names.join(", "))
        }
        false => ", groups as (select 'null' as g)".to_owned(),
    };
    let measured: Vec<String> = trend
        .events
        .iter()
        .enumerate()
        .map(|(place, event)| format!("{} as m{place}", measure(event)))
        .collect();
    sql += &format!(
        ", cells as (select s.p, s.i, s.st, groups.g, {} from starts s cross join groups left join f \
         on f.p = s.p and f.st = s.st and f.g = groups.g group by all)",
        measured.join(", ")
    );
    let shown: Vec<String> =
        (0..trend.events.len()).map(|place| format!("{} as e{place}", shown(trend, place))).collect();
    sql += &format!(", shown as (select p, i, st, g, {} from cells)", shown.join(", "));
    let numbers = |of: &str| format!("{of}.e0, {of}.e1, ({of}.e0 - 2) / nullif({of}.e1, 0)");
    let compared = trend.compare.map_or(String::new(), |_| format!(", {}", numbers("b")));
    let group = if by { "a.g, " } else { "" };
    format!(
        "{sql} select epoch_ms(a.st::timestamptz), {group}{}{compared} from shown a left join shown b \
         on b.p = 1 and b.i = a.i and b.g = a.g where a.p = 0",
        numbers("a")
    )
}

fn measure(event: &TrendEvent) -> String {
    let of = match event.measure {
        Measure::People => "count(distinct person)",
        Measure::Sum => "sum(amount)",
        Measure::Avg => "avg(amount)",
        _ => "count(*)",
    };
    let filtered = format!("{of} filter (event = '{}')", event.event);
    if event.measure == Measure::Sum { format!("coalesce({filtered}, 0)") } else { filtered }
}

fn shown(trend: &Trend, place: usize) -> String {
    let over = "over (partition by p, g order by i rows between";
    match (trend.show, trend.rolling) {
        (Show::Cumulative, _) => format!("sum(m{place}) {over} unbounded preceding and current row)"),
        (_, Some(length)) => format!(
            "case when i >= {length} then avg(m{place}) {over} {} preceding and current row) end",
            length - 1
        ),
        _ => format!("m{place}"),
    }
}
