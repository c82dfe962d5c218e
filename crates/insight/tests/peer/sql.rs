//! Questions as SQL. Written from what the questions mean, not from how they are computed.

use question::plain::TIMES_FROM_S;
use question::{
    Audience, Condition, Direction, Field, Flow, Funnel, FunnelSelect, Interval, Intervals, Op, Order,
    Retention, Returned, Span, Step,
};
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
    if let Some(pause_ms) = funnel.pause_ms() {
        // What lies outside of the range is as if it had not happened; a session is one more history of its own.
        sql += &format!(" and t >= {} and t < {}", span.from_ms, span.to_ms);
        sql += &format!(
            "), q as (select *, case when t - lag(t) over (partition by person order by k) <= {pause_ms} then 0 else 1 end as first_of from f"
        );
        sql += "), r as (select * exclude (held), held || '|' || (sum(first_of) over (partition by person order by k))::varchar as held from q";
    }
    let of = if funnel.pause_ms().is_some() { "r" } else { "f" };
    sql += &format!(
        "), h as (select *, row_number() over (partition by person, held order by k) as place from {of} where held is not null)"
    );
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
    let within = funnel.within.ms();
    let reachable =
        format!("x.person = b.person and x.held = b.held and x.k < b.fence and x.t - b.t0 <= {within}");
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

/// What a retention asks; starts come as milliseconds.
pub fn retention(retention: &Retention, span: Span) -> String {
    let (unit, step) = match retention.interval {
        Interval::Hour => ("hour", "to_hours"),
        Interval::Day => ("day", "to_days"),
        Interval::Week => ("week", "to_weeks"),
        Interval::Month => ("month", "to_months"),
    };
    let at = |ms: &str| format!("make_timestamptz({ms} * 1000)");
    let beginning = |offset: &str| match (retention.intervals, retention.interval) {
        (Intervals::Calendar, _) => {
            // Where a day begins at one o'clock, the next does not.
            format!("epoch_ms(date_trunc('{unit}', c.st + {step}(({offset})::integer)))")
        }
        (Intervals::Rolling, Interval::Month) => {
            format!("epoch_ms({} + to_months(({offset})::integer))", at("c.t0"))
        }
        (Intervals::Rolling, interval) => {
            let hours = [(Interval::Hour, 1), (Interval::Day, 24), (Interval::Week, 168)];
            let hours = hours.iter().find(|(known, _)| *known == interval).map_or(0, |(_, hours)| *hours);
            format!("(c.t0 + ({offset})::bigint * {})", hours * 3_600_000_i64)
        }
    };
    let offsets: Vec<String> =
        retention.offsets().iter().map(|(first, last)| format!("({first}, {last})")).collect();
    let until = match retention.returned {
        Returned::On => format!("and x.t < {}", beginning("b.last + 1")),
        Returned::OnOrAfter => String::new(),
    };
    format!(
        "with f as (select *, {start} as starts, {back} as comes from ev where person is not null and {all}), \
         s as (select person, min(t) as t0 from f where starts and t >= {from} and t < {to} group by person), \
         c as (select *, date_trunc('{unit}', {began}) as st from s), \
         b(first, last) as (values {offsets}), \
         r as (select c.st, b.last, exists(select 1 from f x where x.person = c.person and x.comes \
           and x.t >= {beginning} {until}) as came from c, b), \
         sizes as (select st, count(*) as size from c group by st), \
         backs as (select st, last, count(*) filter (came) as people from r group by st, last), \
         starts as (select date_trunc('{unit}', date_trunc('{unit}', {first}) + {step}(i::integer)) as st \
           from range(10000) as r(i) where st <= {last_instant}), \
         cells as (select st, 0 as o from starts union all select st, last from starts, b) \
         select epoch_ms(cells.st), o, case when o = 0 then coalesce(size, 0) else coalesce(people, 0) end as n, \
         n / size from cells left join sizes using (st) left join backs on backs.st = cells.st and backs.last = o",
        start = of_step(&retention.start),
        back = of_step(&retention.back),
        all = all(&retention.conditions),
        from = span.from_ms,
        to = span.to_ms,
        began = at("t0"),
        offsets = offsets.join(", "),
        beginning = beginning("b.first"),
        first = at(&span.from_ms.to_string()),
        last_instant = at(&(span.to_ms - 1).to_string()),
    )
}

/// What a flow asks.
pub fn flow(flow: &Flow, span: Span) -> String {
    let depth = flow.depth as usize;
    let next = if flow.direction == Direction::Back { "lag" } else { "lead" };
    let mut sql = format!(
        "with f as (select *, {} as starts from ev where person is not null and {}), w as (select *",
        of_step(&flow.start),
        all(&flow.conditions)
    );
    for step in 0..depth {
        sql += &format!(", {next}(t, {step}) over p as t{step}, {next}(event, {step}) over p as e{step}");
    }
    sql += " from f window p as (partition by person order by k)), p0 as (select person, e0 as p0, t0 as l0";
    for step in 1..depth {
        sql += &format!(", t{step}, e{step}");
    }
    sql += &format!(" from w where starts and t >= {} and t < {})", span.from_ms, span.to_ms);
    for step in 1..depth {
        let before = step - 1;
        let session = flow.session.ms;
        sql += &format!(
            ", p{step} as (select *, case when p{before} is not null and abs(t{step} - l{before}) <= {session} \
             then e{step} end as p{step}, t{step} as l{step} from p{before})"
        );
    }
    let mut from = format!("p{}", depth - 1);
    if let Some(names) = flow.names {
        for step in 0..depth {
            sql += &format!(
                ", kept{step} as (select p{step} as name from {from} where p{step} is not null group by 1 \
                 order by count(*) desc, 1 limit {names})"
            );
        }
        let columns: Vec<String> = (0..depth)
            .map(|step| {
                format!(
                    "case when p{step} is null or p{step} in (select name from kept{step}) then p{step} else '…' end as p{step}"
                )
            })
            .collect();
        sql += &format!(", n as (select person, {} from {from})", columns.join(", "));
        from = "n".to_owned();
    }
    let path: Vec<String> = (0..depth).map(|step| format!("p{step}")).collect();
    let order: Vec<String> = path.iter().map(|name| format!("{name} nulls first")).collect();
    format!(
        "{sql} select {path}, count(distinct person), count(*) as c from {from} group by {path} \
         order by c desc, {order} limit {}",
        flow.top,
        path = path.join(", "),
        order = order.join(", ")
    )
}

/// How many people are in an audience at `now_ms`.
pub fn people(audience: &Audience, now_ms: i64) -> String {
    format!(
        "with p as (select person, any_value(tier) as tier from ev where person is not null group by person) \
         select count(*) from p where {}",
        is_in(audience, now_ms)
    )
}

fn is_in(audience: &Audience, now_ms: i64) -> String {
    let list = |parts: &[Audience], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| is_in(part, now_ms)).collect();
        format!("({})", parts.join(word))
    };
    match audience {
        Audience::All { all } => list(all, " and "),
        Audience::Any { any } => list(any, " or "),
        Audience::Not { not } => format!("(not {})", is_in(not, now_ms)),
        Audience::Did(did) => {
            let since = did.within.map_or(String::new(), |within| format!("and t >= {}", now_ms - within.ms));
            let most = did.times.lte.unwrap_or(u32::MAX);
            format!(
                "((select count(*) from ev where ev.person = p.person and {} {since}) between {} and {most})",
                of_step(&did.did),
                did.times.gte
            )
        }
        Audience::Is(condition) => holds(condition),
    }
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
