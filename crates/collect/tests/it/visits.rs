//! What the context is told of the visit, from bodies as SDKs send them.

use http::Method;
use serde_json::{Value, json};

use crate::door::{Door, basic};
use crate::shown::refused;

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";
const CRAWLER: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/// What is added to a context, and to what the sender's own words lead.
const ADDED: [&str; 8] = [
    "browser",
    "browser_version",
    "os_name",
    "os_version",
    "device_type",
    "campaign",
    "referrer_domain",
    "channel",
];

/// Sends one message and gives the context that is kept.
async fn context(path: &str, agent: &str, body: &Value) -> Value {
    let door = Door::new();
    let body = body.to_string().replace("TOKEN", &door.source.write_key);
    let key = basic(&door.source.write_key);
    let mut headers = vec![("user-agent", agent)];
    if !body.contains("token") {
        headers.push(("authorization", &key));
    }
    door.send(Method::POST, path, &headers, body).await;
    assert_eq!(refused(&door), json!([]));
    let events = door.events();
    let [event] = events.as_slice() else { panic!("{} events", events.len()) };
    serde_json::from_str(&event.context).unwrap()
}

/// The members of [`ADDED`] that a context has.
fn added(context: &Value) -> Value {
    let is_added = |(name, _): &(&String, &Value)| ADDED.contains(&name.as_str());
    let members = context.as_object().unwrap().iter().filter(is_added);
    members.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>().into()
}

fn call(context: Value) -> Value {
    json!({"type": "track", "event": "A", "anonymousId": "a", "context": context})
}

#[tokio::test]
async fn browsers_systems_and_devices_have_one_name_in_every_dialect() {
    let segment = |name: &str, more: Value| {
        let mut context = json!({"library": {"name": name, "version": "1"}});
        context.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call(context)
    };
    let mixpanel = |properties: Value| {
        let mut all = json!({"token": "TOKEN", "distinct_id": "$device:d", "$device_id": "d"});
        all.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
        json!([{"event": "A", "properties": all}])
    };
    let chrome =
        json!({"browser": "Chrome", "browser_version": 140, "os_name": "Linux", "device_type": "desktop"});
    let iphone = json!({"browser": "Safari", "browser_version": 18, "os_name": "iOS", "os_version": 18, "device_type": "mobile"});
    for (what, path, agent, body, expected) in [
        (
            "Segment in a browser",
            "/v1/t",
            "",
            segment(
                "analytics.js",
                json!({"userAgent": IPHONE, "userAgentData": {"brands": [], "mobile": true, "platform": ""}}),
            ),
            iphone.clone(),
        ),
        (
            "RudderStack in a browser, with empty members",
            "/v1/t",
            "",
            segment(
                "RudderLabs JavaScript SDK",
                json!({"userAgent": CHROME, "os": {"name": "", "version": ""}, "campaign": {}}),
            ),
            json!({"browser": "Chrome", "browser_version": 140, "os_name": "Linux", "device_type": "desktop", "campaign": {}}),
        ),
        ("Jitsu in a browser", "/api/s/track", "", call(json!({"userAgent": CHROME})), chrome.clone()),
        (
            "our own SDK, which sends no User-Agent",
            "/v1/t",
            CHROME,
            segment("holdfast.js", json!({})),
            chrome.clone(),
        ),
        (
            "Segment in a server, whose request says nothing of people",
            "/v1/t",
            CHROME,
            segment("analytics-node", json!({})),
            json!({}),
        ),
        (
            "Mixpanel in a browser",
            "/track",
            MAC,
            mixpanel(
                json!({"mp_lib": "web", "$browser": "Safari", "$browser_version": 18.6, "$os": "Mac OS X"}),
            ),
            json!({"browser": "Safari", "browser_version": 18, "os_name": "macOS", "device_type": "desktop"}),
        ),
        (
            "Mixpanel in a telephone",
            "/track",
            "Mixpanel/1 CFNetwork",
            mixpanel(json!({"mp_lib": "swift", "$os": "iOS", "$os_version": "18.6.1", "$model": "iPad14,3"})),
            json!({"os_name": "iOS", "os_version": 18, "device_type": "tablet"}),
        ),
        (
            "Segment in a telephone",
            "/v1/t",
            "okhttp/5",
            segment(
                "analytics-android",
                json!({"os": {"name": "Android", "version": "15"}, "device": {"type": "android", "model": "Pixel 9"},
                "userAgent": "Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/AP4A)"}),
            ),
            json!({"os_name": "Android", "os_version": 15, "device_type": "mobile"}),
        ),
        (
            "hints before the User-Agent, whose version is the same on all",
            "/v1/t",
            "",
            segment(
                "analytics.js",
                json!({"userAgent": CHROME.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64"),
                "userAgentData": {"brands": [{"brand": "Not=A?Brand", "version": "24"}, {"brand": "Chromium", "version": "140"}, {"brand": "Brave", "version": "140"}],
                    "mobile": false, "platform": "Windows", "platformVersion": "15.0.0"}}),
            ),
            json!({"browser": "Brave", "browser_version": 140, "os_name": "Windows", "os_version": 11, "device_type": "desktop"}),
        ),
        (
            "what the sender calls the same",
            "/v1/t",
            "",
            segment(
                "analytics.js",
                json!({"userAgent": IPHONE, "browser": "Own", "browser_version": "x", "os_name": null, "os_version": 7, "device_type": "kiosk"}),
            ),
            json!({"browser": "Own", "browser_version": "x", "os_name": null, "os_version": 7, "device_type": "kiosk"}),
        ),
        ("a program", "/v1/t", CRAWLER, segment("analytics.js", json!({})), json!({"device_type": "bot"})),
    ] {
        assert_eq!(added(&context(path, agent, &body).await), expected, "{what}");
    }
}

#[tokio::test]
async fn a_visit_is_told_where_it_came_from() {
    let page = |url: &str, referrer: Value| json!({"page": {"path": "/", "url": url, "referrer": referrer}});
    let shop = "https://shop.example/";
    for (what, given, expected) in [
        ("nowhere", page(shop, json!("")), json!({"referrer_domain": "$direct", "channel": "direct"})),
        (
            "nowhere, as our own SDK says it",
            json!({"page": {"url": shop}}),
            json!({"referrer_domain": "$direct", "channel": "direct"}),
        ),
        ("this site", page(shop, json!("https://www.shop.example/cart")), json!({})),
        (
            "a search",
            page(shop, json!("https://www.google.de/")),
            json!({"referrer_domain": "google.de", "channel": "organic search"}),
        ),
        (
            "a tagged link",
            page(
                "https://shop.example/?utm_source=Letter&utm_medium=email&utm_campaign=autumn%20sale#top",
                json!(""),
            ),
            json!({"referrer_domain": "$direct", "channel": "email", "campaign": {"source": "Letter", "medium": "email", "name": "autumn sale"}}),
        ),
        (
            "a tagged link, in the member of its own",
            json!({"page": {"url": shop, "search": "?utm_source=x&gclid=1", "referrer": "https://www.google.com/"}, "campaign": {}}),
            json!({"referrer_domain": "google.com", "channel": "paid", "campaign": {"source": "x"}}),
        ),
        (
            "a campaign that the sender names",
            json!({"page": {"url": "https://shop.example/?utm_source=other"}, "campaign": {"source": "facebook", "medium": "social"}}),
            json!({"referrer_domain": "$direct", "channel": "social", "campaign": {"source": "facebook", "medium": "social"}}),
        ),
        ("no page at all", json!({"locale": "de"}), json!({})),
        (
            "own names",
            json!({"page": {"url": shop}, "channel": "shop floor", "referrer_domain": "none"}),
            json!({"channel": "shop floor", "referrer_domain": "none"}),
        ),
    ] {
        assert_eq!(added(&context("/v1/t", "", &call(given)).await), expected, "{what}");
    }
    let page = json!({"type": "page", "anonymousId": "a", "properties": {"url": shop, "referrer": "https://t.co/x"}});
    assert_eq!(
        added(&context("/v1/p", "", &page).await),
        json!({"referrer_domain": "t.co", "channel": "social"})
    );
    let mixpanel = json!([{"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u", "mp_lib": "web", "$current_url": "https://shop.example/a",
        "$referrer": "https://shop.example/", "utm_source": "partner", "utm_medium": "cpc"}}]);
    assert_eq!(
        added(&context("/track", "", &mixpanel).await),
        json!({"channel": "paid", "campaign": {"source": "partner", "medium": "cpc"}})
    );
}

#[tokio::test]
async fn what_is_added_goes_through_the_shield() {
    let url = "https://shop.example/?utm_source=letter&utm_content=maria.muster%40mail.example&utm_term=4111111111111111";
    let kept = context("/v1/t", "", &call(json!({"page": {"path": "/", "url": url}}))).await;
    assert_eq!(kept["campaign"]["source"], "letter");
    let text = kept.to_string();
    assert!(!text.contains("maria") && !text.contains("4111"), "{text}");
}

#[tokio::test]
async fn what_the_sender_said_stands_as_it_was() {
    let given = json!({"a": {"b": [1, "\"}"]}, "campaign": {"source": "x"}, "page": {"url": "https://shop.example/?utm_source=y"},
        "library": {"name": "analytics.js"}, "userAgent": IPHONE, "os": {"name": "iOS"}, "z": null});
    let kept = context("/v1/t", "", &call(given.clone())).await;
    for (name, value) in given.as_object().unwrap() {
        assert_eq!(&kept[name], value, "{name}");
    }
    // A campaign that says nothing gives way, wherever it stands.
    for given in [
        json!({"campaign": {}, "page": {"url": "https://shop.example/?utm_source=y"}}),
        json!({"a": 1, "campaign": null, "page": {"url": "https://shop.example/?utm_source=y"}}),
        json!({"page": {"url": "https://shop.example/?utm_source=y"}, "campaign": {"source": ""}}),
    ] {
        let kept = context("/v1/t", "", &call(given.clone())).await;
        assert_eq!(kept["campaign"], json!({"source": "y"}), "{given}");
        assert_eq!(kept["page"], given["page"]);
    }
}
