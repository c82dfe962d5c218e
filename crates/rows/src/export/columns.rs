//! The columns of an export, as the grant names them.

use people::{IdentifierKind, OpenFields};

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Column {
    /// The public id.
    Id,
    /// The first identifier of a kind; its place among those wanted.
    Identifier(usize),
    /// The time of the earliest event.
    FirstSeen,
    /// The time of the latest event.
    LastSeen,
    /// How many events.
    Events,
    /// A trait; its place among those wanted.
    Trait(usize),
}

/// The columns of an export, and what has to be opened for them.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Name and meaning, in the grant's order.
    pub columns: Vec<(String, Column)>,
    /// What people must be asked for.
    pub wanted: OpenFields,
}

/// The beginning of a trait's name.
const TRAIT: &str = "traits.";
/// A trait by which the persons who are in one export alone can be told.
const EMAIL: &str = "traits.email";

impl Columns {
    /// The columns of these names.
    ///
    /// # Errors
    /// What to write instead.
    pub fn read(names: &[String]) -> Result<Self, String> {
        let mut read = Self { columns: Vec::new(), wanted: OpenFields::default() };
        for name in names {
            let column = match name.as_str() {
                "id" => Column::Id,
                "first_seen" => Column::FirstSeen,
                "last_seen" => Column::LastSeen,
                "events" => Column::Events,
                "user_id" => read.identifier(IdentifierKind::UserId),
                "anonymous_id" => read.identifier(IdentifierKind::AnonymousId),
                other => match other.strip_prefix(TRAIT).filter(|name| !name.is_empty()) {
                    Some(name) => {
                        read.wanted.traits.push(name.to_owned());
                        Column::Trait(read.wanted.traits.len() - 1)
                    }
                    None => {
                        return Err(
                            "id, user_id, anonymous_id, first_seen, last_seen, events, or traits.NAME"
                                .to_owned(),
                        );
                    }
                },
            };
            read.columns.push((name.clone(), column));
        }
        if names.iter().any(|name| name == "id" || name == EMAIL) {
            Ok(read)
        } else {
            Err(format!("id or {EMAIL} among them: without one a leaked file could not be traced"))
        }
    }

    fn identifier(&mut self, kind: IdentifierKind) -> Column {
        self.wanted.identifiers.push(kind);
        Column::Identifier(self.wanted.identifiers.len() - 1)
    }

    /// Whether people are told apart by their public id here.
    pub fn has_id(&self) -> bool {
        self.columns.iter().any(|(_, column)| *column == Column::Id)
    }

    /// The place of the e-mail address among the traits wanted.
    pub fn email(&self) -> Option<usize> {
        self.wanted.traits.iter().position(|name| Some(name.as_str()) == EMAIL.strip_prefix(TRAIT))
    }
}
