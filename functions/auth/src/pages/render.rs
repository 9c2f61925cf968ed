//! The engine behind the pages: templates, and the one style that each page carries inline.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig};

use super::PagesError;

const STYLE: &str = include_str!("templates/style.css");
const SOURCES: [(&str, &str); 7] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("confirm.html", include_str!("templates/confirm.html")),
    ("new_password.html", include_str!("templates/new_password.html")),
    ("own_password.html", include_str!("templates/own_password.html")),
    ("ask.html", include_str!("templates/ask.html")),
    ("code.html", include_str!("templates/code.html")),
    ("message.html", include_str!("templates/message.html")),
];

#[derive(Debug, Clone)]
pub(super) struct Renderer {
    environment: Environment<'static>,
    product: String,
}

impl Renderer {
    pub(super) fn new(product: &str) -> Result<Self, PagesError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|_| PagesError::Broken("syntax"))?);
        for (name, source) in SOURCES {
            environment.add_template(name, source).map_err(|_| PagesError::Broken(name))?;
        }
        Ok(Self { environment, product: product.to_owned() })
    }

    pub(super) fn render(&self, template: &'static str, values: Value) -> Result<String, PagesError> {
        // The engine's own error may quote a token, so it is dropped.
        let broken = |_| PagesError::Broken(template);
        let style = Value::from_safe_string(STYLE.to_owned());
        let values = context! { style, product => &self.product, ..values };
        self.environment.get_template(template).and_then(|page| page.render(values)).map_err(broken)
    }
}

/// `sha256-..` of exactly what stands between the style tags; a browser takes no other style.
pub(super) fn style_hash() -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, STYLE.as_bytes())))
}
