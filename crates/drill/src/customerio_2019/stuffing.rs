//! Lists of addresses and passwords against every way to sign in.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::play::Seen;
use crate::stage::Stage;

/// How many try at once.
const SENDERS: usize = 32;
/// How often the owner signs in meanwhile.
const HONEST: usize = 20;

pub fn stuffing(stage: &mut Stage, open: bool) -> Seen {
    let pairs = if stage.long { 100_000 } else { 2_000 };
    let invitation = open.then(|| {
        let body = json!({ "email": "attacker@example.com", "role": "viewer" });
        stage.change("POST", "/members", &body).json["code"].as_str().expect("a code").to_owned()
    });
    let (next, sessions) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (server, passkey) = (&stage.server, &mut stage.passkey);
    let honest = std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            let (next, sessions) = (&next, &sessions);
            scope.spawn(move || {
                loop {
                    let pair = next.fetch_add(1, Ordering::Relaxed);
                    if pair >= pairs {
                        return;
                    }
                    let mut attacker = server.client();
                    // One in a hundred has the right address.
                    let email = if pair % 100 == 0 {
                        "owner@example.com".to_owned()
                    } else {
                        format!("user{pair}@example.com")
                    };
                    let credentials =
                        json!({ "email": email, "username": email, "password": format!("Summer{pair}!") });
                    let path =
                        ["/api/v1/login/begin", "/api/v1/login/finish", "/api/v1/enrol/finish"][pair % 3];
                    attacker.post(path, &credentials);
                    sessions.fetch_add(
                        usize::from(attacker.get("/api/v1/session").status == 200),
                        Ordering::Relaxed,
                    );
                }
            });
        }
        let mut honest = 0;
        for _ in 0..HONEST {
            let mut owner = server.client();
            owner.sign_in(passkey);
            honest += usize::from(owner.get("/api/v1/session").status == 200);
        }
        honest
    });
    let mut gained = sessions.into_inner();
    if let Some(code) = invitation {
        let mut attacker = stage.server.client();
        attacker.enrol(&code);
        gained += usize::from(attacker.get("/api/v1/session").status == 200);
    }
    Seen {
        tried: format!(
            "{pairs} addresses with passwords, one in a hundred a member's, at every way to sign in"
        ),
        outcome: format!(
            "there is no password to guess; the owner signed in {honest} of {HONEST} times meanwhile"
        ),
        figure: format!("{gained} sessions"),
        held: gained == 0 && honest == HONEST,
    }
}
