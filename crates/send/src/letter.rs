//! One message to one person, as it is handed to the relay.

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, address::Envelope};
use stdx::Secret;

use crate::error::SendError;

/// A message.
pub struct Letter<'a> {
    /// Who it is from: `Harbour Goods <news@harbour-goods.example>`.
    pub from: &'a str,
    /// Where answers go, if not there.
    pub reply_to: Option<&'a str>,
    /// Whom it is for.
    pub to: &'a Secret<String>,
    /// Its subject.
    pub subject: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The same as HTML.
    pub html: Option<&'a str>,
    /// What it is known by, without brackets; the same for every try.
    pub id: &'a str,
    /// Where a single POST ends such messages (RFC 8058); nothing for a test.
    pub unsubscribe: Option<&'a str>,
}

/// Whether a text is an address that messages can be from.
pub fn is_from(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

impl Letter<'_> {
    /// The envelope and the bytes; `bounces` is where the relay sends what comes back.
    pub(crate) fn built(&self, bounces: Option<&Address>) -> Result<(Envelope, Vec<u8>), SendError> {
        let unfit = |_| SendError::Address;
        let from: Mailbox = self.from.parse().map_err(unfit)?;
        let to: Address = self.to.expose().parse().map_err(unfit)?;
        let sender = bounces.cloned().unwrap_or_else(|| from.email.clone());
        let envelope = Envelope::new(Some(sender), vec![to.clone()]).map_err(|_| SendError::Address)?;
        let mut builder = Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(self.subject)
            .message_id(Some(format!("<{}>", self.id)));
        if let Some(reply_to) = self.reply_to {
            builder = builder.reply_to(reply_to.parse().map_err(unfit)?);
        }
        if let Some(url) = self.unsubscribe {
            builder = builder.header(ListUnsubscribe(format!("<{url}>"))).header(OneClick);
        }
        let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(self.text.to_owned());
        let message = match self.html {
            Some(html) => {
                let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html.to_owned());
                builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html))
            }
            None => builder.singlepart(text),
        };
        Ok((envelope, message.map_err(|_| SendError::Address)?.formatted()))
    }
}

/// RFC 2369: where it can be ended.
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// RFC 8058: with one POST.
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}
