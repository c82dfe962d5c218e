//! What carries notices, messages, and the ledger's entries, out of the process, from the configuration.

use mirror::{Mirroring, Standings};
use outbound::{Outbound, OutboundError, Reach};
use send::{Carriers, Mail, Posting, SendError, Sender};

use crate::config::Config;
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;

/// Begins to deliver notices; until it is dropped.
///
/// # Errors
/// Says which setting does not fit.
pub fn start(core: &Core, config: &Config) -> Outcome<Sender> {
    let wrong = |error: crate::config::ConfigError| Failure::usage(error.to_string());
    let unfit = |error: SendError| Failure::usage(error.to_string());
    let root = config.outbound.root.as_deref();
    let client =
        |reach| Outbound::new(reach, root).map_err(|error: OutboundError| Failure::usage(error.to_string()));
    let mail = match config.notices.relay().map_err(wrong)? {
        Some(relay) => Some(Mail::new(relay, &core.console_url).map_err(unfit)?),
        None => None,
    };
    let allowed = config.outbound.allowed().map_err(wrong)?;
    let posting = Posting::new(client(Reach::Members { allowed })?, core.clock.clone());
    let operators = match config.notices.operators_hook().map_err(wrong)? {
        Some(hook) => Some((hook, Posting::new(client(Reach::Operator)?, core.clock.clone()))),
        None => None,
    };
    let carriers = Carriers { mail, posting, operators, required: config.notices.required };
    Sender::start(&core.guard, carriers)
        .map_err(|error| Failure::failed(format!("notices cannot be delivered: {error}")))
}

/// Begins to hand messages over; until it is dropped.
///
/// # Errors
/// Says which setting does not fit.
pub fn messages(campaigns: &campaign::Campaigns) -> Outcome<campaign::Sender> {
    campaign::Sender::start(campaigns).map_err(|error| Failure::failed(error.to_string()))
}

/// Begins to keep segments up to date; until it is dropped.
///
/// # Errors
/// When the system gives no thread.
pub fn segments(segments: &segments::Segments) -> Outcome<segments::Keeper> {
    segments::Keeper::start(segments).map_err(|error| Failure::failed(error.to_string()))
}

/// Begins to judge alerts and to tell what is scheduled; until it is dropped.
///
/// # Errors
/// When the system gives no thread.
pub fn dashboards(dashboards: &dashboards::Dashboards) -> Outcome<dashboards::Keeper> {
    dashboards::Keeper::start(dashboards).map_err(|error| Failure::failed(error.to_string()))
}

/// Begins to hand the ledger's entries over to whoever follows it; until it is dropped.
///
/// # Errors
/// Says which setting does not fit.
pub fn mirror(core: &Core, config: &Config, standings: &Standings) -> Outcome<Mirroring> {
    let console = core.console_url.split("://").nth(1).unwrap_or_default();
    let hostname = console.split([':', '/']).next().unwrap_or_default();
    let places = config.ledger.export.places(hostname).map_err(|error| Failure::usage(error.to_string()))?;
    let outbound = Outbound::new(Reach::Operator, config.outbound.root.as_deref())
        .map_err(|error| Failure::usage(error.to_string()))?;
    let places = places.into_iter().map(|place| (place, outbound.clone())).collect();
    Mirroring::start(&core.ledger, places, (&core.installation.path("mirror"), standings))
        .map_err(|error| Failure::failed(format!("the ledger cannot be followed: {error}")))
}
