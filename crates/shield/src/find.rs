//! Finders: what a value alone tells. Each looks for one kind of thing in a text and says where it
//! stands; none knows the value's name. Checksums decide wherever there are any.

pub(crate) mod bank;
pub(crate) mod card;
pub(crate) mod email;
pub(crate) mod jwt;
pub(crate) mod mask;
pub(crate) mod national;
pub(crate) mod number;
pub(crate) mod phone;
pub(crate) mod token;
pub(crate) mod wordlike;

use std::ops::Range;

use model::{Class, Sensitivity};

/// Something found in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Hit {
    pub class: Class,
    pub rule: &'static str,
    /// Where it stands; `None`: the whole value must go.
    pub span: Option<Range<usize>>,
    /// The span is a bare JSON number: its mark needs quotes.
    pub needs_quotes: bool,
    /// The workspace's rule that found it, by its place.
    pub custom: Option<u8>,
    /// It is kept nowhere, not even sealed.
    pub removes: bool,
    /// It stands in something wrapped inside the value.
    pub is_wrapped: bool,
}

impl Hit {
    pub fn whole(class: Class, rule: &'static str) -> Self {
        let removes = class.sensitivity() == Sensitivity::Secret;
        Self { class, rule, span: None, needs_quotes: false, custom: None, removes, is_wrapped: false }
    }

    pub fn at(class: Class, rule: &'static str, span: Range<usize>) -> Self {
        Self { span: Some(span), ..Self::whole(class, rule) }
    }

    /// Which of several names a value: what must be removed first, then the more dangerous class.
    pub fn weight(&self) -> (bool, u8) {
        (self.removes, rank(self.class))
    }
}

/// How dangerous a class is: of several in one value the most dangerous names it.
pub(crate) fn rank(class: Class) -> u8 {
    match class {
        Class::PrivateKey => 14,
        Class::CreditCard => 13,
        Class::UrlWithCredentials => 12,
        Class::Password => 11,
        Class::ApiKey => 10,
        Class::JwtSession => 9,
        Class::AuthCode => 8,
        Class::NationalId => 7,
        Class::Iban => 6,
        Class::Email => 5,
        Class::Phone => 4,
        Class::Secret => 3,
        Class::Birthday | Class::Address | Class::Name | Class::Personal => 1,
    }
}
