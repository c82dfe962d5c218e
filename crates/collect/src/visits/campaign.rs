//! The campaign in a page's address: `utm_source` and the others, as everybody tags links.

use std::borrow::Cow;

use crate::compose::Object;
use crate::form::Form;
use crate::visits::cut;

/// The parts of a campaign, in the order they are written.
const PARTS: [&str; 6] = ["source", "medium", "name", "term", "content", "id"];
/// The longest value of a part; of a longer one the beginning is kept.
const PART_BYTES_MAX: usize = 128;
/// The longest query that is looked into; of a longer one the beginning is.
const QUERY_BYTES_MAX: usize = 2_048;
/// What advertisers' networks add to the address of whoever clicked on something that was paid for.
const CLICKS: [&str; 7] = ["gclid", "gbraid", "wbraid", "dclid", "msclkid", "ttclid", "twclid"];

/// A campaign; what it does not say is absent.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Campaign {
    parts: [Option<String>; 6],
    /// A click that was paid for.
    pub is_paid_click: bool,
}

impl Campaign {
    /// The campaign whose parts `part` gives.
    pub fn of<'a>(part: impl Fn(&str) -> Option<Cow<'a, str>>) -> Self {
        let parts = PARTS.map(|name| part(name).and_then(|value| kept(&value)));
        Self { parts, is_paid_click: false }
    }

    /// The campaign that a query names; nothing, at no cost, for one that has no such names.
    pub fn of_query(query: &str) -> Option<Self> {
        let query = cut(query, QUERY_BYTES_MAX);
        if !query.contains("utm_") && !CLICKS.iter().any(|click| query.contains(click)) {
            return None;
        }
        let form = Form::read(query.as_bytes());
        let tag = |name: &str| match name {
            "name" => form.get("utm_campaign"),
            _ => form.iter().find(|(own, _)| own.strip_prefix("utm_") == Some(name)).map(|(_, value)| value),
        };
        let is_paid_click = CLICKS.iter().any(|click| form.get(click).is_some_and(|value| !value.is_empty()));
        Some(Self { is_paid_click, ..Self::of(|name| tag(name).map(Cow::Borrowed)) })
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(Option::is_none)
    }

    pub fn source(&self) -> Option<&str> {
        self.part(0)
    }

    pub fn medium(&self) -> Option<&str> {
        self.part(1)
    }

    fn part(&self, at: usize) -> Option<&str> {
        self.parts.get(at)?.as_deref()
    }

    /// As JSON.
    pub fn written(&self) -> String {
        let mut object = Object::default();
        for (name, value) in PARTS.iter().zip(&self.parts) {
            if let Some(value) = value {
                object.text(name, value);
            }
        }
        object.done()
    }
}

fn kept(value: &str) -> Option<String> {
    let value = cut(value.trim(), PART_BYTES_MAX);
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_read_as_they_stand_in_addresses() {
        for (query, expected, is_paid) in [
            (
                "utm_source=letter&utm_medium=e-mail&utm_campaign=autumn+sale",
                r#"{"source":"letter","medium":"e-mail","name":"autumn sale"}"#,
                false,
            ),
            (
                "a=1&utm_term=red%20shoes&utm_content=%C3%A9&utm_id=7",
                r#"{"term":"red shoes","content":"é","id":"7"}"#,
                false,
            ),
            ("utm_source=&utm_medium=+&gclid=abc", "{}", true),
            ("utm_name=x&gclid=", "{}", false),
            ("utm_source=a&utm_source=b", r#"{"source":"a"}"#, false),
        ] {
            let campaign = Campaign::of_query(query).unwrap();
            assert_eq!((campaign.written().as_str(), campaign.is_paid_click), (expected, is_paid), "{query}");
        }
        assert_eq!(Campaign::of_query("a=1&b=utm"), None);
        assert_eq!(Campaign::of_query(&format!("a={}&utm_source=x", "y".repeat(QUERY_BYTES_MAX))), None);
    }

    proptest! {
        #[test]
        fn parts_are_never_longer_than_that(query in "(utm_(source|medium|x)|gclid|&|=|%|é|%C3|a){0,200}") {
            let campaign = Campaign::of_query(&query).unwrap_or_default();
            prop_assert!(campaign.parts.iter().flatten().all(|part| part.len() <= PART_BYTES_MAX));
            let read: serde_json::Value = serde_json::from_str(&campaign.written()).unwrap();
            prop_assert!(read.is_object());
        }
    }
}
