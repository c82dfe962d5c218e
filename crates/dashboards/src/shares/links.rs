//! The link itself: opaque, signed, bound to workspace and share. It is kept nowhere and says nothing; what it opens, and until
//! when, stands in the row that it names.

use data_encoding::BASE32HEX_NOPAD;
use keys::HashKey;
use model::{ShareId, WorkspaceId};

const MARK_BYTES: usize = 16;
const ID_BYTES: usize = 16;

/// Makes and reads them.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    key: HashKey,
    base: String,
}

impl Links {
    /// Links below `base`, the collect door's address without a slash at the end.
    pub(crate) fn new(key: HashKey, base: &str) -> Self {
        Self { key, base: base.to_owned() }
    }

    pub(crate) fn url(&self, workspace: WorkspaceId, share: ShareId) -> String {
        format!("{}/shared/{}", self.base, self.token(workspace, share))
    }

    fn token(&self, workspace: WorkspaceId, share: ShareId) -> String {
        let ids = [workspace.0.to_be_bytes(), share.0.to_be_bytes()].concat();
        let mark = self.key.mac(&ids);
        let mark = mark.get(..MARK_BYTES).unwrap_or_default();
        BASE32HEX_NOPAD.encode(&[ids.as_slice(), mark].concat()).to_ascii_lowercase()
    }

    /// What it is of; nothing for what was not made here.
    pub(crate) fn read(&self, token: &str) -> Option<(WorkspaceId, ShareId)> {
        let whole = BASE32HEX_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (ids, mark) = whole.split_at_checked(2 * ID_BYTES)?;
        let expected = self.key.mac(ids);
        let expected = expected.get(..MARK_BYTES)?;
        // In one time for every mark, so that none can be found byte by byte.
        let differing = mark.iter().zip(expected).fold(0, |sum, (one, other)| sum | (one ^ other));
        if mark.len() != MARK_BYTES || differing != 0 {
            return None;
        }
        let id = |at: usize| ids.get(at..at + ID_BYTES)?.try_into().ok().map(u128::from_be_bytes);
        Some((WorkspaceId(id(0)?), ShareId(id(ID_BYTES)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_back_and_no_other_is() {
        let links = Links::new(keys::Key::generate().hasher("x"), "https://c.example");
        let of = (WorkspaceId(1), ShareId(2));
        let url = links.url(of.0, of.1);
        let token = url.strip_prefix("https://c.example/shared/").expect("below the base");
        assert_eq!(links.read(token), Some(of));
        let other = links.token(of.0, ShareId(3));
        let forged = format!("{}{}", &other[..52], &token[52..]);
        for wrong in [forged.as_str(), "", "x", &token[1..], &format!("{token}00")] {
            assert_eq!(links.read(wrong), None, "{wrong}");
        }
    }
}
