//! Encryption to the grant's recipients while the rows go out: the server cannot read its own export later.

use std::io::{self, Write};
use std::sync::Arc;

use age::stream::StreamWriter;
use age::x25519::Recipient;
use parking_lot::Mutex;

use crate::error::RowsError;

/// The recipients of these texts.
///
/// # Errors
/// What to write instead.
pub fn recipients(texts: &[String]) -> Result<Vec<Recipient>, String> {
    let read =
        |text: &String| text.trim().parse().map_err(|_| "the public halves of age keys (age1…)".to_owned());
    texts.iter().map(read).collect()
}

/// What is encrypted and not fetched yet.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes text and gives ciphertext.
pub(crate) struct Sealer {
    writer: StreamWriter<Pipe>,
    pipe: Pipe,
}

impl Sealer {
    pub fn new(recipients: &[Recipient]) -> Result<Self, RowsError> {
        let pipe = Pipe::default();
        let each = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(each)
            .map_err(|_| RowsError::Scope { field: "recipients", want: "at least one".to_owned() })?;
        let writer = encryptor.wrap_output(pipe.clone()).map_err(RowsError::Sealing)?;
        Ok(Self { writer, pipe })
    }

    pub fn take(&mut self, bytes: &[u8]) -> Result<(), RowsError> {
        self.writer.write_all(bytes).map_err(RowsError::Sealing)
    }

    /// What may go out by now; age encrypts in pieces of 64 KiB, so it may be nothing.
    pub fn ready(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.pipe.0.lock())
    }

    pub fn finish(self) -> Result<Vec<u8>, RowsError> {
        let Self { writer, pipe } = self;
        writer.finish().map_err(RowsError::Sealing)?;
        let rest = std::mem::take(&mut *pipe.0.lock());
        Ok(rest)
    }
}
