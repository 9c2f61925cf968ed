//! Each operation, tried by everybody.

use std::collections::BTreeSet;

use serde_json::json;
use vestibule_tests::{
    Actor, Answer,
    costs::answers,
    operations::{Prepared, ROLES, Scene, described, keyed},
};

use super::{
    expected::{Row, Whose, rows},
    platform::Administrators,
};

/// What an id ends in that nobody has.
const UNKNOWN: &str = "00000000000000000000000000";

/// What was found wrong: one line each, so that one run shows all.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) wrong: Vec<String>,
    pub(crate) looked: usize,
}

impl Findings {
    pub(crate) fn check(&mut self, fits: bool, row: &Row, what: impl FnOnce() -> String) {
        self.looked += 1;
        if !fits {
            self.wrong.push(format!("{}: {}", row.operation, what()));
        }
    }

    pub(crate) fn status(&mut self, row: &Row, who: &str, expected: u16, answer: &Answer) {
        let told = || format!("{who} gets {} in place of {expected}: {}", answer.status, answer.text);
        self.check(answer.status == expected, row, told);
    }
}

/// Administrators who no longer are, or belong to the outside: by what became of them.
struct Gone {
    suspended: Actor,
    removed: Actor,
    outside: Vec<(&'static str, Actor)>,
}

impl Gone {
    async fn new(scene: &Scene) -> Self {
        let change = async |body: serde_json::Value| {
            let (actor, id) = scene.joined(ROLES[0]).await;
            let admin = scene.admin();
            let request = admin.request(reqwest::Method::PATCH, &format!("/api/admin/team/{id}"));
            admin.send(request.json(&body)).await.expect(200);
            actor
        };
        let (removed, id) = scene.joined(ROLES[0]).await;
        let admin = scene.admin();
        admin
            .send(admin.request(reqwest::Method::DELETE, &format!("/api/admin/team/{id}")))
            .await
            .expect(204);
        let mut outside = Vec::new();
        for kind in ["creator", "contractor", "vendor"] {
            outside.push((kind, change(json!({ "kind": kind })).await));
        }
        Self { suspended: change(json!({ "status": "suspended" })).await, removed, outside }
    }

    async fn refuse(&self, row: &Row, prepared: &Prepared, findings: &mut Findings) {
        findings.status(row, "a suspended administrator", 401, &prepared.send_as(&self.suspended).await);
        findings.status(row, "a removed administrator", 401, &prepared.send_as(&self.removed).await);
        // Whatever their roles allow, nothing of the team and its log is shown or changed.
        if row.operation.contains("/team") || row.operation.contains("/audit") {
            for (kind, actor) in &self.outside {
                findings.status(row, kind, 403, &prepared.send_as(actor).await);
            }
        }
    }
}

#[test]
fn every_described_operation_has_its_row() {
    let (described, rows) = (described(), rows());
    let written: BTreeSet<_> = rows.iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(written.len(), rows.len(), "each once");
    assert_eq!(written, described.iter().cloned().collect());
    let budgeted: BTreeSet<_> = answers().into_keys().collect();
    assert_eq!(budgeted, written, "tests/budgets.toml has a budget for each operation");
    println!("{} of {} operations have their row and their budget", rows.len(), described.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_requirements_say_and_nothing_else() {
    let mut findings = Findings::default();
    // A stack for each part of them: what is counted is found by reading the whole table, which grows with every request.
    for some in rows().chunks(24) {
        look_at(some, &mut findings).await;
    }
    println!("{} cells looked at, {} wrong", findings.looked, findings.wrong.len());
    assert!(findings.wrong.is_empty(), "{}", findings.wrong.join("\n"));
}

async fn look_at(rows: &[Row], findings: &mut Findings) {
    let scene = Scene::start().await;
    let other = scene.app.stranger().await;
    let (nowhere, ..) = scene.person().await;
    let gone = Gone::new(&scene).await;
    let administrators = Administrators::new(&scene).await;
    for row in rows {
        let prepared = scene.prepare(row.operation).await;
        let prepared = prepared.unwrap_or_else(|| panic!("{} has no prepared request", row.operation));
        match &row.whose {
            Whose::All => {}
            Whose::Own => refuse_others(&scene, row, &prepared, findings).await,
            Whose::Roles(may) => {
                refuse(&scene, row, &prepared, (may, &other, &nowhere), findings).await;
                gone.refuse(row, &prepared, findings).await;
            }
            Whose::Platform(_) => {
                refuse_tenants(&scene, row, &prepared, (&gone, &nowhere), findings).await;
            }
        }
        administrators.try_all(&scene, row, &prepared, findings).await;
        allow(&scene, row, prepared, findings).await;
    }
}

/// Whoever may not gets the refusal that fits, and nothing is done.
async fn refuse(
    scene: &Scene,
    row: &Row,
    prepared: &Prepared,
    (may, other, nowhere): (&[bool], &Actor, &Actor),
    findings: &mut Findings,
) {
    let before = scene.audited().await;
    findings.status(row, "nobody", 401, &prepared.send_as(&scene.app.anonymous()).await);
    let homeless = prepared.send_as(nowhere).await;
    findings.status(row, "somebody in no tenant", 403, &homeless);
    findings.check(homeless.code() == "tenant_required", row, || homeless.text.clone());
    for (role, _) in ROLES.iter().zip(may).filter(|(_, may)| !**may) {
        let refused = prepared.send_as(&scene.member(role)).await;
        findings.status(row, role, 403, &refused);
        findings.check(refused.code() == "forbidden", row, || refused.text.clone());
    }
    match row.theirs {
        "404" => {
            let theirs = prepared.send_as(other).await;
            let unknown = as_unknown(prepared, other).await;
            findings.status(row, "another tenant", 404, &theirs);
            findings.check(same(&theirs) == same(&unknown), row, || {
                format!("another tenant's id and an unknown one differ: {} {}", theirs.text, unknown.text)
            });
        }
        "empty" => {
            let list = prepared.send_as(other).await;
            let items = list.body["items"].as_array();
            findings.check(items.is_some_and(Vec::is_empty), row, || list.text.clone());
        }
        _ => {}
    }
    let written = scene.audited().await - before;
    findings.check(written == 0, row, || format!("{written} audit records of refused requests"));
}

/// Whatever somebody may do in a tenant, on the platform it is nothing.
async fn refuse_tenants(
    scene: &Scene,
    row: &Row,
    prepared: &Prepared,
    (gone, nowhere): (&Gone, &Actor),
    findings: &mut Findings,
) {
    let before = scene.audited().await;
    findings.status(row, "nobody", 401, &prepared.send_as(&scene.app.anonymous()).await);
    let members = ROLES.iter().map(|role| (*role, scene.member(role)));
    let others = [("somebody in no tenant", nowhere), ("a suspended administrator", &gone.suspended)];
    let others = others.into_iter().chain([("a removed administrator", &gone.removed)]);
    let outside = gone.outside.iter().map(|(kind, actor)| (*kind, actor));
    let others = others.chain(outside).map(|(who, actor)| (who, actor.clone()));
    for (who, actor) in members.chain(others) {
        let refused = prepared.send_as(&actor).await;
        findings.status(row, who, 403, &refused);
        findings.check(refused.code() == "forbidden", row, || refused.text.clone());
    }
    let written = scene.audited().await - before;
    findings.check(written == 0, row, || format!("{written} audit records of refused requests"));
}

/// Nobody else touches what is somebody's own.
async fn refuse_others(scene: &Scene, row: &Row, prepared: &Prepared, findings: &mut Findings) {
    let before = scene.audited().await;
    findings.status(row, "nobody", 401, &prepared.send_as(&scene.app.anonymous()).await);
    if let Some(theirs) = &prepared.theirs {
        let actor = &prepared.actor;
        let refused = actor.send(prepared.request(actor, theirs)).await;
        findings.status(row, "somebody with another's id", 404, &refused);
    }
    let written = scene.audited().await - before;
    findings.check(written == 0, row, || format!("{written} audit records of refused requests"));
}

/// Whoever may succeeds, and the audit log tells it.
async fn allow(scene: &Scene, row: &Row, prepared: Prepared, findings: &mut Findings) {
    let may = match &row.whose {
        Whose::Roles(may) => may,
        // The administrators have tried it.
        Whose::Platform(_) => return,
        _ => return succeed(scene, row, &prepared, ("whoever may", &prepared.actor), findings).await,
    };
    let mut prepared = Some(prepared);
    for (role, _) in ROLES.iter().zip(may).filter(|(_, may)| **may) {
        let fresh = match prepared.take() {
            Some(prepared) => prepared,
            None => scene.prepare(row.operation).await.unwrap(),
        };
        succeed(scene, row, &fresh, (role, &scene.member(role)), findings).await;
    }
}

pub(crate) async fn succeed(
    scene: &Scene,
    row: &Row,
    prepared: &Prepared,
    (who, actor): (&str, &Actor),
    findings: &mut Findings,
) {
    let before = scene.audited().await;
    let request = prepared.request(actor, &prepared.path);
    // With a key wherever one is taken: what it costs is measured as well.
    let keyed = keyed().iter().any(|operation| operation == row.operation);
    let request = if keyed { request.header("idempotency-key", key(row, before)) } else { request };
    let answer = actor.send(request).await;
    findings.status(row, who, row.status, &answer);
    let written = scene.audited().await - before;
    let told = || format!("{written} audit records in place of {}", row.audit);
    findings.check(written == row.audit, row, told);
}

/// A key that was not used before.
fn key(row: &Row, before: usize) -> String {
    let word = row.operation.chars().filter(char::is_ascii_alphanumeric);
    format!("{before}-{}", word.take(40).collect::<String>())
}

/// The same request about something that nobody has.
async fn as_unknown(prepared: &Prepared, actor: &Actor) -> Answer {
    let mut unknown = prepared.clone();
    unknown.path = without_ids(&prepared.path);
    if let vestibule_tests::operations::Content::Json(body) = &mut unknown.body {
        *body = serde_json::from_str(&without_ids(&body.to_string())).unwrap();
    }
    unknown.send_as(actor).await
}

/// The text with ids that nobody has: their last 26 characters are zeros.
fn without_ids(text: &str) -> String {
    let mut parts = text.split('_');
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_id = part.len() >= 26 && part.as_bytes()[..26].iter().all(u8::is_ascii_alphanumeric);
        done.push('_');
        let rest = if is_id { &part[26..] } else { part };
        done.push_str(if is_id { UNKNOWN } else { "" });
        done.push_str(rest);
    }
    done
}

fn same(answer: &Answer) -> String {
    let mut body = answer.body.clone();
    body["requestId"] = json!(null);
    body.to_string()
}
