//! The pages. Each module has the view it shows and `page`, a pure function to markup.
//!
//! In the order a member meets them: [`sign_in`], [`sign_on`], [`passwords`], [`enrol`], [`look`], [`onboarding`], [`live`], [`people`], [`person`], [`consent`], [`joined`], [`suggestions`],
//! [`question`], [`behaviour`], [`behind`], [`catalogue`], [`sql`], [`dashboards`], [`dashboard`], [`segments`], [`computed`], [`campaigns`], [`quality`], [`alarms`], [`report`], [`sdks`], [`plans`], [`plan`], [`quarantine`], [`rules`], [`purges`], [`sources`], [`members`], [`passkeys`], [`own_password`], [`tokens`], [`organisation`], [`ledger`], [`incidents`], [`incident`], [`notices`], [`settings`],
//! [`workspaces`], [`operations`], [`operators`], [`errors`], [`style_guide`].

pub mod alarms;
pub mod behaviour;
pub mod behind;
pub mod campaigns;
pub mod catalogue;
pub mod computed;
pub mod consent;
pub mod dashboard;
pub mod dashboards;
pub mod enrol;
pub mod errors;
pub mod grants;
pub mod incident;
pub mod incidents;
pub mod joined;
pub mod ledger;
pub mod live;
pub mod look;
pub mod members;
pub mod notices;
pub mod onboarding;
pub mod operations;
pub mod operators;
pub mod organisation;
pub mod own_password;
pub mod passkeys;
pub mod passwords;
pub mod people;
pub mod person;
pub mod plan;
pub mod plans;
pub mod policies;
pub mod purges;
pub mod quality;
pub mod quarantine;
pub mod question;
pub mod report;
pub mod review;
pub mod rules;
pub mod sdks;
pub mod segments;
pub mod settings;
pub mod sign_in;
pub mod sign_on;
pub mod sources;
pub mod sql;
pub mod style_guide;
pub mod suggestions;
pub mod tokens;
pub mod workspaces;
