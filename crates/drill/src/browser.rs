//! A real Chromium, driven over its debugging pipe, so that clicks and keys are a person's and not a script's.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long one call may take on a busy machine.
const CALL_MAX: Duration = Duration::from_secs(30);
/// The names under which it is found on the path.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with one page.
pub struct Browser {
    child: Child,
    to: File,
    from: Receiver<Value>,
    session: String,
    next: u64,
}

/// The browser that was named, or the first one on the path.
pub fn find(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(path) = named {
        return path.exists().then(|| path.to_owned());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.exists())
}

impl Browser {
    /// Starts `program` with its profile and its pipes in `folder`.
    pub fn start(program: &Path, folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder for the browser");
        let (inlet, outlet) = (folder.join("in"), folder.join("out"));
        let made = Command::new("mkfifo").arg(&inlet).arg(&outlet).status().expect("mkfifo runs");
        assert!(made.success(), "mkfifo failed");
        // Chromium reads commands from descriptor 3 and answers on 4.
        let child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<\"$INLET\" 4>\"$OUTLET\"", "sh"])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--remote-debugging-pipe", "--disable-extensions"])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg("about:blank")
            .env("INLET", &inlet)
            .env("OUTLET", &outlet)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser runs");
        let to = OpenOptions::new().write(true).open(&inlet).expect("the browser listens");
        let answers = BufReader::new(File::open(&outlet).expect("the browser answers"));
        let (told, from) = channel();
        thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                if let Ok(message) = serde_json::from_slice::<Value>(&message)
                    && told.send(message).is_err()
                {
                    break;
                }
            }
        });
        let mut browser = Self { child, to, from, session: String::new(), next: 0 };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        browser.call("Page.enable", json!({}));
        browser
    }

    /// Opens a page and waits until it has loaded.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// Waits until an expression of the page is true.
    pub fn wait_for(&mut self, expression: &str) {
        testkit::wait_until(20, expression, || (self.evaluate(expression) == json!(true)).then_some(()));
    }

    /// What an expression of the page gives; a promise is waited for.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let given = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }),
        );
        given["result"]["value"].clone()
    }

    /// Clicks the middle of the first element that `selector` finds, as a hand would.
    pub fn click(&mut self, selector: &str) {
        let place = self.evaluate(&format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{block: 'center'}}); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.call(
                "Input.dispatchMouseEvent",
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 }),
            );
        }
    }

    /// Types into whatever has the focus.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        let end = Instant::now() + CALL_MAX;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let answer = self
                .from
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("the browser did not answer {method}"));
            if answer["id"] == json!(id) {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
