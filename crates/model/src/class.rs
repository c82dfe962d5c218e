//! What kinds of value the shield knows, and what follows from each.

use serde::{Deserialize, Serialize};

/// The kind of a sensitive value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A password, pass phrase or its hash.
    Password,
    /// A key or token of an interface.
    ApiKey,
    /// A private key.
    PrivateKey,
    /// A card number, its verification code or track data.
    CreditCard,
    /// An international bank account number.
    Iban,
    /// A number given by a state to a person.
    NationalId,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A signed token or session identifier.
    JwtSession,
    /// An address with a user and password or a token in it.
    UrlWithCredentials,
    /// A one-time code, its seed, or an authorisation code.
    AuthCode,
    /// A person's name or part of one (by the trait's name).
    Name,
    /// A postal address or part of one (by the trait's name).
    Address,
    /// A birthday (by the trait's name).
    Birthday,
    /// What a plan calls personal.
    Personal,
    /// What a plan calls secret.
    Secret,
}

/// What is done with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sensitivity {
    /// Gives power to whoever has it: removed, kept nowhere.
    Secret,
    /// Says who somebody is: sealed in the vault when a trait, hashed elsewhere.
    Personal,
}

impl Class {
    /// Every class, in a fixed order.
    pub const ALL: [Self; 16] = [
        Self::Password,
        Self::ApiKey,
        Self::PrivateKey,
        Self::CreditCard,
        Self::Iban,
        Self::NationalId,
        Self::Email,
        Self::Phone,
        Self::JwtSession,
        Self::UrlWithCredentials,
        Self::AuthCode,
        Self::Name,
        Self::Address,
        Self::Birthday,
        Self::Personal,
        Self::Secret,
    ];

    /// The name used in marks, reports and `shield classify`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::ApiKey => "api_key",
            Self::PrivateKey => "private_key",
            Self::CreditCard => "credit_card",
            Self::Iban => "iban",
            Self::NationalId => "national_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::JwtSession => "jwt_session",
            Self::UrlWithCredentials => "url_with_credentials",
            Self::AuthCode => "auth_code",
            Self::Name => "name",
            Self::Address => "address",
            Self::Birthday => "birthday",
            Self::Personal => "personal",
            Self::Secret => "secret",
        }
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Whether the value is removed or sealed.
    pub fn sensitivity(self) -> Sensitivity {
        match self {
            Self::Password
            | Self::ApiKey
            | Self::PrivateKey
            | Self::CreditCard
            | Self::JwtSession
            | Self::UrlWithCredentials
            | Self::AuthCode
            | Self::Secret => Sensitivity::Secret,
            Self::Iban
            | Self::NationalId
            | Self::Email
            | Self::Phone
            | Self::Name
            | Self::Address
            | Self::Birthday
            | Self::Personal => Sensitivity::Personal,
        }
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
