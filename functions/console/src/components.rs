//! All components on one page, for whoever changes them. The local stack shows it.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;
use vestibule_pages::kit;

use crate::{browser, render::Renderer};

/// The page of all components, with the deployment's name on it.
pub fn components(product: &str) -> Response {
    let refused =
        json!({ "field": "email", "detail": "Give one mail address, for example kim@example.org." });
    let step = |name: &str, status: &str| json!({ "name": name, "status": status, "attempts": 2, "started": "2026-11-20T09:15:00Z" });
    let values = json!({
        "css": kit::style_path(None),
        "here": "/_local/components",
        "tenant": { "permissions": ["provisioning.run"] },
        "did": "sample", "tenants": [],
        "problem": { "fields": [refused] },
        "typed": { "email": "kim" },
        "q": {},
        "job": {
            "id": "job_1", "kind": "mailbox", "status": "failed", "cancelRequested": false,
            "steps": [step("claim", "done"), step("create_user", "failed"), step("finish", "pending")],
        },
    });
    let html = Renderer::new(product, None, true).and_then(|pages| pages.render("components.html", &values));
    match html {
        Ok(html) => browser::page(StatusCode::OK, html),
        Err(error) => browser::page(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")),
    }
}
