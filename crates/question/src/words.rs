//! Audiences in plain words, for pages and lists: what a member reads before saying yes.

use model::Channel;
use serde_json::Value;

use crate::condition::{Condition, ConsentAsked, Field, Op};
use crate::kinds::{ANY_EVENT, Audience, Computed, Did, Step, Times, Worked};
use crate::range::Within;

/// The longest text of a value that is shown whole.
const VALUE_CHARS_MAX: usize = 60;
/// How many values of a list are shown.
const VALUES_SHOWN: usize = 5;

/// Who is meant, as half a sentence: `did Order Completed at least 3 times within 30 days and plan is "pro"`.
pub fn audience(audience: &Audience) -> String {
    match audience {
        Audience::All { all } => joined(all, " and "),
        Audience::Any { any } => joined(any, " or "),
        Audience::Not { not } => match not.as_ref() {
            Audience::Did(done) => format!("did not {}", did(done).trim_start_matches("did ")),
            Audience::Is(condition) if condition.segment().is_some() => {
                format!("is not in the segment {}", condition.segment().unwrap_or_default())
            }
            part => format!("not ({})", self::audience(part)),
        },
        Audience::Did(done) => did(done),
        Audience::Is(condition) => self::condition(condition),
    }
}

/// What a trait is worked out from: `the sum of total over Order Completed within 90 days`.
pub fn computed(computed: &Computed) -> String {
    let property = computed.property.as_deref().unwrap_or_default();
    let what = match computed.measure {
        Worked::Count => "how many times".to_owned(),
        Worked::Sum => format!("the sum of {property} over"),
        Worked::Min => format!("the least {property} of"),
        Worked::Max => format!("the greatest {property} of"),
        Worked::First => format!("the first {property} of"),
        Worked::Last => format!("the last {property} of"),
        Worked::MostFrequent => format!("the most frequent {property} of"),
    };
    format!("{what} {}{}", step(&computed.step), lately(computed.within))
}

/// A condition, as half a sentence.
pub fn condition(condition: &Condition) -> String {
    if let Some(segment) = condition.segment() {
        return format!("is in the segment {segment}");
    }
    if let Some(ConsentAsked { purpose, channel, state }) = condition.consent() {
        let by = match channel {
            Channel::All => String::new(),
            channel => format!(" by {}", channel.as_str()),
        };
        return format!("consent to {purpose}{by} is {state}");
    }
    if let Some(conditions) = condition.group() {
        let conditions: Vec<String> = conditions.iter().map(self::condition).collect();
        return format!("is in a group whose {}", conditions.join(" and "));
    }
    let (Field::Property(name) | Field::Trait(name)) = &condition.field;
    let op = match condition.op {
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::In => "is one of",
        Op::NotIn => "is none of",
        Op::Gt => "is more than",
        Op::Gte => "is at least",
        Op::Lt => "is less than",
        Op::Lte => "is at most",
        Op::Contains => "contains",
        Op::StartsWith => "starts with",
        Op::Exists => return format!("{name} is known"),
        Op::NotExists => return format!("{name} is not known"),
    };
    format!("{name} {op} {}", value(&condition.value))
}

fn joined(parts: &[Audience], with: &str) -> String {
    let part = |part: &Audience| match part {
        Audience::All { all: parts } | Audience::Any { any: parts } if parts.len() > 1 => {
            format!("({})", audience(part))
        }
        part => audience(part),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(with)
}

fn did(done: &Did) -> String {
    format!("did {}{}{}", step(&done.did), times(done.times), lately(done.within))
}

fn step(step: &Step) -> String {
    let event = if step.event == ANY_EVENT { "anything" } else { step.event.as_str() };
    let conditions: Vec<String> = step.conditions.iter().map(condition).collect();
    let with =
        if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
    format!("{event}{with}")
}

fn lately(within: Option<Within>) -> String {
    within.map_or_else(|| " ever".to_owned(), |within| format!(" within {}", duration(within)))
}

fn times(times: Times) -> String {
    let so_often = |count: u32| match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    match (times.gte, times.lte) {
        (1, None) => String::new(),
        (0, None) => " or did not".to_owned(),
        (gte, None) => format!(" at least {}", so_often(gte)),
        (0, Some(0)) => " never".to_owned(),
        (0, Some(lte)) => format!(" at most {}", so_often(lte)),
        (gte, Some(lte)) if gte == lte => format!(" exactly {}", so_often(gte)),
        (gte, Some(lte)) => format!(" {gte} to {lte} times"),
    }
}

fn duration(within: Within) -> String {
    for (unit_ms, unit) in [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")] {
        if within.ms % unit_ms == 0 {
            let count = within.ms / unit_ms;
            return format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
        }
    }
    format!("{} milliseconds", within.ms)
}

fn value(of: &Value) -> String {
    match of {
        Value::Array(list) => {
            let shown: Vec<String> = list.iter().take(VALUES_SHOWN).map(value).collect();
            let more = list.len().saturating_sub(VALUES_SHOWN);
            if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
        }
        Value::String(text) if text.chars().count() > VALUE_CHARS_MAX => {
            format!("\"{}…\"", text.chars().take(VALUE_CHARS_MAX).collect::<String>())
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn audiences_read_like_sentences() {
        for (who, words) in [
            (json!({"did":{"event":"Order Completed"}}), "did Order Completed ever"),
            (
                json!({"all":[{"did":{"event":"Order Completed","where":[{"property":"total","op":"gte","value":50}]},"times":{"gte":3},"within":"30d"},
                    {"not":{"did":{"event":"Refund Requested"},"within":"1d"}},
                    {"any":[{"trait":"plan","op":"eq","value":"pro"},{"segment":"Loyal"}]}]}),
                "did Order Completed where total is at least 50 at least 3 times within 30 days and did not Refund Requested within 1 day and (plan is \"pro\" or is in the segment Loyal)",
            ),
            (
                json!({"did":{"event":"*"},"times":{"eq":0},"within":"12h"}),
                "did anything never within 12 hours",
            ),
            (json!({"not":{"segment":"Loyal"}}), "is not in the segment Loyal"),
            (
                json!({"consent":{"purpose":"Marketing","channel":"email","state":"granted"}}),
                "consent to marketing by email is granted",
            ),
            (json!({"consent":{"purpose":"ads","state":"undecided"}}), "consent to ads is undecided"),
            (
                json!({"not":{"group":{"trait":"plan","op":"eq","value":"pro"}}}),
                "not (is in a group whose plan is \"pro\")",
            ),
            (
                json!({"group":{"where":[{"trait":"type","op":"eq","value":"account"},{"trait":"seats","op":"gt","value":5}]}}),
                "is in a group whose type is \"account\" and seats is more than 5",
            ),
            (
                json!({"trait":"tags","op":"in","value":[1,2,3,4,5,6,7]}),
                "tags is one of 1, 2, 3, 4, 5 and 2 more",
            ),
            (json!({"not":{"trait":"plan","op":"exists"}}), "not (plan is known)"),
        ] {
            assert_eq!(audience(&Audience::from_value(&who).unwrap()), words);
        }
    }

    #[test]
    fn computed_traits_read_like_sentences() {
        for (document, words) in [
            (json!({"event":"Order Completed","measure":"count"}), "how many times Order Completed ever"),
            (
                json!({"event":"Order Completed","measure":"sum","property":"total","within":"90d",
                    "where":[{"property":"country","op":"eq","value":"DE"}]}),
                "the sum of total over Order Completed where country is \"DE\" within 90 days",
            ),
            (
                json!({"event":"*","measure":"most_frequent","property":"category"}),
                "the most frequent category of anything ever",
            ),
        ] {
            assert_eq!(computed(&Computed::from_value(&document).unwrap()), words);
        }
    }
}
