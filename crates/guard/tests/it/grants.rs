//! Grants: by another person, for a time, once, and over at once.

use guard::grants::{ALONE_DELAY_MS, ExportScope, Format, Grant, State, UNWITNESSED_MS_MAX};
use guard::reset::ResetSet;
use guard::{Denied, GuardError};
use ledger::Cosigner;
use model::GrantId;
use policy::actions::{
    ApproveBreakGlass, ApproveGrant, AskBreakGlass, AskExport, ChangeRole, EndGrant, ExportPeople,
    FetchExport, ListGrants, ListMembers, ListPeople, ListSupport, Lockdown, OpenSupport, ReadEvents,
    RefuseGrant, RemoveMember, RemoveOperator, ResetAccess, RevealTrait, SendEvents, SetMode, ViewPerson,
};
use policy::{Action, Role};
use stdx::Secret;

use crate::house::{HOUR, House, MINUTE, Person, proof};

const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn scope() -> ExportScope {
    ExportScope {
        fields: vec!["id".to_owned(), "traits.email".to_owned()],
        who: None,
        rows_max: 100,
        format: Format::Csv,
        recipients: vec![RECIPIENT.to_owned()],
    }
}

struct Two {
    house: House,
    owner: Person,
    admin: Person,
}

impl Two {
    fn new() -> Self {
        let house = House::new();
        let mut owner = house.owner();
        let admin = house.member(&mut owner, "admin@example.com", Role::Admin);
        Self { house, owner, admin }
    }

    fn ask(&self, who: &Person) -> Grant {
        let granted = self.house.ask::<AskExport>(who).unwrap();
        self.house.guard.ask_export(&granted, "the yearly letter", None, scope()).unwrap()
    }

    fn approve(&mut self, grant: &Grant) -> Result<Grant, GuardError> {
        let granted = self.house.touch::<ApproveGrant>(&mut self.admin).unwrap();
        self.house.guard.approve_grant(&granted, grant.id, &grant.digest())
    }

    fn state(&self, id: GrantId) -> State {
        let granted = self.house.ask::<ListGrants>(&self.owner).unwrap();
        self.house.guard.grant(&granted, id).unwrap().state
    }

    /// An approved grant of the owner's.
    fn approved(&mut self) -> Grant {
        let asked = self.ask(&self.owner);
        self.approve(&asked).unwrap()
    }

    fn begin(&mut self, id: GrantId) -> Result<Grant, GuardError> {
        let granted = self.house.touch::<ExportPeople>(&mut self.owner)?;
        self.house.guard.begin_export(&granted, id)
    }
}

fn is(state: &'static str) -> impl Fn(&GuardError) -> bool {
    move |error| matches!(error, GuardError::GrantIs { state: found } if *found == state)
}

#[test]
fn another_person_approves_exactly_what_was_asked() {
    let mut two = Two::new();
    let asked = two.ask(&two.owner);
    assert_eq!(two.state(asked.id), State::Waiting);
    let own = two.house.touch::<ApproveGrant>(&mut two.owner).unwrap();
    let refused = two.house.guard.approve_grant(&own, asked.id, &asked.digest()).unwrap_err();
    assert!(matches!(refused, GuardError::SecondPerson), "{refused}");
    let other = two.ask(&two.owner);
    let granted = two.house.touch::<ApproveGrant>(&mut two.admin).unwrap();
    let wrong = two.house.guard.approve_grant(&granted, asked.id, &other.digest()).unwrap_err();
    assert!(matches!(wrong, GuardError::Invalid { field: "digest", .. }), "{wrong}");
    // Brought in after it was asked for: no second person.
    let mut late = two.house.member(&mut two.owner, "late@example.com", Role::Admin);
    two.house.hand.advance_ms(MINUTE);
    let granted = two.house.touch::<ApproveGrant>(&mut late).unwrap();
    let third = two.ask(&two.owner);
    assert!(
        two.house.guard.approve_grant(&granted, third.id, &third.digest()).is_ok(),
        "there before the third"
    );
    let approved = two.approve(&asked).unwrap();
    assert_eq!(approved.decision.map(|decision| decision.alone), Some(false));
    assert_eq!(two.state(asked.id), State::Open);
    assert!(two.approve(&asked).is_err_and(|error| is("open")(&error)), "once");
    let granted = two.house.ask::<RefuseGrant>(&two.admin).unwrap();
    two.house.guard.refuse_grant(&granted, other.id).unwrap();
    assert_eq!(two.state(other.id), State::Refused);
    assert!(two.approve(&other).is_err_and(|error| is("refused")(&error)));
}

#[test]
fn a_newcomer_is_no_second_person() {
    let mut two = Two::new();
    let asked = two.ask(&two.owner);
    two.house.hand.advance_ms(MINUTE);
    let mut late = two.house.member(&mut two.owner, "late@example.com", Role::Admin);
    let granted = two.house.touch::<ApproveGrant>(&mut late).unwrap();
    let refused = two.house.guard.approve_grant(&granted, asked.id, &asked.digest()).unwrap_err();
    assert!(matches!(refused, GuardError::SecondPerson), "{refused}");
}

#[test]
fn times_are_short_and_kept() {
    let mut two = Two::new();
    let granted = two.house.ask::<AskExport>(&two.owner).unwrap();
    for life_s in [0, 59, 4 * 3_600 + 1] {
        assert!(two.house.guard.ask_export(&granted, "why", Some(life_s), scope()).is_err(), "{life_s}");
    }
    let asked = two.ask(&two.owner);
    two.house.hand.advance_ms(24 * HOUR);
    two.house.sign_in(&mut two.owner).unwrap();
    two.house.sign_in(&mut two.admin).unwrap();
    assert_eq!(two.state(asked.id), State::Void);
    assert!(two.approve(&asked).is_err_and(|error| is("void")(&error)));
    let approved = two.approved();
    two.house.hand.advance_ms(30 * MINUTE - 1);
    two.house.sign_in(&mut two.owner).unwrap();
    assert_eq!(two.state(approved.id), State::Open);
    two.house.hand.advance_ms(1);
    assert_eq!(two.state(approved.id), State::Ended);
    assert!(two.begin(approved.id).is_err());
    assert_eq!(two.house.guard.settle_grants().unwrap(), 2);
    assert_eq!(two.house.guard.settle_grants().unwrap(), 0);
    assert_eq!(two.house.count_entered("grant.ended"), 4, "intent and outcome of each");
}

#[test]
fn an_export_is_begun_once_by_whoever_asked_and_taken_once_in_that_session() {
    let mut two = Two::new();
    // No grant, or only a request: the policy says no.
    let refused = two.house.ask::<ExportPeople>(&two.owner).unwrap_err();
    assert_eq!(refused, Denied::Forbidden { why: "exports-need-a-grant".to_owned() });
    let asked = two.ask(&two.owner);
    assert!(two.house.ask::<ExportPeople>(&two.owner).is_err());
    two.approve(&asked).unwrap();
    assert!(two.house.ask::<ExportPeople>(&two.admin).is_err(), "the approver has none of their own");
    let made_up = GrantId::new(two.house.hand_ms());
    assert!(two.begin(made_up).is_err());
    let theirs = two.ask(&two.admin);
    let own = two.house.touch::<ApproveGrant>(&mut two.owner).unwrap();
    two.house.guard.approve_grant(&own, theirs.id, &theirs.digest()).unwrap();
    let foreign = two.begin(theirs.id).unwrap_err();
    assert!(matches!(foreign, GuardError::Denied(Denied::Forbidden { .. })), "{foreign}");
    two.begin(asked.id).unwrap();
    assert!(two.begin(asked.id).is_err_and(|error| is("used")(&error)), "begun once");
    // Another session of the same person does not get it.
    let first = two.owner.token.clone();
    two.house.sign_in(&mut two.owner).unwrap();
    let elsewhere = two.house.ask::<FetchExport>(&two.owner).unwrap();
    assert!(two.house.guard.open_export(&elsewhere, asked.id).is_err());
    two.owner.token = first;
    let here = two.house.ask::<FetchExport>(&two.owner).unwrap();
    let approved = two.house.guard.open_export(&here, asked.id).unwrap();
    assert!(two.house.guard.still_approved(&approved));
    let here = two.house.ask::<FetchExport>(&two.owner).unwrap();
    assert!(two.house.guard.open_export(&here, asked.id).is_err(), "taken once");
    two.house.guard.export_over(approved, 3, true).unwrap();
    assert_eq!(two.state(asked.id), State::Ended);
    assert!(two.house.ask::<FetchExport>(&two.owner).is_err());
}

#[test]
fn it_is_over_at_once() {
    type Cut = fn(&mut Two, GrantId);
    let cuts: [(&str, Cut); 7] = [
        ("ended by hand", |two, id| {
            let granted = two.house.ask::<EndGrant>(&two.admin).unwrap();
            two.house.guard.end_grant(&granted, id, "no").unwrap();
        }),
        ("the approver has another role", |two, _| {
            let granted = two.house.touch::<ChangeRole>(&mut two.owner).unwrap();
            two.house.guard.change_role(&granted, two.admin.member, Role::Viewer).unwrap();
        }),
        ("the approver is gone", |two, _| {
            let granted = two.house.touch::<RemoveMember>(&mut two.owner).unwrap();
            two.house.guard.remove_member(&granted, two.admin.member).unwrap();
        }),
        ("a reset of the approver", |two, _| {
            let granted = two.house.touch::<ResetAccess>(&mut two.owner).unwrap();
            let set = ResetSet { members: vec![two.admin.member], ..ResetSet::default() };
            two.house.guard.reset(&granted, &set, "odd").unwrap();
        }),
        ("lockdown", |two, _| {
            let granted = two.house.touch::<Lockdown>(&mut two.admin).unwrap();
            two.house.guard.lockdown(&granted, "odd").unwrap();
        }),
        ("read-only", |two, _| {
            let granted = two.house.ask::<SetMode>(&two.admin).unwrap();
            two.house.guard.set_read_only(&granted, "odd").unwrap();
        }),
        ("after a restore", |two, _| two.house.guard.host().end_everything_signed_in().unwrap()),
    ];
    for (name, cut) in cuts {
        let mut two = Two::new();
        let grant = two.approved();
        two.begin(grant.id).unwrap();
        let granted = two.house.ask::<FetchExport>(&two.owner).unwrap();
        let approved = two.house.guard.open_export(&granted, grant.id).unwrap();
        assert!(two.house.guard.still_approved(&approved));
        cut(&mut two, grant.id);
        assert!(!two.house.guard.still_approved(&approved), "{name}");
    }
}

#[test]
fn no_grant_outlives_a_restore() {
    let mut two = Two::new();
    let (waiting, open) = (two.ask(&two.owner), two.approved());
    two.house.guard.host().end_everything_signed_in().unwrap();
    two.house.sign_in(&mut two.owner).unwrap();
    two.house.sign_in(&mut two.admin).unwrap();
    assert_eq!((two.state(waiting.id), two.state(open.id)), (State::Ended, State::Ended));
    assert!(two.approve(&waiting).is_err());
    assert!(two.begin(open.id).is_err());
}

#[test]
fn alone_waits_and_is_called_so() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.ask::<AskExport>(&owner).unwrap();
    let asked = house.guard.ask_export(&granted, "the yearly letter", None, scope()).unwrap();
    let granted = house.touch::<ApproveGrant>(&mut owner).unwrap();
    let approved = house.guard.approve_grant(&granted, asked.id, &asked.digest()).unwrap();
    assert_eq!(approved.decision.map(|decision| decision.alone), Some(true));
    assert!(house.ask::<ExportPeople>(&owner).is_err(), "not at once");
    house.hand.advance_ms(ALONE_DELAY_MS);
    house.sign_in(&mut owner).unwrap();
    let granted = house.touch::<ExportPeople>(&mut owner).unwrap();
    house.guard.begin_export(&granted, asked.id).unwrap();
    assert_eq!(house.noticed("grant.approved_alone"), [true, false], "the workspace and the operators");
}

#[test]
fn support_looks_masked_while_it_is_open() {
    let mut two = Two::new();
    let mut operator = two.house.operator();
    assert_eq!(two.house.ask::<ReadEvents>(&operator).unwrap_err(), Denied::NotFound);
    let granted = two.house.touch::<OpenSupport>(&mut two.admin).unwrap();
    for life_s in [0, 72 * 3_600 + 1] {
        assert!(two.house.guard.open_support(&granted, operator.member, "why", life_s).is_err());
    }
    let nobody = two.house.guard.open_support(&granted, two.owner.member, "why", 3_600);
    assert!(nobody.is_err(), "a member is no operator");
    let opened = two.house.guard.open_support(&granted, operator.member, "ticket 7", 72 * 3_600).unwrap();
    let seen = two.house.guard.opened_to(&two.house.ask::<ListSupport>(&operator).unwrap()).unwrap();
    assert_eq!(seen.iter().map(|opened| opened.workspace_name.as_str()).collect::<Vec<_>>(), ["Acme"]);

    assert_eq!(two.house.count_entered("grant.used"), 0);
    let look = two.house.ask::<ReadEvents>(&operator).unwrap();
    assert!(two.house.ask::<ViewPerson>(&operator).is_ok());
    assert_eq!(two.house.count_entered("grant.used"), 2, "the first look is told, once: intent and outcome");
    for refused in [
        two.house.ask::<ListPeople>(&operator),
        two.house.ask::<ListMembers>(&operator),
        two.house.touch::<RevealTrait>(&mut operator),
        two.house.touch::<ExportPeople>(&mut operator),
        two.house.ask::<AskExport>(&operator),
        two.house.ask::<SetMode>(&operator),
        two.house.touch::<ApproveGrant>(&mut operator),
    ] {
        assert!(matches!(refused, Err(Denied::Forbidden { .. })), "{refused:?}");
    }
    assert!(two.house.ask::<SendEvents>(&operator).is_ok(), "what anybody may");

    let caller = two.house.caller(&operator).unwrap();
    assert!(two.house.guard.still_permits(&caller, &look));
    let granted = two.house.ask::<EndGrant>(&two.owner).unwrap();
    two.house.guard.end_grant(&granted, opened.id, "").unwrap();
    assert!(!two.house.guard.still_permits(&caller, &look), "a stream ends");
    assert_eq!(two.house.ask::<ReadEvents>(&operator).unwrap_err(), Denied::NotFound);
    assert!(two.house.caller(&operator).is_ok(), "the session itself goes on");
}

#[test]
fn while_no_witness_sees_the_ledger_nothing_leaves_and_nobody_is_let_in() {
    let mut two = Two::new();
    let operator = two.house.operator();
    let granted = two.house.touch::<OpenSupport>(&mut two.admin).unwrap();
    two.house.guard.open_support(&granted, operator.member, "ticket 7", 3_600).unwrap();
    let grant = two.approved();
    two.begin(grant.id).unwrap();
    let witness = Cosigner::new("witness.example", &Secret::new([7; 32])).unwrap();
    two.house.ledger.expect_witnesses(vec![witness.key().clone()]);
    two.house.ledger.checkpoint_now().unwrap();
    two.house.hand.advance_ms(UNWITNESSED_MS_MAX);
    assert!(two.house.ask::<ReadEvents>(&operator).is_ok(), "so long they may lag");
    let fetch = two.house.ask::<FetchExport>(&two.owner).unwrap();
    two.house.hand.advance_ms(1);
    assert_eq!(two.house.ask::<ReadEvents>(&operator).unwrap_err(), Denied::Unwitnessed);
    assert!(matches!(
        two.house.guard.open_export(&fetch, grant.id),
        Err(GuardError::Denied(Denied::Unwitnessed))
    ));
    assert!(two.house.ask::<ReadEvents>(&two.owner).is_ok(), "members go on");
    // An answer of the witness mends it.
    let checkpoint = two.house.ledger.checkpoint_now().unwrap();
    let now_s = u64::try_from(two.house.hand_ms() / 1_000).unwrap();
    let answer = witness.cosign(&checkpoint, now_s);
    two.house.ledger.add_cosignature(&checkpoint, witness.key(), &answer).unwrap();
    assert!(two.house.ask::<ReadEvents>(&operator).is_ok());
}

#[test]
fn support_ends_with_its_time_and_with_whoever_opened_it() {
    let mut two = Two::new();
    let operator = two.house.operator();
    let open = |two: &mut Two| {
        let granted = two.house.touch::<OpenSupport>(&mut two.admin).unwrap();
        two.house.guard.open_support(&granted, operator.member, "ticket 7", 600).unwrap()
    };
    open(&mut two);
    assert!(two.house.ask::<ReadEvents>(&operator).is_ok());
    two.house.hand.advance_ms(10 * MINUTE);
    assert_eq!(two.house.ask::<ReadEvents>(&operator).unwrap_err(), Denied::NotFound);
    open(&mut two);
    assert!(two.house.ask::<ReadEvents>(&operator).is_ok());
    let granted = two.house.touch::<RemoveMember>(&mut two.owner).unwrap();
    two.house.guard.remove_member(&granted, two.admin.member).unwrap();
    assert_eq!(two.house.ask::<ReadEvents>(&operator).unwrap_err(), Denied::NotFound);
}

#[test]
fn a_removed_operators_grants_go() {
    let mut two = Two::new();
    let mut first = two.house.operator();
    let second = two.house.second_operator();
    let granted = two.house.touch::<OpenSupport>(&mut two.admin).unwrap();
    let opened = two.house.guard.open_support(&granted, second.member, "ticket 7", 600).unwrap();
    let granted = two.house.touch::<RemoveOperator>(&mut first).unwrap();
    two.house.guard.remove_operator(&granted, second.member).unwrap();
    assert_eq!(two.state(opened.id), State::Ended);
}

#[test]
fn breaking_the_glass_takes_two_operators_and_tells_first() {
    let Two { house, owner, mut admin } = Two::new();
    let house = &house;
    let mut first = house.operator();
    let mut second = house.second_operator();
    let ask = |first: &mut Person, reason| {
        let granted = house.touch::<AskBreakGlass>(first).unwrap();
        house.guard.ask_break_glass(&granted, house.workspace, reason)
    };
    assert!(ask(&mut first, " ").is_err(), "a reason is needed");
    let asked = ask(&mut first, "the disk is full").unwrap();
    assert_eq!(asked.life_ms, 30 * MINUTE);
    assert_eq!(house.noticed("break_glass.asked"), [true, false], "the workspace and the operators");
    assert_eq!(house.ask::<ReadEvents>(&first).unwrap_err(), Denied::NotFound, "asking opens nothing");

    let approve = |by: &mut Person, digest: &str| {
        let granted = house.touch::<ApproveBreakGlass>(by).unwrap();
        house.guard.approve_break_glass(&granted, asked.id, digest)
    };
    assert!(matches!(approve(&mut first, &asked.digest()), Err(GuardError::SecondPerson)));
    house.hand.advance_ms(1);
    let mut late = house.further_operator(&mut second, &mut first);
    let asked_before = matches!(approve(&mut late, &asked.digest()), Err(GuardError::SecondPerson));
    assert!(asked_before, "somebody brought in afterwards is no second person");
    let granted = house.touch::<ApproveGrant>(&mut admin).unwrap();
    let by_them = house.guard.approve_grant(&granted, asked.id, &asked.digest());
    assert!(by_them.is_err(), "a workspace opens itself by support, not by this");
    assert!(matches!(approve(&mut second, "0"), Err(GuardError::Invalid { field: "digest", .. })));

    let witness = Cosigner::new("witness.example", &Secret::new([7; 32])).unwrap();
    house.ledger.expect_witnesses(vec![witness.key().clone()]);
    approve(&mut second, &asked.digest()).unwrap();
    assert_eq!(house.noticed("break_glass.approved"), [true, false]);
    assert_eq!(house.ask::<ReadEvents>(&first).unwrap_err(), Denied::NotFound, "no witness has seen it yet");
    let checkpoint = house.ledger.checkpoint_now().unwrap();
    let now_s = u64::try_from(house.hand_ms() / 1_000).unwrap();
    let answer = witness.cosign(&checkpoint, now_s);
    house.ledger.add_cosignature(&checkpoint, witness.key(), &answer).unwrap();

    let look = house.ask::<ReadEvents>(&first).unwrap();
    assert_eq!(
        house.ask::<ReadEvents>(&second).unwrap_err(),
        Denied::NotFound,
        "whoever approves sees nothing"
    );
    for refused in [house.ask::<ListPeople>(&first), house.touch::<ExportPeople>(&mut first)] {
        assert!(matches!(refused, Err(Denied::Forbidden { .. })), "{refused:?}");
    }
    let caller = house.caller(&first).unwrap();
    assert!(house.guard.still_permits(&caller, &look));
    let granted = house.ask::<EndGrant>(&owner).unwrap();
    house.guard.end_grant(&granted, asked.id, "").unwrap();
    assert!(!house.guard.still_permits(&caller, &look), "its people end it");

    let asked = ask(&mut first, "again").unwrap();
    let granted = house.touch::<ApproveBreakGlass>(&mut second).unwrap();
    house.guard.approve_break_glass(&granted, asked.id, &asked.digest()).unwrap();
    let checkpoint = house.ledger.checkpoint_now().unwrap();
    let answer = witness.cosign(&checkpoint, now_s);
    house.ledger.add_cosignature(&checkpoint, witness.key(), &answer).unwrap();
    assert!(house.ask::<ReadEvents>(&first).is_ok());
    let granted = house.touch::<RemoveOperator>(&mut first).unwrap();
    house.guard.remove_operator(&granted, second.member).unwrap();
    assert_eq!(
        house.ask::<ReadEvents>(&first).unwrap_err(),
        Denied::NotFound,
        "it goes with whoever approved"
    );
}

#[test]
fn a_broken_glass_is_whole_again_after_half_an_hour() {
    let two = Two::new();
    let house = &two.house;
    let mut first = house.operator();
    let mut second = house.second_operator();
    let granted = house.touch::<AskBreakGlass>(&mut first).unwrap();
    let asked = house.guard.ask_break_glass(&granted, house.workspace, "the disk is full").unwrap();
    let granted = house.touch::<ApproveBreakGlass>(&mut second).unwrap();
    house.guard.approve_break_glass(&granted, asked.id, &asked.digest()).unwrap();
    for _ in 0..3 {
        house.hand.advance_ms(10 * MINUTE - 1);
        house.sign_in(&mut first).unwrap();
        assert!(house.ask::<ReadEvents>(&first).is_ok());
    }
    house.hand.advance_ms(3);
    assert_eq!(house.ask::<ReadEvents>(&first).unwrap_err(), Denied::NotFound);
}

#[test]
fn edited_grants_give_nothing() {
    let edits = [
        "update access_grant set document = replace(document, '\"rows_max\":100', '\"rows_max\":999999')",
        "update access_grant set document = replace(document, '\"asked_ms\":1', '\"asked_ms\":2')",
        "update access_grant set subject = (select account from membership where role = 'admin')",
        "update access_grant set closed = 0, document = replace(document, '\"ends_ms\":', '\"ends_ms\":9')",
        "update access_grant set workspace = (select id from workspace where name = 'Acme'), kind = 'support'",
    ];
    for edit in edits {
        let mut two = Two::new();
        let grant = two.approved();
        two.house.by_hand(edit);
        let refused = two.begin(grant.id);
        assert!(refused.is_err(), "{edit}");
        let caller = two.house.caller(&two.owner).unwrap();
        let asked =
            two.house.guard.permit(&caller, ExportPeople::info(), Some(two.house.workspace), proof(None));
        assert!(matches!(asked, Err(Denied::Forbidden { .. })), "{edit}: {asked:?}");
    }
}
