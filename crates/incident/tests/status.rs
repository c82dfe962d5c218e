//! Updates: what a workspace hears later never contradicts the list that it was told of.

use control::{CONTROL_MIGRATIONS, Database};
use incident::status::{self, NewUpdate, State};
use incident::{Incident, IncidentError, Question, Summary, table};
use model::{IncidentId, WorkspaceId};

fn facts(sha256: &str) -> Summary {
    Summary {
        workspace: WorkspaceId(1),
        entries: 3,
        looks: 2,
        acts: 1,
        refused: 0,
        people: 2,
        fields: 1,
        masked: 1,
        first_at: None,
        last_at: None,
        sha256: sha256.to_owned(),
    }
}

#[test]
fn another_list_is_refused_and_the_same_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(&folder.path().join("control.db"), CONTROL_MIGRATIONS).unwrap();
    let incident = Incident {
        id: IncidentId(7),
        scope: None,
        title: "x".to_owned(),
        opened_by: "mem_x".to_owned(),
        opened_ms: 1,
        asked: Question::default(),
        facts: vec![facts("aa")],
    };
    let heard: Vec<u32> = db
        .write(|tx| {
            tx.execute(
                "insert into workspace (id, name, time_zone, keep_ip, created_ms) values (?1, 'x', 'UTC', 'nothing', 0)",
                [1_u128.to_be_bytes()],
            )?;
            table::add(tx, &incident)?;
            let new = NewUpdate {
                matter: None,
                incident: Some(incident.id),
                state: State::Investigating,
                title: "t".to_owned(),
                text: "w".to_owned(),
            };
            let update = status::add(tx, &new, ("mem_x", 2))?;
            assert_eq!(status::matter_of(tx, incident.id)?, Some(update.matter));
            status::hear(tx, incident.id, &facts("aa"), (update.id, 10))?;
            status::hear(tx, incident.id, &facts("aa"), (update.id, 11))?;
            let refused = status::hear(tx, incident.id, &facts("bb"), (update.id, 12));
            assert!(matches!(refused, Err(IncidentError::Contradicts)));
            let heard = status::heard(tx, incident.id, WorkspaceId(1))?;
            assert!(heard.iter().all(|heard| heard.scope_sha256 == "aa" && heard.people == 2));
            Ok::<_, IncidentError>(heard.iter().map(|heard| heard.number).collect())
        })
        .unwrap();
    assert_eq!(heard, [1, 2]);
}
