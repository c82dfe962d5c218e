//! Where the visitor of a page came from: another site, this one, or nowhere.

use std::borrow::Cow;

/// What stands in the place of a domain where a visitor came from nowhere.
pub(super) const DIRECT: &str = "$direct";
/// The longest name of a host.
const HOST_BYTES_MAX: usize = 253;

/// A page, as an event tells of it.
pub(super) struct Page<'a> {
    pub url: Cow<'a, str>,
    /// Its query, with a question mark or without.
    pub search: Option<Cow<'a, str>>,
    /// The address of the page before; absent or empty where there is none.
    pub referrer: Option<Cow<'a, str>>,
}

/// What is known of the page before.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// There is none.
    Direct,
    /// It is of the same site.
    Internal,
    /// It is of this domain, in small letters and without `www.`.
    Domain(String),
    /// What is said of it is no address of a site.
    Unknown,
}

impl Origin {
    /// What a context says of it.
    pub fn shown(&self) -> Option<&str> {
        match self {
            Self::Direct => Some(DIRECT),
            Self::Domain(domain) => Some(domain),
            Self::Internal | Self::Unknown => None,
        }
    }
}

impl Page<'_> {
    /// The query of its address.
    pub fn query(&self) -> Option<Cow<'_, str>> {
        if let Some(search) = &self.search {
            return Some(Cow::Borrowed(search.strip_prefix('?').unwrap_or(search)));
        }
        let address = self.url.split('#').next()?;
        address.split_once('?').map(|(_, query)| Cow::Borrowed(query))
    }

    /// Where its visitor came from.
    pub fn origin(&self) -> Origin {
        let referrer = self.referrer.as_deref().map(str::trim).unwrap_or_default();
        if referrer.is_empty() || referrer == DIRECT {
            return Origin::Direct;
        }
        let Some(domain) = domain(referrer) else { return Origin::Unknown };
        match host(&self.url) {
            Some(own) if is_same_site(&domain, &small(own)) => Origin::Internal,
            _ => Origin::Domain(domain),
        }
    }
}

/// The domain of an address, where it has one that is a name: not of a machine by itself, nor a number.
fn domain(address: &str) -> Option<String> {
    let name = small(host(address)?);
    let (_, last) = name.rsplit_once('.')?;
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_name = name.bytes().all(is_sign) && last.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_name.then_some(name)
}

/// The host that an address names: what stands between `://` and the path, without user and port.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let whole = rest.split(['/', '?', '#']).next()?;
    let host = whole.rsplit('@').next()?;
    let host = if host.starts_with('[') { host } else { host.split(':').next()? };
    (!host.is_empty() && host.len() <= HOST_BYTES_MAX).then_some(host)
}

fn small(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.strip_prefix("www.").map(str::to_owned).unwrap_or(host)
}

/// Whether two hosts are of one site: the same, one below the other, or both below the same domain.
fn is_same_site(one: &str, other: &str) -> bool {
    let is_below = |name: &str, of: &str| name.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
    one == other || is_below(one, other) || is_below(other, one) || site(one) == site(other)
}

/// The last two parts of a name, or three where the one before the last is as short as in `co.uk`.
fn site(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    let (last, second) = (dots.next(), dots.next());
    let start = match (last, second) {
        (Some(last), Some(second)) if last - second <= 4 => dots.next().map_or(0, |third| third + 1),
        (Some(_), Some(second)) => second + 1,
        _ => 0,
    };
    name.get(start..).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(url: &str, referrer: &str) -> Origin {
        Page { url: url.into(), search: None, referrer: Some(referrer.into()) }.origin()
    }

    #[test]
    fn origins_are_told_apart() {
        let domain = |name: &str| Origin::Domain(name.to_owned());
        for (url, referrer, expected) in [
            ("https://shop.example/a", "", Origin::Direct),
            ("https://shop.example/a", "$direct", Origin::Direct),
            ("https://shop.example/a", "https://shop.example/b", Origin::Internal),
            ("https://www.shop.example/a", "http://shop.example:8080", Origin::Internal),
            ("https://pay.shop.example/a", "https://shop.example/b", Origin::Internal),
            ("https://pay.shop.example/a", "https://help.shop.example/b", Origin::Internal),
            ("https://a.shop.co.uk/", "https://b.shop.co.uk/", Origin::Internal),
            ("https://shop.co.uk/", "https://other.co.uk/", domain("other.co.uk")),
            ("https://shop.example/a", "https://WWW.Google.com/search?q=x", domain("google.com")),
            ("https://shop.example/a", "https://user:secret@news.example:444?x", domain("news.example")),
            (
                "https://shop.example/a",
                "android-app://com.google.android.gm/",
                domain("com.google.android.gm"),
            ),
            ("https://shop.example/a", "https://notshop.example", domain("notshop.example")),
            ("https://shop.example/a", "http://192.0.2.1/x", Origin::Unknown),
            ("https://shop.example/a", "http://[2001:db8::1]/x", Origin::Unknown),
            ("https://shop.example/a", "http://localhost/x", Origin::Unknown),
            ("https://shop.example/a", "about:blank", Origin::Unknown),
            ("https://shop.example/a", "https://a b.example/", Origin::Unknown),
        ] {
            assert_eq!(origin(url, referrer), expected, "{url} {referrer}");
        }
    }

    #[test]
    fn queries_are_found() {
        for (url, search, expected) in [
            ("https://a.example/?x=1#y", None, Some("x=1")),
            ("https://a.example/#y?x=1", None, None),
            ("https://a.example/?x=1", Some("?z=2"), Some("z=2")),
        ] {
            let page = Page { url: url.into(), search: search.map(Cow::Borrowed), referrer: None };
            assert_eq!(page.query().as_deref(), expected, "{url}");
        }
    }

    proptest! {
        #[test]
        fn domains_are_names(referrer in "(http|s|://|@|:|/|\\?|#|\\.|www\\.|a|é|\\[|1| ){0,40}") {
            if let Origin::Domain(domain) = origin("https://shop.example/", &referrer) {
                prop_assert!(domain.len() <= HOST_BYTES_MAX && domain.contains('.'));
                prop_assert!(!domain.contains(['/', '@', ':', ' ', '?', '#']));
            }
        }
    }
}
