//! The link that ends such messages for one person: opaque, signed, bound to workspace, broadcast and person. It is kept nowhere,
//! works as long as the installation has its root key, and gives nothing but not being written to.

use data_encoding::BASE32HEX_NOPAD;
use keys::HashKey;
use model::{BroadcastId, PersonId, WorkspaceId};

const MARK_BYTES: usize = 16;
const ID_BYTES: usize = 16;

/// Makes and reads them.
#[derive(Clone, Debug)]
pub struct Links {
    key: HashKey,
    base: String,
}

/// Whose link it is, and of which message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Linked {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Of which broadcast.
    pub broadcast: BroadcastId,
    /// Who.
    pub person: PersonId,
}

impl Links {
    /// Links below `base`, the collect door's address without a slash at the end.
    pub fn new(key: HashKey, base: &str) -> Self {
        Self { key, base: base.to_owned() }
    }

    /// The link of a message.
    pub fn url(&self, of: Linked) -> String {
        format!("{}/messages/unsubscribe/{}", self.base, self.token(of))
    }

    /// The part of the link that tells.
    pub fn token(&self, of: Linked) -> String {
        let ids = bytes(of);
        let mark = self.key.short(&ids);
        BASE32HEX_NOPAD.encode(&[ids.as_slice(), &mark].concat()).to_ascii_lowercase()
    }

    /// Whose it is; nothing for what was not made here.
    pub fn read(&self, token: &str) -> Option<Linked> {
        let whole = BASE32HEX_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (ids, mark) = whole.split_at_checked(3 * ID_BYTES)?;
        // The mark tells nothing that is worth a constant time: it opens one row of one list.
        if mark.len() != MARK_BYTES || self.key.short(ids) != mark {
            return None;
        }
        let id = |at: usize| {
            let bytes = ids.get(at * ID_BYTES..(at + 1) * ID_BYTES)?;
            Some(u128::from_be_bytes(bytes.try_into().ok()?))
        };
        Some(Linked {
            workspace: WorkspaceId(id(0)?),
            broadcast: BroadcastId(id(1)?),
            person: PersonId(id(2)?),
        })
    }
}

fn bytes(of: Linked) -> Vec<u8> {
    [of.workspace.0.to_be_bytes(), of.broadcast.0.to_be_bytes(), of.person.0.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_back_and_no_other_is() {
        let links = Links::new(keys::Key::generate().hasher("x"), "https://c.example");
        let of = Linked { workspace: WorkspaceId(1), broadcast: BroadcastId(2), person: PersonId(3) };
        let url = links.url(of);
        let token = url.strip_prefix("https://c.example/messages/unsubscribe/").expect("below the base");
        assert_eq!(links.read(token), Some(of));
        let other = Linked { person: PersonId(4), ..of };
        let forged = format!("{}{}", &links.token(other)[..77], &token[77..]);
        for wrong in [forged.as_str(), "", "x", &token[1..], &format!("{token}00")] {
            assert_eq!(links.read(wrong), None, "{wrong}");
        }
    }
}
