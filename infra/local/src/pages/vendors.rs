//! What a business's administrator does in the consoles of Google and Microsoft, done in the stack's models at one go: a place for the
//! domain, and credentials for the program with the rights that mailboxes need.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_models::{Cloud, CloudError, GraphSku, ServiceAccountKey};

use super::Local;

/// The scopes that are delegated, each exactly as it is asked for.
pub(crate) const GOOGLE_SCOPES: [&str; 3] = [
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.user.security",
];
/// The application permissions that are consented to. A test compares both with the pages that tell people what to grant.
pub(crate) const MICROSOFT_PERMISSIONS: [&str; 6] = [
    "User.ReadWrite.All",
    "MailboxSettings.ReadWrite",
    "User-PasswordProfile.ReadWrite.All",
    "Group.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
];
/// A licence that gives a user a mailbox, and how many there are.
const LICENCE: (&str, u32) = ("3b555118-da6a-4418-894f-7df1e2096870", 25);

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Place {
    domain: String,
}

/// `POST /_local/vendors/{provider}`: the body of `PUT /api/mailboxes/connection` for this domain.
pub(super) async fn open(
    State(local): State<Local>,
    Path(provider): Path<String>,
    Json(place): Json<Place>,
) -> Response {
    let domain = place.domain.to_lowercase();
    let random = format!("{:032x}", u128::from_be_bytes(local.world.bytes()));
    let opened = match provider.as_str() {
        "google" => google(&local.cloud, &domain, &random),
        "microsoft" => microsoft(&local.cloud, &domain, &random),
        _ => return (StatusCode::NOT_FOUND, "Give `google` or `microsoft`.\n").into_response(),
    };
    match opened {
        Ok(connection) => Json(connection).into_response(),
        Err(error) => (StatusCode::CONFLICT, format!("{error}\n")).into_response(),
    }
}

/// A number that belongs to the domain, so that asking again leads to the same place.
fn number(domain: &str) -> u64 {
    let bytes = domain.bytes().map(u64::from);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ byte).wrapping_mul(0x0100_0000_01b3))
}

fn google(cloud: &Cloud, domain: &str, account: &str) -> Result<Value, CloudError> {
    let (workspace, customer) = (cloud.google_workspace(), format!("C{:08x}", number(domain) >> 32));
    let admin = format!("workspace-admin@{domain}");
    workspace.add_customer(&customer, domain)?;
    if workspace.users(&customer)?.iter().all(|user| user.primary_email != admin) {
        workspace.add_admin(&customer, &admin)?;
    }
    let key = ServiceAccountKey::generate(&format!("vestibule-{account}@project-1.iam.gserviceaccount.com"))?;
    workspace.add_service_account(&key)?;
    workspace.delegate(&customer, &key.client_id, &GOOGLE_SCOPES)?;
    let file: Value = serde_json::from_str(&key.to_file()).unwrap_or_default();
    Ok(json!({ "provider": "google", "admin": admin, "key": file }))
}

fn microsoft(cloud: &Cloud, domain: &str, secret: &str) -> Result<Value, CloudError> {
    let (graph, number) = (cloud.microsoft_graph(), number(domain) >> 16);
    let id = |kind: u32| format!("{kind:08x}-2b34-4da1-9baa-{number:012x}");
    let (directory, client) = (id(0x8eae_f023), id(0x1111_2222));
    let (licence, enabled) = LICENCE;
    let sku = GraphSku {
        sku_id: licence.to_owned(),
        part_number: "O365_BUSINESS_ESSENTIALS".to_owned(),
        enabled,
        mailbox: true,
    };
    graph.add_tenant(&directory, domain)?;
    graph.add_sku(&directory, &sku)?;
    graph.add_app(&directory, &client, &MICROSOFT_PERMISSIONS)?;
    graph.add_client_secret((&directory, &client), secret, Timestamp::MAX)?;
    Ok(json!({
        "provider": "microsoft", "directory": directory, "client": client, "clientSecret": secret,
        "licence": licence, "country": "NL",
    }))
}
