//! A directory says who is a member (SCIM): in the words that Okta and Entra ID really send.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Client, Reply};

use crate::support::House;

const OKTA_DEACTIVATES: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}"#;
const ENTRA_DEACTIVATES: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
const ENTRA_ACTIVATES: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"True"}]}"#;

/// A directory with its token.
struct Directory(Client);

impl Directory {
    fn of(house: &mut House) -> Self {
        Self(house.token(&["scim:users"]))
    }

    fn sends(&mut self, method: &str, path: &str, body: &str) -> Reply {
        let kind = (!body.is_empty()).then_some("application/scim+json; charset=utf-8");
        self.0.send_raw(method, &format!("/scim/v2{path}"), kind, body.as_bytes(), &[])
    }

    fn finds(&mut self, filter: &str) -> Vec<Value> {
        let query: String = filter.replace(" ", "%20").replace("\"", "%22");
        let found =
            self.sends("GET", &format!("/Users?filter={query}&startIndex=1&count=100"), "").expect(200);
        assert_eq!(found.header("content-type"), Some("application/scim+json"));
        assert_eq!(found.json["totalResults"], found.json["Resources"].as_array().unwrap().len());
        found.json["Resources"].as_array().unwrap().clone()
    }
}

/// As Okta makes a user.
fn okta_user(email: &str) -> String {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": email, "name": {"givenName": "Grace", "familyName": "Hopper"},
        "emails": [{"primary": true, "value": email, "type": "work"}],
        "displayName": "Grace Hopper", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [], "password": "1mz050nq", "active": true
    })
    .to_string()
}

/// As Entra ID makes a user.
fn entra_user(name: &str) -> String {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": name, "active": "True",
        "emails": [{"primary": true, "type": "work", "value": name}], "meta": {"resourceType": "User"},
        "name": {"formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada"},
        "roles": [{"primary": "True", "value": "analyst"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "engines"}
    })
    .to_string()
}

fn role_of(house: &mut House, email: &str) -> Option<String> {
    let path = house.path("/members");
    let members = house.owner.get(&path).expect(200).json["items"].as_array().unwrap().clone();
    let found = members.into_iter().find(|member| member["email"] == email)?;
    Some(found["role"].as_str().unwrap().to_owned())
}

#[test]
fn a_user_is_made_found_changed_and_removed() {
    let mut house = House::new();
    let mut okta = Directory::of(&mut house);
    assert!(okta.finds("userName eq \"grace@example.com\"").is_empty());
    let made = okta.sends("POST", "/Users", &okta_user("grace@example.com")).expect(201);
    let id = made.json["id"].as_str().unwrap().to_owned();
    assert!(made.header("location").unwrap().ends_with(&format!("/scim/v2/Users/{id}")));
    assert_eq!(made.json["active"], true);
    assert!(!made.text.contains("1mz050nq"), "a password has no business here");
    assert_eq!(role_of(&mut house, "grace@example.com").as_deref(), Some("viewer"));

    let again = okta.sends("POST", "/Users", &okta_user("Grace@Example.com")).expect(409);
    assert_eq!(again.json["scimType"], "uniqueness");
    assert_eq!(again.json["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
    assert_eq!(again.json["status"], "409");

    for filter in ["userName eq \"GRACE@example.com\"", "externalId eq \"00ujl29u0le5T6Aj10h7\""] {
        assert_eq!(okta.finds(filter)[0]["id"], id.as_str(), "{filter}");
    }
    let mut whole = okta.sends("GET", &format!("/Users/{id}"), "").expect(200).json;
    whole["displayName"] = json!("Rear Admiral Hopper");
    let put = okta.sends("PUT", &format!("/Users/{id}"), &whole.to_string()).expect(200);
    assert_eq!(put.json["displayName"], "Rear Admiral Hopper");

    let patch = json!({"schemas": [], "Operations": [
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "amazing@example.com"},
        {"op": "Add", "path": "name.familyName", "value": "Murray"},
        {"op": "add", "value": {"name.givenName": "Brewster", "nickName": "unknown here"}},
        {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:displayName", "value": "G. B. Murray"},
        {"op": "Remove", "path": "externalId"},
        {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x"}
    ]});
    let patched = okta.sends("PATCH", &format!("/Users/{id}"), &patch.to_string()).expect(200).json;
    assert_eq!(patched["emails"][0]["value"], "amazing@example.com");
    assert_eq!(patched["name"], json!({"givenName": "Brewster", "familyName": "Murray"}));
    assert_eq!(patched["displayName"], "G. B. Murray");
    assert_eq!(patched["externalId"], Value::Null);
    assert_eq!(role_of(&mut house, "amazing@example.com").as_deref(), Some("viewer"));

    okta.sends("DELETE", &format!("/Users/{id}"), "").expect(204);
    okta.sends("GET", &format!("/Users/{id}"), "").expect(404);
    assert_eq!(role_of(&mut house, "amazing@example.com"), None);
}

#[test]
fn whoever_leaves_is_gone_at_once_and_comes_back_with_nothing() {
    let mut house = House::new();
    let mut entra = Directory::of(&mut house);
    for (deactivates, email) in [(OKTA_DEACTIVATES, "o@example.com"), (ENTRA_DEACTIVATES, "e@example.com")] {
        // A member like any other: invited, with a passkey, a token and an invitation of their own.
        let body = json!({"email": email, "role": "admin"});
        let path = house.path("/members");
        let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
        let mut leaver = house.server.client();
        let mut key = leaver.enrol(invited["code"].as_str().unwrap());
        let tokens = house.path("/tokens");
        let wanted = json!({"name": "theirs", "scopes": ["members:read"]});
        let token = leaver.confirmed(&mut key, "POST", &tokens, Some(&wanted)).expect(201).json;
        let mut program = house.server.client().and_token(token["token"].as_str().unwrap());
        let friend = json!({"email": format!("private-{email}"), "role": "admin"});
        let code = leaver.confirmed(&mut key, "POST", &path, Some(&friend)).expect(201).json["code"].clone();
        let mut second = house.server.client();
        second.sign_in(&mut key);
        program.get(&path).expect(200);

        let found = entra.finds(&format!("userName eq \"{email}\""));
        let user = format!("/Users/{}", found[0]["id"].as_str().unwrap());
        let begin = Instant::now();
        let left = entra.sends("PATCH", &user, deactivates).expect(200);
        for client in [&mut leaver, &mut second] {
            client.get("/api/v1/session").expect(401);
        }
        program.get(&path).expect(401);
        assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
        assert_eq!(left.json["active"], false);
        let begun =
            house.server.client().post("/api/v1/enrol/begin", &json!({"code": code})).expect(200).json;
        let mut stranger = testkit::Authenticator::at(house.owner.base());
        let finished = house.server.client().post("/api/v1/enrol/finish", &stranger.register(&begun));
        assert_eq!(finished.status, 404, "the invitation they left behind has ended");

        // Still known to the directory, and one who comes back is a viewer with an account that nothing opens.
        assert_eq!(entra.finds(&format!("userName eq \"{email}\""))[0]["active"], false);
        entra.sends("PATCH", &user, deactivates).expect(200);
        assert_eq!(entra.sends("PATCH", &user, ENTRA_ACTIVATES).expect(200).json["active"], true);
        assert_eq!(role_of(&mut house, email).as_deref(), Some("viewer"));
        let begun = second.post("/api/v1/login/begin", &json!({})).expect(200).json;
        second.post("/api/v1/login/finish", &key.sign(&begun)).expect(404);
    }
}

#[test]
fn a_directory_gives_no_power_and_takes_no_owner() {
    let mut house = House::new();
    let mut entra = Directory::of(&mut house);
    let made = entra.sends("POST", "/Users", &entra_user("ada@example.com")).expect(201).json;
    assert_eq!(role_of(&mut house, "ada@example.com").as_deref(), Some("analyst"));
    for role in ["owner", "admin", "operator", "root"] {
        let mut wanted: Value = serde_json::from_str(&entra_user("x@example.com")).unwrap();
        wanted["roles"] = json!([{"value": role}]);
        entra.sends("POST", "/Users", &wanted.to_string()).expect(400);
        let patch = json!({"Operations": [{"op": "replace", "path": "roles", "value": [{"value": role}]}]});
        let path = format!("/Users/{}", made["id"].as_str().unwrap());
        entra.sends("PATCH", &path, &patch.to_string()).expect(400);
    }
    // The last owner stays, whoever says what.
    let all = entra.sends("GET", "/Users", "").expect(200).json;
    let owner = all["Resources"][0]["id"].as_str().unwrap().to_owned();
    entra.sends("PATCH", &format!("/Users/{owner}"), OKTA_DEACTIVATES).expect(409);
    entra.sends("DELETE", &format!("/Users/{owner}"), "").expect(409);

    // A token that an admin made takes no owner, one of several either.
    let path = house.path("/members");
    let mut joined = |role: &str| {
        let body = json!({"email": format!("second-{role}@example.com"), "role": role});
        let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
        let mut client = house.server.client();
        let key = client.enrol(invited["code"].as_str().unwrap());
        (client, key)
    };
    joined("owner");
    let (mut admin, mut key) = joined("admin");
    let body = json!({"name": "directory", "scopes": ["scim:users"]});
    let token = admin.confirmed(&mut key, "POST", &house.path("/tokens"), Some(&body)).expect(201).json;
    let mut admins = Directory(house.server.client().and_token(token["token"].as_str().unwrap()));
    let user = format!("/Users/{owner}");
    assert_eq!(admins.sends("PATCH", &user, OKTA_DEACTIVATES).expect(403).json["status"], "403");
    house.owner.get("/api/v1/session").expect(200);
}

#[test]
fn an_invitation_opens_the_account_of_whom_a_directory_brought_in() {
    let mut house = House::new();
    let mut directory = Directory::of(&mut house);
    let user = directory.sends("POST", "/Users", &okta_user("grace@example.com")).expect(201).json;
    let path = house.path("/members");
    let mut invite = |email: &str| {
        let body = json!({"email": email, "role": "analyst"});
        house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body))
    };
    let first = invite("grace@example.com").expect(201).json;
    // The newer one counts; the account is the directory's still, also when one is withdrawn.
    let second = invite("grace@example.com").expect(201).json;
    assert_eq!(first["id"], user["id"]);
    let mut late = house.server.client();
    let begun = late.post("/api/v1/enrol/begin", &json!({"code": first["code"]})).expect(200).json;
    let mut key = testkit::Authenticator::at(late.base());
    late.post("/api/v1/enrol/finish", &key.register(&begun)).expect(404);
    let mut grace = house.server.client();
    grace.enrol(second["code"].as_str().unwrap());
    assert_eq!(grace.get("/api/v1/session").expect(200).json["id"], user["id"]);
    assert_eq!(role_of(&mut house, "grace@example.com").as_deref(), Some("analyst"));
    // From now on it is an account that something opens: no invitation adds a passkey.
    let body = json!({"email": "grace@example.com", "role": "viewer"});
    house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(409);

    let other = directory.sends("POST", "/Users", &entra_user("ada@example.com")).expect(201).json;
    let body = json!({"email": "ada@example.com", "role": "viewer"});
    let third = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
    assert_eq!(third["id"], other["id"]);
    let cancel = house.path(&format!("/invites/{}", third["id"].as_str().unwrap()));
    assert!(house.owner.delete(&cancel).status < 300);
    assert_eq!(role_of(&mut house, "ada@example.com").as_deref(), Some("analyst"), "still a member");
}

#[test]
fn pages_are_bounded_and_what_is_wrong_is_said_in_its_own_words() {
    let mut house = House::new();
    let mut directory = Directory::of(&mut house);
    for n in 0..5 {
        directory.sends("POST", "/Users", &format!("{{\"userName\":\"n{n}@example.com\"}}")).expect(201);
    }
    let page = directory.sends("GET", "/Users?startIndex=2&count=2", "").expect(200).json;
    assert_eq!((page["totalResults"].as_u64(), page["itemsPerPage"].as_u64()), (Some(6), Some(2)));
    assert_eq!(page["Resources"][0]["userName"], "n0@example.com");
    for (query, items) in
        [("count=0", 0), ("count=-1", 0), ("count=999999999", 6), ("startIndex=-3", 6), ("startIndex=99", 0)]
    {
        let page = directory.sends("GET", &format!("/Users?{query}"), "").expect(200).json;
        assert_eq!(page["itemsPerPage"], items, "{query}");
    }
    for (method, path, body, status, word) in [
        ("GET", "/Users?filter=active%20eq%20true", "", 400, "invalidFilter"),
        ("POST", "/Users", "{", 400, "invalidSyntax"),
        ("POST", "/Users", "{}", 400, "invalidValue"),
        ("POST", "/Users", r#"{"userName":"no address"}"#, 400, "invalidValue"),
        ("POST", "/Users", r#"{"userName":["a@example.com"]}"#, 400, "invalidValue"),
        ("GET", "/Users/nobody", "", 404, ""),
    ] {
        let reply = directory.sends(method, path, body).expect(status);
        assert_eq!(reply.header("content-type"), Some("application/scim+json"), "{method} {path}");
        assert_eq!(reply.json["scimType"].as_str().unwrap_or_default(), word, "{method} {path} {body}");
    }
    let id = page["Resources"][0]["id"].as_str().unwrap().to_owned();
    for (body, word) in [
        (r#"{"Operations":[]}"#, "invalidValue"),
        (r#"{"Operations":[{"op":"replace","path":"active","value":"perhaps"}]}"#, "invalidValue"),
        (r#"{"Operations":[{"op":"remove"}]}"#, "noTarget"),
        (r#"{"Operations":[{"op":"replace","path":"emails[type eq","value":"x"}]}"#, "invalidPath"),
        (r#"{"Operations":[{"op":"move","path":"active"}]}"#, "invalidSyntax"),
    ] {
        let reply = directory.sends("PATCH", &format!("/Users/{id}"), body).expect(400);
        assert_eq!(reply.json["scimType"], word, "{body}");
    }
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"] {
        directory.sends("GET", path, "").expect(200);
    }

    // Another scope, a person and nobody have no business here.
    let mut other = Directory(house.token(&["members:read"]));
    assert_eq!(other.sends("GET", "/Users", "").expect(403).json["status"], "403");
    house.owner.get("/scim/v2/Users").expect(403);
    Directory(house.server.client()).sends("GET", "/Users", "").expect(401);

    // Leaving works while nothing else may be changed.
    let mode = house.path("/mode");
    house.owner.put(&mode, &json!({"mode": "read_only", "reason": "drill"})).expect(200);
    directory.sends("POST", "/Users", r#"{"userName":"late@example.com"}"#).expect(409);
    let rename = r#"{"Operations":[{"op":"replace","path":"displayName","value":"x"}]}"#;
    directory.sends("PATCH", &format!("/Users/{id}"), rename).expect(409);
    directory.sends("PATCH", &format!("/Users/{id}"), ENTRA_DEACTIVATES).expect(200);
}
