//! Every page as everybody.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use vestibule_auth::Grant;
use vestibule_console::{operations, page::Page, pages};
use vestibule_local::template::Route;
use vestibule_tests::{
    Actor, Shown,
    operations::{ROLES, Scene},
};

use super::things::Things;

#[test]
fn ten_13_every_operation_that_pages_call_is_a_route_of_its_function() {
    let template = vestibule_local::template::read().unwrap();
    let owner = |name: &str| template.function(name).unwrap().name.clone();
    let route = |route: &Route| (owner(&route.function), route.method.to_uppercase(), route.path.clone());
    let routes: BTreeSet<_> = template.routes.iter().map(route).collect();
    // What is handed on has no route of its own; that it comes to the console is looked at with the contract.
    for operation in operations::ALL.iter().filter(|it| !operations::HANDED_ON.contains(it)) {
        let asked = (operation.function.to_owned(), operation.method.to_string(), operation.path.to_owned());
        // A route for several ends with whatever may follow.
        let several = |(function, method, path): &(String, String, String)| {
            let begins = path.strip_suffix("{proxy+}").is_some_and(|begin| asked.2.starts_with(begin));
            begins && (function, method) == (&asked.0, &asked.1)
        };
        assert!(routes.contains(&asked) || routes.iter().any(several), "{asked:?}");
    }
}

/// What the API answers for the first thing that a page reads decides what the page answers.
#[tokio::test(flavor = "multi_thread")]
async fn ten_13_every_page_shows_everybody_what_the_api_would() {
    let scene = Scene::start().await;
    let things = Things::of(&scene).await;
    let mut callers: Vec<(String, Actor)> =
        ROLES.iter().map(|role| ((*role).to_owned(), scene.member(role))).collect();
    for kind in ["creator", "contractor", "vendor"] {
        let (actor, id) = scene.joined(ROLES[0]).await;
        let admin = scene.admin();
        let change =
            admin.request(Method::PATCH, &format!("/api/admin/team/{id}")).json(&json!({ "kind": kind }));
        admin.send(change).await.expect(200);
        callers.push((kind.to_owned(), actor));
    }
    callers.push(("another tenant".to_owned(), scene.app.stranger().await));
    callers.push(("somebody in no tenant".to_owned(), scene.person().await.0));
    for grant in Grant::ALL {
        callers.push((grant.name().to_owned(), scene.administrator(grant).await));
    }
    let (mut looked, mut wrong) = (0, Vec::new());
    for page in pages::all() {
        let path = things.path(page);
        let nobody = scene.app.anonymous().page(&path).await;
        if (nobody.status, nobody.location.as_str()) != (303, "/") {
            wrong.push(format!("nobody on {path}: {} {}", nobody.status, nobody.location));
        }
        for (who, caller) in &callers {
            looked += 1;
            let shown = caller.page(&path).await;
            if let Some(problem) = unlike(page, &path, who, &shown, &things) {
                wrong.push(problem);
            }
        }
    }
    println!("{looked} pages looked at as {} callers, {} wrong", callers.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the caller is an administrator of the platform, by the name that the callers have here.
fn is_grant(who: &str) -> bool {
    Grant::ALL.iter().any(|grant| grant.name() == who)
}

/// What somebody gets on a page of the platform; nothing for other pages. The record is somebody else's.
fn on_platform(page: &Page, who: &str) -> Option<u16> {
    let log = page.path.starts_with("/admin/platform-log");
    if page.path.starts_with("/admin/promo-signups") {
        return Some(if who == "promo_admin" { 200 } else { 403 });
    }
    if !log && !page.path.starts_with("/admin/provisioning") {
        return None;
    }
    Some(match who {
        "general_admin" | "promo_admin" if log && page.path.ends_with("{id}") => 404,
        _ if log && is_grant(who) => 200,
        "general_admin" if !log => 200,
        _ => 403,
    })
}

/// What is wrong with a page: a status beyond those of a page, or a thing of a tenant that is not the caller's.
fn unlike(page: &Page, path: &str, who: &str, shown: &Shown, things: &Things) -> Option<String> {
    let expected = match shown.status {
        200 => shown.text.contains("<main") && !shown.text.contains("This did not work"),
        403 => shown.text.contains("You may not see this"),
        404 => shown.text.contains("This is not here"),
        303 if who == "general_admin" => shown.location == "/admin/provisioning" && page.path == "/home",
        303 if who == "promo_admin" => shown.location == "/admin/promo-signups" && page.path == "/home",
        303 if is_grant(who) => shown.location == "/admin/platform-log" && page.path == "/home",
        303 => shown.location == format!("/portal/{who}") && page.path == "/home",
        _ => false,
    };
    if !expected {
        return Some(format!(
            "{who} on {path}: {} {}",
            shown.status,
            shown.text.chars().take(300).collect::<String>()
        ));
    }
    if let Some(status) = on_platform(page, who) {
        return (shown.status != status).then(|| format!("{who} on {path}: {}", shown.status));
    }
    let outside = matches!(who, "another tenant" | "somebody in no tenant") || is_grant(who);
    let foreign =
        outside && shown.status == 200 && page.path.contains("{id}") && !page.path.contains("roles");
    let told = outside
        && [&things.hire, &things.member, &things.invitation, &things.import]
            .iter()
            .any(|id| shown.text.contains(&format!("{id}\"")) && !path.contains(*id));
    // What a role allows in a business gives nothing on the platform.
    let allowed = who == ROLES[0] && !page.of_platform() && !path.contains("job_000") && shown.status != 200;
    (foreign || told || allowed).then(|| format!("{who} on {path}: {}", shown.status))
}
