//! `holdfast ledger …`: verify it, prove one entry, say how far witnesses have seen it. A running server does not disturb any.

use std::fmt::Write as _;
use std::path::Path;

use ::ledger::{Disclosure, LedgerKeys, PublicKey, Standing, Trouble, Trust, WitnessKey, disclose, verify};

use crate::cli::{Ledger, LedgerVerify, Place};
use crate::config::Config;
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};

/// The largest file of proofs or checkpoints that is read.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

pub(super) fn run(command: &Ledger) -> Outcome {
    match command {
        Ledger::Verify(arguments) => match (&arguments.proof, &arguments.key) {
            (Some(proof), Some(key)) => check_proof(proof, key, arguments),
            _ => check(arguments),
        },
        Ledger::Prove { place, index } => prove(place, *index),
        Ledger::Status { place, json } => status(place, *json),
        Ledger::Key { place, payload } => key(place, *payload),
    }
}

/// The installation's ledger: its configuration and its keys.
fn opened(place: &Place) -> Outcome<(Config, LedgerKeys)> {
    let config = super::configured(place)?;
    let identity = Installation::identity(&config.data)?;
    let root = identity.open(&config.data, &config)?;
    let keys = LedgerKeys::derive(&crate::server::core::ledger_origin(&identity), &root).map_err(failed)?;
    Ok((config, keys))
}

fn check(arguments: &LedgerVerify) -> Outcome {
    let (config, keys) = opened(&arguments.place)?;
    let witnesses = witness_keys(&arguments.witness)?;
    let older = arguments.checkpoint.as_deref().map(read).transpose()?;
    let trust = Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &witnesses };
    let report = verify(&config.data.join("ledger"), &trust, older.as_deref()).map_err(|error| {
        match (&error, &arguments.checkpoint) {
            (::ledger::LedgerError::Malformed { .. }, Some(path)) => {
                Failure::invalid(format!("{} is {error}", path.display()))
            }
            _ => failed(error),
        }
    })?;
    if arguments.json {
        super::print_json(&report)?;
    } else {
        super::print(&format!("{report}\n"))?;
    }
    match report.first_wrong() {
        None => Ok(()),
        Some(wrong) => {
            Err(Failure::failed(format!("the ledger does not verify from entry {} on", wrong.first)))
        }
    }
}

fn check_proof(path: &Path, key: &str, arguments: &LedgerVerify) -> Outcome {
    let key: PublicKey = key.parse().map_err(|error| Failure::usage(format!("--key: {error}")))?;
    let witnesses = witness_keys(&arguments.witness)?;
    let wrong = |error| Failure::failed(format!("{}: {error}", path.display()));
    let proof: Disclosure = read(path)?.parse().map_err(wrong)?;
    let proven = proof.check(&key, &witnesses).map_err(wrong)?;
    if arguments.json {
        return super::print_json(&proven);
    }
    let entry =
        serde_json::to_string_pretty(&proven.entry).map_err(|error| Failure::failed(error.to_string()))?;
    super::print(&format!("entry {} of {} stands in {}\n{entry}\n", proven.index, proven.size, key.name()))
}

fn prove(place: &Place, index: u64) -> Outcome {
    let (config, keys) = opened(place)?;
    let trust = Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] };
    let proof = disclose(&config.data.join("ledger"), &trust, index).map_err(failed)?;
    let proof = proof.ok_or_else(|| {
        Failure::failed(format!("what entry {index} says is kept no more; only its leaf is"))
    })?;
    proof.check(keys.public(), &[]).map_err(failed)?;
    super::print(&proof.to_string())
}

fn key(place: &Place, payload: bool) -> Outcome {
    let (_, keys) = opened(place)?;
    if payload {
        let key: String =
            keys.payload().handed_over().expose().iter().map(|byte| format!("{byte:02x}")).collect();
        return super::print(&format!("{key}\n"));
    }
    super::print(&format!("{}\n", keys.public()))
}

fn status(place: &Place, as_json: bool) -> Outcome {
    let (config, keys) = opened(place)?;
    let standing = standing(&config, keys.public())?;
    if as_json {
        super::print_json(&standing)?;
    } else {
        super::print(&told(&standing))?;
    }
    if standing.is_refused() { Err(Failure::failed("a witness refuses this ledger")) } else { Ok(()) }
}

/// How far checkpoint and cosignatures on disk are, and what the server last heard of each witness.
fn standing(config: &Config, public: &PublicKey) -> Outcome<Standing> {
    let dir = config.data.join("ledger");
    let peers = config.ledger.peers().map_err(|error| Failure::usage(error.to_string()))?;
    let mut standing = Standing::of(&dir, public, peers.iter().map(|peer| &peer.key)).map_err(failed)?;
    let heard = Standing::read(&dir).map_err(failed)?.unwrap_or_default();
    for witness in &mut standing.witnesses {
        let known = heard.witnesses.iter().find(|known| known.key == witness.key);
        witness.trouble = known.and_then(|known| known.trouble.clone());
    }
    Ok(standing)
}

fn told(standing: &Standing) -> String {
    let mut text = format!("under a checkpoint: {} entries\n", standing.size);
    if standing.witnesses.is_empty() {
        text.push_str(
            "witnesses: none; whoever has this host and its keys could rewrite the ledger unseen\n",
        );
    } else {
        let _ = writeln!(text, "seen by a witness: {} entries", standing.witnessed_size);
    }
    for witness in &standing.witnesses {
        let name = witness.key.split('+').next().unwrap_or_default();
        let at = witness.cosigned_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let at = at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let _ = write!(text, "{name}: {} entries, last cosigned {at}", witness.size);
        let _ = match &witness.trouble {
            None => writeln!(text),
            Some(Trouble::Unreachable(why)) => writeln!(text, "; not now: {why}"),
            Some(Trouble::Refused(why)) => writeln!(text, "; REFUSES: {why}"),
        };
    }
    text
}

fn witness_keys(texts: &[String]) -> Outcome<Vec<WitnessKey>> {
    let key = |text: &String| text.parse().map_err(|error| Failure::usage(format!("--witness: {error}")));
    texts.iter().map(key).collect()
}

fn read(path: &Path) -> Outcome<String> {
    use std::io::Read;
    let unreadable = |error| Failure::failed(format!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(unreadable)?;
    // Bytes that are no text make no checkpoint and no proof either; that is said by whoever reads it.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn failed(error: ::ledger::LedgerError) -> Failure {
    Failure::failed(error.to_string())
}
