//! `GET /api/v1/openapi.json`: OpenAPI 3.1, made from the route table, so that no route can be missing.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, RouteInfo, Routes};
use policy::Scope;
use policy::actions::ReadApiDescription;
use serde_json::{Map, Value, json};

use crate::state::ApiState;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/openapi.json", document)
}

async fn document(_may: Permit<ReadApiDescription>, State(state): State<ApiState>) -> Json<Value> {
    Json(describe(&state.table, state.services.about.version))
}

/// The document of the routes in `table` that speak JSON.
pub fn describe(table: &[RouteInfo], version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in table.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let entry = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(methods) = entry.as_object_mut() {
            methods.insert(route.method.as_str().to_ascii_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Holdfast management API",
            "version": version,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "Errors are RFC 9457 problem documents. Lists take `limit` and `after` and answer `items` and `next`. \
                Routes marked x-step-up answer 403 with type /problems/step-up-required until the request is repeated with the \
                header Holdfast-Step-Up of a touch that was made for exactly this request."
        },
        "components": { "securitySchemes": {
            "token": { "type": "http", "scheme": "bearer", "description": "hf_…" },
            "session": { "type": "apiKey", "in": "cookie", "name": "__Host-holdfast" }
        }},
        "paths": paths
    })
}

fn operation(route: &RouteInfo) -> Value {
    let action = route.action;
    let parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    let mut security = Vec::new();
    if action.scope != Scope::Anyone {
        security.push(json!({ "session": [] }));
    }
    if action.token_scope.is_some() {
        security.push(json!({ "token": [] }));
    }
    json!({
        "operationId": format!("{}_{}", route.method.as_str().to_ascii_lowercase(), id_of(route.path)),
        "summary": capitalised(action.words),
        "parameters": parameters,
        "security": security,
        "x-action": action.name,
        "x-step-up": action.step_up,
        "x-token-scope": action.token_scope,
        "responses": {
            "2XX": { "description": "done", "content": { "application/json": {} } },
            "default": { "description": "a problem", "content": { "application/problem+json": {} } }
        }
    })
}

fn id_of(path: &str) -> String {
    path.trim_start_matches("/api/v1/")
        .replace(['/', '{', '}', '.', '*'], "_")
        .trim_matches('_')
        .replace("__", "_")
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
