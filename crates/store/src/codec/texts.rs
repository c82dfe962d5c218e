//! Many texts in one.

/// Many texts in one.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Texts {
    pub(super) ends: Vec<u32>,
    pub(super) text: String,
}

impl Texts {
    /// The text at `index`; empty beyond the end.
    pub fn get(&self, index: usize) -> &str {
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let end = self.ends.get(index).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// About how much memory they take.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.ends.as_slice()) + self.text.len()
    }

    /// Adds one; `None` when the whole would be longer than four gigabytes.
    pub(crate) fn push(&mut self, text: &str) -> Option<u32> {
        let index = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.text.len().checked_add(text.len())?).ok()?;
        self.text.push_str(text);
        self.ends.push(end);
        Some(index)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.len()).map(|index| self.get(index))
    }
}
