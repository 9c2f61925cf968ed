//! What pages of the audit log make of a record: its values beside each other, the thing that it is about, and days to look
//! back to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use minijinja::{Value, value::Serde};
use serde::Serialize;
use serde_json::Value as Json;
use vestibule_domain::TenantId;

use crate::paths::encode;

/// No log begins before this day: ids of sample tenants tell no time.
const EARLIEST: &str = "2026-01-01";

/// What an id names by its prefix: the name of its kind, where its page lies, and the permission for that.
const THINGS: &[(&str, &str, &str, &str)] = &[
    ("hire_", "hire", "/hires/", "hires.view"),
    ("job_", "job", "/jobs/", "provisioning.view"),
    ("inv_", "invitation", "/admin/team/invitations/", "team.view"),
    ("usr_", "member", "/admin/team/", "team.view"),
    ("grp_", "group", "/admin/team?group=", "team.view"),
    ("ep_", "endpoint", "/workspace/signatures/", "integrations.view"),
    ("esn_", "signature", "/signatures", "hires.view"),
    ("ten_", "business", "/workspace", "tenant.settings.view"),
    ("ses_", "session", "", ""),
];

/// The same in the log of the platform, where a page needs a grant.
const OF_PLATFORM: &[(&str, &str, &str, &str)] = &[
    ("job_", "job", "/admin/provisioning/jobs/", "general_admin"),
    ("usr_", "person", "", ""),
    ("ten_", "business", "", ""),
    ("ses_", "session", "", ""),
];

/// What was done to which thing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Thing {
    /// The name of its kind.
    kind: &'static str,
    /// Its page, if there is one.
    href: Option<String>,
    /// The permission or the grant to see that.
    needs: &'static str,
}

/// The thing that a record of the platform's log is about. Only of what was done to an account it is known that there is one.
pub(crate) fn thing_of_platform(action: &str, resource: &str) -> Thing {
    let found = OF_PLATFORM.iter().find(|(prefix, ..)| resource.starts_with(prefix));
    let (kind, href, needs) = match found {
        Some(("usr_", ..)) if action.starts_with("account.") => {
            ("account", "/admin/provisioning/accounts/", "general_admin")
        }
        Some((_, kind, href, needs)) => (*kind, *href, *needs),
        None => ("", "", ""),
    };
    let href = Some(href).filter(|href| !href.is_empty()).map(|href| format!("{href}{}", encode(resource)));
    Thing { kind, href, needs }
}

/// The thing that a record is about.
pub(crate) fn thing(action: &str, resource: &str) -> Thing {
    let area = action.split('.').next().unwrap_or_default();
    let (kind, href, needs) = match (area, THINGS.iter().find(|(prefix, ..)| resource.starts_with(prefix))) {
        ("role", _) => ("role", "/admin/team/roles/", "team.view"),
        ("permission" | "access", _) if resource.contains('.') => {
            ("permission", "/admin/settings/permissions", "team.view")
        }
        ("import", Some(_)) => ("import", "/admin/team/import/", "team.invite"),
        (_, Some((_, kind, href, needs))) => (*kind, *href, *needs),
        (_, None) => ("", "", ""),
    };
    let own = |href: &str| if href.ends_with(['/', '=']) { encode(resource) } else { String::new() };
    let href = Some(href).filter(|href| !href.is_empty()).map(|href| format!("{href}{}", own(href)));
    Thing { kind, href, needs }
}

/// A field of a record, before and after.
#[derive(Debug, Serialize)]
struct Change {
    field: String,
    old: Option<String>,
    new: Option<String>,
    how: &'static str,
}

/// The fields of both values by their dotted names, with what became of each.
pub(crate) fn changes(old: &Value, new: &Value) -> Value {
    let [old, new] = [old, new].map(|value| {
        let mut fields = BTreeMap::new();
        flatten(String::new(), &serde_json::to_value(value).unwrap_or_default(), &mut fields);
        fields
    });
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |field: &String| {
        let (old, new) = (old.get(field).cloned(), new.get(field).cloned());
        let how = match (&old, &new) {
            (None, _) => "added",
            (_, None) => "removed",
            (old, new) if old == new => "same",
            _ => "changed",
        };
        Change { field: field.clone(), old, new, how }
    };
    Value::from(Serde(names.into_iter().map(change).collect::<Vec<_>>()))
}

/// Values by the dotted names that lead to them; what is `null` or empty is left out.
fn flatten(name: String, value: &Json, fields: &mut BTreeMap<String, String>) {
    let text = match value {
        Json::Null => return,
        Json::Object(inner) => {
            for (part, value) in inner {
                let name = if name.is_empty() { part.clone() } else { format!("{name}.{part}") };
                flatten(name, value, fields);
            }
            return;
        }
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    if !text.is_empty() {
        fields.insert(if name.is_empty() { "value".to_owned() } else { name }, text);
    }
}

/// The day (UTC) so many days before an instant.
pub(crate) fn day(at: &str, back: i64) -> Option<String> {
    let at = at.parse::<Timestamp>().ok()?.checked_sub(SignedDuration::from_hours(back * 24)).ok()?;
    Some(at.to_zoned(TimeZone::UTC).date().to_string())
}

/// The day from which on a tenant can have records: that of its founding, which its id tells.
pub(crate) fn began(tenant: &str) -> String {
    let at = tenant.parse::<TenantId>().ok().and_then(|id| id.at());
    let day = at.map(|at| at.to_zoned(TimeZone::UTC).date().to_string()).unwrap_or_default();
    day.max(EARLIEST.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compared(old: Json, new: Json) -> Json {
        serde_json::to_value(changes(&Value::from(Serde(old)), &Value::from(Serde(new)))).unwrap()
    }

    #[test]
    fn fields_stand_beside_each_other_and_say_what_became_of_them() {
        let old =
            json!({ "status": "active", "roles": ["a", "b"], "note": null, "in": { "x": 1, "y": [1] } });
        let new = json!({ "status": "active", "roles": ["a"], "note": "n", "in": { "x": 1 } });
        let field = |field, old, new, how| json!({ "field": field, "old": old, "new": new, "how": how });
        let expected = json!([
            field("in.x", json!("1"), json!("1"), "same"),
            field("in.y", json!("[1]"), json!(null), "removed"),
            field("note", json!(null), json!("n"), "added"),
            field("roles", json!("a, b"), json!("a"), "changed"),
            field("status", json!("active"), json!("active"), "same"),
        ]);
        assert_eq!(compared(old, new), expected);
        assert_eq!(compared(json!(null), json!(null)), json!([]));
        assert_eq!(
            compared(json!("a"), json!(2)),
            json!([field("value", json!("a"), json!("2"), "changed")])
        );
    }

    #[test]
    fn a_thing_leads_to_its_page_and_to_no_other() {
        for (action, resource, kind, href) in [
            ("hire.create", "hire_1", "hire", Some("/hires/hire_1")),
            ("member.update", "usr_1", "member", Some("/admin/team/usr_1")),
            ("import.report", "job_1", "import", Some("/admin/team/import/job_1")),
            ("group.update", "grp_1", "group", Some("/admin/team?group=grp_1")),
            ("role.update", "hire_/desk", "role", Some("/admin/team/roles/hire_%2Fdesk")),
            ("access.refuse", "hires.view", "permission", Some("/admin/settings/permissions")),
            ("access.refuse", "csrf_invalid", "", None),
            ("session.begin", "ses_1", "session", None),
        ] {
            let thing = thing(action, resource);
            assert_eq!((thing.kind, thing.href.as_deref()), (kind, href), "{action} {resource}");
        }
        for (action, resource, kind, href) in [
            ("account.suspend", "usr_1", "account", Some("/admin/provisioning/accounts/usr_1")),
            ("user.create", "usr_1", "person", None),
            ("account.retry", "job_1", "job", Some("/admin/provisioning/jobs/job_1")),
            ("account.tenant", "ten_1", "business", None),
            ("session.refuse", "x", "", None),
        ] {
            let thing = thing_of_platform(action, resource);
            assert_eq!((thing.kind, thing.href.as_deref()), (kind, href), "{action} {resource}");
        }
    }

    #[test]
    fn days_are_counted_back_and_a_log_begins_with_its_tenant() {
        assert_eq!(day("2026-03-01T09:15:00Z", 7).as_deref(), Some("2026-02-22"));
        assert_eq!(day("yesterday", 7), None);
        let id = TenantId::from_parts(1_790_000_000_000, 1).to_string();
        assert_eq!(began(&id), "2026-09-21");
        assert_eq!([began("ten_0"), began(&TenantId::from_parts(0, 1).to_string())], [EARLIEST; 2]);
    }
}
