//! What things are called in the invented shop.

pub(super) const EVENTS: [&str; 40] = [
    "Page Viewed",
    "Product Viewed",
    "Search Performed",
    "Button Clicked",
    "Product Added",
    "Session Started",
    "Cart Viewed",
    "Video Played",
    "Notification Received",
    "Product List Viewed",
    "Checkout Started",
    "Signed In",
    "Order Completed",
    "Feature Used",
    "Video Completed",
    "Product Removed",
    "Coupon Applied",
    "Article Read",
    "Payment Info Entered",
    "Wishlist Added",
    "Shared Content",
    "Notification Opened",
    "Filter Applied",
    "Signed Up",
    "Profile Updated",
    "File Uploaded",
    "Comment Posted",
    "Report Viewed",
    "Invite Sent",
    "Trial Started",
    "Integration Added",
    "Project Created",
    "Export Started",
    "Support Opened",
    "Plan Upgraded",
    "Review Submitted",
    "Subscription Cancelled",
    "Password Reset",
    "Refund Requested",
    "Account Deleted",
];
/// What half of all visits begin with.
pub(super) const SESSION_STARTED: u8 = 5;
pub(super) const COUNTRIES: [&str; 50] = [
    "US", "IN", "GB", "DE", "BR", "FR", "JP", "CA", "AU", "ES", "IT", "NL", "MX", "PL", "SE", "KR", "ID",
    "TR", "CH", "AR", "BE", "AT", "DK", "NO", "FI", "IE", "PT", "CZ", "GR", "IL", "ZA", "NG", "EG", "VN",
    "TH", "PH", "MY", "SG", "NZ", "CL", "CO", "PE", "RO", "HU", "UA", "BG", "HR", "SK", "LT", "EE",
];
pub(super) const BROWSERS: [&str; 8] =
    ["Chrome", "Safari", "Edge", "Firefox", "Samsung Internet", "Opera", "Brave", "Vivaldi"];
pub(super) const OSES: [&str; 6] = ["Windows", "iOS", "Android", "macOS", "Linux", "ChromeOS"];
pub(super) const PLANS: [&str; 5] = ["free", "starter", "pro", "team", "enterprise"];
/// How many paths there are.
pub(super) const PATHS: usize = 6_000;
/// How many referrers there are.
pub(super) const REFERRERS: usize = 300;

const SECTIONS: [&str; 8] = ["products", "docs", "blog", "app", "account", "search", "help", "pricing"];
const PAGES: [&str; 8] = ["alpha", "bravo", "delta", "echo", "golf", "hotel", "lima", "oscar"];
const HOSTS: [&str; 4] = ["www", "m", "news", "go"];

/// The event that a third of the time follows this one.
pub(super) fn likely_next(event: u8) -> Option<u8> {
    Some(match event {
        0 | 2 | 9 | 22 => 1,
        1 => 4,
        3 => 13,
        4 => 6,
        5 | 11 => 0,
        6 => 10,
        7 => 14,
        8 => 21,
        10 => 18,
        16 | 18 => 12,
        23 => 29,
        31 => 28,
        _ => return None,
    })
}

/// Whether money goes with the event.
pub(super) fn has_amount(event: u8) -> bool {
    matches!(event, 4 | 10 | 12 | 15 | 16 | 18 | 34 | 38)
}

/// The paths by number.
pub(super) fn paths() -> Vec<String> {
    let path = |number: usize| match number {
        0 => "/".to_owned(),
        _ => format!("/{}/{}-{number:05}", of(&SECTIONS, number % 8), of(&PAGES, number / 8 % 8)),
    };
    (0..PATHS).map(path).collect()
}

/// The referrers by number.
pub(super) fn referrers() -> Vec<String> {
    let referrer = |number: usize| match number {
        0 => String::new(),
        _ => {
            let end = if number.is_multiple_of(3) { "a" } else { "ref" };
            format!("https://{}.site{number:03}.example/{end}", of(&HOSTS, number % 4))
        }
    };
    (0..REFERRERS).map(referrer).collect()
}

/// A name of a list.
pub(super) fn of(names: &[&'static str], number: usize) -> &'static str {
    names.get(number).copied().unwrap_or_default()
}
