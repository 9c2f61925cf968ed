//! Reads the SAM template into the typed parts that the local stack becomes: what runs here is what
//! deploys. Anything the stack does not know is refused with its logical id and field.

mod events;
mod names;
mod parameters;
mod policies;
mod properties;
mod resolve;
mod resources;
#[cfg(test)]
mod tests;
mod types;
mod yaml;

use serde_json::{Map, Value};

pub use types::{
    Bucket, Bus, Condition, EventDestination, Function, Index, Route, Rule, Schedule, Secret, SecretValue,
    StateMachine, Statement, Stream, Surroundings, Table, Template,
};

/// Why a template cannot run here.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is no YAML, or uses an unsupported tag.
    #[error("the template cannot be read: {0}")]
    Unreadable(String),
    /// A parameter has a value that cannot be used.
    #[error("the parameter {name} must {must}")]
    Parameter {
        /// Name of the parameter.
        name: String,
        /// What it must be.
        must: String,
    },
    /// The template declares no such parameter.
    #[error("there is no parameter {name}{}", hint.as_ref().map_or_else(|| "; infra/template.yaml lists them".to_owned(), |hint| format!("; did you mean {hint}?")))]
    UnknownParameter {
        /// The name as given.
        name: String,
        /// The name that was probably meant.
        hint: Option<String>,
    },
    /// One resource, parameter or section asks for something the stack does not do.
    #[error("{logical_id}: {field}: {reason}")]
    Refused {
        /// Logical id of the resource, or the name of the section.
        logical_id: String,
        /// The property concerned.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl TemplateError {
    fn refused(logical_id: &str, field: &str, reason: &str) -> Self {
        Self::Refused {
            logical_id: logical_id.to_owned(),
            field: field.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// The template that deploys, put up in the surroundings of a local stack.
///
/// # Errors
/// As [`Template::parse`].
pub fn read() -> Result<Template, TemplateError> {
    Template::parse(crate::files::TEMPLATE, &Surroundings::default())
}

const SECTIONS: [&str; 8] = [
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Parameters",
    "Conditions",
    "Globals",
    "Resources",
    "Outputs",
];

impl Template {
    /// Parses the template and resolves every reference in it.
    ///
    /// # Errors
    /// [`TemplateError`] for the first thing that is unreadable or unsupported.
    pub fn parse(yaml: &str, around: &Surroundings) -> Result<Self, TemplateError> {
        let document = yaml::to_json(yaml).map_err(TemplateError::Unreadable)?;
        let sections = document.as_object().into_iter().flat_map(Map::keys);
        for section in sections {
            if !SECTIONS.contains(&section.as_str()) {
                let reason = "the section is not supported";
                return Err(TemplateError::refused("template", section, reason));
            }
        }
        let resources = document["Resources"]
            .as_object()
            .ok_or_else(|| TemplateError::refused("template", "Resources", "there are no resources"))?;
        let mut resolver = names::parameters(&document, around)?;
        for (name, condition) in document["Conditions"].as_object().into_iter().flatten() {
            let refused = |reason: String| TemplateError::refused(name, "Conditions", &reason);
            resolver.set_condition(name, condition).map_err(refused)?;
        }
        for (logical_id, resource) in resources {
            names::declare(&mut resolver, around, logical_id, resource)?;
        }
        let mut template = Self::default();
        // Functions name managed policies, which come first.
        let is_policy = |resource: &Value| resource["Type"] == "AWS::IAM::ManagedPolicy";
        let (policies, others): (Vec<_>, Vec<_>) = resources.iter().partition(|(_, it)| is_policy(it));
        for (logical_id, resource) in policies.into_iter().chain(others) {
            let properties = with_globals(&document, resource);
            let properties = resolver
                .resolve(&properties)
                .map_err(|reason| TemplateError::refused(logical_id, "Properties", &reason))?;
            let kind = resource["Type"].as_str().unwrap_or_default();
            let reference = resolver.reference(logical_id).unwrap_or_default();
            resources::add(&mut template, around, logical_id, (kind, reference), properties)?;
        }
        resolver
            .resolve(&document["Outputs"])
            .map_err(|reason| TemplateError::refused("template", "Outputs", &reason))?;
        Ok(template)
    }

    /// The function with this name, ARN or code folder.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.answers_to(name))
    }
}

/// The resource's properties over the `Globals` of functions; maps merge, the rest is replaced.
fn with_globals(document: &Value, resource: &Value) -> Value {
    let own = resource.get("Properties").cloned().unwrap_or_default();
    if resource["Type"] != "AWS::Serverless::Function" {
        return own;
    }
    let mut merged = document["Globals"]["Function"].clone();
    merge(&mut merged, own);
    merged
}

fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}
