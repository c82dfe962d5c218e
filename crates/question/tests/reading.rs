//! Documents are read, refused with place and fix, and written back as the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use proptest::prelude::*;
use question::{Interval, Question, Range};
use serde_json::{Value, json};

/// The documents that the interfaces promise.
fn promised() -> Vec<Value> {
    let range = json!({ "from": "2026-08-01", "to": "2026-10-30" });
    vec![
        json!({"kind":"trend","events":[{"event":"Order Completed","measure":"count"}],"range":range,
            "interval":"day","by":["country"],"where":[{"property":"plan","op":"eq","value":"pro"}]}),
        json!({"kind":"trend","events":[{"event":"*","measure":"p90","property":"a.b"}],"range":
            {"from":"2026-08-01T00:00:00+02:00","to":"2026-08-01T12:00:00Z"},"interval":"hour","by":["trait.plan"],
            "where":[{"trait":"plan","op":"in","value":["a",1,true]},{"property":"x","op":"not_exists"}]}),
        json!({"kind":"funnel","steps":[{"event":"Signed Up"},{"event":"Viewed Pricing"},{"event":"Order Completed"}],
            "within":"7d","order":"ordered","by":["country"],"range":range,
            "where":[{"property":"n","op":"gte","value":3}]}),
        json!({"kind":"funnel","steps":[{"event":"Signed Up"},{"event":"Order Completed"}],"within":"session",
            "session":"1h","range":range}),
        json!({"kind":"retention","start":{"event":"Signed Up"},"return":{"event":"*"},"interval":"week",
            "periods":12,"range":range}),
        json!({"kind":"flow","start":{"event":"Page Viewed"},"depth":3,"top":20,"range":range}),
        json!({"kind":"sessions","range":range,"interval":"week","by":["channel"],"session":"1h"}),
        json!({"kind":"people","who":{"all":[{"did":{"event":"Order Completed"},"times":{"gte":3},"within":"30d"},
            {"not":{"did":{"event":"Refund Requested"}}},{"trait":"plan","op":"eq","value":"pro"}]},"select":"count"}),
        json!({"kind":"people","who":{"any":[{"segment":"Loyal"},{"not":{"segment":"seg_x"}}]},"select":"count"}),
        json!({"kind":"trend","events":[{"event":"A"}],"range":range,"where":[{"segment":"Loyal"}]}),
        json!({"kind":"people","who":{"any":[{"group":{"trait":"plan","op":"in","value":["a","b"]}},
            {"group":{"where":[{"trait":"type","op":"eq","value":"account"},{"trait":"seats","op":"exists"}]}}]},"select":"count"}),
        json!({"kind":"people","who":{"any":[{"consent":{"purpose":"ads","channel":"sms","state":"refused"}},
            {"consent":{"purpose":"ads","channel":"all","state":"undecided"}}]},"select":"count"}),
        json!({"kind":"sql","sql":"select event, count(*) from events group by 1 order by 2 desc"}),
    ]
}

#[test]
fn promised_documents_are_read_and_written_back() {
    for document in promised() {
        let question = Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
        assert_eq!(json!(question.kind()), document["kind"]);
        let written = serde_json::to_value(&question).unwrap();
        assert_eq!(Question::from_value(&written), Ok(question.clone()), "{written}");
        assert_eq!(Question::from_json(document.to_string().as_bytes()), Ok(question.clone()));
        assert_eq!(serde_json::from_value::<Question>(written).unwrap(), question);
    }
}

/// A trend with a field replaced.
fn trend(pointer: &str, value: Value) -> Value {
    let mut document = json!({"kind":"trend","events":[{"event":"A","measure":"sum","property":"p"}],
        "range":{"from":"2026-08-01","to":"2026-08-02"},"by":["c"],"where":[{"property":"q","op":"eq","value":1}]});
    match document.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    document
}

#[test]
fn errors_name_the_place_and_the_fix() {
    let people = |who: Value| json!({ "kind": "people", "who": who });
    let funnel = |within: &str| {
        json!({"kind":"funnel","steps":[{"event":"A"},{"event":"B"}],"within":within,
            "range":{"from":"2026-08-01","to":"2026-08-02"}})
    };
    let in_session = |other: Value| {
        let mut document = funnel("session");
        document["session"] = json!("1h");
        let fields = document.as_object_mut().unwrap();
        fields.extend(other.as_object().unwrap().clone());
        document
    };
    let nested = (0..9).fold(json!({ "did": { "event": "A" } }), |inner, _| json!({ "not": inner }));
    let cases = [
        (json!([]), "", "\"kind\""),
        (json!({}), "/kind", "missing"),
        (json!({"kind":"trends"}), "/kind", "did you mean `trend`?"),
        (json!({"kind":7}), "/kind", "`retention`"),
        (json!({"kind":"trend"}), "/events", "write \"events\""),
        (trend("/intervall", json!("day")), "/intervall", "did you mean `interval`?"),
        (trend("/a~b~1c", json!(1)), "/a~0b~01c", "known here"),
        (trend("/interval", json!("dya")), "/interval", "did you mean `day`?"),
        (trend("/events", json!([])), "/events", "give 1 to 10"),
        (trend("/events/0/measure", json!("count")), "/events/0/property", "leave it out"),
        (trend("/events/0/property", Value::Null), "/events/0/property", "needs it"),
        (trend("/events/0/event", json!("")), "/events/0/event", "is empty"),
        (trend("/events/0/event", json!("x".repeat(300))), "/events/0/event", "at most 256"),
        (trend("/range/from", json!("2026-8-1")), "/range/from", "2026-08-01T12:00:00Z"),
        (trend("/range/from", json!("2026-08-01T12:00:00")), "/range/from", "neither a day nor an instant"),
        (trend("/range/to", json!("2026-07-01")), "/range/to", "swap"),
        (trend("/range/to", json!("2999-07-01")), "/range/to", "1970 to 2200"),
        (trend("/by", json!(["a", "b", "c", "d"])), "/by", "0 to 3"),
        (trend("/by", json!(["a", "a"])), "/by/1", "stands twice"),
        (trend("/where/0/op", json!("equals")), "/where/0/op", "`eq`"),
        (trend("/where/0/value", Value::Null), "/where/0/value", "not_exists"),
        (trend("/where/0/value", json!([1])), "/where/0/value", "single value"),
        (trend("/where/0", json!({"property":"a","op":"in","value":[]})), "/where/0/value", "1 to 1000"),
        (
            trend("/where/0", json!({"property":"a","op":"in","value":[[]]})),
            "/where/0/value/0",
            "single value",
        ),
        (
            trend("/where/0", json!({"property":"a","op":"exists","value":1})),
            "/where/0/value",
            "leave it out",
        ),
        (
            trend("/where/0", json!({"property":"a","op":"gt","value":true})),
            "/where/0/value",
            "cannot be ordered",
        ),
        (trend("/where/0", json!({"property":"a","trait":"b","op":"exists"})), "/where/0/trait", "either"),
        (trend("/where/0", json!({"op":"exists"})), "/where/0", "names no field"),
        (funnel("7"), "/within", "7d"),
        (funnel("0d"), "/within", "out of bounds"),
        (funnel("é"), "/within", "not a duration"),
        (funnel("sessions"), "/within", "or \"session\""),
        (in_session(json!({"within":"7d"})), "/session", "leave it out"),
        (in_session(json!({"session":"8d"})), "/session", "at most 7d"),
        (
            in_session(json!({"exclude":[{"event":"Segment Left"}]})),
            "/exclude/0/event",
            "belongs to no session",
        ),
        (people(json!({})), "/who", "says nothing"),
        (people(json!({"segment":"Loyal","op":"ne"})), "/who/op", "beside `segment`"),
        (people(json!({"group":{"op":"exists"}})), "/who/group/trait", "missing"),
        (people(json!({"group":{"trait":"a","op":"exists"},"trait":"b"})), "/who/trait", "beside `group`"),
        (
            people(json!({"group":{"where":[{"segment":"Loyal"}]}})),
            "/who/group/where/0/segment",
            "unknown field",
        ),
        (people(json!({"consent":{"purpose":"a@b"}})), "/who/consent/purpose", "is no name"),
        (
            people(json!({"consent":{"purpose":"ads","channel":"fax"}})),
            "/who/consent/channel",
            "none of the known",
        ),
        (
            people(json!({"consent":{"purpose":"ads","state":"yes"}})),
            "/who/consent/state",
            "none of the known",
        ),
        (people(json!({"consent":{"purpose":"ads"},"op":"eq"})), "/who/op", "beside `consent`"),
        (people(json!({"all":[{"property":"a","op":"exists"}]})), "/who/all/0/property", "`trait`"),
        (people(json!({"any":[], "not":{}})), "/who/not", "unknown field"),
        (people(json!({"did":{"event":"A"},"times":{"gte":5,"lte":2}})), "/who/times", "contradicts"),
        (people(nested), "/who/not/not/not/not/not/not", "too deep"),
        (json!({"kind":"sql","sql":""}), "/sql", "empty"),
        (
            json!({"kind":"flow","start":{"event":"A"},"depth":9,"range":{"from":"2026-08-01","to":"2026-08-01"}}),
            "/depth",
            "1 to 6",
        ),
    ];
    for (document, pointer, text) in cases {
        let error = Question::from_value(&document).expect_err(&document.to_string());
        assert_eq!(error.pointer, pointer, "{error}: {document}");
        assert!(error.to_string().contains(text), "`{error}` lacks `{text}`");
    }
    let error = Question::from_json(b"{\"kind\":").unwrap_err();
    assert!(error.to_string().contains("line 1 column 8"), "{error}");
}

#[test]
fn errors_do_not_repeat_values() {
    let document = trend("/where/0/value", json!(["secret@example.org"]));
    assert!(!Question::from_value(&document).unwrap_err().to_string().contains("secret"));
}

fn range(from: &str, to: &str) -> Range {
    let document = trend("/range", json!({ "from": from, "to": to }));
    match Question::from_value(&document) {
        Ok(Question::Trend(trend)) => trend.range,
        other => panic!("{other:?}"),
    }
}

/// The starts of the intervals, in the zone's own time.
fn starts(zone: &str, interval: Interval, from: &str, to: &str) -> Vec<String> {
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    let span = range(from, to).span(&zone).unwrap();
    let starts = interval.starts(span, &zone).unwrap();
    starts
        .iter()
        .map(|ms| question::range::zoned(*ms, &zone).unwrap().strftime("%m-%d %H:%M%z").to_string())
        .collect()
}

#[test]
fn intervals_follow_the_clock_on_the_wall() {
    use Interval::{Day, Hour, Month, Week};
    let cases: [(&str, Interval, &str, &str, &[&str]); 8] = [
        (
            "Europe/Berlin",
            Day,
            "2026-03-28",
            "2026-03-30",
            &["03-28 00:00+0100", "03-29 00:00+0100", "03-30 00:00+0200"],
        ),
        (
            "Europe/Berlin",
            Hour,
            "2026-03-29T00:00:00Z",
            "2026-03-29T02:00:00Z",
            &["03-29 01:00+0100", "03-29 03:00+0200"],
        ),
        (
            "Europe/Berlin",
            Hour,
            "2026-10-25T00:00:00Z",
            "2026-10-25T02:00:00Z",
            &["10-25 02:00+0200", "10-25 02:00+0100"],
        ),
        ("Europe/Berlin", Week, "2026-03-25", "2026-04-01", &["03-23 00:00+0100", "03-30 00:00+0200"]),
        ("Europe/Berlin", Month, "2026-02-28", "2026-03-01", &["02-01 00:00+0100", "03-01 00:00+0100"]),
        // Midnight does not exist here on the day the clock is turned.
        ("America/Havana", Day, "2026-03-08", "2026-03-09", &["03-08 01:00-0400", "03-09 00:00-0400"]),
        // The 30th was skipped.
        ("Pacific/Apia", Day, "2011-12-29", "2011-12-31", &["12-29 00:00-1000", "12-31 00:00+1400"]),
        // Turned by half an hour: an hour of ninety minutes.
        (
            "Australia/Lord_Howe",
            Hour,
            "2026-04-04T14:00:00Z",
            "2026-04-04T16:00:00Z",
            &["04-05 01:00+1100", "04-05 02:00+1030"],
        ),
    ];
    for (zone, interval, from, to, wanted) in cases {
        assert_eq!(starts(zone, interval, from, to), wanted, "{zone} {from}");
    }
}

#[test]
fn a_day_is_included_whole_and_an_instant_is_not() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let hours = |from, to| {
        let span = range(from, to).span(&zone).unwrap();
        (span.to_ms - span.from_ms) / 3_600_000
    };
    assert_eq!(hours("2026-08-01", "2026-08-01"), 24);
    assert_eq!(hours("2026-03-29", "2026-03-29"), 23);
    assert_eq!(hours("2026-10-25", "2026-10-25"), 25);
    assert_eq!(hours("2026-08-01", "2026-08-01T20:00:00Z"), 22);
    // Whether anything lies between a day and an instant depends on where one is.
    let early = range("2026-08-02", "2026-08-01T12:00:00Z");
    assert_eq!(early.span(&zone).unwrap_err().pointer, "/range/to");
    assert!(early.span(&jiff::tz::TimeZone::get("Pacific/Kiritimati").unwrap()).is_ok());
    let long =
        Interval::Hour.starts(range("2020-01-01", "2026-01-01").span(&zone).unwrap(), &zone).unwrap_err();
    assert!(long.to_string().contains("longer interval"), "{long}");
}

fn json_value() -> impl Strategy<Value = Value> {
    let words = [
        "kind", "trend", "people", "who", "all", "not", "did", "event", "range", "from", "where", "op", "in",
    ];
    let word = proptest::sample::select(words.to_vec());
    let leaf = prop_oneof![
        word.clone().prop_map(Value::from),
        "[0-9T:-]{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((word.clone(), inner), 0..6).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_read_is_written_back(value in json_value(), which in 0_usize..7, at in any::<prop::sample::Index>()) {
        let mut document = promised().swap_remove(which);
        let fields: Vec<String> = document.as_object().unwrap().keys().cloned().collect();
        document[at.get(&fields)] = value.clone();
        for document in [value, document] {
            if let Ok(question) = Question::from_value(&document) {
                let written = serde_json::to_value(&question).unwrap();
                prop_assert_eq!(Question::from_value(&written), Ok(question));
            }
        }
    }
}
