//! One Segment message as text. Everything written here is our own and free of quotation marks, so
//! nothing needs escaping; a test reads every message back.

use std::fmt::Write;

/// What a message says besides who and when.
pub(crate) enum Call<'a> {
    /// An event of that name, with its properties as JSON.
    Track(&'a str, &'a str),
    /// A page's properties as JSON.
    Page(&'a str),
    /// A person's traits as JSON.
    Identify(&'a str),
    /// A group's id, and its traits as JSON.
    Group(&'a str, &'a str),
}

/// Who, when and where.
pub(crate) struct Envelope<'a> {
    pub(crate) id: (u64, u64),
    /// Absent in live traffic, where the collector's clock says when.
    pub(crate) timestamp: Option<jiff::Timestamp>,
    pub(crate) anonymous_id: u128,
    pub(crate) user_id: Option<&'a str>,
    pub(crate) context: &'a str,
}

/// The message as one line of JSON.
pub(crate) fn text(envelope: &Envelope<'_>, call: &Call<'_>) -> String {
    let mut out = String::with_capacity(768);
    // Writing to a String does not fail.
    let _ = write_all(&mut out, envelope, call);
    out
}

fn write_all(out: &mut String, envelope: &Envelope<'_>, call: &Call<'_>) -> std::fmt::Result {
    match call {
        Call::Track(name, properties) => {
            write!(out, r#"{{"type":"track","event":"{name}","properties":{properties}"#)?;
        }
        Call::Page(properties) => write!(out, r#"{{"type":"page","properties":{properties}"#)?,
        Call::Identify(traits) => write!(out, r#"{{"type":"identify","traits":{traits}"#)?,
        Call::Group(id, traits) => write!(out, r#"{{"type":"group","groupId":"{id}","traits":{traits}"#)?,
    }
    write!(out, r#","messageId":"hg-{:x}-{}""#, envelope.id.0, envelope.id.1)?;
    if let Some(timestamp) = envelope.timestamp {
        write!(out, r#","timestamp":"{timestamp}""#)?;
    }
    write_uuid(out, envelope.anonymous_id)?;
    if let Some(user_id) = envelope.user_id {
        write!(out, r#","userId":"{user_id}""#)?;
    }
    write!(out, r#","context":{}}}"#, envelope.context)
}

fn write_uuid(out: &mut String, bits: u128) -> std::fmt::Result {
    let groups = [bits >> 96, (bits >> 80) & 0xffff, (bits >> 64) & 0xfff, (bits >> 48) & 0x3fff, bits];
    write!(
        out,
        r#","anonymousId":"{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}""#,
        groups[0],
        groups[1],
        groups[2],
        groups[3] | 0x8000,
        groups[4] & 0xffff_ffff_ffff
    )
}
