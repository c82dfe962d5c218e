//! Paths of rules: `properties.order.*.note`, `traits.**.internal`. A path covers what lies below it.

/// A path pattern, by its steps.
pub(super) struct Path(Vec<Step>);

enum Step {
    Name(String),
    One,
    Many,
}

impl Path {
    pub fn compile(text: &str) -> Result<Self, super::pattern::Wrong> {
        const STEPS_MAX: usize = 16;
        let mut steps = Vec::new();
        for step in text.trim().split('.') {
            // Places in lists are not counted: `items[].note`, `items[0].note`, `items.0.note`.
            let name = step.split('[').next().unwrap_or(step).trim();
            match name {
                "" if step.is_empty() => {
                    return Err(("a step of the path is empty", "take out one of the dots"));
                }
                "" => {}
                "*" => steps.push(Step::One),
                "**" => steps.push(Step::Many),
                name if name.bytes().all(|byte| byte.is_ascii_digit()) => {}
                name => steps.push(Step::Name(name.to_owned())),
            }
        }
        let begins_right = match steps.first() {
            Some(Step::Name(root)) => matches!(root.as_str(), "properties" | "traits" | "context"),
            Some(Step::Many) => true,
            _ => false,
        };
        if !begins_right || steps.len() > STEPS_MAX {
            return Err((
                "a path begins with properties, traits, context or **",
                "write the whole path, with at most 16 steps",
            ));
        }
        if steps.iter().filter(|step| matches!(step, Step::Many)).count() > 2 {
            return Err(("there are more than two **", "name more of the steps"));
        }
        Ok(Self(steps))
    }

    /// The name of the last step, if it is a name.
    pub fn last_name(&self) -> Option<&str> {
        match self.0.last() {
            Some(Step::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether the steps from the root are just these.
    pub fn is(&self, steps: &[&str]) -> bool {
        fits(&self.0, steps)
    }
}

/// At most two `**` and 32 steps: the tries are few.
fn fits(pattern: &[Step], steps: &[&str]) -> bool {
    match pattern.split_first() {
        None => steps.is_empty(),
        Some((Step::Many, rest)) => {
            (0..=steps.len()).any(|at| fits(rest, steps.get(at..).unwrap_or_default()))
        }
        Some((first, rest)) => steps.split_first().is_some_and(|(step, below)| {
            let is_same = match first {
                Step::Name(name) => name == step,
                Step::One | Step::Many => true,
            };
            is_same && fits(rest, below)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stars_and_lists() {
        for (pattern, path, is) in [
            ("properties.order.note", "properties.order.note", true),
            ("properties.order.note", "properties.order", false),
            ("properties.items[].note", "properties.items.note", true),
            ("properties.*.note", "properties.a.note", true),
            ("properties.*.note", "properties.a.b.note", false),
            ("properties.**.note", "properties.a.b.note", true),
            ("**.note", "context.note", true),
            ("**", "context.note", true),
        ] {
            let steps: Vec<&str> = path.split('.').collect();
            assert_eq!(Path::compile(pattern).expect(pattern).is(&steps), is, "{pattern} {path}");
        }
        for wrong in ["note", "properties..a", "*.a", "**.a.**.b.**"] {
            assert!(Path::compile(wrong).is_err(), "{wrong}");
        }
    }
}
