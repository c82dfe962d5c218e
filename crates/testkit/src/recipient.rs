//! One whose files are encrypted to them: a key pair made for tests and drills, which opens nothing else.

use std::io::Read;

/// The public half, as `--recipient` and a grant take it.
pub const RECIPIENT: &str = include_str!("age-recipient.txt").trim_ascii_end();
/// The file with the private half, as `--identity` takes it.
pub const IDENTITY: &str = include_str!("age-identity.txt");

/// The text of a file that was encrypted to [`RECIPIENT`].
pub fn decrypted(bytes: &[u8]) -> String {
    let identity = IDENTITY.lines().find(|line| line.starts_with("AGE-")).expect("an identity");
    let identity: age::x25519::Identity = identity.parse().expect("an identity");
    let decryptor = age::Decryptor::new_buffered(bytes).expect("a file of age");
    let key: &dyn age::Identity = &identity;
    let mut text = String::new();
    decryptor.decrypt(std::iter::once(key)).expect("for this key").read_to_string(&mut text).expect("text");
    text
}
