//! User-Agents read, and the last few thousand of them remembered: the same ones come again and again, and reading one takes a
//! hundred times as long as finding it.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use parking_lot::Mutex;

use crate::visits::device::{Kind, Software};
use crate::visits::patterns;
use crate::visits::{cut, names};

/// The longest User-Agent that is looked into; of a longer one the beginning is.
const LOOKED_AT_BYTES_MAX: usize = 512;
/// How many are remembered, half of them at least the latest.
const REMEMBERED_MAX: usize = 4_096;

/// What a User-Agent says.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Agent {
    pub browser: Software<'static>,
    pub system: Software<'static>,
    pub kind: Option<Kind>,
}

/// Reads User-Agents.
#[derive(Default)]
pub(super) struct Agents(Mutex<Remembered>);

type Table = HashMap<Box<str>, Arc<Agent>, RandomState>;

/// Two generations: what is asked for again moves into the younger; when that is full, the older is forgotten.
#[derive(Default)]
struct Remembered {
    young: Table,
    old: Table,
}

impl Agents {
    /// What `text` says.
    pub fn read(&self, text: &str) -> Arc<Agent> {
        let text = cut(text, LOOKED_AT_BYTES_MAX);
        if let Some(agent) = self.0.lock().find(text) {
            return agent;
        }
        let agent = Arc::new(Agent::read(text));
        self.0.lock().keep(text.into(), agent.clone());
        agent
    }
}

impl Remembered {
    fn find(&mut self, text: &str) -> Option<Arc<Agent>> {
        if let Some(agent) = self.young.get(text) {
            return Some(agent.clone());
        }
        let (text, agent) = self.old.remove_entry(text)?;
        self.keep(text, agent.clone());
        Some(agent)
    }

    fn keep(&mut self, text: Box<str>, agent: Arc<Agent>) {
        if self.young.len() >= REMEMBERED_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text, agent);
    }
}

impl Agent {
    fn read(text: &str) -> Self {
        let mut browser = patterns::browser(text);
        let mut system = patterns::system(text);
        browser.name = browser.name.map(names::browser);
        system.name = system.name.map(names::system);
        // What an app sends by its system is no browser's.
        if text.contains("Dalvik/") || text.contains("CFNetwork") {
            browser = Software::default();
        }
        // Browsers have long said the same version whatever it is.
        let is_frozen = text.contains("Intel Mac OS X 10_15_7")
            || text.contains("Intel Mac OS X 10.15;")
            || text.contains("Android 10; K)");
        if is_frozen {
            system.version = None;
        }
        Self { browser, system, kind: Kind::of_agent(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_so_many_are_remembered_and_the_latest_are() {
        let agents = Agents::default();
        for number in 0..3 * REMEMBERED_MAX {
            agents.0.lock().keep(number.to_string().into(), Arc::default());
            // One that is asked for all the time.
            if number > 0 {
                assert!(agents.0.lock().find("0").is_some(), "{number}");
            }
            let remembered = agents.0.lock();
            assert!(remembered.young.len() + remembered.old.len() <= REMEMBERED_MAX);
        }
        assert!(agents.0.lock().find(&(3 * REMEMBERED_MAX - 1).to_string()).is_some());
        assert!(agents.0.lock().find("1").is_none());
    }

    #[test]
    fn the_same_text_gives_the_same_agent() {
        let agents = Agents::default();
        let text = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let first = agents.read(text);
        assert_eq!(first.browser.name.as_deref(), Some("Firefox"));
        assert!(Arc::ptr_eq(&first, &agents.read(text)));
    }
}
