//! A real server in a process of its own, on random ports and a temporary data directory.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::authority::Authority;
use crate::client::Client;

/// What `holdfast init --json` printed.
#[derive(Debug, Clone)]
pub struct Installed {
    /// The first workspace's id.
    pub workspace: String,
    /// Its first source's write key.
    pub write_key: String,
    /// The owner's set-up code.
    pub setup_code: String,
    /// The operator's set-up code.
    pub operator_code: String,
    /// The second operator's.
    pub second_operator_code: String,
}

/// A running server.
pub struct Server {
    program: PathBuf,
    home: Arc<TempDir>,
    data: PathBuf,
    child: Child,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    log: Arc<Mutex<String>>,
    /// `http://127.0.0.1:port`, or `https://localhost:port` with TLS.
    pub collect: String,
    /// `http://localhost:port`, or `https://…` with TLS.
    pub console: String,
    /// The root that clients must trust, PEM, where the doors speak TLS.
    pub ca: Option<PathBuf>,
    /// What `init` printed; empty for a demo.
    pub installed: Installed,
}

impl Server {
    /// Makes an installation and serves it.
    pub fn start(program: &str) -> Self {
        Self::start_with(program, &[], &[])
    }

    /// The same with further arguments and environment variables.
    pub fn start_with(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::install(program, TempDir::new().expect("a folder"), arguments, environment)
    }

    /// The same with TLS on both doors, their certificate (`server.pem`, `server.key` in [`Server::scratch`]) from an
    /// authority made for this server; its root is [`Server::ca`].
    pub fn start_secure(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let home = TempDir::new().expect("a folder");
        let files = Authority::new(home.path()).certify("server");
        let (cert, key) = (files.cert.to_str().expect("a path"), files.key.to_str().expect("a path"));
        let mut environment = environment.to_vec();
        environment.extend([
            ("HOLDFAST_COLLECT__TLS__CERT", cert),
            ("HOLDFAST_COLLECT__TLS__KEY", key),
            ("HOLDFAST_CONSOLE__TLS__AS_COLLECT", "true"),
        ]);
        Self::install(program, home, arguments, &environment)
    }

    fn install(program: &str, home: TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let data = home.path().join("data");
        let init = Command::new(program)
            .args(["init", "--json", "--workspace", "Shop", "--owner", "owner@example.com"])
            .args(["--second-operator", "--data"])
            .arg(&data)
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .output()
            .expect("the program runs");
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        let said: Value = serde_json::from_slice(&init.stdout).expect("init prints JSON");
        let text = |name: &str| said[name].as_str().unwrap_or_else(|| panic!("init names {name}")).to_owned();
        let installed = Installed {
            workspace: text("workspace"),
            write_key: text("write_key"),
            setup_code: text("setup_code"),
            operator_code: text("operator_code"),
            second_operator_code: text("second_operator_code"),
        };
        Self::launch(program, Arc::new(home), arguments, environment, installed)
    }

    /// Serves the demo.
    pub fn demo(program: &str) -> Self {
        let home = Arc::new(TempDir::new().expect("a folder"));
        let nothing = Installed {
            workspace: String::new(),
            write_key: String::new(),
            setup_code: String::new(),
            operator_code: String::new(),
            second_operator_code: String::new(),
        };
        Self::launch(program, home, &["--demo"], &[], nothing)
    }

    fn launch(
        program: &str,
        home: Arc<TempDir>,
        arguments: &[&str],
        environment: &[(&str, &str)],
        installed: Installed,
    ) -> Self {
        let mut server = Self {
            program: PathBuf::from(program),
            data: home.path().join("data"),
            home,
            child: nobody(),
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            environment: environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            log: Arc::default(),
            collect: String::new(),
            console: String::new(),
            ca: None,
            installed,
        };
        server.run();
        server
    }

    fn run(&mut self) {
        if let Err(said) = self.try_restart() {
            panic!("serve did not become ready\n{said}");
        }
    }

    /// Starts it again after [`Server::terminate`] or [`Server::kill`], where it may refuse to: what it said then.
    ///
    /// # Errors
    /// It ended before it was ready.
    pub fn try_restart(&mut self) -> Result<(), String> {
        let before = self.log().len();
        let mut child = Command::new(&self.program)
            .args(["serve", "--json", "--collect", "127.0.0.1:0", "--console", "127.0.0.1:0", "--data"])
            .arg(self.data())
            .args(&self.arguments)
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .envs(self.environment.iter().cloned())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut errors = child.stderr.take().expect("stderr");
        let log = self.log.clone();
        let reading = std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count) = errors.read(&mut chunk) {
                if count == 0 {
                    break;
                }
                log.lock().expect("the log").push_str(&String::from_utf8_lossy(&chunk[..count]));
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        let Ok(ready) = serde_json::from_str::<Value>(&line) else {
            child.wait().expect("wait");
            reading.join().expect("the log");
            return Err(self.log().get(before..).unwrap_or_default().to_owned());
        };
        assert_eq!(ready["ready"], true);
        let port = |name: &str| {
            ready[name].as_str().expect("an address").rsplit(':').next().expect("a port").to_owned()
        };
        let root = self.home.path().join("ca.pem");
        self.ca = root.exists().then_some(root);
        let (collect, console) = (port("collect"), port("console"));
        (self.collect, self.console) = match self.ca {
            Some(_) => (format!("https://localhost:{collect}"), format!("https://localhost:{console}")),
            None => (format!("http://127.0.0.1:{collect}"), format!("http://localhost:{console}")),
        };
        self.child = child;
        Ok(())
    }

    /// Another server of this installation's, on a copy of its data: for whoever has both files and master key.
    ///
    /// # Errors
    /// What it said when it ended before it was ready.
    pub fn on_copy(&self, data: &Path) -> Result<Self, String> {
        let mut server = Self {
            program: self.program.clone(),
            home: self.home.clone(),
            data: data.to_owned(),
            child: nobody(),
            arguments: self.arguments.clone(),
            environment: self.environment.clone(),
            log: Arc::default(),
            collect: String::new(),
            console: String::new(),
            ca: None,
            installed: self.installed.clone(),
        };
        server.try_restart().map(|()| server)
    }

    /// Changes a setting from the next start on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// A folder for the test's own files, outside the data directory.
    pub fn scratch(&self) -> &Path {
        self.home.path()
    }

    /// The configuration folder, where the master key lies.
    pub fn config_home(&self) -> PathBuf {
        self.home.path().join("config")
    }

    /// Everything written to standard error so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Somebody at the console door who has nothing yet.
    pub fn client(&self) -> Client {
        Client::trusting(&self.console, self.ca.as_deref())
    }

    /// Somebody at the collect door.
    pub fn sdk(&self) -> Client {
        Client::trusting(&self.collect, self.ca.as_deref())
    }

    /// Kills it as a power cut would the process.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("wait");
    }

    /// Kills it and starts it again on new ports.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.run();
    }

    /// Asks it to end and returns its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let sent = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().expect("kill");
        assert!(sent.success());
        self.child.wait().expect("wait").code()
    }

    /// The program it runs.
    pub fn program(&self) -> &str {
        self.program.to_str().expect("a path that is text")
    }

    /// Starts it again after [`Server::terminate`] or [`Server::kill`].
    pub fn restart(&mut self) {
        self.run();
    }

    /// Runs another command of the program on this server's data; gives its exit code, output and errors.
    pub fn command(&self, arguments: &[&str]) -> (i32, String, String) {
        self.command_with(arguments, &[])
    }

    /// The same with further environment variables.
    pub fn command_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
        let output = Command::new(&self.program)
            .args(arguments)
            .envs(environment.iter().copied())
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .output()
            .expect("the program runs");
        (
            output.status.code().unwrap_or(-1),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }
}

/// A process that has ended, in the place of one that is about to be started.
fn nobody() -> Child {
    let mut child = Command::new("true").spawn().expect("a process");
    child.wait().expect("wait");
    child
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until `look` has something, for at most `seconds`.
#[track_caller]
#[allow(clippy::disallowed_methods, reason = "polls another process, which cannot wake us")]
pub fn wait_until<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {seconds} s for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
