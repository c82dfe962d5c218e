//! Writing a JSON object member by member, from texts and from values that stand as JSON already.

/// An object being written.
pub(crate) struct Object(String);

impl Default for Object {
    fn default() -> Self {
        Self("{".to_owned())
    }
}

impl Object {
    /// Adds a member whose value is JSON.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.push_str(json);
    }

    /// Adds a member whose value is a text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        quote(&mut self.0, text);
    }

    /// Adds every member of an object that stands as JSON.
    pub fn members(&mut self, object: &str) {
        let inner = object.trim().trim_start_matches('{').trim_end();
        let inner = inner.strip_suffix('}').unwrap_or(inner).trim();
        if !inner.is_empty() {
            self.separate();
            self.0.push_str(inner);
        }
    }

    /// Whether nothing was added so far.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    /// The object.
    pub fn done(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn separate(&mut self) {
        if !self.is_empty() {
            self.0.push(',');
        }
    }

    fn name(&mut self, name: &str) {
        self.separate();
        quote(&mut self.0, name);
        self.0.push(':');
    }
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    quote(&mut json, text);
    json
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            letter if letter < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => json.push(letter),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn members_are_joined() {
        let mut object = Object::default();
        assert!(object.is_empty());
        object.members("{ }");
        object.text("a\"", "b\\\n");
        object.raw("c", "[1]");
        object.members(r#" {"d":{}} "#);
        object.members("{}");
        let read: Value = serde_json::from_str(&object.done()).unwrap();
        assert_eq!(read, json!({"a\"": "b\\\n", "c": [1], "d": {}}));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(name in ".*", text in ".*") {
            let mut object = Object::default();
            object.text(&name, &text);
            let read: Value = serde_json::from_str(&object.done()).unwrap();
            prop_assert_eq!(&read, &json!({ name: text.clone() }));
            let read: String = serde_json::from_str(&quoted(&text)).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
