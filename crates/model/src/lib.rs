//! The vocabulary every room speaks: ids, what a customer did ([`Event`]), what is kept of it
//! ([`EventRecord`]), orders that concern everyone ([`Order`]), and how the log is followed
//! ([`Follower`]). No input or output happens here.
//!
//! Modules in reading order: [`ids`], [`event`], [`record`], [`class`], [`consent`], [`follow`], [`limits`], [`origin`], [`sender`].

pub mod class;
pub mod consent;
pub mod event;
pub mod follow;
pub mod ids;
pub mod limits;
pub mod origin;
pub mod record;
pub mod sender;

pub use class::{Class, Sensitivity};
pub use consent::{Channel, Consent};
pub use event::{Event, Kind, RawObject};
pub use follow::{Follower, Resolved};
pub use ids::{
    AnnotationId, BroadcastId, DashboardId, GrantId, IncidentId, MemberId, MetricAlertId, Offset, PasskeyId,
    PersonCode, PersonId, PurgeId, RequestId, ScheduleId, SegmentId, SessionId, ShareId, SourceId,
    TemplateId, TokenId, WorkspaceId,
};
pub use record::{Decision, Entry, EventRecord, Finding, Order, SealedValue, Stored};
pub use sender::ClientAddress;
