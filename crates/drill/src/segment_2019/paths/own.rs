//! What people have of their own, or get from others who run their workspace: passkeys, passwords with codes, invitations,
//! recoveries.

use serde_json::{Value, json};
use testkit::{App, Authenticator, Client};

use super::{
    BY_PASSWORD, CHOSEN, ENROL, FORM, FORM_CHOSEN, FORM_REPLACED, LOGIN, NOTHING, PASSKEY, REPLACED,
    TWO_FACTORS, Ways, form,
};
use crate::customerio_2019::known_passwords;
use crate::stage::{ByPassword, Stage};

const BEGIN: &str = "/api/v1/enrol/password/begin";
const FINISH: &str = "/api/v1/enrol/password/finish";

/// Somebody with a passkey.
type Person = (Client, Authenticator);

/// Who is there for the ways that take more than one.
pub struct People {
    viewer: Person,
    admin: Person,
    owner: Person,
}

/// Invitations that are accepted with a passkey, and each of these passkeys.
pub fn passkeys(stage: &mut Stage, ways: &mut Ways) -> People {
    let mut joined = |role: &str| {
        let (mut client, mut key) = stage.joined(role);
        ways.end(&format!("the invitation of one who is {role}"), (ENROL, PASSKEY), &mut client);
        ways.end(
            &format!("the passkey of one who is {role}"),
            (LOGIN, PASSKEY),
            &mut tried(&stage.server, &mut key),
        );
        (client, key)
    };
    let people = People { viewer: joined("viewer"), admin: joined("admin"), owner: joined("owner") };
    let (operator, mut key) = stage.take_operator();
    ways.end("the passkey of an operator", (LOGIN, PASSKEY), &mut tried(&stage.server, &mut key));
    stage.operator = Some((operator, key));
    people
}

/// Somebody who tries to sign in with that passkey.
pub fn tried(server: &testkit::Server, key: &mut Authenticator) -> Client {
    let mut client = server.client();
    let begun = client.post("/api/v1/login/begin", &json!({})).expect(200).json;
    client.post("/api/v1/login/finish", &key.sign(&begun));
    client
}

/// Somebody who tries to choose a password with that code: with the app, where they are in.
pub fn chosen(server: &testkit::Server, code: &str, at: &str) -> (Client, App) {
    let mut client = server.client();
    let password = format!("only {} knows this one", stdx::random_text::<8>());
    let begun = client.post(BEGIN, &json!({ "code": code, "password": password })).expect(200).json;
    let text = |name: &str| begun[name].as_str().expect("a text").to_owned();
    let mut app = App::of(&text("secret"));
    let (ceremony, code) = (text("ceremony"), app.code());
    if at == FINISH {
        client.post(at, &json!({ "ceremony": ceremony, "code": code }));
    } else {
        form(&mut client, "POST", at, &[("ceremony", &ceremony), ("code", &code)]);
    }
    (client, app)
}

fn invited(stage: &mut Stage, members: &str, role: &str) -> String {
    let email = format!("{}@example.com", stdx::random_text::<12>());
    let body = json!({ "email": email, "role": role });
    let made = stage.owner.change(&mut stage.passkey, "POST", members, &body).expect(201);
    made.json["code"].as_str().expect("a code").to_owned()
}

fn id_of(client: &mut Client) -> String {
    client.get("/api/v1/session").expect(200).json["id"].as_str().expect("an id").to_owned()
}

fn make_admin(stage: &mut Stage, id: &str) {
    stage.change("PATCH", &format!("/members/{id}"), &json!({ "role": "admin" }));
}

/// Passwords with codes: of members who may have one, of an admin, and where passkeys are demanded.
pub fn passwords(stage: &mut Stage, ways: &mut Ways, open: bool) {
    let mut kim = stage.joined_by_password("viewer");
    ways.end("an invitation, with a password and a code", (CHOSEN, TWO_FACTORS), &mut kim.client);
    let mut again = stage.server.client();
    again.try_password(&kim.email, &kim.password, &kim.app.code());
    ways.end("a password and a code", (BY_PASSWORD, TWO_FACTORS), &mut again);
    let mut by_form = stage.server.client();
    let code = kim.app.code();
    let fields = [("email", kim.email.as_str()), ("password", &kim.password), ("code", &code)];
    form(&mut by_form, "POST", "/sign-in/password", &fields);
    ways.end("a password and a code in the form", (FORM, TWO_FACTORS), &mut by_form);

    let members = stage.path("/members");
    let code = invited(stage, &members, "analyst");
    let mut lou = chosen(&stage.server, &code, "/enrol/password/finish").0;
    ways.end("an invitation, with a password and a code in the form", (FORM_CHOSEN, TWO_FACTORS), &mut lou);
    let code = invited(stage, &members, "admin");
    let mut boss = chosen(&stage.server, &code, FINISH).0;
    ways.end("an admin's invitation, with a password", (CHOSEN, PASSKEY), &mut boss);

    // Who is made an admin is worth more than their password.
    let mut ada = stage.joined_by_password("viewer");
    let id = id_of(&mut ada.client);
    make_admin(stage, &id);
    let mut again = stage.server.client();
    again.try_password(&ada.email, &ada.password, &ada.app.code());
    ways.end("the password of one who was made an admin", (BY_PASSWORD, PASSKEY), &mut again);

    let strict = stage.another_workspace("Passkeys alone").0;
    let strict = format!("/api/v1/workspaces/{strict}");
    if open {
        stage.owner.change(&mut stage.passkey, "PUT", &format!("{strict}/passwords"), &json!({})).expect(200);
    }
    let code = invited(stage, &format!("{strict}/members"), "viewer");
    let mut sly = chosen(&stage.server, &code, FINISH).0;
    ways.end("an invitation, with a password, to where passkeys are demanded", (CHOSEN, PASSKEY), &mut sly);
}

/// Passwords that became known to strangers and have to be replaced on the way in.
pub fn replaced(stage: &mut Stage, ways: &mut Ways) {
    let mut people: Vec<ByPassword> = (0..3).map(|_| stage.joined_by_password("viewer")).collect();
    let ids: Vec<String> = people.iter_mut().map(|member| id_of(&mut member.client)).collect();
    let known: Vec<String> = people.iter().map(|member| member.password.clone()).collect();
    known_passwords(stage, &known);
    let ceremonies: Vec<String> = people
        .iter_mut()
        .map(|member| {
            let mut client = stage.server.client();
            let asked = client.try_password(&member.email, &member.password, &member.app.code()).json;
            ways.end("a password that strangers know", (BY_PASSWORD, NOTHING), &mut client);
            asked["ceremony"].as_str().expect("what it is replaced with").to_owned()
        })
        .collect();
    let anew = || format!("only {} knows that one", stdx::random_text::<8>());
    let replaces = |ceremony: &str| {
        let mut client = stage.server.client();
        client.post("/api/v1/login/password/replace", &json!({ "ceremony": ceremony, "password": anew() }));
        client
    };
    ways.end(
        "a password in the place of a known one",
        (REPLACED, TWO_FACTORS),
        &mut replaces(&ceremonies[0]),
    );
    let mut by_form = stage.server.client();
    let fields = [("ceremony", ceremonies[1].as_str()), ("password", &anew())];
    form(&mut by_form, "POST", "/sign-in/password/replace", &fields);
    ways.end("the same in the form", (FORM_REPLACED, TWO_FACTORS), &mut by_form);
    // Between the two they are made an admin.
    make_admin(stage, &ids[2]);
    let mut client = stage.server.client();
    client.post("/api/v1/login/password/replace", &json!({ "ceremony": ceremonies[2], "password": anew() }));
    ways.end("the same of one who was made an admin in between", (REPLACED, PASSKEY), &mut client);
}

/// Recoveries by two who run the workspace.
pub fn recovered(stage: &mut Stage, ways: &mut Ways, people: &mut People) {
    let mut code_for = |stage: &mut Stage, client: &mut Client| {
        let recovery = stage.path(&format!("/members/{}/recovery", id_of(client)));
        let approve = format!("{recovery}/approve");
        stage.owner.confirmed(&mut stage.passkey, "POST", &recovery, None).expect(202);
        let alone = stage.owner.confirmed(&mut stage.passkey, "POST", &approve, None);
        ways.nowhere("a recovery by one person alone", alone.status < 300);
        let (other, key) = (&mut people.owner.0, &mut people.owner.1);
        let made = other.confirmed(key, "POST", &approve, None).expect(201).json;
        made["code"].as_str().expect("a code").to_owned()
    };
    let viewers = code_for(stage, &mut people.viewer.0);
    let admins = code_for(stage, &mut people.admin.0);
    let mut kim = stage.joined_by_password("viewer");
    let kims = code_for(stage, &mut kim.client);

    let mut client = stage.server.client();
    client.enrol(&viewers);
    ways.end("a recovery by two", (ENROL, PASSKEY), &mut client);
    ways.end(
        "the passkey from before a recovery",
        (LOGIN, NOTHING),
        &mut tried(&stage.server, &mut people.viewer.1),
    );
    let mut by_password = chosen(&stage.server, &admins, FINISH).0;
    ways.end("an admin's recovery, with a password", (CHOSEN, PASSKEY), &mut by_password);
    let mut client = stage.server.client();
    client.enrol(&admins);
    ways.end("an admin's recovery by two", (ENROL, PASSKEY), &mut client);
    let mut again = chosen(&stage.server, &kims, FINISH).0;
    ways.end("a recovery by two, with a password and a code", (CHOSEN, TWO_FACTORS), &mut again);
}

/// What somebody signs in with, as they are told themselves.
pub fn factors(client: &mut Client) -> Value {
    let passkeys = client.get("/api/v1/passkeys").expect(200).json;
    let ids: Vec<&Value> = passkeys["items"].as_array().into_iter().flatten().map(|key| &key["id"]).collect();
    json!({ "passkeys": ids, "password": client.get("/api/v1/password").expect(200).json["set_at"] })
}
