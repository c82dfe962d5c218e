//! Sessions bound to the device, as a browser that knows them does it, over TLS.

use testkit::Device;

use crate::support::House;

#[test]
fn a_browser_that_knows_them_binds_its_session() {
    let mut house = House::secure();
    let mut owner = house.server.client();
    let signed_in = owner.sign_in(&mut house.passkey);
    let copied = owner.cookie().map(str::to_owned);
    let mut device = Device::new();
    let bound = device.binds(&mut owner, &signed_in).expect(200);
    assert_eq!(bound.json["scope"]["include_site"], false);
    let credential = &bound.json["credentials"][0];
    assert_eq!(
        (credential["type"].as_str(), credential["name"].as_str()),
        (Some("cookie"), Some("__Host-holdfast"))
    );
    let cookie = bound.header("set-cookie").unwrap();
    assert!(
        cookie.contains("Max-Age=600") && cookie.ends_with(credential["attributes"].as_str().unwrap()),
        "{cookie}"
    );
    assert_ne!(owner.cookie().map(str::to_owned), copied);
    let seen = owner.get("/api/v1/sessions").expect(200).json["items"].as_array().unwrap().clone();
    let is_bound = |bound: bool| seen.iter().filter(|session| session["bound"] == bound).count();
    assert_eq!((is_bound(true), is_bound(false)), (1, 1), "the one of before goes on as it is");
    assert!(owner.get(&house_page(&house)).text.contains("bound to the device"));

    // The cookie has run out: the browser renews by itself, without one.
    owner.set_cookie(None);
    device.renews(&mut owner).expect(200);
    owner.get("/api/v1/session").expect(200);

    // Ended at the server's: the browser is told to forget it.
    owner.delete("/api/v1/session").expect(204);
    let over = device.renews(&mut owner).expect(200);
    assert_eq!(over.json["continue"], false);
    assert_eq!(owner.cookie(), None);
}

fn house_page(house: &House) -> String {
    format!("/w/{}/access/passkeys", house.server.installed.workspace)
}

#[test]
fn there_is_no_offer_where_there_is_no_tls() {
    let mut house = House::new();
    let mut owner = house.server.client();
    assert_eq!(owner.sign_in(&mut house.passkey).header("secure-session-registration"), None);
}
