//! `GET /api/v1/openapi.json`: OpenAPI 3.1, made from the route table, so that no route can be missing.

use axum::Json;
use axum::extract::State;
use door::shape::Taken;
use door::{DoorName, Permit, RouteInfo, Routes};
use policy::Scope;
use policy::actions::ReadApiDescription;
use serde_json::{Map, Value, json};

use crate::state::ApiState;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/openapi.json", document)
}

async fn document(_may: Permit<ReadApiDescription>, State(state): State<ApiState>) -> Json<Value> {
    Json(describe(&state.table, state.services.about.version, state.cookie.name()))
}

/// The document of the routes in `table` that speak JSON; `cookie` is what the session's is called here.
pub fn describe(table: &[RouteInfo], version: &str, cookie: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in table.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        // What takes the rest of a path is a parameter like others.
        let entry = paths.entry(route.path.replace("{*", "{")).or_insert_with(|| json!({}));
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
            "session": { "type": "apiKey", "in": "cookie", "name": cookie }
        }},
        "paths": paths
    })
}

fn operation(route: &RouteInfo) -> Value {
    let action = route.action;
    let in_path = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": { "type": "string" } })
        });
    let parameters: Vec<Value> = in_path.chain(in_query(route)).collect();
    let mut security = Vec::new();
    if action.scope != Scope::Anyone {
        security.push(json!({ "session": [] }));
    }
    if action.token_scope.is_some() {
        security.push(json!({ "token": [] }));
    }
    let content: Map<String, Value> =
        route.gives.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
    let mut operation = json!({
        "operationId": format!("{}_{}", route.method.as_str().to_ascii_lowercase(), id_of(route.path)),
        "summary": capitalised(action.words),
        "parameters": parameters,
        "security": security,
        "x-action": action.name,
        "x-also": route.also.iter().map(|action| action.name).collect::<Vec<_>>(),
        "x-step-up": action.step_up,
        "x-token-scope": action.token_scope,
        "responses": {
            "2XX": { "description": "done", "content": content },
            "204": { "description": "done, and there is nothing to say" },
            "default": { "description": "a problem", "content": { "application/problem+json": problem() } }
        }
    });
    if let Some(content) = body(route) {
        operation["requestBody"] = json!({ "content": content });
    }
    operation
}

/// The names in the query, as the handler reads them.
fn in_query(route: &RouteInfo) -> Vec<Value> {
    let queries = route.takes.iter().filter_map(|taken| match taken {
        Taken::Query(schema) => Some(schema),
        Taken::Json(_) | Taken::Bytes(_) => None,
    });
    let named = queries.filter_map(|schema| Some((schema, schema["properties"].as_object()?)));
    let parameters = named.flat_map(|(schema, properties)| {
        properties.iter().map(move |(name, of)| {
            let required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
            json!({ "name": name, "in": "query", "required": required, "schema": without_null(of) })
        })
    });
    parameters.collect()
}

/// A query has no null: what need not be there is left out.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(kind) = schema["type"].as_array().and_then(|kinds| kinds.first()).cloned() {
        schema["type"] = kind;
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    schema
}

fn body(route: &RouteInfo) -> Option<Value> {
    route.takes.iter().find_map(|taken| match taken {
        Taken::Json(schema) => Some(json!({ "application/json": { "schema": schema } })),
        Taken::Bytes("*/*") => Some(json!({ "application/json": {}, "application/octet-stream": {} })),
        Taken::Bytes(kind) => Some(json!({ *kind: {} })),
        Taken::Query(_) => None,
    })
}

/// RFC 9457, with the word that is also the last part of `type`.
fn problem() -> Value {
    json!({ "schema": {
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string" },
            "detail": { "type": "string" }
        }
    }})
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
