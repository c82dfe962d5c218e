//! The one thread that judges alerts and tells what is scheduled, a round after the other.

use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::dashboards::Dashboards;
use crate::error::DashboardError;

/// How long it waits between two rounds.
const WAIT: Duration = Duration::from_secs(30);

/// Looks after them until dropped.
pub struct Keeper {
    dashboards: Dashboards,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(dashboards: &Dashboards) -> Result<Self, DashboardError> {
        let kept = dashboards.clone();
        let thread = thread::Builder::new().name("dashboards".to_owned()).spawn(move || kept.run())?;
        Ok(Self { dashboards: dashboards.clone(), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.dashboards.0.ended.store(true, Ordering::SeqCst);
        self.dashboards.ring();
        if let Some(thread) = self.thread.take() {
            // A thread that broke has said so.
            let _ = thread.join();
        }
    }
}

impl Dashboards {
    fn run(&self) {
        let (rung, bell) = &self.0.bell;
        while !self.0.ended.load(Ordering::SeqCst) {
            if let Err(error) = self.judge_alerts().and_then(|()| self.tell_due()) {
                tracing::warn!(%error, "dashboards could not be looked after; tried again");
            }
            let mut rung = rung.lock();
            if !*rung && !self.0.ended.load(Ordering::SeqCst) {
                bell.wait_for(&mut rung, WAIT);
            }
            *rung = false;
        }
    }
}
