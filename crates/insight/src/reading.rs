//! Which properties a question reads, and whom it asks for traits.

use model::WorkspaceId;
use question::{Condition, Field, Step, Who};

use crate::groups::Dimension;
use crate::traits::TraitOf;

/// Which properties a question reads, and whom it asks for traits.
pub(crate) struct Reading<'a> {
    pub(crate) properties: Vec<String>,
    /// Whether traits decide about rows.
    pub(crate) traits: bool,
    pub(crate) who: (WorkspaceId, &'a dyn Who),
}

impl<'a> Reading<'a> {
    pub(crate) fn new(who: (WorkspaceId, &'a dyn Who)) -> Self {
        Self { properties: Vec::new(), traits: false, who }
    }

    /// Reads a property too.
    pub(crate) fn property(&mut self, name: &str) {
        if !self.properties.iter().any(|known| known == name) {
            self.properties.push(name.to_owned());
        }
    }

    pub(crate) fn fields<'f>(&mut self, fields: impl IntoIterator<Item = &'f Field>) {
        for field in fields {
            match field {
                Field::Property(name) => self.property(name),
                Field::Trait(_) => self.traits = true,
            }
        }
    }

    pub(crate) fn conditions(&mut self, conditions: &[Condition]) {
        self.fields(conditions.iter().map(|condition| &condition.field));
    }

    pub(crate) fn steps<'s>(&mut self, steps: impl IntoIterator<Item = &'s Step>) {
        for step in steps {
            self.conditions(&step.conditions);
        }
    }

    /// The column of a property.
    pub(crate) fn column(&self, name: &str) -> usize {
        self.properties.iter().position(|known| known == name).unwrap_or(usize::MAX)
    }

    pub(crate) fn dimensions(&self, by: &'a [Field]) -> Vec<Dimension<'a>> {
        let dimension = |field: &'a Field| match field {
            Field::Property(name) => Dimension::column(self.column(name)),
            Field::Trait(name) => Dimension::of_trait(TraitOf::new(self.who, name)),
        };
        by.iter().map(dimension).collect()
    }
}
