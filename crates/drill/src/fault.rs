//! Faults of a disk for some threads of the server alone: `strace` has their system calls fail or wait, as a full, a broken or a
//! slow disk would. The threads are known by their names, as `ps -L` shows them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use testkit::Server;

/// A fault that lasts until it is dropped.
pub struct Fault(Child);

impl Fault {
    /// Has the system `calls` of the server's `threads` end as `how` says, in strace's words: `error=EIO`, `delay_enter=3s`.
    pub fn of(server: &Server, threads: &[&str], (calls, how): (&str, &str)) -> Self {
        let found = tasks(server, threads);
        assert_eq!(found.len(), threads.len(), "the server has no threads {threads:?}");
        let mut strace = Command::new("strace");
        strace.args(["-o", "/dev/null", "-e", &format!("trace={calls}")]);
        strace.args(["-e", &format!("inject={calls}:{how}")]);
        for task in &found {
            strace.args(["-p", task]);
        }
        let tracer = strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut tracer =
            tracer.unwrap_or_else(|_| panic!("there is no strace on the path: apt-get install strace"));
        let mut said = BufReader::new(tracer.stderr.take().expect("stderr")).lines();
        for _ in &found {
            let line = said.next().and_then(Result::ok).unwrap_or_default();
            assert!(
                line.ends_with("attached"),
                "strace may not attach ({line}): run the drill as root, or see kernel.yama.ptrace_scope"
            );
        }
        // Read on, so that it never waits for somebody who does.
        std::thread::spawn(move || said.count());
        Self(tracer)
    }
}

impl Drop for Fault {
    /// Asked to end, it lets the threads go; killed, it might leave one of them stopped.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// The numbers of the threads of those names.
fn tasks(server: &Server, names: &[&str]) -> Vec<String> {
    let folder = PathBuf::from(format!("/proc/{}/task", server.pid()));
    let tasks = std::fs::read_dir(folder).expect("the server runs");
    tasks
        .flatten()
        .filter(|task| {
            let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            names.contains(&name.trim())
        })
        .map(|task| task.file_name().to_string_lossy().into_owned())
        .collect()
}
