//! TLS of both doors: from files that change, and from an authority. The authority is Debian's `pebble`, an ACME server
//! for tests that is not ours; it asks the door for its proof over real sockets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use testkit::{Authority, Client, Server, presented, wait_until};

use crate::support::{House, PROGRAM};

/// The name that the authority certifies; its name server leads every name to this host.
const NAME: &str = "collect.holdfast.example";

fn address(url: &str) -> String {
    url.trim_start_matches("https://").trim_start_matches("http://").replace("localhost", "127.0.0.1")
}

#[test]
fn both_doors_speak_tls_and_the_cookie_is_bound_to_the_host() {
    let mut house = House::secure();
    assert!(house.server.collect.starts_with("https://"), "{}", house.server.collect);
    house.send("/v1/track", &json!({"userId": "u", "event": "Sent", "messageId": "m1"}));
    assert_eq!(house.events(1)[0]["event"], "Sent");
    let cookie = house.owner.cookie().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-holdfast="), "a cookie that only TLS carries");
    // Plain http is not understood, not even to be redirected: a key in such a request has been read by others already.
    let mut plain = TcpStream::connect(address(&house.server.collect)).unwrap();
    plain.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&said));
}

/// A first message of TLS that offers this version and nothing newer, with suites of its time.
fn hello(version: [u8; 2]) -> Vec<u8> {
    let suites = [0xc0, 0x13, 0xc0, 0x2f, 0x00, 0x2f];
    let mut body = [version.as_slice(), &[7; 32], &[0], &[0, 6], &suites, &[1, 0]].concat();
    // The curves and signatures that TLS 1.2 asks for.
    let extensions: &[u8] = &[0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 6, 0, 4, 4, 3, 4, 1, 0, 11, 0, 2, 1, 0];
    body.extend([0, extensions.len() as u8]);
    body.extend(extensions);
    let message = [&[1, 0, 0, body.len() as u8], body.as_slice()].concat();
    [&[22, 3, 1, 0, message.len() as u8], message.as_slice()].concat()
}

#[test]
fn only_tls_1_2_and_1_3_are_spoken() {
    const ALERT: u8 = 21;
    let server = Server::start_secure(PROGRAM, &[], &[]);
    for url in [&server.collect, &server.console] {
        let first = |version| {
            let mut stream = TcpStream::connect(address(url)).unwrap();
            stream.write_all(&hello(version)).unwrap();
            let mut said = [0; 7];
            stream.read_exact(&mut said).unwrap();
            said
        };
        for (name, version) in [("SSL 3.0", [3, 0]), ("TLS 1.0", [3, 1]), ("TLS 1.1", [3, 2])] {
            assert_eq!(first(version)[0], ALERT, "{name} at {url}");
        }
        // A suite without forward secrecy is not taken either; with one it is a handshake.
        let said = first([3, 3]);
        assert!(said[0] == 22 || said[0] == ALERT, "{said:?}");
        assert!(presented(&address(url), "localhost", &server.ca.clone().unwrap()).is_ok());
    }
}

#[test]
fn a_renewed_certificate_is_shown_without_a_restart_and_a_wrong_one_is_not() {
    let server = Server::start_secure(PROGRAM, &[], &[]);
    let show = |root: &Path| presented(&address(&server.collect), "localhost", root);
    let root = server.ca.clone().unwrap();
    let first = show(&root).unwrap();
    let other = Authority::new(server.scratch());
    other.certify("server");
    let second = wait_until(15, "the renewed certificate", || show(&other.root()).ok());
    assert_ne!(first, second);
    // Half of a pair, and then nonsense: the last good one stays, and the log says why.
    let elsewhere = server.scratch().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let stranger = Authority::new(&elsewhere).certify("server");
    std::fs::copy(&stranger.cert, server.scratch().join("server.pem")).unwrap();
    wait_until(15, "the complaint", || {
        server.log().contains("it is not the key of the certificate").then_some(())
    });
    stdx::files::replace(&server.scratch().join("server.pem"), b"nonsense").unwrap();
    wait_until(15, "the complaint", || server.log().contains("it holds no certificate").then_some(()));
    assert_eq!(show(&other.root()).unwrap(), second);
}

#[test]
fn what_is_wrong_with_files_is_told_at_the_start() {
    let server = Server::start(PROGRAM);
    let files = Authority::new(server.scratch()).certify("own");
    let stranger = server.scratch().join("stranger");
    std::fs::create_dir(&stranger).unwrap();
    let stranger = Authority::new(&stranger).certify("own");
    let check = |cert: &Path, key: &Path, says: &str| {
        let config = server.scratch().join("holdfast.toml");
        let text = format!("[collect.tls]\ncert = {cert:?}\nkey = {key:?}\n");
        stdx::files::replace(&config, text.as_bytes()).unwrap();
        for command in
            [vec!["config", "check"], vec!["serve", "--collect", "127.0.0.1:0", "--console", "127.0.0.1:0"]]
        {
            let data = server.scratch().join("other-data");
            let place = ["--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()];
            let (code, _, errors) = server.command(&[&command[..], &place].concat());
            assert!(code != 0 && errors.contains(says), "{command:?}: {code} {errors}");
        }
    };
    check(Path::new("/no/such/file.pem"), &files.key, "/no/such/file.pem");
    check(&files.key, &files.key, "it holds no certificate");
    check(&files.cert, &files.cert, "it holds no private key");
    check(&files.cert, &stranger.key, "it is not the key of the certificate");
}

/// An authority in processes of its own: the ACME server, and the name server that it asks.
struct Pebble {
    children: Vec<Child>,
    folder: PathBuf,
    directory: String,
    management: String,
    /// Where it connects to for its proof.
    asks: Relay,
}

impl Pebble {
    fn start(folder: &Path, validity_s: u64) -> Self {
        let own = Authority::new(folder).certify("pebble");
        let (port, management, names) = (free_port(), free_port(), free_port());
        let asks = Relay::open();
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{port}"), "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": own.cert, "privateKey": own.key, "httpPort": 1, "tlsPort": asks.port,
            "ocspResponderURL": "", "externalAccountBindingRequired": false, "certificateValidityPeriod": validity_s,
        }});
        let file = folder.join("pebble.json");
        stdx::files::replace(&file, config.to_string().as_bytes()).unwrap();
        let quiet = |program: &str| {
            let mut command = Command::new(program);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let resolver = quiet("pebble-challtestsrv")
            .args([
                "-defaultIPv4",
                "127.0.0.1",
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
            ])
            .args([
                "-management",
                &format!("127.0.0.1:{}", free_port()),
                "-dns01",
                &format!("127.0.0.1:{names}"),
            ])
            .spawn()
            .expect("pebble-challtestsrv; ./test installs it (Debian: pebble)");
        let authority = quiet("pebble")
            .args(["-config", file.to_str().unwrap(), "-dnsserver", &format!("127.0.0.1:{names}")])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .spawn()
            .expect("pebble; ./test installs it (Debian: pebble)");
        let pebble = Self {
            children: vec![resolver, authority],
            folder: folder.to_owned(),
            directory: format!("https://localhost:{port}/dir"),
            management: format!("https://localhost:{management}"),
            asks,
        };
        wait_until(20, "the authority", || {
            (TcpStream::connect(("127.0.0.1", port)).is_ok()
                && TcpStream::connect(("127.0.0.1", management)).is_ok())
            .then_some(())
        });
        pebble
    }

    /// The root of what it certifies, in a file.
    fn root(&self) -> PathBuf {
        let text = Client::trusting(&self.management, Some(&self.folder.join("ca.pem")))
            .get("/roots/0")
            .expect(200)
            .text;
        let path = self.folder.join("issued-under.pem");
        stdx::files::replace(&path, text.as_bytes()).unwrap();
        path
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HOLDFAST_COLLECT__TLS__ACME__NAMES", format!("[\"{NAME}\"]")),
            ("HOLDFAST_COLLECT__TLS__ACME__DIRECTORY", self.directory.clone()),
            ("HOLDFAST_COLLECT__TLS__ACME__ROOT", self.folder.join("ca.pem").display().to_string()),
            ("HOLDFAST_COLLECT__TLS__ACME__CONTACT", "ops@holdfast.example".to_owned()),
            ("HOLDFAST_COLLECT__TLS__ACME__TERMS_AGREED", "true".to_owned()),
        ]
    }

    fn end(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.end();
    }
}

/// A port that is known before the server's is, and leads there.
struct Relay {
    port: u16,
    to: Arc<Mutex<Option<String>>>,
}

impl Relay {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let to: Arc<Mutex<Option<String>>> = Arc::default();
        let target = to.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let target = target.clone();
                std::thread::spawn(move || {
                    // The server tells its port only once it serves, and by then it may have been asked.
                    let address = wait_until(20, "the server's address", || target.lock().unwrap().clone());
                    let Ok(far) = TcpStream::connect(address) else { return };
                    let pass = |mut from: TcpStream, mut to: TcpStream| {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(std::net::Shutdown::Write);
                    };
                    let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
                    let answering = std::thread::spawn(move || pass(back.0, back.1));
                    pass(near, far);
                    let _ = answering.join();
                });
            }
        });
        Self { port, to }
    }

    fn lead_to(&self, address: &str) {
        *self.to.lock().unwrap() = Some(address.to_owned());
    }
}

fn free_port() -> u16 {
    let (tcp, udp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    drop(udp);
    tcp.local_addr().unwrap().port()
}

fn serve(pebble: &Pebble) -> Server {
    let environment = pebble.environment();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start_with(PROGRAM, &[], &environment);
    pebble.asks.lead_to(&address(&server.collect));
    server
}

/// What the door shows once the authority has certified it; fails at once when it says that it will not.
fn certified(server: &Server, root: &Path) -> Vec<u8> {
    wait_until(60, "a certificate from the authority", || {
        assert!(!server.log().contains("no new certificate"), "{}", server.log());
        presented(&address(&server.collect), NAME, root).ok()
    })
}

#[test]
fn an_authority_certifies_the_door_and_the_certificate_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut pebble = Pebble::start(folder.path(), 90 * 24 * 3_600);
    let mut server = serve(&pebble);
    let root = pebble.root();
    let first = certified(&server, &root);
    for name in ["account.json", "certificate.pem"] {
        let mode = std::fs::metadata(server.data().join("tls").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(!server.log().contains("PRIVATE KEY"));
    // Without the authority the kept one is shown after a restart.
    pebble.end();
    assert_eq!(server.terminate(), Some(0));
    server.restart();
    let kept =
        wait_until(10, "the kept certificate", || presented(&address(&server.collect), NAME, &root).ok());
    assert_eq!(kept, first);
}

#[test]
fn a_certificate_is_renewed_before_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let pebble = Pebble::start(folder.path(), 12);
    let server = serve(&pebble);
    let root = pebble.root();
    let show = || presented(&address(&server.collect), NAME, &root);
    let first = certified(&server, &root);
    let second = wait_until(60, "its renewal", || show().ok().filter(|shown| *shown != first));
    let third = wait_until(60, "the next renewal", || show().ok().filter(|shown| *shown != second));
    assert!(first != third);
}

#[test]
fn an_authority_that_cannot_reach_the_door_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let pebble = Pebble::start(folder.path(), 3_600);
    let environment = pebble.environment();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    pebble.asks.lead_to("127.0.0.1:1");
    let server = Server::start_with(PROGRAM, &[], &environment);
    wait_until(60, "the complaint", || {
        let log = server.log();
        (log.contains("could not verify every name") && log.contains(NAME)).then_some(())
    });
    let mut stream = TcpStream::connect(address(&server.collect)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP/"), "without a certificate nothing is served");
}
