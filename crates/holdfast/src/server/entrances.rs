//! What stands before the routes of each door: limits, proxies, TLS.

use door::client::AddressLayer;
use door::{Crowd, Entrance, Limits, Stop, Tls};
use stdx::Clock;

use crate::config::Config;
use crate::config::tls::Origin;
use crate::outcome::{Failure, Outcome};

/// Descriptors that databases, segments and the rest of the process may need beside connections.
const DESCRIPTORS_KEPT: usize = 512;

/// Both entrances, and what fetches their certificates.
pub struct Entrances {
    /// Of the collect door.
    pub collect: Entrance,
    /// Of the console door.
    pub console: Entrance,
    keepers: Vec<(Origin, Tls)>,
}

impl Entrances {
    /// Reads the certificates that are there.
    ///
    /// # Errors
    /// Says which setting or file is wrong and what to do.
    pub fn open(config: &Config, clock: &Clock) -> Outcome<Self> {
        let wrong = |error: crate::config::ConfigError| Failure::usage(error.to_string());
        let mut keepers = Vec::new();
        let collect_tls = match config.collect_tls().map_err(wrong)? {
            Some(origin) => Some(open(origin, clock, &mut keepers)?),
            None => None,
        };
        let console_tls = match config.console_tls().map_err(wrong)? {
            Some(Origin::AsCollect) => collect_tls.clone(),
            Some(origin) => Some(open(origin, clock, &mut keepers)?),
            None => None,
        };
        let (collect, console) = (&config.collect, &config.console);
        let connections_max = fitting(collect.connections_max, console.connections_max);
        Ok(Self {
            collect: Entrance {
                limits: Limits::default(),
                crowd: Crowd::new(connections_max, collect.connections_per_address_max),
                tls: collect_tls,
                proxies: collect.proxies().map_err(wrong)?,
            },
            console: Entrance {
                limits: Limits::default(),
                crowd: Crowd::new(console.connections_max, console.connections_per_address_max),
                tls: console_tls,
                proxies: console.proxies().map_err(wrong)?,
            },
            keepers,
        })
    }

    /// What finds the client's address before the collect door's routes.
    pub fn collect_addresses(&self, config: &Config, clock: &Clock) -> AddressLayer {
        let believed = (self.collect.proxies.clone(), config.collect.forwarded_header);
        let requests_per_s = config.collect.address_requests_per_s_max;
        AddressLayer::new(believed, requests_per_s, clock.clone(), self.collect.crowd.clone())
    }

    /// What finds the client's address before the console door's routes; it sets no limit.
    pub fn console_addresses(&self, config: &Config, clock: &Clock) -> AddressLayer {
        let believed = (self.console.proxies.clone(), config.collect.forwarded_header);
        AddressLayer::new(believed, None, clock.clone(), self.console.crowd.clone())
    }

    /// Fetches and renews certificates until `stop`. To be called once the doors are open: an authority asks there.
    pub fn keep(&mut self, clock: &Clock, stop: &Stop) {
        for (origin, tls) in self.keepers.drain(..) {
            let (certificates, clock, stop) = (tls.certificates().clone(), clock.clone(), stop.clone());
            match origin {
                Origin::Files(pair) => drop(tokio::spawn(pair.follow(certificates, clock, stop))),
                Origin::Acme(acme) => drop(tokio::spawn(acme.keep(certificates, clock, stop))),
                Origin::AsCollect => {}
            }
        }
    }
}

fn open(origin: Origin, clock: &Clock, keepers: &mut Vec<(Origin, Tls)>) -> Outcome<Tls> {
    let failed = |error: door::TlsError| Failure::failed(error.to_string());
    let tls = Tls::new().map_err(failed)?;
    if let Origin::Files(pair) = &origin {
        tls.certificates().show(pair.read(clock).map_err(failed)?);
    }
    keepers.push((origin, tls.clone()));
    Ok(tls)
}

/// As many connections as were asked for, or as the process may have descriptors for.
fn fitting(collect_max: usize, console_max: usize) -> usize {
    let Some(descriptors) = descriptors_max() else { return collect_max };
    let room = descriptors.saturating_sub(DESCRIPTORS_KEPT + console_max).max(64);
    if room < collect_max {
        tracing::warn!(
            connections = room,
            descriptors,
            "collect.connections_max is more than this process may open; raise LimitNOFILE (ulimit -n)"
        );
    }
    collect_max.min(room)
}

/// Raises the soft limit of descriptors to the hard one, and gives it.
fn descriptors_max() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    getrlimit(Resource::Nofile).current.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
}
