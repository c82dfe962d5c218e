//! Ways that take a server of their own: set-up codes, a device's key (behind TLS alone), the link of a demo.

use serde_json::json;
use testkit::{Device, Server, wait_until};

use super::own::chosen;
use super::{BOUND, CHOSEN, ENROL, LINK, LOGIN, LOOK, NOTHING, PASSKEY, RENEWED, Ways};
use crate::stage::Stage;

const CHOSEN_AT: &str = "/api/v1/enrol/password/finish";

/// The link of a demo, used twice; and a made-up one where there is no demo.
pub fn demo(stage: &Stage, ways: &mut Ways) {
    let mut made_up = stage.server.client();
    made_up.post("/look", &json!({ "code": "look-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }));
    ways.end("a made-up link, where there is no demo", (LINK, NOTHING), &mut made_up);
    let server = Server::demo(stage.server.program());
    let log = wait_until(60, "the links", || Some(server.log()).filter(|log| log.contains("/look#")));
    let link = log.split("/look#").nth(1).and_then(|rest| rest.split_whitespace().next());
    let link = json!({ "code": link.expect("a link") });
    for floor in [LOOK, NOTHING] {
        let mut visitor = server.client();
        visitor.post("/look", &link);
        ways.end("the link of a demo", (LINK, floor), &mut visitor);
    }
}

/// The codes of the first day, and a session that is bound to its device.
pub fn set_up_and_bound(stage: &Stage, ways: &mut Ways) {
    let server = Server::start_secure(stage.server.program(), &[], &[]);
    let codes = &server.installed;
    for code in [&codes.setup_code, &codes.second_operator_code] {
        let mut client = chosen(&server, code, CHOSEN_AT).0;
        ways.end("a set-up code, with a password", (CHOSEN, PASSKEY), &mut client);
    }
    let mut owner = server.client();
    let mut passkey = owner.enrol(&codes.setup_code);
    ways.end("the owner's set-up code", (ENROL, PASSKEY), &mut owner);
    let mut operator = server.client();
    operator.enrol(&codes.operator_code);
    ways.end("an operator's set-up code", (ENROL, PASSKEY), &mut operator);
    let mut again = server.client();
    let begun = again.post("/api/v1/enrol/begin", &json!({ "code": codes.setup_code })).expect(200).json;
    let mut other = testkit::Authenticator::at(&server.console);
    again.post("/api/v1/enrol/finish", &other.register(&begun));
    ways.end("a set-up code a second time", (ENROL, NOTHING), &mut again);

    let signed_in = owner.sign_in(&mut passkey);
    ways.end("a passkey behind TLS", (LOGIN, PASSKEY), &mut owner);
    let mut device = Device::new();
    device.binds(&mut owner, &signed_in).expect(200);
    ways.end("a session that is bound", (BOUND, PASSKEY), &mut owner);
    let mut thief = server.client();
    let mut own = Device::new();
    own.takes_over(&device);
    own.renews(&mut thief);
    ways.end("a renewal with another device's key", (RENEWED, NOTHING), &mut thief);
    owner.set_cookie(None);
    device.renews(&mut owner);
    ways.end("a renewal with the device's key", (RENEWED, PASSKEY), &mut owner);
}
