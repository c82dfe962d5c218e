//! A workspace with one owner, people with addresses, and a relay.

use std::sync::Arc;

use campaign::{Broadcast, Campaigns, Draft, Parts, Sender, State, Tally, Template};
use control::{CONTROL_MIGRATIONS, Database, PEOPLE_MIGRATIONS};
use guard::grants::ALONE_DELAY_MS;
use guard::{Caller, Credential, Denied, Granted, Guard, PasskeyConfig, Proof};
use keys::{Key, KeyDirectory};
use ledger::{Ledger, LedgerKeys};
use model::{
    BroadcastId, Channel, Class, Consent, Decision, Entry, EventRecord, Kind, MemberId, Offset, Order,
    SealedValue, SourceId, Stored, WorkspaceId,
};
use people::{IdentifierKind, People};
use policy::Action;
use policy::actions::{ApproveGrant, SendBroadcast, WriteCampaign};
use rows::export::Shelf;
use rows::{Budget, Own, Rows};
use segments::Segments;
use send::{Relay, Security};
use stdx::{Clock, ManualClock};
use store::Store;
use tempfile::TempDir;
use testkit::{Authenticator, MailSink, wait_until};

const ORIGIN: &str = "http://localhost:7071";

pub struct World {
    pub campaigns: Campaigns,
    pub segments: Segments,
    pub people: Arc<People>,
    pub people_db: Database,
    pub control: Database,
    pub ledger: Ledger,
    pub hand: ManualClock,
    pub workspace: WorkspaceId,
    pub relay: MailSink,
    guard: Guard,
    key: Authenticator,
    token: String,
    entries: u64,
    _dir: TempDir,
}

impl World {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual("2026-11-21T12:00:00Z".parse().unwrap());
        let (master, keys) = (Key::generate(), KeyDirectory::new());
        let control = Database::open(&dir.path().join("control.db"), CONTROL_MIGRATIONS).unwrap();
        let people_db = Database::open(&dir.path().join("people.db"), PEOPLE_MIGRATIONS).unwrap();
        let derived = LedgerKeys::derive("test", &master).unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger"), derived, clock.clone()).unwrap();
        let guard = Guard::open(guard::Parts {
            db: control.clone(),
            master: master.clone(),
            keys: keys.clone(),
            ledger: ledger.clone(),
            clock: clock.clone(),
            passkeys: PasskeyConfig {
                rp_id: "localhost".to_owned(),
                rp_name: "Holdfast".to_owned(),
                origins: vec![ORIGIN.to_owned()],
                sessions_roam: false,
            },
            corpus: breach::Corpus::at("no-corpus"),
        })
        .unwrap();
        let installed = guard.install("Acme", "owner@example.com").unwrap();
        let mut key = Authenticator::at(ORIGIN);
        let options = guard.begin_enrol(installed.setup_code.expose()).unwrap();
        let token = guard.finish_enrol(&key.register(&options)).unwrap().token.expose().clone();
        let people = Arc::new(People::open(people_db.clone(), keys.clone(), clock.clone()).unwrap());
        let budget = Budget { people_per_hour_max: 10, people_per_day_max: 10 };
        let store_keys = keys.clone();
        let own = Own { clock: clock.clone(), shelf: Shelf { dir: dir.path().join("exports"), keys } };
        let rows = Rows::new(people.clone(), ledger.clone(), guard.clone(), budget, own);
        let store = Store::open(dir.path(), store_keys, clock.clone(), store::Config::default()).unwrap();
        let segments = Segments::open(segments::Parts {
            control: control.clone(),
            people_db: people_db.clone(),
            people: people.clone(),
            store,
            ledger: ledger.clone(),
            clock: clock.clone(),
            marks: master.hasher("segment row 1"),
            feed: Arc::new(|_, _| Ok(true)),
        })
        .unwrap();
        let relay = MailSink::open();
        let campaigns = Campaigns::new(Parts {
            control: control.clone(),
            people_db: people_db.clone(),
            people: people.clone(),
            segments: segments.clone(),
            guard: guard.clone(),
            rows,
            ledger: ledger.clone(),
            clock,
            marks: master.hasher("campaign row 1"),
            links: (master.hasher("unsubscribe link 1"), "http://127.0.0.1:7070".to_owned()),
            relay: Some(Relay {
                host: "127.0.0.1".to_owned(),
                port: relay.port(),
                security: Security::Plain,
                login: None,
                from: String::new(),
                root: None,
            }),
        });
        let workspace = installed.workspace.id;
        Self {
            campaigns,
            segments,
            people,
            people_db,
            control,
            ledger,
            hand,
            workspace,
            relay,
            guard,
            key,
            token,
            entries: 0,
            _dir: dir,
        }
    }

    /// A world with people `u0`, `u1`, … each with an address.
    pub fn with(count: usize) -> Self {
        let mut world = Self::new();
        for number in 0..count {
            let sealed =
                |name: &str, class, value: String| SealedValue { name: name.to_owned(), class, value };
            let event = EventRecord {
                workspace: world.workspace,
                source: SourceId(1),
                message_id: format!("m{number}"),
                kind: Kind::Identify,
                name: String::new(),
                time_ms: 0,
                received_ms: 0,
                user_id: Some(format!("u{number}")),
                anonymous_id: None,
                group_id: None,
                previous_id: None,
                properties: "{}".to_owned(),
                traits: "{}".to_owned(),
                context: "{}".to_owned(),
                sealed: vec![sealed("email", Class::Email, format!("u{number}@customers.example"))],
                findings: Vec::new(),
            };
            let entry = Entry { offset: Offset(world.entries), record: Stored::Event(event) };
            world.entries += 1;
            world.people.resolve(&[entry], &[]).unwrap();
        }
        world
    }

    /// A member enters what somebody said about marketing.
    pub fn says(&mut self, user: &str, consent: Consent) {
        let person = self.people.find(self.workspace, IdentifierKind::UserId, user).unwrap().unwrap();
        let (channel, said_ms) = (Channel::Email, i64::try_from(self.entries).unwrap());
        let decision = Decision { by: MemberId(1), reason: "a call".to_owned(), at_ms: said_ms };
        let (workspace, purpose) = (self.workspace, "marketing".to_owned());
        let order =
            Order::Consent { workspace, person: person.code, purpose, channel, consent, said_ms, decision };
        let entry = Entry { offset: Offset(self.entries), record: Stored::Order(order) };
        self.entries += 1;
        self.people.resolve(&[entry], &[]).unwrap();
    }

    pub fn permit<A: Action>(&mut self) -> Granted {
        let proof = |id| Proof { method: "POST", path: "/x", body_digest: [7; 32], step_up_id: id };
        let caller: Caller = self.guard.identify(Credential::Session(&self.token)).unwrap();
        match self.guard.permit(&caller, A::info(), Some(self.workspace), proof(None)) {
            Err(Denied::StepUpRequired { id, public_key }) => {
                self.guard.finish_step_up(&caller, &id, self.key.sign(&public_key)).unwrap();
                self.guard.permit(&caller, A::info(), Some(self.workspace), proof(Some(&id))).unwrap()
            }
            granted => granted.unwrap(),
        }
    }

    /// A broadcast to everybody that the lone owner asked for, approved and waited for.
    pub fn asked(&mut self) -> BroadcastId {
        self.asked_for(None)
    }

    /// The same to an audience.
    pub fn asked_for(&mut self, who: Option<serde_json::Value>) -> BroadcastId {
        self.asked_about(who, None)
    }

    /// The same for a purpose.
    pub fn asked_about(&mut self, who: Option<serde_json::Value>, purpose: Option<&str>) -> BroadcastId {
        let granted = self.permit::<WriteCampaign>();
        let template = Template {
            name: "News".to_owned(),
            subject: "Hello".to_owned(),
            text: "Dear {{ first_name | default: \"customer\" }}".to_owned(),
            html: None,
            from: "Shop <news@shop.example>".to_owned(),
            reply_to: None,
        };
        let version = self.campaigns.write_template(&granted, None, template).unwrap();
        let purpose = purpose.map(str::to_owned);
        let draft = Draft { name: "News".to_owned(), template: version.id, version: 1, who, purpose };
        let id = self.campaigns.make(&granted, draft).unwrap().id;
        let granted = self.permit::<SendBroadcast>();
        let (_, grant) = self.campaigns.ask(&granted, id, "").unwrap();
        let granted = self.permit::<ApproveGrant>();
        self.guard.approve_grant(&granted, grant.id, &grant.digest()).unwrap();
        self.hand.advance_ms(ALONE_DELAY_MS);
        let options = self.guard.begin_sign_in().unwrap();
        self.token = self.guard.finish_sign_in(&self.key.sign(&options)).unwrap().token.expose().clone();
        id
    }

    pub fn start(&self) -> Sender {
        Sender::start(&self.campaigns).unwrap()
    }

    pub fn shown(&self, id: BroadcastId) -> (Broadcast, Tally) {
        let (broadcast, _, tally) = self.campaigns.broadcast(self.workspace, id).unwrap();
        (broadcast, tally)
    }

    /// Waits until it is as wanted.
    pub fn until(&self, id: BroadcastId, wanted: impl Fn(State, Tally) -> bool) -> (Broadcast, Tally) {
        wait_until(30, "the broadcast", || {
            let (broadcast, tally) = self.shown(id);
            wanted(broadcast.state, tally).then_some((broadcast, tally))
        })
    }

    /// Waits until the relay has refused every one of them for now.
    pub fn until_refused(&self, id: BroadcastId, count: i64) {
        wait_until(30, "refusals", || {
            let tried = self.people_db.read(|tx| {
                let sql =
                    "select count(*) from outbox where broadcast = ?1 and state = 'waiting' and tries > 0";
                Ok::<_, control::ControlError>(
                    tx.query_row(sql, [id.0.to_be_bytes()], |row| row.get::<_, i64>(0))?,
                )
            });
            (tried.unwrap() == count).then_some(())
        });
    }

    pub fn by_hand(&self, db: &Database, sql: &str) {
        let changed = db.write(|tx| Ok::<_, control::ControlError>(tx.execute(sql, [])?)).unwrap();
        assert!(changed > 0, "`{sql}` changed nothing");
    }

    /// The addresses that letters arrived at, sorted.
    pub fn arrived(&self) -> Vec<String> {
        let mut to: Vec<String> = self.relay.arrived().into_iter().flat_map(|mail| mail.to).collect();
        to.sort();
        to
    }
}
