//! A column made of values at hand.

use super::{Column, Data, Words, WordsData};
use crate::intern::Interner;
use crate::value::{Kinds, Owned};

impl Column {
    /// A column of these values in the form that is quickest to ask: by kind where all are of one, texts as codes
    /// into a dictionary of their own.
    pub(crate) fn of(values: Vec<Owned>) -> Self {
        let mut kinds = Kinds::default();
        values.iter().for_each(|value| kinds.count(&value.as_value()));
        let all = kinds.total();
        let data = if all == 0 {
            return Self::ABSENT;
        } else if kinds.bools == all {
            Data::Bools(values.iter().map(|value| *value == Owned::Bool(true)).collect())
        } else if kinds.ints == all {
            Data::Ints(
                values.iter().map(|value| if let Owned::Int(int) = value { *int } else { 0 }).collect(),
            )
        } else if kinds.floats == all {
            let float = |value: &Owned| if let Owned::Float(float) = value { *float } else { 0.0 };
            Data::Floats(values.iter().map(float).collect())
        } else if kinds.texts == all
            && let Some(data) = coded(&values)
        {
            data
        } else {
            return Self::mixed(values);
        };
        let is_full = all == values.len() as u64;
        let present = (!is_full).then(|| values.iter().map(|value| *value != Owned::Absent).collect());
        Self { present, data }
    }

    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let data = match &self.data {
            Data::Absent => 0,
            Data::Bools(truths) => truths.len(),
            Data::Ints(numbers) => size_of_val(numbers.as_slice()),
            Data::Floats(numbers) => size_of_val(numbers.as_slice()),
            Data::Codes(codes, words) => size_of_val(codes.as_slice()) + words.bytes(),
            Data::Texts(texts, places) => size_of_val(places.as_slice()) + texts.bytes(),
            Data::Mixed(mixed) => of_mixed(&mixed.0),
        };
        data + self.present.as_ref().map_or(0, Vec::len)
    }
}

impl Words {
    fn bytes(&self) -> usize {
        match &self.0 {
            WordsData::Texts(texts) => texts.bytes(),
            WordsData::Mixed(values) => of_mixed(values),
        }
    }
}

fn of_mixed(values: &[Owned]) -> usize {
    let text = |value: &Owned| match value {
        Owned::Text(text) | Owned::Json(text) => text.len(),
        _ => 0,
    };
    size_of_val(values) + values.iter().map(text).sum::<usize>()
}

/// Texts as codes; `None` if they are too long together for a dictionary.
fn coded(values: &[Owned]) -> Option<Data> {
    let mut words = Interner::default();
    let mut codes = Vec::with_capacity(values.len());
    for value in values {
        codes.push(if let Owned::Text(text) = value { words.number(text).ok()? } else { 0 });
    }
    Some(Data::Codes(codes, Words(WordsData::Texts(words.into_texts())).into()))
}
