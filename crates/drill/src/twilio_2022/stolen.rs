//! A live session in the wrong hands: what it can do, and its end; and one whose cookie is of no use without the device.

use std::time::{Duration, Instant};

use testkit::{Client, Device, Server, wait_until};

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{answered, routes, walk};

pub fn stolen_session(stage: &mut Stage, open: bool) -> Seen {
    let workspace = stage.server.installed.workspace.clone();
    let (touch, other): (Vec<_>, Vec<_>) = routes(&stage.server).into_iter().partition(|route| route.step_up);
    let reading: Vec<_> = other.into_iter().filter(|route| route.method == "GET").collect();
    // Opened for the drill, and copied while it is in use.
    let mut owner = stage.server.client();
    owner.sign_in(&mut stage.passkey);
    let mut thief = stage.server.client();
    thief.set_cookie(owner.cookie().map(str::to_owned));
    let acts = walk(&mut thief, &touch, (&workspace, "nobody"), true);
    let done: Vec<_> = answered(&acts).into_iter().map(|answer| answer.route.clone()).collect();
    let seen = stage.owner.get("/api/v1/sessions").expect(200).json["items"].as_array().map_or(0, Vec::len);
    if !open {
        stage.owner.delete("/api/v1/sessions").expect(200);
    }
    let after = walk(&mut thief, &reading, (&workspace, "nobody"), true);
    let still = answered(&after).len();
    Seen {
        tried: format!(
            "{} acts that need a touch and {} that do not, with a copied cookie; its owner ends all other sessions",
            touch.len(),
            reading.len()
        ),
        outcome: format!(
            "{}; its owner saw {seen} sessions",
            done.first()
                .map_or_else(|| "every act was refused".to_owned(), |first| format!("done, first {first}"))
        ),
        figure: format!(
            "{} of {} acts; {still} of {} answers after its end",
            done.len(),
            touch.len(),
            reading.len()
        ),
        held: done.is_empty() && still == 0 && seen >= 2,
    }
}

/// Where the owner is, where the thief is, and what the thief's browser says it is.
const HOME: (&str, &str) = ("x-forwarded-for", "203.0.113.7");
const ELSEWHERE: (&str, &str) = ("x-forwarded-for", "198.51.100.9");
const AGENT: (&str, &str) = ("user-agent", "another browser");
/// Sooner than that its owner has to know.
const TOLD_WITHIN: Duration = Duration::from_secs(10);
/// A text is replaced after ten minutes; with `--long` that is waited for.
const REPLACED_AFTER: Duration = Duration::from_secs(11 * 60);

/// A cookie that no device holds is copied and used elsewhere.
#[allow(clippy::disallowed_methods, reason = "a thief who comes back when the text is old")]
pub fn stolen_cookie(stage: &mut Stage, open: bool) -> Seen {
    let mut session = stage.server.client();
    session.sign_in(&mut stage.passkey);
    session.send("GET", "/api/v1/session", None, &[HOME]).expect(200);
    let mut thief = stage.server.client();
    thief.set_cookie(session.cookie().map(str::to_owned));
    let from = if open { HOME } else { ELSEWHERE };

    let begun = Instant::now();
    let mut look = || thief.send("GET", "/api/v1/session", None, &[from, AGENT]).status == 200;
    let first = look();
    let mut told = None;
    while told.is_none() && begun.elapsed() < TOLD_WITHIN {
        let notices = session.send("GET", "/api/v1/notices", None, &[HOME]).expect(200).json;
        let of = |notice: &serde_json::Value| notice["kind"] == "session.elsewhere";
        let found = notices["items"].as_array().is_some_and(|items| items.iter().any(of));
        told = found.then(|| begun.elapsed());
    }
    let later = match stage.long {
        true => {
            // Its owner is away: nothing replaces the text but its age.
            while begun.elapsed() < REPLACED_AFTER {
                std::thread::sleep(Duration::from_secs(1));
            }
            Some(look())
        }
        false => None,
    };
    let workspace = stage.server.installed.workspace.clone();
    let touch: Vec<_> = routes(&stage.server).into_iter().filter(|route| route.step_up).collect();
    let acts = walk(&mut thief, &touch, (&workspace, "nobody"), true);
    let done = answered(&acts).len();
    stage.owner.delete("/api/v1/sessions").expect(200);
    Seen {
        tried: "a live cookie of a session that no device holds is used from another network and browser; its owner is at work"
            .to_owned(),
        outcome: format!(
            "it {} at once; {}; its owner {}",
            if first { "looks" } else { "opens nothing" },
            match later {
                Some(true) => "after 11 minutes it still does",
                Some(false) => "after 11 minutes it opens nothing",
                None => "that it opens nothing after 10 minutes is a test (`guard`: `life`) and in --long",
            },
            told.map_or_else(
                || "was told nothing".to_owned(),
                |took| format!("was told within {} ms and ended it", took.as_millis())
            ),
        ),
        figure: format!("{done} of {} acts; told: {}", touch.len(), u8::from(told.is_some())),
        held: done == 0 && told.is_some() && later != Some(true),
    }
}

/// How long a text that was replaced may still count, and some time for a machine under load.
const PATIENCE_S: u64 = 30;

/// Sessions are bound where there is TLS, so this step has a server of its own.
pub fn bound_session(stage: &mut Stage, open: bool) -> Seen {
    let server = Server::start_secure(stage.server.program(), &[], &[]);
    let mut owner = server.client();
    let mut passkey = owner.enrol(&server.installed.setup_code);
    let mut device = Device::new();
    let signed_in = owner.sign_in(&mut passkey);
    let bound = device.binds(&mut owner, &signed_in).status == 200;

    // Malware copies the cookie. The key does not leave the device, so the thief has another.
    let mut thief = server.client();
    thief.set_cookie(owner.cookie().map(str::to_owned));
    let before = works(&mut thief);
    device.renews(&mut owner);
    if open {
        // The key was in a file beside the cookie.
        device.renews(&mut thief);
    } else {
        let mut own = Device::new();
        own.takes_over(&device);
        own.renews(&mut thief);
    }
    let stays = works(&mut owner);
    let lives = if open {
        works(&mut thief)
    } else {
        wait_until(PATIENCE_S, "the copied cookie to end", || (!works(&mut thief)).then_some(()));
        false
    };
    Seen {
        tried: "a live cookie of a bound session is copied; its owner's browser renews; the thief tries with the cookie and with a key of their own".to_owned(),
        outcome: format!(
            "the session was {}; the cookie worked {}; its owner {}",
            if bound { "bound" } else { "not bound" },
            if before { "until then" } else { "at no time" },
            if stays { "stays signed in" } else { "was signed out" }
        ),
        figure: format!("{} sessions elsewhere after the renewal", u8::from(lives)),
        held: bound && before && stays && !lives,
    }
}

fn works(client: &mut Client) -> bool {
    client.get("/api/v1/session").status == 200
}
