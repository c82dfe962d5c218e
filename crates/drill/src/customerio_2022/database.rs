//! An engineer with access to the database, who gives themselves in it what nobody gave them, and starts the server.

use std::collections::BTreeSet;

use serde_json::json;
use testkit::{Authenticator, Client, DatabaseFile};

use super::edits::{ALONE, EDITS, Edit, OLDER};
use crate::play::Seen;
use crate::stage::Stage;

/// An installation in which power was given, copied, and then taken away, stopped.
struct Prepared {
    stage: Stage,
    engineer: (Client, Authenticator),
    /// The database of decisions where the server has it.
    present: DatabaseFile,
    /// How it was when the server was stopped.
    base: DatabaseFile,
    /// How it was before power was taken away.
    old: DatabaseFile,
}

pub fn database(stage: &mut Stage, open: bool) -> Seen {
    let mut prepared = Prepared::new(stage.beside(&[]), open);
    let untouched = prepared.begin();
    let gained = untouched.is_ok() && prepared.has_power();
    prepared.stage.server.terminate();
    let (mut served, mut unnamed, mut starts) = (Vec::new(), Vec::new(), 0);
    let mut waiting = EDITS.to_vec();
    while !waiting.is_empty() {
        let made = prepared.edit(&mut waiting);
        starts += 1;
        match prepared.begin() {
            Ok(()) => {
                served.extend(made.iter().map(|(_, sql)| (*sql).to_owned()));
                prepared.stage.server.terminate();
            }
            Err(said) => {
                let differ = differing(&said);
                let missed = made.iter().filter(|(named, _)| !differ.contains(named));
                let last = said.lines().last().unwrap_or_default();
                unnamed.extend(missed.map(|(_, sql)| format!("{sql}: {last}")));
            }
        }
    }
    let gains = served.len() + usize::from(gained);
    Seen {
        tried: format!(
            "{} edits of the stopped server's database, by SQL and as a whole: members, invitations, passkeys, passwords, sessions, tokens, grants, modes, \
             sources, rules, times and the digest itself; {starts} starts, each with one edit of a table at most",
            EDITS.len()
        ),
        outcome: match (untouched, served.first().or(unnamed.first())) {
            (Err(said), _) => format!("what nobody had edited was not served: {said}"),
            (Ok(()), Some(first)) => format!("first served or refused without a name: {first}"),
            (Ok(()), None) if gained => "the engineer reads the list of members, as an admin does".to_owned(),
            (Ok(()), None) => {
                "each start was refused and said which table differs; what nobody edited is served".to_owned()
            }
        },
        figure: format!("{gains} silent gains of {}, {} without a name", EDITS.len(), unnamed.len()),
        held: gains == 0 && unnamed.is_empty() && EDITS.len() >= 50,
    }
}

impl Prepared {
    fn new(mut stage: Stage, open: bool) -> Self {
        let engineer = stage.joined("viewer");
        let demoted = id(&mut stage.joined("admin").0);
        let removed = id(&mut stage.joined("support").0);
        stage.allow_passwords();
        stage.joined_by_password("analyst");
        let wanted = json!({ "name": "t", "scopes": ["events:read"], "networks": ["203.0.113.0/24"] });
        let token = stage.change("POST", "/tokens", &wanted).json["id"].clone();
        stage.another_workspace("Second");
        stage.change("POST", "/members", &json!({ "email": "late@example.com", "role": "viewer" }));
        let taken = json!({ "email": "taken@example.com", "role": "viewer" });
        let taken = stage.change("POST", "/members", &taken).json["code"].clone();
        stage.change("PUT", "/shield/rules", &json!({ "rules": [] }));
        let source = stage.change("POST", "/sources", &json!({ "name": "Second" })).json["id"].clone();
        let hook = stage.hook.url("/holdfast");
        stage.change("PUT", "/notices/webhook", &json!({ "url": hook }));
        // A grant that somebody is in.
        super::support::people(&mut stage, 3);
        let grants = stage.path("/grants");
        super::ceremony::asked(&mut stage.owner, &grants, 100);
        let (mut operator, mut key) = stage.take_operator();
        let reason = json!({ "reason": "somebody for the nights" });
        operator.confirmed(&mut key, "POST", "/api/v1/operators/invites", Some(&reason)).expect(202);

        let data = stage.server.data();
        let scratch = stage.server.scratch().to_owned();
        let present = DatabaseFile::at(data.join("control.db"));
        stage.server.terminate();
        let old = present.copy_to(&scratch.join("old.db"));
        stage.server.restart();
        stage.follow();
        stage.server.client().enrol(taken.as_str().expect("a code"));
        let at = |name: &str, id: &str| format!("/{name}/{id}");
        stage.change("DELETE", &at("tokens", token.as_str().expect("an id")), &json!({}));
        stage.change("PATCH", &at("members", &demoted), &json!({ "role": "viewer" }));
        stage.change("DELETE", &at("members", &removed), &json!({}));
        stage.change("PATCH", &at("sources", source.as_str().expect("an id")), &json!({ "enabled": false }));
        let mut engineer = engineer;
        if open {
            engineer.0.move_to(&stage.server.console);
            let theirs = id(&mut engineer.0);
            stage.change("PATCH", &at("members", &theirs), &json!({ "role": "admin" }));
        }
        let locked = stage.owner.change(&mut stage.passkey, "PUT", "/api/v1/passkeys/lock", &json!({}));
        assert!(locked.status < 300, "{}", locked.text);
        stage.change("PUT", "/mode", &json!({ "mode": "read_only", "reason": "looking into it" }));
        stage.server.terminate();
        let base = present.copy_to(&scratch.join("base.db"));
        Self { stage, engineer, present, base, old }
    }

    /// Makes the first of the edits that wait on what was there, and further ones of other tables with it, since a refusal names
    /// each table that differs. One that the others leave nothing to change waits on.
    fn edit(&self, waiting: &mut Vec<Edit>) -> Vec<Edit> {
        let (mut made, mut tables) = (Vec::new(), BTreeSet::new());
        let first = waiting.first().copied().expect("an edit");
        self.present.replace_by(if first.1 == OLDER { &self.old } else { &self.base });
        if ALONE.contains(&first.0) {
            if first.1 != OLDER {
                self.present.edit(&self.old, first.1).expect("an edit");
            }
            return vec![waiting.remove(0)];
        }
        waiting.retain(|(table, sql)| {
            let fits = !ALONE.contains(table) && tables.insert(*table);
            let is_made = fits && self.present.edit(&self.old, sql).is_ok_and(|rows| rows > 0);
            if is_made {
                made.push((*table, *sql));
            }
            !is_made
        });
        assert!(!made.is_empty(), "`{}` changes nothing", first.1);
        made
    }

    /// Starts the server; what it said where it refused.
    fn begin(&mut self) -> Result<(), String> {
        self.stage.server.try_restart()
    }

    /// Whether the engineer sees what those see who run the workspace.
    fn has_power(&mut self) -> bool {
        let (client, key) = &mut self.engineer;
        client.move_to(&self.stage.server.console);
        key.move_to(&self.stage.server.console);
        client.sign_in(key);
        client.get(&self.stage.path("/members")).status == 200
    }
}

/// The tables that a refusal names.
fn differing(said: &str) -> Vec<&str> {
    let named = said.split_once("put back in ").and_then(|(_, rest)| rest.split_once(';'));
    named.map(|(named, _)| named.split(", ").collect()).unwrap_or_default()
}

fn id(client: &mut Client) -> String {
    client.get("/api/v1/session").expect(200).json["id"].as_str().expect("an id").to_owned()
}
