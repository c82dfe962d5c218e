//! Questions as SQL. Written from what the questions mean, not from how they are computed.

use question::plain::TIMES_FROM_S;
use question::{Condition, Field, Funnel, FunnelSelect, Op, Order, Span, Step};
use serde_json::Value;

/// What a funnel asks, a row for each row of the answer. Values of groups come as JSON text.
pub fn funnel(funnel: &Funnel, span: Span) -> String {
    let count = funnel.steps.len();
    let groups: Vec<String> = (0..funnel.by.len()).map(|place| format!("g{place}")).collect();
    let group_list = |end: &str| groups.iter().map(|name| format!("{name}{end}")).collect::<String>();
    let mut sql = "with f as (select *, ".to_owned();
    let held: Vec<String> = funnel.hold.iter().map(|name| format!("{}::varchar", column(name))).collect();
    sql += &format!("{} as held, ", if held.is_empty() { "''".to_owned() } else { held.join(" || '|' || ") });
    for (place, step) in funnel.steps.iter().enumerate() {
        sql += &format!("{} as is{place}, ", of_step(step));
    }
    let excluded: Vec<String> = funnel.exclude.iter().map(of_step).collect();
    sql +=
        &format!("{} as ends ", if excluded.is_empty() { "false".to_owned() } else { excluded.join(" or ") });
    sql += &format!("from ev where person is not null and {}", all(&funnel.conditions));
    sql += "), h as (select *, row_number() over (partition by person, held order by k) as place from f where held is not null)";
    let begins = match funnel.order {
        Order::Any => (0..count).map(|place| format!("is{place}")).collect::<Vec<_>>().join(" or "),
        Order::Ordered | Order::Strict => "is0".to_owned(),
    };
    let by: String = funnel
        .by
        .iter()
        .enumerate()
        .map(|(place, field)| format!(", {} as g{place}", json_of(field)))
        .collect();
    sql += &format!(
        ", a0 as (select person, held, k as k0, t as t0, place as at0{by} from h where ({begins}) and t >= {} and t < {})",
        span.from_ms, span.to_ms
    );
    // Attempts end before the next event that is excluded.
    sql += &format!(
        ", b0 as (select *, coalesce((select min(x.k) from h x where x.person = a0.person and x.held = a0.held \
         and x.ends and x.k > a0.k0), {}) as fence from a0)",
        i64::MAX
    );
    let within = funnel.within.ms;
    let reachable =
        format!("x.person = b.person and x.held = b.held and x.k < b.fence and x.t <= b.t0 + {within}");
    match funnel.order {
        Order::Ordered | Order::Strict => {
            for place in 1..count {
                let before = place - 1;
                let next = if funnel.order == Order::Strict {
                    format!("x.place = b.at0 + {place}")
                } else {
                    format!("x.k > b.k{before}")
                };
                sql += &format!(
                    ", b{place} as (select b.*, case when b.k{before} is not null then (select min(x.k) from h x \
                     where {reachable} and {next} and x.is{place}) end as k{place} from b{before} b)"
                );
            }
            let last = count - 1;
            let keys: Vec<String> = (0..count).map(|place| format!("k{place}")).collect();
            sql += &format!(
                ", c as (select *, list_filter([{}], lambda x: x is not null) as ks from b{last})",
                keys.join(", ")
            );
        }
        Order::Any => {
            let first: Vec<String> = (0..count)
                .map(|place| {
                    format!("(select min(x.k) from h x where {reachable} and x.k >= b.k0 and x.is{place})")
                })
                .collect();
            sql += &format!(
                ", c as (select *, list_sort(list_filter([{}], lambda x: x is not null)) as ks from b0 b)",
                first.join(", ")
            );
        }
    }
    sql += ", d as (select * from c qualify row_number() over (partition by person order by len(ks) desc, k0) = 1)";
    // Keys back to milliseconds.
    sql += ", e as (select *, list_transform(ks, lambda x: x // 1000000) as ts from d)";
    let grouping = if groups.is_empty() { String::new() } else { format!("group by {}", groups.join(", ")) };
    if funnel.select == FunnelSelect::Times {
        let brackets = TIMES_FROM_S.iter().enumerate().filter(|(_, from)| **from * 1_000 <= within);
        let parts: Vec<String> = brackets
            .map(|(place, from)| {
                let to = TIMES_FROM_S.get(place + 1);
                let upper = to.map_or(String::new(), |to| format!("and took < {to}"));
                let to = to.map_or("null".to_owned(), i64::to_string);
                format!(
                    "select {} {from}, {to}, count(*) filter (took >= {from} {upper}) from \
                     (select *, case when len(ts) = {count} then (ts[{count}] - ts[1]) // 1000 end as took from e) {grouping}",
                    group_list(", ")
                )
            })
            .collect();
        return format!("{sql} {}", parts.join(" union all "));
    }
    let parts: Vec<String> = (1..=count)
        .map(|step| {
            let median = if step == 1 {
                "null".to_owned()
            } else {
                let took = format!("(list(ts[{step}] - ts[{}]) filter (len(ts) >= {step}))", step - 1);
                format!("list_sort({took})[(len({took}) + 1) // 2] / 1000.0")
            };
            format!(
                "select {} {step}, count(*) filter (len(ts) >= {step}), {median} from e {grouping}",
                group_list(", ")
            )
        })
        .collect();
    format!("{sql} {}", parts.join(" union all "))
}

/// Whether an event is a step.
pub fn of_step(step: &Step) -> String {
    let named = if step.event == "*" { "true".to_owned() } else { format!("event = '{}'", step.event) };
    format!("({named} and {})", all(&step.conditions))
}

/// Whether all conditions hold.
pub fn all(conditions: &[Condition]) -> String {
    let mut sql = "true".to_owned();
    for condition in conditions {
        sql += &format!(" and {}", holds(condition));
    }
    sql
}

pub fn holds(condition: &Condition) -> String {
    let column = match &condition.field {
        Field::Property(name) | Field::Trait(name) => column(name),
    };
    let value = literal(&condition.value);
    let or_not = |test: String, absent: bool| format!("coalesce({test}, {absent})");
    match condition.op {
        Op::Eq => or_not(format!("{column} = {value}"), false),
        Op::Ne => or_not(format!("{column} <> {value}"), true),
        Op::In => or_not(format!("{column} in {value}"), false),
        Op::NotIn => or_not(format!("{column} not in {value}"), true),
        Op::Gt => or_not(format!("{column} > {value}"), false),
        Op::Gte => or_not(format!("{column} >= {value}"), false),
        Op::Lt => or_not(format!("{column} < {value}"), false),
        Op::Lte => or_not(format!("{column} <= {value}"), false),
        Op::Contains => or_not(format!("contains({column}, {value})"), false),
        Op::StartsWith => or_not(format!("starts_with({column}, {value})"), false),
        Op::Exists => format!("{column} is not null"),
        Op::NotExists => format!("{column} is null"),
    }
}

fn column(name: &str) -> String {
    assert!(["plan", "amount", "session", "flag", "tier"].contains(&name), "{name} is no column");
    name.to_owned()
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        Value::Array(list) => format!("({})", list.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn json_of(field: &Field) -> String {
    let name = match field {
        Field::Property(name) | Field::Trait(name) => column(name),
    };
    format!("coalesce(to_json({name})::varchar, 'null')")
}
