//! What a request costs at the guard: `cargo run --release -p guard --example cost`.
//!
//! One workspace, one owner, one session; the numbers are microseconds a call, on one thread.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measuring program")]

use std::hint::black_box;
use std::time::Instant;

use control::Database;
use guard::{Credential, Guard, Parts, PasskeyConfig, Proof};
use keys::{Key, KeyDirectory};
use ledger::{Ledger, LedgerKeys};
use policy::{Action, actions};
use stdx::Clock;
use testkit::Authenticator;

const CALLS: u32 = 20_000;

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let (master, clock) = (Key::generate(), Clock::wall());
    let db = Database::open(&dir.path().join("control.db"), control::CONTROL_MIGRATIONS).unwrap();
    let keys = LedgerKeys::derive("cost", &master).unwrap();
    let ledger = Ledger::open(&dir.path().join("ledger"), keys, clock.clone()).unwrap();
    let origin = "http://localhost:7071";
    let passkeys = PasskeyConfig {
        rp_id: "localhost".into(),
        sessions_roam: false,
        rp_name: "Holdfast".into(),
        origins: vec![origin.to_owned()],
    };
    let corpus = breach::Corpus::at("no-corpus");
    let parts = Parts { db, master, keys: KeyDirectory::new(), ledger, clock, passkeys, corpus };
    let guard = Guard::open(parts).unwrap();
    let installed = guard.install("Acme", "owner@example.com").unwrap();
    let options = guard.begin_enrol(installed.setup_code.expose()).unwrap();
    let signed_in = guard.finish_enrol(&Authenticator::at(origin).register(&options)).unwrap();
    let text = signed_in.token.expose();
    let caller = guard.identify(Credential::Session(text)).unwrap();
    let proof = Proof { method: "GET", path: "/", body_digest: [0; 32], step_up_id: None };
    let workspace = Some(installed.workspace.id);

    time("identify a session", || drop(black_box(guard.identify(Credential::Session(text)).unwrap())));
    time("permit a look", || {
        drop(black_box(guard.permit(&caller, actions::ReadEvents::info(), workspace, proof).unwrap()));
    });
    time("permit a change", || {
        drop(black_box(guard.permit(&caller, actions::ImportEvents::info(), workspace, proof).unwrap()));
    });
    time("demand a touch", || {
        drop(black_box(guard.permit(&caller, actions::CreateToken::info(), workspace, proof)))
    });
}

fn time(what: &str, mut call: impl FnMut()) {
    call();
    let begun = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    println!("{what:20} {:8.2} µs", begun.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
}
