//! The file of an export's people: read again as it was written, and refused however it was changed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{GrantId, PersonId, WorkspaceId};
use proptest::prelude::*;
use rows::export::Shelf;
use rows::export::set::Set;

/// Made by version 1 for the workspace 1 under the key of 32 sevens: the grant 2, the people 3, 5 and 8.
const VERSION_1: &[u8] = include_bytes!("fixtures/set-v1.set");
const WORKSPACE: WorkspaceId = WorkspaceId(1);

fn shelf() -> Shelf {
    let (keys, master) = (KeyDirectory::new(), Key::from_bytes([7; 32]));
    keys.insert(WORKSPACE, WorkspaceKeys { seal: master.derive("seal").into(), hash: master.hasher("hash") });
    keys.insert(
        WorkspaceId(9),
        WorkspaceKeys { seal: master.derive("seal").into(), hash: master.hasher("hash") },
    );
    Shelf { dir: std::path::PathBuf::new(), keys }
}

#[test]
fn version_1_is_read() {
    let set = Set::read(&shelf(), WORKSPACE, VERSION_1).unwrap();
    let people = vec![PersonId(3), PersonId(5), PersonId(8)];
    assert_eq!(set, Set { grant: GrantId(2), workspace: WORKSPACE, people });
    assert!(set.has(PersonId(5)) && !set.has(PersonId(4)));
    assert_eq!(set.bytes(&shelf()).unwrap(), VERSION_1, "and written the same");
    assert_eq!(Set::read(&shelf(), WorkspaceId(9), VERSION_1), None, "another workspace's");
}

proptest! {
    #[test]
    fn what_was_changed_is_refused(at in 0..VERSION_1.len(), bit in 0..8_u32) {
        let mut bytes = VERSION_1.to_vec();
        bytes[at] ^= 1 << bit;
        prop_assert_eq!(Set::read(&shelf(), WORKSPACE, &bytes), None);
        prop_assert_eq!(Set::read(&shelf(), WORKSPACE, &VERSION_1[..at]), None);
    }

    #[test]
    fn arbitrary_bytes_are_no_set(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(Set::read(&shelf(), WORKSPACE, &bytes), None);
    }
}
