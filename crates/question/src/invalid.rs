//! Why a question was refused: where, what is wrong, and how to mend it.

/// A question that cannot be asked. The texts never repeat a value of the question, since values may be personal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}: {problem}; {fix}", if pointer.is_empty() { "the question" } else { pointer.as_str() })]
pub struct Invalid {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub fix: String,
}

impl Invalid {
    /// An error at `pointer`.
    pub fn new(pointer: &str, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), problem: problem.into(), fix: fix.into() }
    }
}

/// The name among `known` that `given` was probably meant to be.
pub(crate) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let given: Vec<char> = given.chars().take(NAME_CHARS_MAX).collect();
    let (distance, name) = known.iter().map(|name| (distance(&given, name), *name)).min()?;
    (distance <= (given.len() / 3).max(2)).then_some(name)
}

/// `name` cut to a length that is fit for an error text.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(NAME_CHARS_MAX).collect()
}

const NAME_CHARS_MAX: usize = 64;

/// How many letters must be changed, added or taken away.
fn distance(given: &[char], known: &str) -> usize {
    let known: Vec<char> = known.chars().collect();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (i, a) in given.iter().enumerate() {
        let mut next = vec![i + 1];
        for (b, pair) in known.iter().zip(row.windows(2)) {
            let (diagonal, above) = match pair {
                [diagonal, above] => (*diagonal, *above),
                _ => continue,
            };
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(a != b)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        let known = ["interval", "events", "range", "where"];
        for (given, wanted) in
            [("intervall", Some("interval")), ("evnts", Some("events")), ("were", Some("where"))]
        {
            assert_eq!(nearest(given, &known), wanted);
        }
        assert_eq!(nearest("completely_other", &known), None);
    }
}
