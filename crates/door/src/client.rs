//! Who sent a request: the other end of the connection or, where that is a proxy which the operator trusts, whom the
//! proxy names. The address serves limits, and at the console door a keyed mark of it stands in the ledger; it is neither stored nor
//! logged.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::ClientAddress;
use stdx::{Clock, Networks, Rates};

use crate::accept::Peer;
use crate::crowd::{Crowd, count, of_one_sender};
use crate::problem::Problem;

/// How many hops of a forwarding header are looked at, from the right; what is further left is nobody's word.
const HOPS_MAX: usize = 16;
/// How many addresses are counted at once.
const ADDRESSES_MAX: usize = 100_000;
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Which header the trusted proxies write. The other one is whatever the client wrote, so only one is believed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
}

/// What the middleware of a door needs.
#[derive(Clone)]
pub struct AddressLayer {
    /// Whose word counts.
    pub proxies: Networks,
    /// Where they write it.
    pub header: ForwardedHeader,
    /// How many requests a second one address may send; no limit where there is none.
    pub rates: Option<(Arc<Rates<IpAddr>>, u32)>,
    /// The time.
    pub clock: Clock,
    /// Where refusals are counted.
    pub crowd: Crowd,
}

impl AddressLayer {
    /// A layer that lets each address send `requests_per_s` requests a second; none: as many as it likes.
    pub fn new(
        (proxies, header): (Networks, ForwardedHeader),
        requests_per_s: Option<u32>,
        clock: Clock,
        crowd: Crowd,
    ) -> Self {
        let rates = requests_per_s.map(|per_s| (Arc::new(Rates::new(ADDRESSES_MAX)), per_s));
        Self { proxies, header, rates, clock, crowd }
    }
}

/// Middleware of a door: finds the client's address, and refuses one that sends too many requests before anything of
/// its body is read.
pub async fn address(State(layer): State<AddressLayer>, mut request: Request, next: Next) -> Response {
    let Some(Peer(peer)) = request.extensions().get().copied() else { return next.run(request).await };
    let client = client_of(peer, request.headers(), &layer);
    if let Some((rates, per_s)) = &layer.rates
        && let Err(retry_after_s) = rates.take(of_one_sender(client), *per_s, 1, layer.clock.now_ms())
    {
        count(&layer.crowd.counts().refused_requests);
        return too_many(request.headers(), retry_after_s);
    }
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}

/// 429 that a page of another origin can read too: without that a browser SDK does not see how long to wait.
fn too_many(request: &HeaderMap, retry_after_s: u32) -> Response {
    let mut problem =
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "too many requests from this address");
    problem.retry_after_s = Some(retry_after_s.into());
    let mut response = problem.into_response();
    if let Some(origin) = request.get(header::ORIGIN).filter(|origin| origin.len() <= 256) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    }
    response
}

/// The rightmost address that is not a trusted proxy's. Everything left of it was written by somebody untrusted.
fn client_of(peer: IpAddr, headers: &HeaderMap, layer: &AddressLayer) -> IpAddr {
    let mut client = peer.to_canonical();
    if !layer.proxies.have(client) {
        return client;
    }
    let name = match layer.header {
        ForwardedHeader::XForwardedFor => FORWARDED_FOR,
        ForwardedHeader::Forwarded => header::FORWARDED,
    };
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for hop in hops.take(HOPS_MAX) {
        let named = match layer.header {
            ForwardedHeader::XForwardedFor => Some(hop),
            ForwardedHeader::Forwarded => forwarded_for(hop),
        };
        // What cannot be read is not passed over: whoever stands left of it could be anybody.
        let Some(address) = named.and_then(read_address) else { return client };
        client = address;
        if !layer.proxies.have(client) {
            break;
        }
    }
    client
}

fn forwarded_for(hop: &str) -> Option<&str> {
    let pairs = hop.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value)
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`, each perhaps in quotes.
fn read_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    }
    let whole = text.parse::<IpAddr>().ok();
    let address = whole.or_else(|| text.rsplit_once(':')?.0.parse().ok())?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: ForwardedHeader, peer: &str, lines: &[(&'static str, &'static str)], expected: &str) {
        let proxies = Networks::read(&["10.0.0.0/8", "fd00::/8", "127.0.0.1"]).unwrap();
        let layer = AddressLayer::new((proxies, header), None, Clock::wall(), Crowd::new(1, 1));
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let found = client_of(peer.parse().unwrap(), &headers, &layer);
        assert_eq!(found.to_string(), expected, "{peer} {lines:?}");
    }

    #[test]
    fn the_rightmost_untrusted_address_counts() {
        use ForwardedHeader::{Forwarded, XForwardedFor};
        let x = "x-forwarded-for";
        check(XForwardedFor, "192.0.2.1", &[(x, "198.51.100.7")], "192.0.2.1");
        check(XForwardedFor, "10.0.0.1", &[], "10.0.0.1");
        check(XForwardedFor, "10.0.0.1", &[(x, "198.51.100.7")], "198.51.100.7");
        check(XForwardedFor, "::ffff:10.0.0.1", &[(x, "198.51.100.7")], "198.51.100.7");
        check(XForwardedFor, "10.0.0.1", &[(x, "6.6.6.6, 198.51.100.7, 10.2.3.4")], "198.51.100.7");
        check(XForwardedFor, "10.0.0.1", &[(x, "6.6.6.6"), (x, "198.51.100.7:443")], "198.51.100.7");
        check(XForwardedFor, "10.0.0.1", &[(x, "6.6.6.6, unknown")], "10.0.0.1");
        check(XForwardedFor, "10.0.0.1", &[(x, "6.6.6.6, , 10.1.1.1")], "10.1.1.1");
        check(XForwardedFor, "10.0.0.1", &[("forwarded", "for=6.6.6.6")], "10.0.0.1");
        check(
            Forwarded,
            "10.0.0.1",
            &[("forwarded", "for=6.6.6.6, For=\"[2001:db8::1]:4711\";proto=https")],
            "2001:db8::1",
        );
        check(
            Forwarded,
            "fd00::1",
            &[("forwarded", "for=198.51.100.7;by=10.0.0.1"), (x, "6.6.6.6")],
            "198.51.100.7",
        );
        check(Forwarded, "10.0.0.1", &[("forwarded", "for=6.6.6.6, for=_hidden")], "10.0.0.1");
    }
}
