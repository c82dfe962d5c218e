//! Entries over TLS (RFC 5425): to a server that a private authority vouches for, and to none that only says so.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not what they call")]

use std::path::PathBuf;

use keys::Key;
use ledger::{Ledger, LedgerKeys, NewEntry};
use mirror::{Mirroring, Place, Standing, Standings, Syslog};
use outbound::{Outbound, Reach};
use stdx::Clock;
use tempfile::TempDir;
use testkit::{Authority, SecureSink, wait_until};

struct Following {
    _mirroring: Mirroring,
    standings: Standings,
    _folder: TempDir,
}

/// Follows a ledger of three entries to `localhost` at `port`.
fn follow(port: u16, root: Option<PathBuf>) -> Following {
    let folder = tempfile::tempdir().unwrap();
    let keys = LedgerKeys::derive("test", &Key::generate()).unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger"), keys, Clock::wall()).unwrap();
    for number in 0..3 {
        let entry = NewEntry {
            code: "test.entry",
            principal: "host".to_owned(),
            session: None,
            from: None,
            workspace: None,
            object: number.to_string(),
            detail: serde_json::json!({}),
        };
        ledger.enter(entry).unwrap();
    }
    let host = "localhost".to_owned();
    let place = Place::Syslog(Syslog { hostname: host.clone(), host, port, tls: true, root });
    let outbound = Outbound::new(Reach::Operator, None).unwrap();
    let standings = Standings::default();
    let dir = folder.path().join("mirror");
    let mirroring = Mirroring::start(&ledger, vec![(place, outbound)], (&dir, &standings)).unwrap();
    Following { _mirroring: mirroring, standings, _folder: folder }
}

/// What the standing says once `what` holds for it.
fn once(following: &Following, what: impl Fn(&Standing) -> bool) -> Standing {
    wait_until(20, "the mirror's standing", || {
        following.standings.now().into_iter().find(|found| what(found))
    })
}

#[test]
fn entries_arrive_at_a_server_of_a_private_authority() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    let logs = SecureSink::open(&authority.certify("logs"), "");
    let following = follow(logs.port(), Some(authority.root()));
    once(&following, |standing| standing.next == 3 && standing.trouble.is_none());
    let text = wait_until(20, "the entries", || {
        Some(String::from_utf8(logs.arrived()).unwrap()).filter(|text| text.contains("id=\"2\""))
    });
    // Counted octets, one message behind the other.
    let (mut rest, mut count) = (text.as_str(), 0);
    while let Some((length, message)) = rest.split_once(' ') {
        let length: usize = length.parse().unwrap();
        assert!(message[..length].starts_with("<109>1 "), "{message}");
        (rest, count) = (&message[length..], count + 1);
    }
    assert_eq!(count, 3);
}

#[test]
fn nothing_is_said_to_a_server_that_nobody_vouches_for() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    let other = tempfile::tempdir().unwrap();
    let stranger = Authority::new(other.path());
    for (what, files, root) in [
        ("public authorities alone", authority.certify("own"), None),
        ("another authority", authority.certify("own"), Some(stranger.root())),
        ("another name", authority.certify_as("other", "logs.example.com", false), Some(authority.root())),
        ("an expired certificate", authority.certify_as("old", "localhost", true), Some(authority.root())),
    ] {
        let logs = SecureSink::open(&files, "");
        let following = follow(logs.port(), root);
        let standing = once(&following, |standing| standing.trouble.is_some());
        assert_eq!(standing.trouble.as_deref(), Some("no secure connection to the syslog server"), "{what}");
        assert_eq!((standing.next, logs.arrived().len()), (0, 0), "{what}");
    }
    let none = other.path().join("empty.pem");
    stdx::files::replace(&none, b"nothing").unwrap();
    let logs = SecureSink::open(&authority.certify("own"), "");
    let following = follow(logs.port(), Some(none));
    let standing = once(&following, |standing| standing.trouble.is_some());
    assert!(standing.trouble.is_some_and(|why| why.contains("holds no certificate")));
}
