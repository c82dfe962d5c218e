//! `holdfast plan …`: plans as files, so that they can live in a repository.

use std::io::Read;
use std::path::Path;

use plan::{Compiled, Plan, typescript};
use serde_json::json;

use super::query::Api;
use crate::cli::{Plan as Command, PlanClient};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Command) -> Outcome {
    match command {
        Command::Check { file, json } => check(file, *json),
        Command::Client(arguments) => client(arguments),
    }
}

fn check(file: &Path, as_json: bool) -> Outcome {
    let text = read(file)?;
    let read = Plan::read_text(&text, None)
        .and_then(|plan| Compiled::new(&plan, 0).map(|_| plan).map_err(|error| vec![error]));
    match read {
        Ok(plan) => {
            let properties: usize = plan.events.values().map(|event| event.properties.len()).sum();
            if as_json {
                let (name, events) = (&plan.name, plan.events.len());
                return super::print_json(&json!({
                    "valid": true, "name": name, "events": events, "properties": properties, "errors": []
                }));
            }
            super::print(&format!(
                "{}: {} events, {properties} properties, mode {}\n",
                plan.name,
                plan.events.len(),
                plan.mode.as_str()
            ))
        }
        Err(errors) => {
            if as_json {
                super::print_json(&json!({ "valid": false, "errors": errors }))?;
            } else {
                let lines: String = errors.iter().map(|error| format!("{error}\n")).collect();
                super::print(&lines)?;
            }
            let count = errors.len();
            let errors = if count == 1 { "error" } else { "errors" };
            Err(Failure::invalid(format!("{}: {count} {errors}", file.display())))
        }
    }
}

fn client(arguments: &PlanClient) -> Outcome {
    if let Some(file) = &arguments.file {
        let plan = Plan::read_text(&read(file)?, None).map_err(|errors| {
            let first = errors.first().map(ToString::to_string).unwrap_or_default();
            Failure::invalid(format!("{}: {first}", file.display()))
        })?;
        return super::print(&typescript::client(&plan, arguments.plan_version.unwrap_or(0)));
    }
    let Some(name) = &arguments.name else {
        return Err(Failure::usage("name a plan of the server, or give --file"));
    };
    let api = Api::new(&arguments.server)?;
    let workspace = api.workspace(arguments.server.workspace.as_deref())?;
    let version = arguments.plan_version.map(|version| format!("?version={version}")).unwrap_or_default();
    super::print(&api.text(&format!("/api/v1/workspaces/{workspace}/plans/{name}/client.ts{version}"))?)
}

fn read(file: &Path) -> Outcome<String> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|found| text = found)
    };
    read.map_err(|error| Failure::not_found(format!("cannot read {}: {error}", file.display())))?;
    Ok(text)
}
