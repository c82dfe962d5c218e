//! The threads that carry notices until they are dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use guard::channels::{Channel, Channels};
use guard::deliveries::{Due, Queue, To};
use guard::hooks::Hook;
use guard::{Guard, GuardError};

use crate::error::SendError;
use crate::mail::Mail;
use crate::webhook::Posting;

/// How often it is looked whether something is due; an act that waits rings at once.
const LOOK: Duration = Duration::from_millis(250);
/// The same where there is nothing to carry with: what is left of an earlier configuration is given up in time.
const LOOK_IN_VAIN: Duration = Duration::from_secs(60);
/// How many are under way at the same time in one thread's round.
const AT_ONCE: usize = 8;

/// What notices are carried by.
pub struct Carriers {
    /// Mail, where there is a relay.
    pub mail: Option<Mail>,
    /// Calls to addresses that members typed.
    pub posting: Posting,
    /// The operators' webhook, and calls to addresses that operators typed.
    pub operators: Option<(Hook, Posting)>,
    /// Whether an act that must be told of is refused where there is no second channel.
    pub required: bool,
}

/// Carries notices until it is dropped.
pub struct Sender {
    guard: Guard,
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Sender {
    /// Begins, and tells guard which channels there are.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(guard: &Guard, carriers: Carriers) -> std::io::Result<Self> {
        guard.set_channels(Channels {
            mail: carriers.mail.is_some(),
            operators: carriers.operators.is_some(),
            required: carriers.required,
        });
        let (carriers, ended) = (Arc::new(carriers), Arc::new(AtomicBool::new(false)));
        let mut sender = Self { guard: guard.clone(), ended, threads: Vec::new() };
        for channel in [Channel::Mail, Channel::Webhook, Channel::Operators] {
            for queue in [Queue::Fresh, Queue::Again] {
                let carrying = Carrying {
                    guard: guard.clone(),
                    carriers: carriers.clone(),
                    ended: sender.ended.clone(),
                    what: (channel, queue),
                };
                let name = format!("notices-{}", channel.as_str());
                sender.threads.push(thread::Builder::new().name(name).spawn(move || carrying.run())?);
            }
        }
        Ok(sender)
    }
}

impl Drop for Sender {
    /// Waits for what is under way, so that what became of it is written down.
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.guard.stir();
        for thread in self.threads.drain(..) {
            // A thread that broke has said so.
            let _ = thread.join();
        }
    }
}

struct Carrying {
    guard: Guard,
    carriers: Arc<Carriers>,
    ended: Arc<AtomicBool>,
    what: (Channel, Queue),
}

impl Carrying {
    fn run(&self) {
        let carries = match self.what.0 {
            Channel::Mail => self.carriers.mail.is_some(),
            Channel::Webhook => true,
            Channel::Operators => self.carriers.operators.is_some(),
        };
        let look = if carries { LOOK } else { LOOK_IN_VAIN };
        let mut seen = 0;
        let mut broken = false;
        while !self.ended.load(Ordering::SeqCst) {
            match self.round() {
                Ok(()) => broken = false,
                Err(error) if !broken => {
                    tracing::warn!(%error, "notices could not be looked at; tried again");
                    broken = true;
                }
                Err(_) => {}
            }
            seen = self.guard.wait_for_news(seen, look);
        }
    }

    fn round(&self) -> Result<(), GuardError> {
        let (channel, queue) = self.what;
        if queue == Queue::Fresh {
            self.guard.plan_notices()?;
        }
        let due = self.guard.due(channel, queue)?;
        for some in due.chunks(AT_ONCE) {
            if self.ended.load(Ordering::SeqCst) {
                return Ok(());
            }
            thread::scope(|scope| some.iter().for_each(|due| drop(scope.spawn(|| self.deliver(due)))));
        }
        Ok(())
    }

    fn deliver(&self, due: &Due) {
        let result = self.carry(due);
        let failed = result.as_ref().err().map(ToString::to_string);
        if let Some(why) = &failed {
            tracing::warn!(
                notice = due.notice.id,
                channel = due.to.channel().as_str(),
                why,
                "a notice was not delivered"
            );
        }
        let told = failed.as_deref().map_or(Ok(()), Err);
        if let Err(error) = self.guard.delivered(due, told) {
            tracing::warn!(%error, notice = due.notice.id, "what became of a notice could not be written; it may be sent again");
        }
    }

    fn carry(&self, due: &Due) -> Result<(), SendError> {
        let gone = SendError::Unreachable("the channel is not there any more");
        match (&due.to, &self.carriers.mail, &self.carriers.operators) {
            (To::Mail { address, .. }, Some(mail), _) => mail.send(due, address),
            (To::Webhook(hook), ..) => self.carriers.posting.post(due, hook),
            (To::Operators, _, Some((hook, posting))) => posting.post(due, hook),
            _ => Err(gone),
        }
    }
}
