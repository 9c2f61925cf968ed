//! The engine behind the pages in front of the console.

use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use crate::{BotWidget, PagesError, kit};

const SOURCES: [(&str, &str); 4] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("choices.html", include_str!("../templates/choices.html")),
    ("form.html", include_str!("../templates/form.html")),
    ("message.html", include_str!("../templates/message.html")),
];

#[derive(Debug, Clone)]
pub(super) struct Renderer {
    environment: Environment<'static>,
    product: String,
    css: String,
    widget: Option<BotWidget>,
}

impl Renderer {
    pub(super) fn new(product: &str, widget: Option<BotWidget>) -> Result<Self, PagesError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|_| PagesError::Broken("syntax"))?);
        for (name, source) in SOURCES {
            environment.add_template(name, source).map_err(|_| PagesError::Broken(name))?;
        }
        let css = kit::style_path(None);
        Ok(Self { environment, product: product.to_owned(), css, widget })
    }

    /// The same engine under another name, in the colour `#rrggbb` if there is one.
    pub(super) fn named(&self, name: &str, color: Option<&str>) -> Self {
        Self { product: name.to_owned(), css: kit::style_path(color), ..self.clone() }
    }

    pub(super) fn render(&self, template: &'static str, page: &impl Serialize) -> Result<String, PagesError> {
        // The engine's own error may quote a token, so it is dropped.
        let broken = |_| PagesError::Broken(template);
        let widget = Value::from(Serde(&self.widget));
        let values = context! { icon => kit::ICON, css => &self.css, widget, product => &self.product, ..Value::from(Serde(page)) };
        self.environment.get_template(template).and_then(|page| page.render(values)).map_err(broken)
    }
}
