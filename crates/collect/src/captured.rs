//! What an SDK captured by itself is reduced to structure, whoever's SDK it is.
//!
//! Automatic capture takes what stands on a page, and a page may hold anything: in 2017 it was what people typed into
//! password fields, for nine months. A password has no shape that a rule could know. So of such an event texts and numbers
//! are kept only in members that tell of the browser, or name a part of the page by its structure; of everything else the
//! member's name stays, and a mark in the value's place, until a tracking plan of the workspace lists the member for that event.
//!
//! This comes before the shield, which then looks at what is left.

use std::borrow::Cow;

use model::origin::{Context, is_autocaptured};
use model::{Event, Kind};
use serde_json::Value;

use crate::refusal::{Refused, reason};

/// What stands where something was left out.
const LEFT_OUT: &str = "[not kept: captured automatically]";
/// The longest name of a part of a page, and of several.
const NAME_BYTES_MAX: usize = 64;
const NAMES_BYTES_MAX: usize = 512;
/// The longest label of our own SDK, which sends listed words alone.
const LABEL_CHARS_MAX: usize = 48;
/// More digits in a row belong to somebody, not to a page's structure.
const DIGITS_MAX: usize = 3;

/// Page views that SDKs send by themselves or when told to: what stands with them is the caller's, not an element's.
const PAGE_VIEWS: [&str; 3] = ["$mp_web_page_view", "[Amplitude] Page Viewed", "[Heap] Page Viewed"];

/// Members about the library, the browser, the visit and the address, without `$`; written by SDKs, not taken from elements.
const ENVIRONMENT: &[&str] = &[
    "active_feature_flags",
    "anonymous_id",
    "anonymousid",
    "app_build",
    "app_name",
    "app_namespace",
    "app_version",
    "browser",
    "browser_language",
    "browser_language_prefix",
    "browser_type",
    "browser_version",
    "carrier",
    "city",
    "client_session_initial_pathname",
    "config_defaults",
    "country",
    "current_domain",
    "current_url",
    "current_url_path",
    "current_url_protocol",
    "device",
    "device_id",
    "device_manufacturer",
    "device_model",
    "device_type",
    "distinct_id",
    "domain",
    "event_count",
    "family",
    "host",
    "hostname",
    "initial_host",
    "initial_pathname",
    "initial_referrer",
    "initial_referring_domain",
    "insert_id",
    "is_identified",
    "language",
    "lib",
    "lib_custom_api_host",
    "lib_version",
    "library",
    "locale",
    "manufacturer",
    "model",
    "mp_country_code",
    "mp_keyword",
    "mp_lib",
    "mp_replay_id",
    "origin",
    "os",
    "os_name",
    "os_version",
    "page_domain",
    "page_path",
    "page_url",
    "pageview_id",
    "path",
    "pathname",
    "platform",
    "prev_pageview_id",
    "prev_pageview_pathname",
    "process_person_profile",
    "protocol",
    "raw_user_agent",
    "referrer",
    "referring_domain",
    "region",
    "screen",
    "screen_dpi",
    "screen_height",
    "screen_width",
    "search_engine",
    "sent_at",
    "session_entry_host",
    "session_entry_pathname",
    "session_entry_referrer",
    "session_entry_referring_domain",
    "session_entry_url",
    "session_id",
    "session_recording_start_reason",
    "time",
    "timestamp",
    "timezone",
    "timezone_offset",
    "token",
    "url",
    "user_agent",
    "user_id",
    "userid",
    "utm_campaign",
    "utm_content",
    "utm_id",
    "utm_medium",
    "utm_source",
    "utm_term",
    "version",
    "viewport_height",
    "viewport_width",
    "viewportheight",
    "viewportwidth",
    "window_id",
];

/// Members that name a part of the page, and how it was used.
const STRUCTURE: &[&str] = &[
    "action",
    "captureelement",
    "click_type",
    "element_id",
    "element_position",
    "element_tag",
    "event_type",
    "eventtype",
    "form_id",
    "form_name",
    "id",
    "input",
    "input_type",
    "method",
    "name",
    "node_name",
    "nodename",
    "role",
    "tag",
    "tag_name",
    "tagname",
    "target",
    "type",
];

/// Members that name several parts at once, with spaces between them.
const LISTS: &[&str] = &["class", "class_name", "classes", "element_class", "elements"];

/// Members that are numbers of a place or an order.
const MEASURES: &[&str] = &[
    "alt_key",
    "button",
    "button_number",
    "client_x",
    "client_y",
    "clientx",
    "clienty",
    "count",
    "ctrl_key",
    "depth",
    "detail",
    "duration",
    "height",
    "index",
    "level",
    "nth_child",
    "nth_of_type",
    "number",
    "offset_x",
    "offset_y",
    "offsetx",
    "offsety",
    "page_x",
    "page_y",
    "pagex",
    "pagey",
    "percent",
    "position",
    "screen_x",
    "screen_y",
    "screenx",
    "screeny",
    "scroll_depth",
    "scroll_height",
    "scroll_percentage",
    "scroll_top",
    "width",
    "x",
    "y",
];

/// Members that are addresses: kept without query and fragment.
const LINKS: &[&str] = &["element_target_url", "external_click_url", "href", "link", "link_url"];

/// Whether a tracking plan lists a member of a call's properties: the call, the event's name, the member's.
pub(crate) type IsPlanned<'a> = &'a dyn Fn(Kind, &str, &str) -> bool;

/// Reduces an event that was captured automatically; any other stays as it is.
pub(crate) fn reduce(event: &mut Event<'_>, is_planned: IsPlanned<'_>, left_out: &mut Vec<Refused>) {
    // Most events are settled by their names; only then is the context read.
    let by_name = is_autocaptured(&event.name, false) && !PAGE_VIEWS.contains(&&*event.name);
    let says = event.context.contains("\"autocapture\"") || event.context.contains("\"__eventOrigin\"");
    if !by_name && !says {
        return;
    }
    let context = Context::read(&event.context);
    if !by_name && !context.autocapture || event.properties == "{}" {
        return;
    }
    let reducing = Reducing { is_own: context.sdk == "holdfast.js" };
    let mut count = 0_usize;
    let reduced = match serde_json::from_str::<Value>(&event.properties) {
        Ok(Value::Object(mut members)) => {
            for (name, value) in members.iter_mut() {
                if !is_planned(event.kind, &event.name, name) {
                    reducing.reduce(&plain(name), value, &mut count);
                }
            }
            Value::Object(members).to_string()
        }
        // What cannot be read here is not kept here.
        _ => {
            count = 1;
            "{}".to_owned()
        }
    };
    if count > 0 {
        event.properties = Cow::Owned(reduced);
        left_out.push(Refused::of(reason::CAPTURED_VALUE, "properties"));
    }
}

struct Reducing {
    /// Whether our own SDK sent it, whose labels are made of listed words.
    is_own: bool,
}

impl Reducing {
    /// Reduces a value that stands under `name`; an element of a list stands under the list's.
    fn reduce(&self, name: &str, value: &mut Value, count: &mut usize) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Array(items) => items.iter_mut().for_each(|item| self.reduce(name, item, count)),
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    self.reduce(&plain(name), value, count);
                }
            }
            Value::Number(_) => {
                if !listed(ENVIRONMENT, name) && !listed(MEASURES, name) {
                    *count += 1;
                    *value = Value::from(LEFT_OUT);
                }
            }
            Value::String(text) => {
                if LINKS.contains(&name) {
                    let end = text.find(['?', '#']).unwrap_or(text.len());
                    *count += usize::from(end < text.len());
                    text.truncate(end);
                } else if !self.may_stay(name, text) {
                    *count += 1;
                    LEFT_OUT.clone_into(text);
                }
            }
        }
    }

    fn may_stay(&self, name: &str, text: &str) -> bool {
        text.is_empty()
            || listed(ENVIRONMENT, name)
            || listed(STRUCTURE, name) && is_name(text)
            || listed(LISTS, name) && text.len() <= NAMES_BYTES_MAX && is_structure(text)
            || listed(MEASURES, name) && text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit())
            || self.is_own && name == "text" && is_label(text)
            || self.is_own && name.starts_with("data-") && is_name(text)
    }
}

/// A member's name without what SDKs put before it, in small letters.
fn plain(name: &str) -> String {
    let mut rest = name.trim_start_matches('$');
    for before in ["el_attr__", "el_", "attr__", "attr-", "[Amplitude] ", "[Heap] "] {
        rest = rest.strip_prefix(before).unwrap_or(rest);
    }
    rest.to_ascii_lowercase().replace(' ', "_")
}

fn listed(list: &[&str], name: &str) -> bool {
    list.contains(&name)
}

/// One name.
fn is_name(text: &str) -> bool {
    text.len() <= NAME_BYTES_MAX && is_structure(text) && !text.contains(' ')
}

/// Names of elements, classes and ids, also several and with the signs between them: `body > form#checkout > button.btn`.
fn is_structure(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_ >#.:[]".contains(&byte);
    text.bytes().all(is_sign) && digits_in_a_row(text) <= DIGITS_MAX
}

/// The few words of a button.
fn is_label(text: &str) -> bool {
    text.chars().count() <= LABEL_CHARS_MAX
        && text.chars().all(|sign| sign.is_alphabetic() || " '’-&[]…".contains(sign))
}

fn digits_in_a_row(text: &str) -> usize {
    text.split(|sign: char| !sign.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use model::{SourceId, WorkspaceId};
    use serde_json::json;

    use super::*;

    fn event(name: &str, context: &Value, properties: &Value) -> Event<'static> {
        Event {
            workspace: WorkspaceId(1),
            source: SourceId(1),
            message_id: "m".into(),
            kind: Kind::Track,
            name: name.to_owned().into(),
            time_ms: 0,
            received_ms: 0,
            user_id: None,
            anonymous_id: Some("a".into()),
            group_id: None,
            previous_id: None,
            properties: properties.to_string().into(),
            traits: "{}".into(),
            context: context.to_string().into(),
        }
    }

    fn reduced(name: &str, context: &Value, properties: &Value) -> (Value, usize) {
        let mut event = event(name, context, properties);
        let mut left_out = Vec::new();
        reduce(&mut event, &|_, _, member| member == "planned", &mut left_out);
        (serde_json::from_str(&event.properties).unwrap(), left_out.len())
    }

    fn own() -> Value {
        json!({"library": {"name": "holdfast.js", "version": "1.0.0"}, "holdfast": {"autocapture": true}})
    }

    #[test]
    fn what_our_own_sdk_sends_stays_whole() {
        let properties = json!({"type": "click", "tag": "button", "input": "submit", "id": "buy", "classes": "btn btn-2", "text": "In den Warenkorb",
            "elements": "body > main > form#checkout > button#buy[tab]", "href": "https://shop.example/plans", "data-plan": "pro"});
        assert_eq!(reduced("$autocapture", &own(), &properties), (properties, 0));
        let page = json!({"url": "https://shop.example/plans", "path": "/plans", "referrer": ""});
        assert_eq!(reduced("Page Viewed", &own(), &page), (page, 0));
    }

    #[test]
    fn what_stood_in_a_field_does_not_stay_whatever_it_is_called() {
        for name in [
            "value",
            "$el_attr__value",
            "text",
            "$el_text",
            "data-secret",
            "aria-label",
            "label",
            "title",
            "planned2",
            "id",
        ] {
            for secret in [
                json!("correct horse battery 9"),
                json!("Tr0ub4dor&3"),
                json!(739_201),
                json!(["hunter2!"]),
                json!({"deep": {"er": "swordfish 1"}}),
            ] {
                for (event, context) in
                    [("$autocapture", json!({})), ("$mp_click", json!({})), ("Clicked", own())]
                {
                    let (kept, counted) =
                        reduced(event, &context, &json!({ name: secret, "$browser": "Chrome" }));
                    assert_eq!(counted, 1, "{event} {name} {secret}");
                    assert_eq!(kept["$browser"], "Chrome");
                    let text = kept.to_string();
                    for word in ["horse", "Tr0ub", "739201", "hunter", "swordfish"] {
                        assert!(!text.contains(word), "{event} {name}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn elements_keep_their_structure_and_lose_their_texts() {
        let properties = json!({"$event_type": "click", "$elements": [{"tag_name": "input", "attr__class": "field wide", "nth_child": 2, "$el_text": "maria"}],
            "$elements_chain": "input:attr__value=\"maria\"", "$href": "https://a.example/x?token=1#y", "$pageX": 10, "planned": "kept as it is 12345"});
        let (kept, counted) = reduced("$autocapture", &json!({}), &properties);
        assert_eq!(counted, 1);
        assert_eq!(
            kept["$elements"][0],
            json!({"tag_name": "input", "attr__class": "field wide", "nth_child": 2, "$el_text": LEFT_OUT})
        );
        assert_eq!(kept["$elements_chain"], LEFT_OUT);
        assert_eq!((&kept["$href"], &kept["$pageX"]), (&json!("https://a.example/x"), &json!(10)));
        assert_eq!(kept["planned"], "kept as it is 12345");
    }

    #[test]
    fn what_people_wrote_calls_for_is_untouched() {
        let page = json!({"tab": "teams", "App Version": "3.1"});
        assert_eq!(reduced("$mp_web_page_view", &json!({}), &page), (page, 0));
        let properties = json!({"value": "anything", "text": 5});
        assert_eq!(
            reduced("Order Completed", &json!({"library": {"name": "holdfast.js"}}), &properties),
            (properties, 0)
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_kept() {
        let mut event = event("$autocapture", &json!({}), &json!({}));
        event.properties = r#"{"value":"\ud800 swordfish"}"#.into();
        let mut left_out = Vec::new();
        reduce(&mut event, &|_, _, _| false, &mut left_out);
        assert_eq!((&*event.properties, left_out.len()), ("{}", 1));
    }
}
