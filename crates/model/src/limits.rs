//! The bounds that several rooms must agree on. Each says what happens when it is reached.

/// The largest single event, in bytes of JSON; larger ones are refused and counted.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;
/// The largest request body after decompression; larger ones are answered with 400 or 413.
pub const BODY_BYTES_MAX: usize = 4_000 * 1024;
/// The most events in one batch; the rest is refused and counted.
pub const BATCH_EVENTS_MAX: usize = 2_500;
/// How deep an event may nest; deeper ones are refused and counted.
pub const DEPTH_MAX: usize = 32;
/// The most keys in one event, nested ones included; events with more are refused and counted.
pub const KEYS_MAX: usize = 1_024;
/// The longest message id in bytes; longer ones are cut.
pub const MESSAGE_ID_BYTES_MAX: usize = 100;
/// The longest event name in bytes; events with longer ones are refused and counted.
pub const NAME_BYTES_MAX: usize = 256;
/// The longest person, device or group id in bytes; events with longer ones are refused and counted.
pub const IDENTIFIER_BYTES_MAX: usize = 256;
