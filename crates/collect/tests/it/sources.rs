//! Sources and their write keys.

use collect::{CollectError, source};
use http::Method;
use model::{SourceId, WorkspaceId};

use crate::door::{Door, NOW_MS, basic};

const EVENT: &str = r#"{"type":"track","event":"A","userId":"u"}"#;

async fn taken(door: &Door, write_key: &str) -> bool {
    let before = door.events().len();
    door.send(Method::POST, "/v1/t", &[("authorization", &basic(write_key))], EVENT).await.must_succeed();
    door.events().len() > before
}

#[tokio::test]
async fn a_rotation_leaves_the_old_key_working_for_a_while() {
    let door = Door::new();
    let (workspace, id, first) = (door.source.workspace, door.source.id, door.source.write_key.clone());
    let rotate = |until_ms| door.control.write(|tx| source::rotate(tx, workspace, id, until_ms)).unwrap();
    let second = rotate(NOW_MS + 60_000).write_key;
    assert!(first != second && first.starts_with("wk_") && second.len() == first.len());
    assert!(!taken(&door, &second).await, "before the reload nobody knows it");
    door.collector.sources().reload(&door.control).unwrap();
    assert!(taken(&door, &first).await && taken(&door, &second).await);
    door.hand.advance_ms(60_000);
    assert!(!taken(&door, &first).await && taken(&door, &second).await);
    let third = rotate(NOW_MS + 600_000).write_key;
    door.collector.sources().reload(&door.control).unwrap();
    assert!(!taken(&door, &first).await && taken(&door, &second).await && taken(&door, &third).await);
}

#[tokio::test]
async fn a_disabled_source_takes_nothing_and_counts() {
    let door = Door::new();
    let (workspace, id) = (door.source.workspace, door.source.id);
    let set = |at| {
        let source = door.control.write(|tx| source::set_disabled(tx, workspace, id, at)).unwrap();
        door.collector.sources().reload(&door.control).unwrap();
        assert_eq!(source.disabled_ms, at);
    };
    set(Some(NOW_MS));
    assert!(!taken(&door, &door.source.write_key).await);
    assert_eq!(door.refused(), [("source_disabled".to_owned(), String::new(), 1)]);
    set(None);
    assert!(taken(&door, &door.source.write_key).await);
}

#[tokio::test]
async fn sources_are_found_in_their_workspace_only() {
    let door = Door::new();
    let (workspace, id) = (door.source.workspace, door.source.id);
    let made = door.control.write(|tx| source::create(tx, workspace, "  App ", NOW_MS + 1)).unwrap();
    assert_eq!(made.name, "App");
    let listed = door.control.read(|tx| source::list(tx, workspace)).unwrap();
    assert_eq!(listed, [door.source.clone(), made.clone()]);
    let renamed = door.control.write(|tx| source::rename(tx, workspace, made.id, "Phone")).unwrap();
    assert_eq!((renamed.name.as_str(), renamed.write_key), ("Phone", made.write_key));
    let foreign = WorkspaceId(1);
    let empty = door.control.read(|tx| source::list(tx, foreign)).unwrap();
    assert!(empty.is_empty());
    for (workspace, id) in [(foreign, id), (workspace, SourceId(1))] {
        let refused = door.control.write(|tx| source::rotate(tx, workspace, id, NOW_MS));
        assert!(matches!(refused, Err(CollectError::NoSource)));
        let refused = door.control.write(|tx| source::set_disabled(tx, workspace, id, None));
        assert!(matches!(refused, Err(CollectError::NoSource)));
    }
    for name in ["", "  ", "a\nb", &"x".repeat(201)] {
        let refused = door.control.write(|tx| source::create(tx, workspace, name, NOW_MS));
        assert!(matches!(refused, Err(CollectError::Name { .. })), "{name:?}");
    }
}

#[tokio::test]
async fn a_workspace_whose_keys_are_gone_takes_nothing() {
    let door = Door::new();
    door.keys.remove(door.source.workspace);
    let reply = door.post("/v1/t", EVENT).await;
    assert_eq!(reply.status.as_u16(), 503);
    let deleted =
        |tx: &rusqlite::Transaction<'_>| control::workspaces::delete(tx, door.source.workspace, NOW_MS);
    door.control.write(deleted).unwrap();
    door.collector.sources().reload(&door.control).unwrap();
    door.post("/v1/t", EVENT).await.must_succeed();
    assert!(door.events().is_empty());
}
