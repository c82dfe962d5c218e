//! A live session in the wrong hands: what it can do, and its end.

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
