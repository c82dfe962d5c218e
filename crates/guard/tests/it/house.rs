//! A house with a guard, and people at its door.

use control::Database;
use guard::{Caller, Credential, Denied, Granted, Guard, GuardError, Parts, PasskeyConfig, Proof, SignedIn};
use keys::{Key, KeyDirectory};
use ledger::{Ledger, LedgerKeys};
use model::{MemberId, WorkspaceId};
use policy::{Action, Role};
use serde_json::Value;
use stdx::{Clock, ManualClock};
use tempfile::TempDir;
use testkit::Authenticator;

pub const ORIGIN: &str = "http://localhost:7071";
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;

pub struct House {
    pub guard: Guard,
    pub db: Database,
    pub ledger: Ledger,
    pub hand: ManualClock,
    pub workspace: WorkspaceId,
    pub owner_code: String,
    pub operator_code: String,
    /// Of the second operator, who is there from the first day.
    pub second_code: String,
    dir: TempDir,
    master: Key,
    clock: Clock,
}

/// Somebody with a passkey and, mostly, a session.
pub struct Person {
    pub key: Authenticator,
    pub member: MemberId,
    pub token: String,
}

impl House {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual("2026-11-21T12:00:00Z".parse().unwrap());
        let master = Key::generate();
        let db = Database::open(&dir.path().join("control.db"), control::CONTROL_MIGRATIONS).unwrap();
        let keys = LedgerKeys::derive("test", &master).unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger"), keys, clock.clone()).unwrap();
        let guard = open(&db, &master, &ledger, &clock);
        let installed = guard.install("Acme", "owner@example.com").unwrap();
        let second_code = guard.install_second_operator().unwrap().expose().clone();
        Self {
            guard,
            db,
            ledger,
            hand,
            workspace: installed.workspace.id,
            owner_code: installed.setup_code.expose().clone(),
            operator_code: installed.operator_code.expose().clone(),
            second_code,
            dir,
            master,
            clock,
        }
    }

    /// As after a restart: what was only in memory is gone.
    pub fn restart(&mut self) {
        self.guard = open(&self.db, &self.master, &self.ledger, &self.clock);
    }

    /// What time it is there.
    pub fn hand_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn owner(&self) -> Person {
        self.enrol(&self.owner_code)
    }

    pub fn operator(&self) -> Person {
        self.enrol(&self.operator_code)
    }

    /// The second operator, who answers to nobody.
    pub fn second_operator(&self) -> Person {
        self.enrol(&self.second_code)
    }

    /// A further operator, whom `by` asks for and `with` approves.
    pub fn further_operator(&self, by: &mut Person, with: &mut Person) -> Person {
        let granted = self.touch::<policy::actions::InviteOperator>(by).unwrap();
        let asked = self.guard.ask_operator(&granted, "somebody for the nights").unwrap();
        let granted = self.touch::<policy::actions::ApproveOperator>(with).unwrap();
        self.guard.approve_operator(&granted, asked.id).unwrap();
        let granted = self.touch::<policy::actions::InviteOperator>(by).unwrap();
        self.enrol(self.guard.invite_operator(&granted, asked.id).unwrap().code.expose())
    }

    pub fn enrol(&self, code: &str) -> Person {
        let mut key = Authenticator::at(ORIGIN);
        let options = self.guard.begin_enrol(code).unwrap();
        let signed_in = self.guard.finish_enrol(&key.register(&options)).unwrap();
        Person { key, member: signed_in.member, token: signed_in.token.expose().clone() }
    }

    pub fn sign_in(&self, person: &mut Person) -> Result<SignedIn, Denied> {
        let options = self.guard.begin_sign_in().unwrap();
        let signed_in = self.guard.finish_sign_in(&person.key.sign(&options))?;
        person.token = signed_in.token.expose().clone();
        Ok(signed_in)
    }

    /// Somebody whom `by` invites and who enrols.
    pub fn member(&self, by: &mut Person, email: &str, role: Role) -> Person {
        let granted = self.touch::<policy::actions::InviteMember>(by).unwrap();
        let invited = self.guard.invite(&granted, email, role).unwrap();
        self.enrol(invited.code.expose())
    }

    pub fn caller(&self, person: &Person) -> Result<Caller, Denied> {
        self.guard.identify(Credential::Session(&person.token))
    }

    /// The same from an address.
    pub fn caller_from(&self, person: &Person, address: [u8; 4]) -> Result<Caller, Denied> {
        self.guard.identify_from(Credential::Session(&person.token), Some(address.into()))
    }

    /// Asks for `A` in the house's workspace, without a touch.
    pub fn ask<A: Action>(&self, person: &Person) -> Result<Granted, Denied> {
        let caller = self.caller(person)?;
        self.guard.permit(&caller, A::info(), Some(self.workspace), proof(None))
    }

    /// Asks for `A` and touches the passkey when it is demanded.
    pub fn touch<A: Action>(&self, person: &mut Person) -> Result<Granted, Denied> {
        let caller = self.caller(person)?;
        match self.guard.permit(&caller, A::info(), Some(self.workspace), proof(None)) {
            Err(Denied::StepUpRequired { id, public_key }) => {
                self.guard.finish_step_up(&caller, &id, person.key.sign(&public_key))?;
                self.guard.permit(&caller, A::info(), Some(self.workspace), proof(Some(&id)))
            }
            other => other,
        }
    }

    /// The codes of all ledger entries, oldest first.
    pub fn entered(&self) -> Vec<(String, String, Value)> {
        let scopes = [ledger::Scope::Installation, ledger::Scope::Workspaces(vec![self.workspace])];
        let mut entries = Vec::new();
        for scope in scopes {
            let filter = ledger::Filter { limit: ledger::PAGE_ENTRIES_MAX, ..ledger::Filter::newest(scope) };
            entries.extend(self.ledger.entries(&filter).unwrap().entries);
        }
        entries.sort_by_key(|entry| entry.id);
        entries.into_iter().map(|entry| (entry.code, entry.object, entry.detail)).collect()
    }

    pub fn count_entered(&self, code: &str) -> usize {
        self.entered().iter().filter(|(entered, ..)| entered == code).count()
    }

    /// For each notice of the kind, whether it is the workspace's.
    pub fn noticed(&self, kind: &str) -> Vec<bool> {
        let told = self.db.read(|tx| {
            let mut statement =
                tx.prepare("select workspace is not null from notice where kind = ?1 order by id")?;
            let rows = statement.query_map([kind], |row| row.get(0))?;
            Ok::<_, control::ControlError>(rows.collect::<Result<Vec<bool>, _>>()?)
        });
        told.unwrap()
    }

    /// Changes the database as somebody with a shell on the host would.
    pub fn by_hand(&self, sql: &str) {
        let changed = self.db.write(|tx| Ok::<_, control::ControlError>(tx.execute(sql, [])?)).unwrap();
        assert!(changed > 0, "`{sql}` changed nothing");
    }
}

pub fn proof(step_up_id: Option<&str>) -> Proof<'_> {
    Proof { method: "POST", path: "/api/v1/x", body_digest: [7; 32], step_up_id }
}

fn open(db: &Database, master: &Key, ledger: &Ledger, clock: &Clock) -> Guard {
    let passkeys = PasskeyConfig {
        rp_id: "localhost".to_owned(),
        sessions_roam: false,
        rp_name: "Holdfast".to_owned(),
        origins: vec![ORIGIN.to_owned()],
    };
    let parts = Parts {
        db: db.clone(),
        master: master.clone(),
        keys: KeyDirectory::new(),
        ledger: ledger.clone(),
        corpus: breach::Corpus::at("no-corpus"),
        clock: clock.clone(),
        passkeys,
    };
    Guard::open(parts).unwrap()
}

/// The error as a refusal.
pub fn denied<T>(result: Result<T, GuardError>) -> Option<Denied> {
    match result {
        Err(GuardError::Denied(denied)) => Some(denied),
        _ => None,
    }
}
