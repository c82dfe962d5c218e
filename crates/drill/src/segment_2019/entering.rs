//! Everything short of what it takes, at every route.

use serde_json::json;
use testkit::{App, Client};

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Answer, Route, answered, routes, walk};

/// People in the first workspace; one of them.
fn planted(stage: &mut Stage) -> String {
    let place = (stage.server.installed.workspace.clone(), stage.server.installed.write_key.clone());
    stage.planted((&place.0, &place.1)).remove(0)
}

pub fn half_signed_in(stage: &mut Stage, open: bool) -> Seen {
    let person = planted(stage);
    let workspace = stage.server.installed.workspace.clone();
    let routes = routes(&stage.server);
    let mut answers = Vec::new();
    let mut ways = 0;
    let mut try_as = |client: &mut Client, is_signed_in: bool| {
        ways += 1;
        answers.extend(walk(client, &routes, (&workspace, &person), is_signed_in));
    };
    try_as(&mut stage.server.client(), false);
    // What a password manager would fill in, wherever a form or header could take it.
    let mut client = stage.server.client();
    for path in ["/api/v1/login/begin", "/api/v1/login/finish", "/sign-in"] {
        client.post(path, &json!({ "email": "owner@example.com", "password": "correct horse" }));
    }
    try_as(&mut client, false);
    // The right address and password of members who have them, without the code: with an app, with one that was never
    // confirmed, and with one that has just been removed.
    for (email, password) in rights(stage) {
        let mut client = stage.server.client();
        for code in ["", "000000"] {
            client.try_password(&email, &password, code);
        }
        try_as(&mut client, false);
    }
    // Half way in: a ceremony that was begun, and its answer by a key that was never enrolled.
    let mut client = stage.server.client();
    let begun = client.post("/api/v1/login/begin", &json!({})).expect(200).json;
    client.post(
        "/api/v1/login/finish",
        &json!({ "ceremony": begun["ceremony"], "id": "AAAA", "type": "public-key" }),
    );
    try_as(&mut client, false);
    // A set-up code that was used, and a session that nobody opened.
    let mut client = stage.server.client();
    client.post("/api/v1/enrol/begin", &json!({ "code": stage.server.installed.setup_code }));
    client.set_cookie(Some("holdfast=hs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()));
    try_as(&mut client, false);
    if open {
        try_as(&mut stage.joined("viewer").0, true);
    }
    let (told, figure, held) = judged(&answers, &routes, ways);
    Seen {
        tried: format!(
            "{} routes with nothing, with the right e-mail and password of three members and no code, half way through a sign-in, with a used code and a made-up session{}",
            routes.len(),
            if open { ", and as a member" } else { "" }
        ),
        outcome: told,
        figure,
        held,
    }
}

/// Members whose addresses and passwords an attacker has.
fn rights(stage: &mut Stage) -> Vec<(String, String)> {
    stage.allow_passwords();
    let whole = stage.joined_by_password("viewer");
    let (pending, removed) = ("pending@example.com", "removed@example.com");
    let password = whole.password.as_str();
    let mut invited = |email: &str| {
        let body = json!({ "email": email, "role": "viewer" });
        stage.change("POST", "/members", &body).json["code"].as_str().expect("a code").to_owned()
    };
    let (first, second) = (invited(pending), invited(removed));
    let begin = json!({ "code": first, "password": password });
    stage.server.client().post("/api/v1/enrol/password/begin", &begin).expect(200);
    let mut member = stage.server.client();
    let mut key = member.enrol(&second);
    let body = json!({ "password": password });
    let begun = member.change(&mut key, "POST", "/api/v1/password/begin", &body).expect(200).json;
    let mut app = App::of(begun["secret"].as_str().expect("a secret"));
    let finish = json!({ "ceremony": begun["ceremony"], "code": app.code() });
    member.post("/api/v1/password/finish", &finish).expect(204);
    member.confirmed(&mut key, "DELETE", "/api/v1/password", None).expect(204);
    let right = |email: &str| (email.to_owned(), password.to_owned());
    vec![right(&whole.email), right(pending), right(removed)]
}

pub fn operator(stage: &mut Stage, open: bool) -> Seen {
    let person = planted(stage);
    let mut workspaces = vec![stage.server.installed.workspace.clone()];
    for name in ["Second", "Third"] {
        let name = format!("{name} {}", stage.canaries.secret(90));
        workspaces.push(stage.another_workspace(&name).0);
    }
    let (mut operator, key) = stage.take_operator();
    let mut member = open.then(|| stage.joined("viewer").0);
    let client = member.as_mut().unwrap_or(&mut operator);
    let all = routes(&stage.server);
    let (theirs, own): (Vec<Route>, Vec<Route>) =
        all.into_iter().partition(|route| route.scope == "workspace");
    let mut answers = Vec::new();
    for workspace in &workspaces {
        answers.extend(walk(client, &theirs, (workspace, &person), open));
    }
    let others = walk(client, &own, (&workspaces[0], &person), true);
    stage.operator = Some((operator, key));
    let leaked: usize = others.iter().map(|answer| stage.canaries.count_in(answer.text.as_bytes())).sum();
    let (told, figure, held) = judged(&answers, &theirs, workspaces.len());
    Seen {
        tried: format!(
            "{} routes of {} workspaces and {} of the installation as an operator with a passkey",
            theirs.len(),
            workspaces.len(),
            own.len()
        ),
        outcome: told,
        figure: format!("{figure}; {leaked} planted values elsewhere"),
        held: held && leaked == 0,
    }
}

pub fn write_key(stage: &mut Stage, open: bool) -> Seen {
    let person = planted(stage);
    let mut key = stage.server.installed.write_key.clone();
    if open {
        let wanted = json!({ "name": "drill", "scopes": ["events:read"], "expires_in_s": 600 });
        let made = stage.change("POST", "/tokens", &wanted);
        key = made.json["token"].as_str().expect("a token").to_owned();
    }
    let routes = routes(&stage.server);
    let workspace = stage.server.installed.workspace.clone();
    let mut bearer = stage.server.client().and_token(&key);
    let mut answers = walk(&mut bearer, &routes, (&workspace, &person), open);
    let mut cookie = stage.server.client();
    cookie.set_cookie(Some(format!("holdfast={key}")));
    answers.extend(walk(&mut cookie, &routes, (&workspace, &person), false));
    let (told, figure, held) = judged(&answers, &routes, 2);
    Seen {
        tried: format!("{} routes with the write key, as a token and as a cookie", routes.len()),
        outcome: told,
        figure,
        held,
    }
}

fn judged(answers: &[Answer], routes: &[Route], ways: usize) -> (String, String, bool) {
    let through = answered(answers);
    let told = match through.first() {
        None => format!("every one of {} requests was refused", answers.len()),
        Some(first) => {
            format!("{} of {} requests were answered, first {}", through.len(), answers.len(), first.route)
        }
    };
    (told, format!("{} of {} routes, {ways} ways", through.len(), routes.len()), through.is_empty())
}
