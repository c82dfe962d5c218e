//! Every action, every kind of caller.

use guard::{Caller, Denied};
use policy::{Role, Scope, actions};

use crate::house::{House, proof};

#[test]
fn nobody_can_only_sign_in() {
    let house = House::new();
    for action in actions::all() {
        let answer = house.guard.permit(&Caller::nobody(), action, Some(house.workspace), proof(None));
        match action.scope {
            Scope::Anyone => assert!(answer.is_ok(), "{}", action.name),
            _ => assert_eq!(answer.unwrap_err(), Denied::NotSignedIn, "{}", action.name),
        }
    }
}

#[test]
fn operators_and_strangers_learn_nothing_of_a_workspace() {
    let house = House::new();
    let operator = house.operator();
    let other_house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<actions::CreateWorkspace>(&mut owner).unwrap();
    let second = house.guard.create_workspace(&granted, "Second").unwrap();
    let viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
    for action in actions::all().into_iter().filter(|action| action.scope == Scope::Workspace) {
        // The answer for a workspace that exists is the answer for one that does not.
        for (person, workspace) in [
            (&operator, house.workspace),
            (&viewer, second.id),
            (&operator, other_house.workspace),
            (&viewer, other_house.workspace),
        ] {
            let caller = house.caller(person).unwrap();
            let answer = house.guard.permit(&caller, action, Some(workspace), proof(None));
            assert_eq!(answer.unwrap_err(), Denied::NotFound, "{}", action.name);
        }
    }
}

#[test]
fn what_the_matrix_says_is_what_guard_does() {
    let house = House::new();
    let mut owner = house.owner();
    let people: Vec<_> = Role::ALL[1..]
        .iter()
        .map(|role| (*role, house.member(&mut owner, &format!("{role}@example.com"), *role)))
        .collect();
    let matrix = house.guard.policies().matrix();
    let cells: Vec<Vec<&str>> =
        matrix.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    for (role, person) in &people {
        let caller = house.caller(person).unwrap();
        for (action, cells) in actions::all().into_iter().zip(&cells) {
            let answer = house.guard.permit(&caller, action, Some(house.workspace), proof(None));
            let said = match answer {
                Ok(_) => "yes",
                Err(Denied::StepUpRequired { .. }) => "touch",
                Err(_) => "-",
            };
            let column = Role::ALL.iter().position(|other| other == role).unwrap() + 1;
            // Nobody here has a grant.
            let written = if cells[column] == "grant" { "-" } else { cells[column] };
            assert_eq!(said, written, "{role} {}", action.name);
        }
    }
}
