//! What stands around every page: who is signed in, where, and where one can go.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use vestibule_pages::kit;

use crate::{Console, pages, place::Place, visit::Visit};

/// An entry of the navigation.
struct Entry {
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    /// One of these permissions shows it; none means everybody of the team.
    needs: &'static [&'static str],
}

const fn entry(
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    needs: &'static [&'static str],
) -> Entry {
    Entry { label, href, icon, needs }
}

const WORK: &[Entry] = &[
    entry("Home", "/home", "home", &[]),
    entry("Hires", "/hires", "hire", &["hires.view"]),
    entry("Mailbox jobs", "/jobs", "jobs", &["provisioning.view"]),
    entry("Signatures", "/signatures", "sign", &["hires.view"]),
];
const TEAM: &[Entry] = &[
    entry("Members", "/admin/team", "people", &["team.view"]),
    entry("Invitations", "/admin/team/invitations", "mail", &["team.view"]),
    entry("Roles", "/admin/team/roles", "key", &["team.view"]),
    entry("Groups", "/admin/team/groups", "groups", &["team.view"]),
    entry("Permissions", "/admin/settings/permissions", "grid", &["team.view"]),
];
const BUSINESS: &[Entry] = &[
    entry("First steps", "/setup", "flag", &["tenant.settings.view"]),
    entry("Settings", "/workspace", "gear", &["tenant.settings.view"]),
    entry("Mail domain", "/workspace/domain", "globe", &["tenant.settings.view"]),
    entry("Mailboxes", "/workspace/mailboxes", "mail", &["integrations.view"]),
    entry("E-sign service", "/workspace/signatures", "sign", &["integrations.view"]),
    entry("Plan", "/workspace/plan", "card", &["tenant.billing.view"]),
    entry("Audit log", "/admin/audit", "log", &["audit.view"]),
];
const ACCOUNTS: Entry = entry("Accounts", "/admin/provisioning", "people", &[]);
const ACCOUNT_JOBS: Entry = entry("Jobs of accounts", "/admin/provisioning/jobs", "jobs", &[]);
const SIGN_UPS: Entry = entry("Sign-ups", "/admin/promo-signups", "people", &[]);
const PLATFORM_LOG: Entry = entry("Platform log", "/admin/platform-log", "log", &[]);
/// What a grant leads to; the first entry is where whoever works in no business begins.
const PLATFORM: [(&str, &[Entry]); 3] = [
    ("super_admin", &[PLATFORM_LOG]),
    ("general_admin", &[ACCOUNTS, ACCOUNT_JOBS, PLATFORM_LOG]),
    ("promo_admin", &[SIGN_UPS, PLATFORM_LOG]),
];

/// The pages of the caller's grant on the platform; none for almost everybody.
fn of_grant(context: &Value) -> &'static [Entry] {
    let found = PLATFORM.iter().find(|(grant, _)| context["platform"]["grant"] == *grant);
    found.map_or(&[], |(_, entries)| *entries)
}

/// Where an administrator of the platform begins who works in no business.
pub(crate) fn begins(context: &Value) -> Option<&'static str> {
    let first = of_grant(context).first()?;
    context["tenant"].is_null().then_some(first.href)
}

/// Whether the caller has a permission, by the answer about their context.
pub(crate) fn has(context: &Value, permission: &str) -> bool {
    let held = context["tenant"]["permissions"].as_array();
    held.is_some_and(|held| held.iter().any(|it| it == permission))
}

/// Adds to a page's values what every page has.
pub(crate) fn complete(values: &mut Map<String, Value>, console: &Console, visit: &Visit, place: &Place) {
    let context = values.remove("context").unwrap_or_default();
    let tenants = context["tenants"].clone();
    let brand = context["tenant"]["color"].as_str().map(str::to_owned);
    let done = place.query.get("done").and_then(Value::as_str);
    let done =
        done.and_then(|name| welcome(name, &context).or_else(|| pages::notice(name).map(str::to_owned)));
    let frame = json!({
        "me": { "user": context["user"], "email": context["email"] },
        "tenant": context["tenant"],
        "platform": context["platform"],
        "tenants": tenants,
        "nav": navigation(&context, &place.here),
        "css": kit::style_path(brand.as_deref()),
        "csrf": visit.csrf,
        "key": URL_SAFE_NO_PAD.encode(console.world.bytes::<12>()),
        "here": place.here,
        "path": place.path,
        "q": place.query,
        "ask": place.query.get("ask"),
        "notice": done,
        "site": &*console.site,
        "now": console.world.now().to_string(),
    });
    if let Value::Object(frame) = frame {
        values.extend(frame);
    }
}

/// The greeting of whoever joined the business.
fn welcome(done: &str, context: &Value) -> Option<String> {
    let name = context["tenant"]["name"].as_str().filter(|_| done == "joined")?;
    Some(format!("Welcome to {name}."))
}

fn navigation(context: &Value, here: &str) -> Value {
    let (tenant, platform) = (&context["tenant"], of_grant(context));
    let kind = tenant["kind"].as_str().unwrap_or("team");
    let mut entries = match (tenant.is_null(), kind) {
        // Whoever only administers the platform has no other home.
        (true, _) if !platform.is_empty() => Vec::new(),
        (true, _) => shown(None, &WORK[..1], context, here),
        (false, "team") => [(None, WORK), (Some("Team"), TEAM), (Some("Business"), BUSINESS)]
            .into_iter()
            .flat_map(|(group, entries)| shown(group, entries, context, here))
            .collect(),
        (false, kind) => {
            let href = format!("/portal/{kind}");
            vec![json!({ "label": "Home", "href": href, "icon": "home", "current": here == href })]
        }
    };
    entries.extend(shown(Some("Platform"), platform, context, here));
    entries.into()
}

fn shown(group: Option<&str>, entries: &[Entry], context: &Value, here: &str) -> Vec<Value> {
    let allowed = |entry: &&Entry| entry.needs.is_empty() || entry.needs.iter().any(|it| has(context, it));
    let within = |entry: &Entry| here == entry.href || here.starts_with(&format!("{}/", entry.href));
    // Of two that hold the page the longer address is it.
    let all = WORK.iter().chain(TEAM).chain(BUSINESS).chain(of_grant(context));
    let nearest = all.filter(|entry| within(entry)).map(|entry| entry.href).max_by_key(|href| href.len());
    let links = entries.iter().filter(allowed).map(|entry| {
        let Entry { label, href, icon, .. } = entry;
        json!({ "label": label, "href": href, "icon": icon, "current": nearest == Some(*href) })
    });
    let links: Vec<Value> = links.collect();
    let title = group.filter(|_| !links.is_empty()).map(|group| json!({ "group": group }));
    title.into_iter().chain(links).collect()
}
