//! The tools of those who run the installation: whatever they have open, no route of theirs says anything of an end customer in
//! clear, or hands out a workspace's secrets and keys.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::Client;

use crate::customerio_2022::opened;
use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Answer, Route, read, routes, walk};

const GLASS: &str = "/api/v1/break-glass";

/// A workspace with people in it.
struct Place {
    workspace: String,
    /// The ids of its people.
    people: Vec<String>,
    /// Texts that open it.
    secrets: Vec<String>,
    /// What else is there to be asked about: the name in routes, and the id.
    things: Vec<(&'static str, String)>,
}

/// The names of the routes that told something.
#[derive(Default)]
struct Told {
    asked: usize,
    fields: BTreeSet<String>,
    secrets: BTreeSet<String>,
}

pub fn staff_console(stage: &mut Stage, open: bool) -> Seen {
    let first = (stage.server.installed.workspace.clone(), stage.server.installed.write_key.clone());
    let (second, third) =
        (stage.another_workspace("Second of the drill"), stage.another_workspace("Third of the drill"));
    let mut places: Vec<Place> = [first, second, third].iter().map(|place| planted(stage, place)).collect();
    let (mut operator, mut key) = stage.take_operator();
    let (mut other, mut other_key) = stage.take_second_operator();
    // Something is being looked into, so that every page has something to show.
    let me = stage.owner.get("/api/v1/session").expect(200).json["id"].clone();
    let incident = json!({ "title": "A session was stolen", "principal": me });
    let incident = text(&operator.post("/api/v1/incidents", &incident).expect(201).json["id"]);
    places.iter_mut().for_each(|place| place.things.push(("{incident}", incident.clone())));
    let (reading, changing): (Vec<Route>, Vec<Route>) =
        routes(&stage.server).into_iter().partition(|route| route.method == "GET");
    let all = [reading.as_slice(), changing.as_slice()];
    let mut told = Told::default();
    let none: [&str; 0] = [];

    // Nothing is open to them; then one workspace by itself, then with the glass broken, then nothing again.
    let mut member = open.then(|| stage.joined("viewer").0);
    ask(stage, member.as_mut().unwrap_or(&mut operator), (all, &places, &none), &mut told);
    let own = [places[0].workspace.as_str()];
    let support = opened(stage, &mut operator);
    ask(stage, &mut operator, (all, &places, &own), &mut told);
    stage.change("DELETE", &format!("/grants/{support}"), &json!({}));
    let asked = json!({ "workspace": places[0].workspace, "reason": "the disk is full" });
    let grant = operator.confirmed(&mut key, "POST", GLASS, Some(&asked)).expect(201).json;
    let glass = text(&grant["id"]);
    let digest = json!({ "digest": grant["digest"] });
    other.confirmed(&mut other_key, "POST", &format!("{GLASS}/{glass}/approve"), Some(&digest)).expect(200);
    ask(stage, &mut operator, (all, &places, &own), &mut told);
    stage.change("DELETE", &format!("/grants/{glass}"), &json!({}));
    ask(stage, &mut operator, (all, &places, &none), &mut told);
    stage.operator = Some((operator, key));
    stage.second_operator = Some((other, other_key));
    let first = told.fields.iter().chain(&told.secrets).next();
    Seen {
        tried: format!(
            "every route as an operator to whom nothing is open, one of {} workspaces by its own grant, the same with the glass broken, \
             nothing again: {} answers searched for people who are there, their names and addresses, write keys and tokens",
            places.len(),
            told.asked
        ),
        outcome: first.map_or_else(|| "none told anything".to_owned(), |first| format!("first {first}")),
        figure: format!(
            "{} of {} routes return an end customer's field, {} a secret or key",
            told.fields.len(),
            reading.len() + changing.len(),
            told.secrets.len()
        ),
        held: told.fields.is_empty() && told.secrets.is_empty(),
    }
}

/// People, a token and the ids of what is in a workspace.
fn planted(stage: &mut Stage, (workspace, write_key): &(String, String)) -> Place {
    let people = stage.planted((workspace, write_key));
    let base = format!("/api/v1/workspaces/{workspace}");
    let wanted = json!({ "name": "theirs", "scopes": ["people:read"], "expires_in_s": 3_600 });
    let token = stage
        .owner
        .confirmed(&mut stage.passkey, "POST", &format!("{base}/tokens"), Some(&wanted))
        .expect(201)
        .json;
    let sources = stage.owner.get(&format!("{base}/sources")).expect(200).json;
    let member = text(&stage.owner.get("/api/v1/session").expect(200).json["id"]);
    let things = vec![
        ("{token}", text(&token["id"])),
        ("{source}", text(&sources["items"][0]["id"])),
        ("{member}", member),
    ];
    Place {
        workspace: workspace.clone(),
        people,
        secrets: vec![write_key.clone(), text(&token["token"])],
        things,
    }
}

/// Calls every route about each workspace, changes with nothing in them and reads about what is there. Who is in a workspace that
/// is `open` may be told by number, never in clear.
fn ask(
    stage: &Stage,
    client: &mut Client,
    ([reading, changing], places, open): ([&[Route]; 2], &[Place], &[&str]),
    told: &mut Told,
) {
    for place in places {
        let person = place.people[0].as_str();
        let mut known = vec![("{w}", place.workspace.as_str()), ("{person}", person)];
        known.extend(place.things.iter().map(|(name, id)| (*name, id.as_str())));
        let mut answers = walk(client, changing, (&place.workspace, person), true);
        answers.extend(read(client, reading, &known));
        told.asked += answers.len();
        for answer in &answers {
            told.hear(stage, answer, (places, open));
        }
    }
}

impl Told {
    fn hear(&mut self, stage: &Stage, answer: &Answer, (places, open): (&[Place], &[&str])) {
        let closed = places.iter().filter(|place| !open.contains(&place.workspace.as_str()));
        let by_number = closed.flat_map(|place| &place.people).any(|id| answer.text.contains(id.as_str()));
        if by_number || stage.canaries.count_in(answer.text.as_bytes()) > 0 {
            self.fields.insert(answer.route.clone());
        }
        if places.iter().flat_map(|place| &place.secrets).any(|secret| answer.text.contains(secret.as_str()))
        {
            self.secrets.insert(answer.route.clone());
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
