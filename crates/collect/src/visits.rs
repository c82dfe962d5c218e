//! What an event's context is told about the visit that it belongs to, beside what its sender says: browser, system and kind of
//! device, the campaign in the page's address, where the visitor came from, and by which channel. One question then works for
//! events of every dialect. A sender's own words count first, and none of them is overwritten.
//!
//! This comes after `captured`, so that it reads nothing that is not kept, and before the shield, which looks at what is added.
//!
//! Modules in reading order: `told` (what the event says), `device` and `names` (what it is of), `agent` and `patterns` (reading a
//! User-Agent), `campaign`, `origin` (the page before), `channel`, `places` (where an address is).

mod agent;
mod campaign;
mod channel;
mod device;
mod names;
mod origin;
mod patterns;
mod places;
mod told;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::path::PathBuf;

use http::header::USER_AGENT;
use model::Event;

use crate::asked::Asked;
use crate::compose::Object;
use crate::visits::agent::Agents;
use crate::visits::campaign::Campaign;
use crate::visits::device::Device;
use crate::visits::origin::Origin;
use crate::visits::places::Places;
use crate::visits::told::{Addition, Told};

/// Libraries that run in browsers: what the request says of its sender, it says of the visitor. A server's says nothing of them.
const IN_BROWSERS: [&str; 4] = ["analytics.js", "holdfast.js", "RudderLabs JavaScript SDK", "mixpanel-web"];

/// Tells visits. Shared by all requests.
pub(crate) struct Visits {
    agents: Agents,
    /// Where addresses are, where there is a file of it.
    pub places: Places,
}

impl Visits {
    /// With a file of places.
    pub fn new(places: Option<PathBuf>) -> Self {
        Self { agents: Agents::default(), places: Places::new(places) }
    }

    /// Those of one request's events.
    pub fn of<'r>(&'r self, asked: &'r Asked) -> Visiting<'r> {
        Visiting { visits: self, asked, place: OnceCell::new() }
    }
}

/// Tells the visits of one request's events.
pub(crate) struct Visiting<'r> {
    visits: &'r Visits,
    asked: &'r Asked,
    /// Where the request's sender is, as JSON; looked up when an event needs it.
    place: OnceCell<Option<String>>,
}

impl Visiting<'_> {
    /// Adds to an event's context what is known of its visit.
    pub fn tell(&self, event: &mut Event<'_>) {
        let context = Told::read(event).and_then(|told| self.context(&event.context, &told));
        if let Some(context) = context {
            event.context = Cow::Owned(context);
        }
    }

    /// The context with what is added to it; nothing where nothing is.
    fn context(&self, context: &str, told: &Told<'_>) -> Option<String> {
        let mut added = Added { told, members: Object::default() };
        if told.is_program {
            added.text(Addition::DeviceType, Some("bot"));
        } else {
            self.device(told, &mut added);
        }
        let campaign = arrival(told, &mut added);
        if added.members.is_empty() && campaign.is_none() {
            return None;
        }
        let Some(campaign) = campaign else { return Some(joined(added.members, context)) };
        added.members.raw("campaign", &campaign);
        // A campaign that says nothing gives way, so that the name stands once.
        let without = told.campaign_at.clone().and_then(|at| without_member(context, at));
        Some(joined(added.members, without.as_deref().unwrap_or(context)))
    }

    /// Adds the device, and where it is.
    fn device(&self, told: &Told<'_>, added: &mut Added<'_, '_>) {
        let is_browsers = || told.library().is_some_and(|library| IN_BROWSERS.contains(&&*library));
        let of_request = || self.asked.header(USER_AGENT).filter(|_| is_browsers()).map(Cow::Borrowed);
        let agent = told.user_agent().or_else(of_request).map(|text| self.visits.agents.read(&text));
        // What a server sends comes from where the server is.
        if !told.has(Addition::Location)
            && self.visits.places.is_open()
            && (told.is_of_telephone() || is_browsers())
            && let Some(place) = self.place()
        {
            added.members.raw(Addition::Location.as_str(), place);
        }
        let device = Device::of(told, agent.as_deref());
        added.text(Addition::Browser, device.browser.name.as_deref());
        added.version(Addition::BrowserVersion, device.browser.version.as_deref());
        added.text(Addition::OsName, device.system.name.as_deref());
        added.version(Addition::OsVersion, device.system.version.as_deref());
        added.text(Addition::DeviceType, device.kind);
    }

    fn place(&self) -> Option<&str> {
        let find = || self.asked.address.and_then(|address| self.visits.places.of(address));
        self.place.get_or_init(find).as_deref()
    }
}

/// Adds where the visitor came from; gives the campaign where the context is to have one.
fn arrival(told: &Told<'_>, added: &mut Added<'_, '_>) -> Option<String> {
    let given = told.campaign().filter(|campaign| !campaign.is_empty());
    let is_given = given.is_some();
    let page = told.page();
    let query = page.as_ref().and_then(|page| page.query());
    let in_query = query.as_deref().and_then(Campaign::of_query);
    let clicked = in_query.as_ref().is_some_and(|campaign| campaign.is_paid_click);
    let found = in_query.filter(|campaign| !campaign.is_empty()).or_else(|| told.tagged());
    let campaign = given.or(found).unwrap_or_default();
    if let Some(page) = &page {
        let origin = page.origin();
        added.text(Addition::ReferrerDomain, origin.shown());
        added.text(Addition::Channel, channel::of(&campaign, clicked, &origin));
    } else if !campaign.is_empty() {
        added.text(Addition::Channel, channel::of(&campaign, false, &Origin::Unknown));
    }
    (!is_given && !campaign.is_empty()).then(|| campaign.written())
}

/// Members for a context that lacks them.
struct Added<'t, 'a> {
    told: &'t Told<'a>,
    members: Object,
}

impl Added<'_, '_> {
    fn text(&mut self, name: Addition, text: Option<&str>) {
        if let Some(text) = text.filter(|_| !self.told.has(name)) {
            self.members.text(name.as_str(), text);
        }
    }

    /// A version, as a number where it is one, so that questions can compare it.
    fn version(&mut self, name: Addition, version: Option<&str>) {
        let Some(version) = version.filter(|_| !self.told.has(name)) else { return };
        match version.parse::<u32>() {
            Ok(number) => self.members.raw(name.as_str(), &number.to_string()),
            Err(_) => self.members.text(name.as_str(), version),
        }
    }
}

/// New members, and those of the object `context` behind them.
fn joined(mut members: Object, context: &str) -> String {
    members.members(context);
    members.done()
}

/// An object without the member that stands `at`, name and comma included.
fn without_member(object: &str, at: std::ops::Range<usize>) -> Option<String> {
    let (before, after) = (object.get(..at.start)?.trim_end(), object.get(at.end..)?.trim_start());
    let (before, after) = match after.strip_prefix(',') {
        Some(after) => (before, after),
        None => (before.strip_suffix(',').unwrap_or(before), after),
    };
    Some(format!("{before}{after}"))
}

/// Part of a text that is no longer than that.
fn cut(text: &str, bytes_max: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes_max)).unwrap_or_default()
}
