//! The page templates, with HTML escaped by default.

use axum::response::Html;
use jiff::Timestamp;
use minijinja::value::Serde;
use minijinja::{Environment, Error, Value};
use serde::Serialize;

use super::Page;

const TEMPLATES: [(&str, &str); 6] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("index.html", include_str!("templates/index.html")),
    ("mails.html", include_str!("templates/mails.html")),
    ("mail.html", include_str!("templates/mail.html")),
    ("workflows.html", include_str!("templates/workflows.html")),
    ("workflow.html", include_str!("templates/workflow.html")),
];

/// The loaded templates.
pub(super) struct Pages(Environment<'static>);

impl Pages {
    pub(super) fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self(environment))
    }

    pub(super) fn show(&self, name: &str, values: &impl Serialize) -> Page {
        Ok(Html(self.0.get_template(name)?.render(Value::from(Serde(values)))?))
    }
}

/// A time for people, in UTC with seconds.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
