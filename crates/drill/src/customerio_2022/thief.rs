//! Whoever carries the disk away.

use crate::canary::bytes_below;
use crate::play::Seen;
use crate::stage::Stage;

const PEOPLE: usize = 500;

pub fn disk(stage: &mut Stage, open: bool) -> Seen {
    super::support::people(stage, PEOPLE);
    let key = bytes_below(&stage.server.config_home());
    if open {
        stdx::files::replace(&stage.server.data().join("master.copy"), &key).expect("a copy");
    }
    let (data, log) = (bytes_below(&stage.server.data()), stage.server.log());
    let found = stage.canaries.count_in(&data) + stage.canaries.count_in(log.as_bytes());
    // The key as it lies in its file, in pieces long enough not to be chance.
    let pieces = key.chunks_exact(24).filter(|piece| memchr::memmem::find(&data, piece).is_some()).count();
    Seen {
        tried: format!("every file of {PEOPLE} people's data, {} bytes, without the master key", data.len()),
        outcome: format!(
            "searched plain, reversed, escaped, in hexadecimal and base64; {pieces} pieces of the key"
        ),
        figure: format!("{found} planted values, {pieces} pieces of the master key"),
        held: found == 0 && pieces == 0 && !key.is_empty() && data.len() > 10_000,
    }
}
