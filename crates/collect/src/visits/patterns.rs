//! The patterns of uap-core, which know the User-Agents of browsers and systems (`data/user_agents.txt`).

use std::borrow::Cow;
use std::sync::LazyLock;

use ua_parser::{os, user_agent};

use crate::visits::device::Software;

/// A line each: the pattern, the name, the first part of the version; what is missing is the pattern's groups.
const DATA: &str = include_str!("../../data/user_agents.txt");

struct Patterns {
    browsers: user_agent::Extractor<'static>,
    systems: os::Extractor<'static>,
}

/// Made when the first User-Agent comes.
static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| match Patterns::new() {
    Ok(patterns) => Some(patterns),
    Err(error) => {
        tracing::error!(%error, "the patterns of browsers cannot be used, so events are not told their browser");
        None
    }
});

impl Patterns {
    fn new() -> Result<Self, ua_parser::Error> {
        let (browsers, systems) = DATA.split_once("[os_parsers]\n").unwrap_or((DATA, ""));
        let browsers = lines(browsers).map(|[regex, name, major]| user_agent::Parser {
            regex: regex.into(),
            family_replacement: given(name),
            v1_replacement: given(major),
            ..user_agent::Parser::default()
        });
        let systems = lines(systems).map(|[regex, name, major]| os::Parser {
            regex: regex.into(),
            os_replacement: given(name),
            os_v1_replacement: given(major),
            ..os::Parser::default()
        });
        Ok(Self {
            browsers: user_agent::Builder::new().push_all(browsers)?.build()?,
            systems: os::Builder::new().push_all(systems)?.build()?,
        })
    }
}

fn lines(section: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    let is_pattern = |line: &&str| !line.starts_with("# ") && *line != "[user_agent_parsers]";
    section.lines().filter(is_pattern).map(|line| {
        let mut parts = line.split('\t');
        std::array::from_fn(|_| parts.next().unwrap_or_default())
    })
}

fn given(part: &'static str) -> Option<Cow<'static, str>> {
    (!part.is_empty()).then_some(Cow::Borrowed(part))
}

/// The browser that a User-Agent is of.
pub(super) fn browser(text: &str) -> Software<'static> {
    let found = PATTERNS.as_ref().and_then(|patterns| patterns.browsers.extract(text));
    found.map_or_else(Software::default, |found| Software::owned(&found.family, found.major))
}

/// The system.
pub(super) fn system(text: &str) -> Software<'static> {
    let found = PATTERNS.as_ref().and_then(|patterns| patterns.systems.extract(text));
    found.map_or_else(Software::default, |found| Software::owned(&found.os, found.major.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_used() {
        assert!(Patterns::new().is_ok());
        assert!(lines(DATA).count() > 500);
    }
}
