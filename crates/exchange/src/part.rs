//! Which part of a message a column is, by its name.

/// Which part of a message a column is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    Type,
    Event,
    UserId,
    AnonymousId,
    MessageId,
    Time,
    /// Of a group's message alone; elsewhere a property.
    GroupId,
    /// Of an alias alone; elsewhere a property.
    PreviousId,
    Property,
}

/// The columns of these names are not properties. Of `time` and `timestamp` the first that there is counts.
const NAMED: [(&str, Part); 9] = [
    ("type", Part::Type),
    ("event", Part::Event),
    ("user_id", Part::UserId),
    ("anonymous_id", Part::AnonymousId),
    ("message_id", Part::MessageId),
    ("time", Part::Time),
    ("timestamp", Part::Time),
    ("group_id", Part::GroupId),
    ("previous_id", Part::PreviousId),
];

impl Part {
    /// What a column of this name is in a file that has a column `time`, or not.
    pub fn of(name: &str, has_time: bool) -> Self {
        if name == "timestamp" && has_time {
            return Self::Property;
        }
        NAMED.iter().find(|(named, _)| *named == name).map_or(Self::Property, |(_, part)| *part)
    }
}

/// What a message does; other texts go as they are, and the door says what is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Call {
    #[default]
    Track,
    Page,
    Identify,
    Group,
    Alias,
    Other,
}

impl Call {
    pub fn of(name: &str) -> Self {
        match name {
            "track" => Self::Track,
            "page" | "screen" => Self::Page,
            "identify" => Self::Identify,
            "group" => Self::Group,
            "alias" => Self::Alias,
            _ => Self::Other,
        }
    }

    /// The message's member for a part, as JSON with a colon behind; none for a property.
    pub fn member(self, part: Part) -> Option<&'static [u8]> {
        Some(match (part, self) {
            (Part::Type, _) => br#""type":"#,
            // What a page or screen is called.
            (Part::Event, Self::Page) => br#""name":"#,
            (Part::Event, _) => br#""event":"#,
            (Part::UserId, _) => br#""userId":"#,
            (Part::AnonymousId, _) => br#""anonymousId":"#,
            (Part::MessageId, _) => br#""messageId":"#,
            (Part::Time, _) => br#""timestamp":"#,
            (Part::GroupId, Self::Group) => br#""groupId":"#,
            (Part::PreviousId, Self::Alias) => br#""previousId":"#,
            (Part::GroupId | Part::PreviousId | Part::Property, _) => return None,
        })
    }

    /// Where the other columns go, opened: what is said of a person or a group are traits.
    pub fn bag(self) -> &'static [u8] {
        match self {
            Self::Identify | Self::Group => br#""traits":{"#,
            _ => br#""properties":{"#,
        }
    }
}
