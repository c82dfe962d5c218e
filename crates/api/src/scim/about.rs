//! What this end of SCIM can do, in SCIM's words, for directories that ask.

use axum::extract::State;
use axum::response::Response;
use door::Permit;
use http::StatusCode;
use policy::actions::ReadProvisioned;
use serde_json::{Value, json};

use super::resource::USER;
use super::{PAGE_MAX, base, scim};
use crate::state::ApiState;

pub(super) async fn config(_may: Permit<ReadProvisioned>, State(state): State<ApiState>) -> Response {
    let no = json!({ "supported": false });
    scim(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": { "supported": true },
            "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
            "filter": { "supported": true, "maxResults": PAGE_MAX },
            "changePassword": no, "sort": no, "etag": no,
            "authenticationSchemes": [{
                "type": "oauthbearertoken", "name": "Token", "primary": true,
                "description": "a token of the workspace with the scope scim:users",
            }],
            "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{}/ServiceProviderConfig", base(&state)) },
        }),
    )
}

pub(super) async fn types(_may: Permit<ReadProvisioned>, State(state): State<ApiState>) -> Response {
    scim(StatusCode::OK, &whole(vec![user(&state)]))
}

pub(super) async fn user_type(_may: Permit<ReadProvisioned>, State(state): State<ApiState>) -> Response {
    scim(StatusCode::OK, &user(&state))
}

pub(super) async fn schemas(_may: Permit<ReadProvisioned>, State(state): State<ApiState>) -> Response {
    let text = |name: &str, required: bool| attribute(name, "string", required);
    let part = |name: &str| {
        json!([
            attribute("value", "string", true),
            attribute("type", "string", false),
            attribute(name, "boolean", false)
        ])
    };
    let schema = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": USER, "name": "User", "description": "a member of the workspace",
        "attributes": [
            text("userName", true), text("displayName", false), attribute("active", "boolean", false),
            complex("name", false, &json!([text("givenName", false), text("familyName", false)])),
            complex("emails", true, &part("primary")),
            complex("roles", true, &part("primary")),
        ],
        "meta": { "resourceType": "Schema", "location": format!("{}/Schemas/{USER}", base(&state)) },
    });
    scim(StatusCode::OK, &whole(vec![schema]))
}

fn user(state: &ApiState) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User", "name": "User", "endpoint": "/Users", "description": "a member of the workspace", "schema": USER,
        "meta": { "resourceType": "ResourceType", "location": format!("{}/ResourceTypes/User", base(state)) },
    })
}

fn attribute(name: &str, kind: &str, required: bool) -> Value {
    json!({
        "name": name, "type": kind, "multiValued": false, "required": required, "caseExact": false,
        "mutability": "readWrite", "returned": "default", "uniqueness": if name == "userName" { "server" } else { "none" },
    })
}

fn complex(name: &str, many: bool, parts: &Value) -> Value {
    json!({
        "name": name, "type": "complex", "multiValued": many, "required": false, "mutability": "readWrite",
        "returned": "default", "subAttributes": parts,
    })
}

fn whole(items: Vec<Value>) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": items.len(), "startIndex": 1, "itemsPerPage": items.len(), "Resources": items,
    })
}
