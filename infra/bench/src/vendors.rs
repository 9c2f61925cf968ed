//! What costly answers of vendors cost the function that asks them.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use vestibule_bench::{
    bounds::{Spent, spend},
    events::sample,
    extremes::{
        Extreme,
        vendor::{Asked, Vendor, answers},
    },
    runtime_api::{Function, RuntimeApi},
};
use vestibule_local::Stack;

const FUNCTION: &str = "auth";

/// Has `auth` at `binary` ask a vendor everything that it asks one, with every costly answer.
///
/// # Errors
/// The function cannot be started or ends.
pub(crate) async fn walk(stack: &Stack, binary: &Path) -> Result<Vec<Spent>> {
    let vendor = Vendor::start().await?;
    let settings = settings(stack, &vendor)?;
    let mut spent = Vec::new();
    for asked in [Asked::Document, Asked::Keys, Asked::Token, Asked::Person] {
        for answer in answers(asked) {
            // A process of its own, because what a provider published is kept.
            let mut running = RuntimeApi::start().await?.spawn(binary, settings.clone())?;
            running.ready().await?;
            let input = format!("vendor, {asked:?}: {}", answer.name);
            let event = match asked {
                Asked::Document | Asked::Keys => social(&json!({ "provider": "bench" }))?,
                Asked::Token => way_back(&mut running).await?,
                Asked::Person => register()?,
            };
            vendor.spoil(asked, answer)?;
            let extreme = Extreme { function: FUNCTION, input, event };
            let mut one = spend(&mut running, &extreme).await?;
            // That a vendor failed is said with a 5xx; only an end or a time limit is a failure here.
            one.failure = one.failure.filter(|failure| !failure.starts_with("answered 5"));
            spent.push(one);
        }
    }
    Ok(spent)
}

fn settings(stack: &Stack, vendor: &Vendor) -> Result<BTreeMap<String, String>> {
    let mut settings = stack.settings(FUNCTION).context("the template has no auth")?;
    for (setting, value) in
        [("OIDC_PROVIDERS_SECRET", vendor.provider()), ("BOT_CHECK_SECRET", "bench-secret".to_owned())]
    {
        let name = settings.get(setting).with_context(|| format!("auth has no {setting}"))?;
        stack.cloud().secrets().put(name, &value)?;
    }
    let bots = [
        ("BOT_CHECK", "turnstile".to_owned()),
        ("BOT_CHECK_HOSTNAMES", "example.com".to_owned()),
        ("BOT_CHECK_URL", format!("{}/person", vendor.url)),
        ("SIGN_INS_PER_MINUTE", "1000000".to_owned()),
    ];
    settings.extend(bots.map(|(name, value)| (name.to_owned(), value)));
    Ok(settings)
}

fn social(body: &Value) -> Result<Value> {
    let mut event = sample(FUNCTION, "social-login", &[])?;
    event["body"] = body.to_string().into();
    Ok(event)
}

/// Begins a sign-in at the honest vendor; the event that comes back from there.
async fn way_back(running: &mut Function) -> Result<Value> {
    let answer = running.invoke(&social(&json!({ "provider": "bench" }))?).await?;
    let view: Value = serde_json::from_str(answer["body"].as_str().context("no body")?)?;
    let url = view["authorizationUrl"].as_str().with_context(|| format!("no way to the vendor: {view}"))?;
    let state = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("state="));
    let state = state.context("no state")?;
    social(&json!({ "provider": "bench", "code": "code", "state": state, "attempt": view["attempt"] }))
}

fn register() -> Result<Value> {
    let mut event = sample(FUNCTION, "register", &[])?;
    let mut body: Value = serde_json::from_str(event["body"].as_str().context("no body")?)?;
    body["botToken"] = "token".into();
    event["body"] = body.to_string().into();
    Ok(event)
}
