//! Who is told: every workspace in which something was seen and no other, by two people, in words that name nobody.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::Client;

use crate::play::Seen;
use crate::stage::Stage;

pub fn notice(stage: &mut Stage, open: bool) -> Seen {
    let first = stage.server.installed.workspace.clone();
    let second = stage.another_workspace("Touched too").0;
    let third = stage.another_workspace("Not touched").0;
    // A session that reaches all three looks into two of them.
    let before = sessions(&mut stage.owner);
    let mut thief = stage.server.client();
    thief.sign_in(&mut stage.passkey);
    let new = sessions(&mut thief);
    let session = new.difference(&before).next().expect("a session more").clone();
    thief.get(&format!("/api/v1/workspaces/{first}/people?limit=3")).expect(200);
    thief.get(&format!("/api/v1/workspaces/{first}/events?limit=3")).expect(200);
    thief.get(&format!("/api/v1/workspaces/{second}/sources")).expect(200);
    thief.get(&format!("/api/v1/workspaces/{second}/shield/report")).expect(200);
    stage.owner.get(&format!("/api/v1/workspaces/{third}/shield/report")).expect(200);

    let (mut operator, mut key) = stage.take_operator();
    let (mut other, mut other_key) = stage.take_second_operator();
    let opened = json!({ "title": "A session was stolen", "session": session });
    let opened = operator.post("/api/v1/incidents", &opened).expect(201).json;
    let incident = format!("/api/v1/incidents/{}", opened["id"].as_str().expect("an id"));
    let words = json!({
        "nature": "Somebody used a stolen session.", "consequences": "What was shown is known to whoever used it.",
        "measures": "The session was ended.", "contact": "security@example.com",
    });
    let drafted = operator.post(&format!("{incident}/notices"), &words).expect(200).json;
    let drafts = json!({ "drafts_sha256": drafted["drafts_sha256"] });
    let send = format!("{incident}/notices/send");
    let mut alone = operator.confirmed(&mut key, "POST", &send, Some(&drafts)).status < 300;
    if open {
        // Both accounts are theirs.
        alone |= other.confirmed(&mut other_key, "POST", &send, Some(&drafts)).status < 300;
    }
    if !alone {
        other.confirmed(&mut other_key, "POST", &send, Some(&drafts)).expect(200);
    }
    let after = operator.get(&incident).expect(200).json;
    stage.operator = Some((operator, key));
    stage.second_operator = Some((other, other_key));

    let noticed: BTreeSet<String> = [&first, &second, &third]
        .into_iter()
        .filter(|workspace| has_notice(&mut stage.owner, workspace, &incident))
        .cloned()
        .collect();
    let affected: BTreeSet<String> = [first.clone(), second].into();
    let complete = after["notices"].as_array().into_iter().flatten().all(|notice| whole(notice, &words));
    let told = after["notices"].as_array().map_or(0, Vec::len);
    Seen {
        tried: "a stolen session looks into two of three workspaces; an operator opens an incident, drafts notices, tries to send them \
                alone, and a second operator approves"
            .to_owned(),
        outcome: format!(
            "{told} notices, {} of 3 workspaces were told, {}",
            noticed.len(),
            if alone { "by one person alone" } else { "the drafter alone was refused" }
        ),
        figure: format!(
            "{} of {} affected told, {} others told, {} sent by one person",
            noticed.intersection(&affected).count(),
            affected.len(),
            noticed.difference(&affected).count(),
            usize::from(alone)
        ),
        held: noticed == affected && !alone && complete && told == affected.len(),
    }
}

/// The ids of all sessions that an account has.
fn sessions(client: &mut Client) -> BTreeSet<String> {
    let found = client.get("/api/v1/sessions").expect(200).json;
    let items = found["items"].as_array().into_iter().flatten();
    items.filter_map(|session| session["id"].as_str().map(str::to_owned)).collect()
}

fn has_notice(owner: &mut Client, workspace: &str, incident: &str) -> bool {
    let number = incident.rsplit('/').next().expect("a number");
    let notices = owner.get(&format!("/api/v1/workspaces/{workspace}/notices")).expect(200).json;
    let is_of_it =
        |notice: &Value| notice["kind"] == "incident.notice" && notice["detail"]["incident"] == number;
    notices["items"].as_array().into_iter().flatten().any(is_of_it)
}

/// Article 33: nature, categories and numbers, consequences, measures, whom to ask.
fn whole(notice: &Value, words: &Value) -> bool {
    let text = notice["text"].as_str().unwrap_or_default();
    let said = ["nature", "consequences", "measures", "contact"];
    let parts = said.iter().all(|part| words[part].as_str().is_some_and(|words| text.contains(words)));
    parts && text.contains("people were shown") && text.contains("SHA-256")
}
