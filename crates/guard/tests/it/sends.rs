//! Sends: what waits for a second person, who is one, and what ends what was approved.

use guard::GuardError;
use guard::grants::sends::{COOLING_MS, PEOPLE_ALONE_MAX, PEOPLE_COOLING};
use guard::grants::{ALONE_DELAY_MS, Going, Grant, SendContent, Sending, State};
use model::{BroadcastId, MemberId, TemplateId};
use policy::Role;
use policy::actions::{
    ApproveGrant, ChangeRole, ExportPeople, Lockdown, ReadAccess, RemoveMember, SendBroadcast, SetMode,
    StopBroadcast, WriteCampaign,
};

use crate::house::{HOUR, House, MINUTE, Person};

const DAY: i64 = 24 * HOUR;

fn content(people: u64) -> SendContent {
    SendContent {
        broadcast: BroadcastId(1),
        template: TemplateId(1),
        version: 1,
        digest: "d".repeat(64),
        people,
        from: "news@shop.example".to_owned(),
        domains: vec!["shop.example".to_owned()],
        sketch: vec![1, 2, 3, 4],
        editors: Vec::new(),
        signals: Vec::new(),
    }
}

struct Team {
    house: House,
    owner: Person,
    /// Writes messages.
    marketer: Person,
    /// Runs the workspace.
    admin: Person,
}

impl Team {
    fn new() -> Self {
        let house = House::new();
        let mut owner = house.owner();
        let marketer = house.member(&mut owner, "marketer@example.com", Role::Marketer);
        let admin = house.member(&mut owner, "admin@example.com", Role::Admin);
        Self { house, owner, marketer, admin }
    }

    /// A team that has sent before, to so many, and knows each other for long.
    fn settled(people: u64) -> Self {
        let mut team = Self::new();
        let asked = team.ask(content(people)).unwrap();
        team.approve(&asked).unwrap();
        let sending = team.begin(&asked).unwrap();
        team.house.guard.send_over(&sending, "done", &serde_json::json!({})).unwrap();
        team.pass(8 * DAY);
        team
    }

    fn pass(&mut self, ms: i64) {
        self.house.hand.advance_ms(ms);
        for person in [&mut self.owner, &mut self.marketer, &mut self.admin] {
            self.house.sign_in(person).unwrap();
        }
    }

    fn ask(&mut self, content: SendContent) -> Result<Grant, GuardError> {
        let granted = self.house.touch::<SendBroadcast>(&mut self.marketer)?;
        self.house.guard.ask_send(&granted, "news", content)
    }

    fn approve(&mut self, grant: &Grant) -> Result<Grant, GuardError> {
        approve(&self.house, &mut self.admin, grant)
    }

    fn begin(&self, grant: &Grant) -> Result<Sending, GuardError> {
        let content = &grant.send().unwrap().content;
        self.house.guard.begin_send(self.house.workspace, grant.id, (&content.digest, content.people))
    }

    fn why(&mut self, content: SendContent) -> Vec<String> {
        let asked = self.ask(content).unwrap();
        asked.send().unwrap().why.clone()
    }
}

fn approve(house: &House, by: &mut Person, grant: &Grant) -> Result<Grant, GuardError> {
    let granted = house.touch::<ApproveGrant>(by)?;
    house.guard.approve_grant(&granted, grant.id, &grant.digest())
}

fn is_second_person<T: std::fmt::Debug>(result: Result<T, GuardError>) -> bool {
    matches!(result, Err(GuardError::SecondPerson))
}

#[test]
fn the_first_send_waits_and_a_small_one_like_it_later_does_not() {
    let mut team = Team::new();
    let asked = team.ask(content(10)).unwrap();
    assert_eq!(asked.send().unwrap().why, ["new-from", "new-links", "first-send", "new-device"]);
    assert!(matches!(team.begin(&asked), Err(GuardError::GrantIs { state: "waiting" })));
    let mut team = Team::settled(800);
    let small = team.ask(content(100)).unwrap();
    assert!(small.send().unwrap().why.is_empty());
    assert!(small.decision.unwrap().by_rule);
    assert_eq!(team.house.guard.still_sends(&team.begin(&small).unwrap()), Going::On);
}

#[test]
fn each_thing_that_is_new_waits() {
    let mut team = Team::settled(PEOPLE_ALONE_MAX);
    let mut check = |content: SendContent, wanted: &str| assert_eq!(team.why(content), [wanted]);
    check(content(PEOPLE_ALONE_MAX + 1), "people");
    check(SendContent { from: "else@shop.example".to_owned(), ..content(10) }, "new-from");
    check(SendContent { domains: vec!["evil.example".to_owned()], ..content(10) }, "new-links");
    for signal in ["form", "secret-words", "new-people"] {
        check(SendContent { signals: vec![signal.to_owned()], ..content(10) }, signal);
    }
    // Three times what is usual is enough.
    let mut team = Team::settled(20);
    assert!(team.why(content(60)).is_empty());
    team.pass(DAY + 1);
    assert_eq!(team.why(content(61)), ["people"]);
}

#[test]
fn what_is_split_counts_together_for_a_day() {
    let mut team = Team::settled(PEOPLE_ALONE_MAX);
    // The same person, whatever the text; then somebody else with a text like it.
    let other = SendContent { template: TemplateId(2), sketch: vec![7, 8, 9], ..content(600) };
    assert!(team.why(content(600)).is_empty());
    assert_eq!(team.why(other.clone()), ["together"]);
    let granted = team.house.touch::<SendBroadcast>(&mut team.owner).unwrap();
    let like = SendContent { template: TemplateId(3), sketch: vec![1, 2, 7, 8], ..content(600) };
    let owners = team.house.guard.ask_send(&granted, "news", like).unwrap();
    assert_eq!(owners.send().unwrap().why, ["together", "first-send"]);
    team.pass(DAY + 1);
    assert!(team.why(other).is_empty());
}

#[test]
fn whoever_asked_edited_or_was_brought_in_by_them_is_no_second_person() {
    let mut team = Team::settled(10);
    let edited = SendContent { editors: vec![team.admin.member], ..content(5_000) };
    let asked = team.ask(edited).unwrap();
    assert!(is_second_person(team.approve(&asked)), "edited it");
    assert!(!approve(&team.house, &mut team.owner, &asked).unwrap().decision.unwrap().alone);

    // An admin asks, and has just brought somebody in, who has brought somebody in.
    let granted = team.house.touch::<SendBroadcast>(&mut team.admin).unwrap();
    let mut friend = team.house.member(&mut team.admin, "friend@example.com", Role::Admin);
    let mut further = team.house.member(&mut friend, "further@example.com", Role::Admin);
    let asked = team.house.guard.ask_send(&granted, "news", content(5_000)).unwrap();
    assert!(is_second_person(approve(&team.house, &mut team.admin, &asked)), "asked for it");
    assert!(is_second_person(approve(&team.house, &mut friend, &asked)), "was brought in");
    assert!(is_second_person(approve(&team.house, &mut further, &asked)), "was brought in by them");
    // Nor is somebody whom they raise, or who came after it was asked for.
    let change = team.house.touch::<ChangeRole>(&mut team.admin).unwrap();
    team.house.guard.change_role(&change, team.marketer.member, Role::Admin).unwrap();
    team.house.sign_in(&mut team.marketer).unwrap();
    assert!(is_second_person(approve(&team.house, &mut team.marketer, &asked)), "was raised");
    assert!(approve(&team.house, &mut team.owner, &asked).is_ok());

    // What a puppet asks for is not approved by whoever brought it in, though they have been there for long.
    let puppet = team.house.touch::<SendBroadcast>(&mut friend).unwrap();
    let asked = team.house.guard.ask_send(&puppet, "news", content(5_000)).unwrap();
    assert!(is_second_person(approve(&team.house, &mut team.admin, &asked)));
}

#[test]
fn in_a_young_workspace_whoever_was_there_before_approves_and_a_lone_owner_waits() {
    let mut team = Team::new();
    let asked = team.ask(content(5_000)).unwrap();
    assert!(!approve(&team.house, &mut team.owner, &asked).unwrap().decision.unwrap().alone);
    let mut friend = team.house.member(&mut team.admin, "friend@example.com", Role::Admin);
    let granted = team.house.touch::<SendBroadcast>(&mut team.admin).unwrap();
    let asked = team.house.guard.ask_send(&granted, "news", content(5_000)).unwrap();
    assert!(is_second_person(approve(&team.house, &mut friend, &asked)), "was brought in by whoever asked");

    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<SendBroadcast>(&mut owner).unwrap();
    let asked = house.guard.ask_send(&granted, "news", content(5_000)).unwrap();
    let approved = approve(&house, &mut owner, &asked).unwrap();
    assert!(approved.decision.unwrap().alone);
    assert_eq!(
        house.noticed("grant.approved_alone"),
        [true, false],
        "the workspace and the operators are told"
    );
    let begin = || house.guard.begin_send(house.workspace, asked.id, (&"d".repeat(64), 5_000));
    assert!(matches!(begin(), Err(GuardError::GrantIs { state: "delayed" })));
    house.hand.advance_ms(ALONE_DELAY_MS);
    assert!(begin().is_ok());
}

#[test]
fn a_large_send_cools_and_what_differs_from_what_was_approved_does_not_begin() {
    let mut team = Team::settled(10);
    let asked = team.ask(content(PEOPLE_COOLING + 1)).unwrap();
    team.approve(&asked).unwrap();
    let begin = |team: &Team, digest: &str, people| {
        team.house.guard.begin_send(team.house.workspace, asked.id, (digest, people))
    };
    let digest = "d".repeat(64);
    assert!(matches!(
        begin(&team, &digest, PEOPLE_COOLING + 1),
        Err(GuardError::GrantIs { state: "delayed" })
    ));
    team.house.hand.advance_ms(COOLING_MS);
    let other = "e".repeat(64);
    for (digest, people) in [(&other, PEOPLE_COOLING), (&digest, 10_600), (&digest, 9_400)] {
        assert!(matches!(begin(&team, digest, people), Err(GuardError::SendIsAnother)), "{people}");
    }
    let sending = begin(&team, &digest, 10_400).unwrap();
    // More addresses than were approved are not given out.
    assert!(sending.count(10_501) && !sending.count(1));
    // It goes on after a restart, and ends with its time.
    team.house.restart();
    assert!(begin(&team, &digest, 1).is_ok());
    assert_eq!(team.house.guard.still_sends(&sending), Going::On);
    team.house.hand.advance_ms(25 * HOUR);
    assert_eq!(team.house.guard.still_sends(&sending), Going::Over);
}

#[test]
fn read_only_holds_a_send_and_a_stop_a_lockdown_or_the_end_of_a_member_ends_it() {
    let begun = || {
        let mut team = Team::settled(10);
        let asked = team.ask(content(5_000)).unwrap();
        team.approve(&asked).unwrap();
        let sending = team.begin(&asked).unwrap();
        (team, asked, sending)
    };
    let (team, _, sending) = begun();
    team.house.guard.set_read_only(&team.house.ask::<SetMode>(&team.owner).unwrap(), "drill").unwrap();
    assert_eq!(team.house.guard.still_sends(&sending), Going::Held);

    let (team, asked, sending) = begun();
    let stop = team.house.ask::<StopBroadcast>(&team.owner).unwrap();
    team.house.guard.stop_send(&stop, asked.id).unwrap();
    assert_eq!(team.house.guard.still_sends(&sending), Going::Over);

    let (mut team, _, sending) = begun();
    let lockdown = team.house.touch::<Lockdown>(&mut team.owner).unwrap();
    team.house.guard.lockdown(&lockdown, "drill").unwrap();
    assert_ne!(team.house.guard.still_sends(&sending), Going::On);

    let (mut team, _, sending) = begun();
    let remove = team.house.touch::<RemoveMember>(&mut team.owner).unwrap();
    team.house.guard.remove_member(&remove, team.admin.member).unwrap();
    assert_eq!(team.house.guard.still_sends(&sending), Going::Over, "whoever approved it is gone");
}

#[test]
fn an_edit_ends_what_was_approved_and_no_send_is_an_export() {
    let mut team = Team::settled(10);
    let asked = team.ask(content(5_000)).unwrap();
    team.approve(&asked).unwrap();
    let export = team.house.touch::<ExportPeople>(&mut team.marketer);
    assert!(export.is_err(), "a grant to send opens no export");
    let look = team.house.ask::<ReadAccess>(&team.admin).unwrap();
    let access = team.house.guard.access(&look).unwrap();
    let kinds: Vec<&str> = access.holders.iter().map(|holder| holder.kind.as_str()).collect();
    assert_eq!(kinds, ["member"; 3], "nor makes it anybody an operator");
    let edit = team.house.ask::<WriteCampaign>(&team.marketer).unwrap();
    team.house.guard.stop_send(&edit, asked.id).unwrap();
    let (_, state) = team.house.guard.send_state(team.house.workspace, asked.id).unwrap();
    assert_eq!(state, State::Ended);
    assert!(matches!(team.begin(&asked), Err(GuardError::GrantIs { .. })));
    // What is under way is stopped, not edited.
    let asked = team.ask(SendContent { broadcast: BroadcastId(2), ..content(5_000) }).unwrap();
    team.approve(&asked).unwrap();
    team.begin(&asked).unwrap();
    let edit = team.house.ask::<WriteCampaign>(&team.marketer).unwrap();
    assert!(matches!(team.house.guard.stop_send(&edit, asked.id), Err(GuardError::GrantIs { .. })));
}

#[test]
fn a_grant_that_was_altered_sends_nothing() {
    let mut team = Team::settled(10);
    let asked = team.ask(content(5_000)).unwrap();
    team.approve(&asked).unwrap();
    team.house
        .by_hand("update access_grant set document = replace(document, '5000', '9000') where closed = 0");
    assert!(team.begin(&asked).is_err());
    let mut team = Team::settled(10);
    let asked = team.ask(SendContent { editors: vec![MemberId(1)], ..content(5_000) }).unwrap();
    team.house.by_hand("update membership_giver set giver = x'00000000000000000000000000000000'");
    assert!(
        matches!(team.approve(&asked), Err(GuardError::Signin(_))),
        "who brought in whom is not taken from an altered row"
    );
    team.house.hand.advance_ms(MINUTE);
}
