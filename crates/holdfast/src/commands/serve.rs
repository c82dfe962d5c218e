//! `holdfast serve`: everything in one process.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use door::Stop;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use witness::Asking;

use crate::cli::Serve;
use crate::commands::init::{self, Made};
use crate::config::{Config, LogFormat};
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;
use crate::server::doors;
use crate::server::engine::Engine;
use crate::server::entrances::Entrances;
use crate::server::health::Health;
use crate::server::kept;
use crate::server::local::{self, Local};
use crate::server::save::Save;
use crate::server::shop::Shop;
use crate::server::telling;

/// Where the demo's data is when nobody says.
const DEMO_DATA: &str = "holdfast-demo";
/// The demo's workspace.
const DEMO_WORKSPACE: &str = "Harbour Goods";

pub(super) fn run(arguments: &Serve) -> Outcome {
    let mut config = super::configured(&arguments.place)?;
    if let Some(collect) = arguments.collect {
        config.collect.addr = collect;
    }
    if let Some(console) = arguments.console {
        config.console.addr = console;
    }
    if arguments.demo && config.collect_tls().is_ok_and(|tls| tls.is_some()) {
        return Err(Failure::usage(
            "the demo sends to its own collect door over plain http; leave collect.tls out",
        ));
    }
    if arguments.demo && arguments.place.data.is_none() && config.data == Config::default().data {
        config.data = PathBuf::from(DEMO_DATA);
    }
    init_log(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("no runtime: {error}")))?;
    runtime.block_on(serve(config, arguments.demo, arguments.json))
}

fn init_log(config: &Config) -> Outcome {
    use std::io::IsTerminal;
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(&config.log.filter)
        .map_err(|error| Failure::usage(format!("log.filter `{}`: {error}", config.log.filter)))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A line that cannot be written (its disk is full, say) is lost. It would be told to standard error otherwise, and that it
    // cannot be told there either would end the thread that wanted to say it.
    let builder = builder.log_internal_errors(false);
    let terminal = std::io::stderr().is_terminal();
    let as_text = config.log.format.map_or(terminal, |format| format == LogFormat::Text);
    let set = if as_text { builder.with_ansi(terminal).try_init() } else { builder.json().try_init() };
    set.map_err(|error| Failure::failed(format!("the log cannot be set up: {error}")))
}

async fn serve(config: Config, demo: bool, as_json: bool) -> Outcome {
    // Heard from the first moment: who reads that we are ready may ask us to stop in the same breath.
    let ending = Ending::hear()?;
    // Whoever owns the data says so first. What is not there yet is made only once the addresses are ours, since its codes
    // are printed once.
    let there = Installation::exists(&config.data);
    let found = if there { Some(open_installation(&config, demo)?) } else { None };
    let (collect, console) = listeners(&config).await?;
    let found = match found {
        Some(found) => found,
        None => open_installation(&config, demo)?,
    };
    let (collect_addr, console_addr) = (address(&collect)?, address(&console)?);
    let opened = found.open(&config, console_addr.port())?;
    let core = &opened.core;
    kept::must_be_whole(&core.databases())?;
    let mut entrances = Entrances::open(&config, &core.clock)?;
    let collect_scheme = if entrances.collect.tls.is_some() { "https" } else { "http" };
    let collect_url =
        config.collect.url.clone().unwrap_or_else(|| format!("{collect_scheme}://{collect_addr}"));
    let crowds = service::doors::Doors {
        since_ms: core.clock.now_ms(),
        collect: entrances.collect.crowd.clone(),
        console: entrances.console.crowd.clone(),
    };
    let engine = Engine::start(core, &config, collect_url, crowds)?;
    let asking = ask_witnesses(core, &config)?;
    let sender = telling::start(core, &config)?;
    let keeper = telling::segments(&engine.services.segments)?;
    let watching = telling::dashboards(&engine.services.dashboards)?;
    let messages = telling::messages(&engine.services.campaigns)?;
    let mirroring = telling::mirror(core, &config, &engine.services.mirrored)?;
    let health = Health {
        guard: core.guard.clone(),
        journal: engine.journal.clone(),
        pass: engine.pass.clone(),
        ledger: Some(core.ledger.clone()),
    };
    let stop = Stop::default();
    let clock = &core.clock;
    let addresses =
        (entrances.collect_addresses(&config, clock), entrances.console_addresses(&config, clock));
    let doors = doors::build(&engine.services, &health, (&stop, addresses));
    let save = Arc::new(Save::new(core, &engine));
    local::listen(
        &core.installation.path("holdfast.sock"),
        Local { guard: core.guard.clone(), save, purging: engine.services.purging.clone() },
        stop.clone(),
    )?;

    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(door::serve(collect, doors.collect, entrances.collect.clone(), stop.clone()));
    if let Some(sixth) = ipv6_twin(&config, console_addr).await {
        serving.spawn(door::serve(sixth, doors.console.clone(), entrances.console.clone(), stop.clone()));
    }
    serving.spawn(door::serve(console, doors.console, entrances.console.clone(), stop.clone()));
    entrances.keep(&core.clock, &stop);

    announce(&opened, (collect_scheme, collect_addr), console_addr, as_json)?;
    let shop = open_shop(&opened, demo, (collect_addr, &engine.services))?;

    let outcome = tokio::select! {
        () = engine.keep_house() => Ok(()),
        () = engine.journal.stopped() => Err(Failure::disk("a write or sync of the journal failed; start again to recover")),
        () = ending.asked() => Ok(()),
    };
    drop((shop, asking));
    // Waits for mail, entries and a round of segments that are under way.
    let _ = tokio::task::spawn_blocking(move || drop((sender, messages, keeper, watching, mirroring))).await;
    stop.stop();
    while serving.join_next().await.is_some() {}
    let ended = tokio::task::spawn_blocking(move || engine.end()).await;
    if ended.is_err() {
        tracing::error!("the end was not clean; the next start recovers");
    }
    outcome
}

/// Shows every checkpoint of the ledger to its witnesses.
fn ask_witnesses(core: &Core, config: &Config) -> Outcome<Asking> {
    let peers = config.ledger.peers().map_err(|error| Failure::usage(error.to_string()))?;
    if peers.iter().any(|peer| peer.url.starts_with("https://")) {
        // Somebody may have installed one before; any will do.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    Asking::start(&core.ledger, peers, &core.clock)
        .map_err(|error| Failure::failed(format!("the ledger's witnesses cannot be asked: {error}")))
}

/// An installation that was there or has just been made.
enum Found {
    There(Installation),
    Made(Box<Made>),
}

/// The core, and what was made with it.
struct Opened {
    core: Core,
    setup_code: Option<String>,
    operator_code: Option<String>,
}

impl Found {
    fn open(self, config: &Config, console_port: u16) -> Outcome<Opened> {
        match self {
            Self::There(installation) => {
                let core = Core::open(installation, config, console_port)?;
                Ok(Opened { core, setup_code: None, operator_code: None })
            }
            Self::Made(made) => {
                let Made { core, setup_code, operator_code, .. } = *made;
                // Opened once for the codes; now with the console's real port.
                let core = core.reopen(config, console_port)?;
                Ok(Opened { core, setup_code: Some(setup_code), operator_code: Some(operator_code) })
            }
        }
    }
}

fn open_installation(config: &Config, demo: bool) -> Outcome<Found> {
    if Installation::exists(&config.data) {
        let installation = Installation::open(&config.data, config)?;
        if demo && !installation.identity.demo {
            return Err(Failure::usage(format!(
                "{} is no demo; the demo needs a data directory of its own",
                config.data.display()
            )));
        }
        return Ok(Found::There(installation));
    }
    let (workspace, owner) =
        if demo { (DEMO_WORKSPACE, "owner@harbour-goods.example") } else { ("Main", "owner@localhost") };
    Ok(Found::Made(Box::new(init::make(config, demo, workspace, owner)?)))
}

async fn listeners(config: &Config) -> Outcome<(TcpListener, TcpListener)> {
    let bind = async |what: &str, addr: SocketAddr| {
        TcpListener::bind(addr).await.map_err(|error| {
            Failure::failed(format!(
                "the {what} door cannot listen on {addr}: {error}; set {what}.addr or --{what}"
            ))
        })
    };
    Ok((bind("collect", config.collect.addr).await?, bind("console", config.console.addr).await?))
}

fn address(listener: &TcpListener) -> Outcome<SocketAddr> {
    listener.local_addr().map_err(|error| Failure::failed(error.to_string()))
}

/// Browsers may take `localhost` for ::1, so a console on 127.0.0.1 answers there too, where it can.
async fn ipv6_twin(config: &Config, console: SocketAddr) -> Option<TcpListener> {
    if config.console.addr.ip() != IpAddr::from([127, 0, 0, 1]) {
        return None;
    }
    TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, console.port()))).await.ok()
}

fn announce(
    opened: &Opened,
    (collect_scheme, collect): (&str, SocketAddr),
    console: SocketAddr,
    as_json: bool,
) -> Outcome {
    let core = &opened.core;
    if as_json {
        super::print_json(
            &json!({ "ready": true, "collect": collect.to_string(), "console": console.to_string() }),
        )?;
    }
    eprintln!("collect  {collect_scheme}://{collect}");
    eprintln!("console  {}", core.console_url);
    if let Some(code) = &opened.setup_code {
        eprintln!("set up   {}/enrol#{code}   (once, within 24 h)", core.console_url);
    }
    if let Some(code) = &opened.operator_code {
        eprintln!("operator {}/enrol#{code}   (once, within 24 h)", core.console_url);
    }
    if core.installation.identity.demo {
        let workspace = only_workspace(core)?;
        match core.guard.host().look_around(workspace) {
            Ok(code) => eprintln!(
                "look in  {}/look#{}   (once; a viewer of the demo, no passkey needed)",
                core.console_url,
                code.expose()
            ),
            Err(error) => tracing::warn!(%error, "no look-around link could be made"),
        }
        eprintln!("note     the demo's master key lies inside its data directory; nothing else does that");
    }
    Ok(())
}

fn only_workspace(core: &Core) -> Outcome<model::WorkspaceId> {
    let found = core.control.read(control::workspaces::list);
    let found = found.map_err(|error: control::ControlError| Failure::failed(error.to_string()))?;
    found.first().map(|workspace| workspace.id).ok_or_else(|| Failure::failed("the demo has no workspace"))
}

fn open_shop(
    opened: &Opened,
    demo: bool,
    (collect, services): (SocketAddr, &service::Services),
) -> Outcome<Option<Shop>> {
    if !demo {
        return Ok(None);
    }
    let core = &opened.core;
    let workspace = only_workspace(core)?;
    let sources = core.control.read(|tx| collect::source::list(tx, workspace));
    let sources = sources.map_err(|error: collect::CollectError| Failure::failed(error.to_string()))?;
    let Some(source) = sources.first() else { return Ok(None) };
    let url = format!("http://{collect}");
    let to = (url, source.write_key.clone());
    let furnished = (services.segments.clone(), services.dashboards.clone(), workspace);
    Shop::open(&core.installation.data, to, furnished, &core.clock).map(Some)
}

/// The signals that ask a server to end: SIGTERM and SIGINT.
pub(super) struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    /// Takes both signals over from their default, which ends the process at once.
    pub(super) fn hear() -> Outcome<Self> {
        let failed = |error: std::io::Error| Failure::failed(format!("signals cannot be heard: {error}"));
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    /// Returns once one of them has come, since [`Ending::hear`] too.
    pub(super) async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::info!("stopping: open requests end first");
    }
}
