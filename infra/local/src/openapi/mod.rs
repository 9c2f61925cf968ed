//! The API's description: the functions' own, put together, with what is the same for all of them.

mod operations;
mod schemas;

use serde_json::{Value, json};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder};
use vestibule_api::{Code, FieldProblem, Problem};

use crate::functions;

/// The tags, with what is behind each.
const TAGS: [(&str, &str); 19] = [
    ("sign-up", "Making an account."),
    ("sign-in", "Beginning a session."),
    ("second factor", "Authenticators and recovery codes."),
    ("passwords", "Choosing and replacing a password."),
    ("sessions", "Staying signed in, and leaving."),
    ("profile", "One's own account."),
    ("context", "The tenants of a person, and the one they work in."),
    ("organizations", "Businesses and their settings."),
    ("team", "Roles, and what each allows."),
    ("invitations", "What the holder of an invitation can do."),
    ("hires", "People who get a mailbox."),
    ("esign", "Events of e-sign providers."),
    ("connections", "Where mailboxes are made, and where events of e-sign vendors come in."),
    ("provisioning", "The jobs that make mailboxes."),
    ("audit", "What was done in an organization, and the proof that it is whole."),
    ("platform", "What administrators of the platform do."),
    ("promo", "Sign-ups of a promotion, and the accounts that are made of them."),
    ("pages", "Pages for browsers, in HTML. Mailed links lead here."),
    ("discovery", "What programs find out by themselves."),
];

const ABOUT: &str = "From a signed form to a working account.\n\n\
    Programs send an access token as `Authorization: Bearer ...`; browsers have it in a cookie and send the session's CSRF token \
    along with every change. Every change may carry an `Idempotency-Key`: for 24 hours the same key gives the same answer, and the \
    work is done once. Secrets in it are shown once, and secrets of the body are not compared: with another password use a new key. Lists come in pages; `next` is the cursor of the next one. A refusal is a problem document (RFC 9457) with a \
    stable `code`; 429 and 503 say in `Retry-After` when to come again.";

/// The `OpenAPI` 3.1 document of every HTTP function.
pub fn document() -> Value {
    let info = Info::new("Vestibule", env!("CARGO_PKG_VERSION"));
    let problem =
        ComponentsBuilder::new().schema_from::<Problem>().schema_from::<Code>().schema_from::<FieldProblem>();
    let base = OpenApiBuilder::new().info(info).components(Some(problem.build())).build();
    let document = functions::openapi().into_iter().fold(base, OpenApi::merge_from);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["info"] = json!({
        "title": "Vestibule",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "contact": { "name": "Vestibule", "url": env!("CARGO_PKG_REPOSITORY") },
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/", "description": "The site that serves this document." }]);
    let tag = |(name, description): (&str, &str)| json!({ "name": name, "description": description });
    document["tags"] = TAGS.map(tag).to_vec().into();
    document["components"]["securitySchemes"] = operations::security_schemes();
    operations::complete(&mut document);
    schemas::complete(&mut document);
    document
}
