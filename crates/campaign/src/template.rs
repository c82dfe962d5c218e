//! What a message says. A template is a subject, a text and perhaps HTML, with places for values of the person:
//! `{{ first_name }}`, `{{ first_name | default: "there" }}`, `{{ city | capitalize }}`: a part of Liquid that has no loops, so
//! that what comes out is never longer than the template and its values together.
//!
//! A value never brings a link: what holds `://` or `www.` is left out, and so is what is very long. In HTML it is escaped.

use model::{MemberId, TemplateId};
use serde::{Deserialize, Serialize};

use crate::error::{CampaignError, invalid};

/// The longest name and subject, in bytes.
const LINE_BYTES_MAX: usize = 300;
/// The longest body, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// The most places for values.
const PLACES_MAX: usize = 200;
/// The most different values.
const NAMES_MAX: usize = 20;
/// A value that is longer is left out.
const VALUE_BYTES_MAX: usize = 200;
/// The place of the link that ends such messages. Where it is not, one is added at the end.
pub const UNSUBSCRIBE: &str = "unsubscribe_url";
/// What HTML of a message never holds: what runs, and what loads other pages into it.
const NEVER: [&str; 6] = ["<script", "<iframe", "<object", "<embed", "<base", "javascript:"];

/// What a template says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What it is called.
    pub name: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    #[serde(default)]
    pub html: Option<String>,
    /// Who it is from: `Harbour Goods <news@harbour-goods.example>`.
    pub from: String,
    /// Where answers go, if not there.
    #[serde(default)]
    pub reply_to: Option<String>,
}

/// A version of a template. It is never changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Which template.
    pub id: TemplateId,
    /// From 1.
    pub version: u32,
    /// What it says.
    pub template: Template,
    /// Who wrote it.
    pub by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub made_ms: i64,
}

/// A template that was read, ready for people.
pub struct Compiled {
    subject: Vec<Piece>,
    text: Vec<Piece>,
    html: Option<Vec<Piece>>,
    names: Vec<String>,
}

/// A message for one person.
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
}

enum Piece {
    Text(String),
    /// The number of the value, what stands there without it, and what is done to it.
    Place {
        name: usize,
        default: String,
        filters: Vec<Filter>,
    },
    Unsubscribe,
}

#[derive(Clone, Copy)]
enum Filter {
    Capitalize,
    Upcase,
    Downcase,
}

impl Template {
    /// Reads it.
    ///
    /// # Errors
    /// The field that is not right, and what to write.
    pub fn compile(&self) -> Result<Compiled, CampaignError> {
        let line = |field, text: &str| {
            if text.trim().is_empty() || text.len() > LINE_BYTES_MAX || text.chars().any(char::is_control) {
                return Err(invalid(field, format!("one line of 1 to {LINE_BYTES_MAX} bytes")));
            }
            Ok(())
        };
        line("name", &self.name)?;
        line("subject", &self.subject)?;
        for (field, address) in [("from", Some(&self.from)), ("reply_to", self.reply_to.as_ref())] {
            if address.is_some_and(|text| text.len() > LINE_BYTES_MAX || !send::letter::is_from(text)) {
                return Err(invalid(field, "an address such as Harbour Goods <news@harbour-goods.example>"));
            }
        }
        let html = self.html.as_deref().filter(|html| !html.trim().is_empty());
        if self.text.trim().is_empty() {
            return Err(invalid("text", "the message as plain text; every message has it"));
        }
        for (field, body) in [("text", Some(self.text.as_str())), ("html", html)] {
            if body.is_some_and(|body| body.len() > BODY_BYTES_MAX) {
                return Err(invalid(field, format!("at most {BODY_BYTES_MAX} bytes")));
            }
        }
        let lower = html.unwrap_or_default().to_lowercase();
        if let Some(never) = NEVER.iter().find(|never| lower.contains(**never)) {
            return Err(invalid(
                "html",
                format!("no `{never}`: mail programs do not run it, and nobody should be asked to"),
            ));
        }
        let mut names = Vec::new();
        let subject = pieces("subject", &self.subject, &mut names)?;
        let text = pieces("text", &self.text, &mut names)?;
        let html = html.map(|html| pieces("html", html, &mut names)).transpose()?;
        if names.len() > NAMES_MAX {
            return Err(invalid("text", format!("at most {NAMES_MAX} different values")));
        }
        Ok(Compiled { subject, text, html, names })
    }
}

impl Compiled {
    /// The traits whose values it has places for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The message for somebody with these values, in the order of [`Compiled::names`].
    pub fn render(&self, values: &[Option<String>], unsubscribe: &str) -> Rendered {
        let subject = filled(&self.subject, values, unsubscribe, false);
        let text = with_link(&self.text, filled(&self.text, values, unsubscribe, false), || {
            format!("\n\n--\nUnsubscribe: {unsubscribe}\n")
        });
        let html = self.html.as_ref().map(|pieces| {
            with_link(pieces, filled(pieces, values, unsubscribe, true), || {
                format!("<p><a href=\"{}\">Unsubscribe</a></p>", escaped(unsubscribe))
            })
        });
        // A value with a line break must not make a header of its own.
        let subject = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Rendered { subject, text, html }
    }
}

fn with_link(pieces: &[Piece], mut body: String, link: impl Fn() -> String) -> String {
    if !pieces.iter().any(|piece| matches!(piece, Piece::Unsubscribe)) {
        body.push_str(&link());
    }
    body
}

fn filled(pieces: &[Piece], values: &[Option<String>], unsubscribe: &str, html: bool) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Unsubscribe => {
                out.push_str(&if html { escaped(unsubscribe) } else { unsubscribe.to_owned() })
            }
            Piece::Place { name, default, filters } => {
                let value = values.get(*name).and_then(Option::as_deref).filter(|value| is_plain(value));
                let value = filters
                    .iter()
                    .fold(value.unwrap_or(default).to_owned(), |value, filter| filter.of(&value));
                out.push_str(&if html { escaped(&value) } else { value });
            }
        }
    }
    out
}

/// Whether a value may stand in a message.
fn is_plain(value: &str) -> bool {
    let lower = value.to_lowercase();
    !value.trim().is_empty()
        && value.len() <= VALUE_BYTES_MAX
        && !lower.contains("://")
        && !lower.contains("www.")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

impl Filter {
    fn of(self, value: &str) -> String {
        match self {
            Self::Upcase => value.to_uppercase(),
            Self::Downcase => value.to_lowercase(),
            Self::Capitalize => {
                let mut letters = value.chars();
                letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            }
        }
    }
}

fn pieces(field: &'static str, source: &str, names: &mut Vec<String>) -> Result<Vec<Piece>, CampaignError> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        let wrong = |what: &str| {
            let line = 1 + source.get(..source.len() - after.len()).unwrap_or_default().matches('\n').count();
            invalid(field, format!("line {line}: {what}; write {{{{ first_name | default: \"there\" }}}}"))
        };
        let (inside, behind) = after.split_once("}}").ok_or_else(|| wrong("a place that does not end"))?;
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(place(inside, names).map_err(wrong)?);
        if pieces.len() > 2 * PLACES_MAX {
            return Err(wrong("too many places"));
        }
        rest = behind;
    }
    if rest.contains("{%")
        || pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("{%")))
    {
        return Err(invalid(field, "no `{%`: a template has places for values and nothing else"));
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

fn place(inside: &str, names: &mut Vec<String>) -> Result<Piece, &'static str> {
    let mut parts = inside.split('|').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    if name.is_empty() || name.len() > 100 || !name.chars().all(is_name) {
        return Err("the name of a trait is missing");
    }
    if name == UNSUBSCRIBE {
        return Ok(Piece::Unsubscribe);
    }
    let (mut default, mut filters) = (String::new(), Vec::new());
    for part in parts {
        match part.split_once(':').map(|(word, argument)| (word.trim(), argument.trim())) {
            None if part == "capitalize" => filters.push(Filter::Capitalize),
            None if part == "upcase" => filters.push(Filter::Upcase),
            None if part == "downcase" => filters.push(Filter::Downcase),
            Some(("default", text)) => {
                let quoted = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
                default =
                    quoted('"').or_else(|| quoted('\'')).ok_or("a default stands in quotes")?.to_owned();
            }
            _ => return Err("only default, capitalize, upcase and downcase are known"),
        }
    }
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    Ok(Piece::Place { name: at, default, filters })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str, html: Option<&str>) -> Template {
        Template {
            name: "News".to_owned(),
            subject: "Hello {{ first_name | default: \"there\" }}".to_owned(),
            text: text.to_owned(),
            html: html.map(str::to_owned),
            from: "Shop <news@shop.example>".to_owned(),
            reply_to: None,
        }
    }

    fn rendered(text: &str, html: Option<&str>, value: Option<&str>) -> Rendered {
        let compiled = template(text, html).compile().expect("a template");
        compiled.render(&[value.map(str::to_owned)], "https://c.example/u/x")
    }

    #[test]
    fn places_take_values_defaults_and_filters() {
        let text = "Dear {{first_name|capitalize}}, bye {{ unsubscribe_url }}";
        assert_eq!(rendered(text, None, Some("ann")).text, "Dear Ann, bye https://c.example/u/x");
        assert_eq!(rendered(text, None, Some("ann")).subject, "Hello ann");
        assert_eq!(rendered(text, None, None).subject, "Hello there");
    }

    #[test]
    fn a_value_brings_no_markup_no_link_and_no_header() {
        let html = "<p>{{ first_name }}</p>";
        let with = |value| rendered("{{ first_name }}", Some(html), Some(value));
        assert!(with("<b>x").html.expect("html").starts_with("<p>&lt;b&gt;x</p>"));
        assert!(!with("see https://evil.example").text.contains("evil"));
        assert!(!with("WWW.evil.example").text.contains("evil"));
        assert_eq!(with("a\r\nBcc: x@y.example").subject, "Hello a  Bcc: x@y.example");
    }

    #[test]
    fn every_message_has_a_link_that_ends_it() {
        let both = rendered("Hi", Some("<p>Hi</p>"), None);
        assert!(both.text.contains("https://c.example/u/x"));
        assert!(both.html.expect("html").contains("href=\"https://c.example/u/x\""));
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_field_and_line() {
        let check = |text: &str, html: Option<&str>, wanted: &str| {
            let error = template(text, html).compile().err().expect("refused").to_string();
            assert!(error.contains(wanted), "{error}");
        };
        check("", None, "text:");
        check("a\n{{ x", None, "text: line 2");
        check("{{ }}", None, "name of a trait");
        check("{{ x | shout }}", None, "only default");
        check("{% for x in y %}", None, "no `{%`");
        check("x", Some("<SCRIPT>"), "html: no `<script`");
        let mut wrong = template("x", None);
        wrong.from = "no address".to_owned();
        assert!(wrong.compile().err().expect("refused").to_string().starts_with("from:"));
    }
}
