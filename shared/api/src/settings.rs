//! The settings of a function: its environment as `main` read it.

use std::collections::BTreeMap;

/// A setting that is missing or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting {name} {problem}")]
pub struct SettingError {
    /// Name of the environment variable.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Environment variables by name.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Takes the environment; refuses what must never be on in a deployed function.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingError> {
        let settings = Self(variables.into_iter().collect());
        let deployed = settings.find("AWS_LAMBDA_FUNCTION_NAME").is_some();
        if deployed && settings.find("DEBUG_BYPASS_AUTH").is_some() {
            let problem = "must not be set on a deployed function: it switches sign-in off".to_owned();
            return Err(SettingError { name: "DEBUG_BYPASS_AUTH".into(), problem });
        }
        Ok(settings)
    }

    /// A setting that must be there.
    pub fn get(&self, name: &str) -> Result<&str, SettingError> {
        self.find(name)
            .ok_or_else(|| SettingError { name: name.to_owned(), problem: "is not set".to_owned() })
    }

    /// A setting that may be missing; an empty one counts as missing.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All settings, for building clients.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployed_function_refuses_to_start_without_sign_in() {
        let bypass = ("DEBUG_BYPASS_AUTH".to_owned(), "true".to_owned());
        let deployed = ("AWS_LAMBDA_FUNCTION_NAME".to_owned(), "hires".to_owned());
        assert!(Settings::new([bypass.clone()]).is_ok());
        assert_eq!(Settings::new([bypass, deployed]).unwrap_err().name, "DEBUG_BYPASS_AUTH");
    }
}
