//! The template put up at this stack's addresses, and the settings that follow for each function.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};

use super::StackOptions;
use crate::files::TEMPLATE;
use crate::template::{Function, Surroundings, Template};

/// Issuer of the access tokens that a local stack trusts. Not its address, which may change between starts.
pub const ISSUER: &str = "https://vestibule.local";

const DEFAULT_ENDPOINT: &str = "DEFAULT_ESIGN_ENDPOINT";

pub(super) struct Plan {
    pub(super) around: Surroundings,
    pub(super) template: Template,
    pub(super) aws_url: String,
    pub(super) dynamodb_url: String,
    /// Where functions find the table: behind the check of their roles, if there is one.
    pub(super) checked_url: Option<String>,
    extra: BTreeMap<String, String>,
}

impl Plan {
    pub(super) fn new(
        options: &StackOptions,
        url: &str,
        aws_url: String,
        dynamodb_url: String,
    ) -> Result<Self> {
        let mut parameters = options.parameters.clone();
        let promo_tenant = crate::sample::tenant_id().to_string();
        // The sample administrators sign in with a password alone; sign-ups become accounts of the sample tenant.
        for (name, value) in [
            ("Issuer", ISSUER),
            ("SiteUrl", url),
            ("AdminSecondFactor", "false"),
            ("PromoTenant", &promo_tenant),
            ("PromoRole", "viewer"),
        ] {
            parameters.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
        let around =
            Surroundings { table_name: options.table_name.clone(), parameters, ..Surroundings::default() };
        let template = Template::parse(TEMPLATE, &around)?;
        Ok(Self {
            around,
            template,
            aws_url,
            dynamodb_url,
            checked_url: None,
            extra: options.settings.clone(),
        })
    }

    /// The value that the functions of the template have for a setting.
    pub(super) fn environment(&self, name: &str) -> Result<String> {
        let set = self.template.functions.iter().find_map(|function| function.environment.get(name));
        set.cloned().with_context(|| format!("the template sets no {name}"))
    }

    /// The name of the template's secret that ends so.
    pub(super) fn secret(&self, ending: &str) -> Result<String> {
        let found = self.template.secrets.iter().find(|secret| secret.name.ends_with(ending));
        Ok(found.with_context(|| format!("the template makes no secret ..{ending}"))?.name.clone())
    }

    /// Where webhooks go that name no endpoint, unless the caller chose one.
    pub(super) fn default_endpoint(&mut self, endpoint: &str) {
        let empty =
            |function: &Function| function.environment.get(DEFAULT_ENDPOINT).is_some_and(String::is_empty);
        if self.template.functions.iter().any(empty) {
            self.extra.entry(DEFAULT_ENDPOINT.to_owned()).or_insert_with(|| endpoint.to_owned());
        }
    }

    /// Functions ask for records of domains at this address, not at the system's resolvers.
    pub(super) fn asks_names_at(&mut self, server: SocketAddr) {
        self.extra.insert("DNS_SERVER".to_owned(), server.to_string());
    }

    /// Lets the named people in without a token.
    pub(super) fn bypass_sign_in(&mut self, people: &str) {
        self.extra.insert("DEBUG_BYPASS_AUTH".to_owned(), "true".to_owned());
        self.extra.insert("DEBUG_USERS".to_owned(), people.to_owned());
    }

    /// What the Lambda service and this stack put into the environment of every function.
    pub(super) fn service_settings(&self) -> BTreeMap<String, String> {
        [
            ("AWS_REGION", self.around.region.as_str()),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL", &self.aws_url),
            ("AWS_ENDPOINT_URL_DYNAMODB", &self.dynamodb_url),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    /// The settings that `function` starts with.
    pub(super) fn settings(&self, function: &Function) -> BTreeMap<String, String> {
        let mut settings = self.service_settings();
        // A key of its own tells who calls.
        settings.insert("AWS_ACCESS_KEY_ID".to_owned(), function.name.clone());
        if let Some(url) = &self.checked_url {
            settings.insert("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), url.clone());
        }
        settings.insert("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".to_owned(), function.memory_mb.to_string());
        settings.insert("LOCAL_PAGES".to_owned(), "/_local/".to_owned());
        // The models of vendors without an SDK, each at a path named like its host.
        settings.insert("VENDOR_ENDPOINT_URL".to_owned(), self.aws_url.clone());
        settings.extend(function.environment.clone());
        settings.extend(self.extra.clone());
        settings
    }
}
