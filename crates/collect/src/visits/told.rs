//! What an event says of its visit, wherever the dialects put it: found in one walk over the context, and one over the properties of
//! calls that may have it there.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use model::{Event, Kind};

use crate::json::{Members, string};
use crate::visits::campaign::Campaign;
use crate::visits::origin::Page;

/// What is added to a context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Addition {
    Browser,
    BrowserVersion,
    OsName,
    OsVersion,
    DeviceType,
    ReferrerDomain,
    Channel,
    Location,
}

impl Addition {
    const ALL: [Self; 8] = [
        Self::Browser,
        Self::BrowserVersion,
        Self::OsName,
        Self::OsVersion,
        Self::DeviceType,
        Self::ReferrerDomain,
        Self::Channel,
        Self::Location,
    ];

    /// The member's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::BrowserVersion => "browser_version",
            Self::OsName => "os_name",
            Self::OsVersion => "os_version",
            Self::DeviceType => "device_type",
            Self::ReferrerDomain => "referrer_domain",
            Self::Channel => "channel",
            Self::Location => "location",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Raw values, as they stand in the event.
#[derive(Default)]
pub(super) struct Told<'a> {
    /// Which of [`Addition`] stand in the context already.
    own: u8,
    /// `bot` stands in the context.
    pub is_program: bool,
    /// Where the context's `campaign` stands, its name included.
    pub campaign_at: Option<Range<usize>>,
    library: Option<&'a [u8]>,
    user_agent: Option<&'a [u8]>,
    hints: Option<&'a [u8]>,
    os: Option<&'a [u8]>,
    device: Option<&'a [u8]>,
    campaign: Option<&'a [u8]>,
    page: Option<&'a [u8]>,
    properties: Properties<'a>,
}

/// The same of properties: Mixpanel's, and a page's own.
#[derive(Default)]
pub(super) struct Properties<'a> {
    pub browser: Option<&'a [u8]>,
    pub browser_version: Option<&'a [u8]>,
    pub os: Option<&'a [u8]>,
    pub os_version: Option<&'a [u8]>,
    pub model: Option<&'a [u8]>,
    url: Option<&'a [u8]>,
    search: Option<&'a [u8]>,
    referrer: Option<&'a [u8]>,
    tags: [Option<&'a [u8]>; 5],
}

impl<'a> Told<'a> {
    /// Reads an event; nothing where its context is no object.
    pub fn read(event: &'a Event<'_>) -> Option<Self> {
        let mut told = Self::default();
        let mut members = Members::new(event.context.as_bytes(), 0)?;
        let mut before = members.at();
        while let Some((key, value)) = members.advance().ok()? {
            let place = match &*key {
                b"library" => &mut told.library,
                b"userAgent" => &mut told.user_agent,
                b"userAgentData" => &mut told.hints,
                b"os" => &mut told.os,
                b"device" => &mut told.device,
                b"page" => &mut told.page,
                b"campaign" => {
                    told.campaign_at = Some(before_name(&event.context, before)..members.at());
                    &mut told.campaign
                }
                b"bot" => {
                    told.is_program = value.raw.first() == Some(&b'"');
                    before = members.at();
                    continue;
                }
                key => {
                    let name = Addition::ALL.iter().find(|name| name.as_str().as_bytes() == key);
                    told.own |= name.map_or(0, |name| name.bit());
                    before = members.at();
                    continue;
                }
            };
            *place = Some(value.raw);
            before = members.at();
        }
        told.properties.read(event)?;
        Some(told)
    }

    /// Whether the context has a member of that name already.
    pub fn has(&self, name: Addition) -> bool {
        self.own & name.bit() != 0
    }

    pub fn library(&self) -> Option<Cow<'a, str>> {
        self.library.and_then(|raw| text(member(raw, "name")?))
    }

    pub fn user_agent(&self) -> Option<Cow<'a, str>> {
        self.user_agent.and_then(text)
    }

    /// What the browser says of itself in place of a User-Agent.
    pub fn hints(&self) -> Option<&'a [u8]> {
        self.hints
    }

    /// A part of `os` or `device`, as SDKs of telephones send them.
    pub fn os(&self, name: &str) -> Option<Cow<'a, str>> {
        self.os.and_then(|raw| text(member(raw, name)?))
    }

    pub fn device(&self, name: &str) -> Option<Cow<'a, str>> {
        self.device.and_then(|raw| text(member(raw, name)?))
    }

    /// Whether an SDK in a telephone says what it runs on.
    pub fn is_of_telephone(&self) -> bool {
        self.device.is_some_and(|raw| member(raw, "model").is_some()) || self.properties.model.is_some()
    }

    pub fn properties(&self) -> &Properties<'a> {
        &self.properties
    }

    /// The campaign that the context names.
    pub fn campaign(&self) -> Option<Campaign> {
        let raw = self.campaign?;
        Some(Campaign::of(|name| text(member(raw, name)?)))
    }

    /// The campaign that stands among the properties.
    pub fn tagged(&self) -> Option<Campaign> {
        let tags = &self.properties.tags;
        if tags.iter().all(Option::is_none) {
            return None;
        }
        let part = |name: &str| {
            let at = TAGS.iter().position(|(_, part)| *part == name)?;
            text((*tags.get(at)?)?)
        };
        Some(Campaign::of(part)).filter(|campaign| !campaign.is_empty())
    }

    /// The page that the event happened on.
    pub fn page(&self) -> Option<Page<'a>> {
        let part = |name| self.page.and_then(|raw| text(member(raw, name)?));
        let own = |raw: Option<&'a [u8]>| raw.and_then(text);
        let url = part("url").or_else(|| own(self.properties.url))?;
        let search = part("search").or_else(|| own(self.properties.search));
        let referrer = part("referrer").or_else(|| own(self.properties.referrer));
        Some(Page { url, search, referrer })
    }
}

/// Properties that say a campaign, and which part of it.
const TAGS: [(&str, &str); 5] = [
    ("utm_source", "source"),
    ("utm_medium", "medium"),
    ("utm_campaign", "name"),
    ("utm_term", "term"),
    ("utm_content", "content"),
];

impl<'a> Properties<'a> {
    /// Reads the properties of a call that may have such ones. Most have none, and are not walked.
    fn read(&mut self, event: &'a Event<'_>) -> Option<()> {
        static SIGN: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\"$"));
        let is_page = event.kind == Kind::Page;
        if !is_page && SIGN.find(event.properties.as_bytes()).is_none() {
            return Some(());
        }
        let mut members = Members::new(event.properties.as_bytes(), 0)?;
        while let Some((key, value)) = members.advance().ok()? {
            let place = match &*key {
                b"$browser" => &mut self.browser,
                b"$browser_version" => &mut self.browser_version,
                b"$os" => &mut self.os,
                b"$os_version" => &mut self.os_version,
                b"$model" => &mut self.model,
                b"$current_url" => &mut self.url,
                b"$referrer" => &mut self.referrer,
                b"url" if is_page => &mut self.url,
                b"search" if is_page => &mut self.search,
                b"referrer" if is_page => &mut self.referrer,
                key => match TAGS.iter().position(|(tag, _)| tag.as_bytes() == key) {
                    Some(at) => self.tags.get_mut(at)?,
                    None => continue,
                },
            };
            *place = Some(value.raw);
        }
        Some(())
    }
}

/// Where the name begins of the member that comes after `at`.
fn before_name(object: &str, at: usize) -> usize {
    let rest = object.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte == b'"').unwrap_or(0)
}

/// The raw value of an object's member.
pub(super) fn member<'a>(object: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut members = Members::new(object, 0)?;
    let mut found = None;
    while let Some((key, value)) = members.advance().ok()? {
        if &*key == name.as_bytes() {
            found = Some(value.raw);
        }
    }
    found
}

/// A text that is not empty, or a number as one.
pub(super) fn text(raw: &[u8]) -> Option<Cow<'_, str>> {
    match raw.first()? {
        b'"' => string(raw).ok()?.filter(|text| !text.trim().is_empty()),
        b'0'..=b'9' => std::str::from_utf8(raw).ok().map(Cow::Borrowed),
        _ => None,
    }
}
