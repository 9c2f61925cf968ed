//! The console: every page as everybody, and what no form may do.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use vestibule_console::{operations, page::Page, pages};
use vestibule_local::template::Route;
use vestibule_tests::{
    Actor, Shown,
    operations::{ROLES, Scene},
};

/// What stands in a page's path for its parameters, for the callers' own tenant.
struct Things {
    hire: String,
    member: String,
}

impl Things {
    /// The page's path with values.
    fn path(&self, page: &Page) -> String {
        let id = match page.path {
            path if path.starts_with("/hires") => &self.hire,
            path if path.starts_with("/admin/team/roles") => "brand.finance",
            path if path.starts_with("/admin/team") => &self.member,
            _ => "job_00000000000000000000000000",
        };
        page.path.replace("{id}", id).replace("{permission}", "hires.view").replace("{step}", "company")
    }
}

#[test]
fn ten_13_every_operation_that_pages_call_is_a_route_of_its_function() {
    let template = vestibule_local::template::read().unwrap();
    let owner = |name: &str| template.function(name).unwrap().name.clone();
    let route = |route: &Route| (owner(&route.function), route.method.to_uppercase(), route.path.clone());
    let routes: BTreeSet<_> = template.routes.iter().map(route).collect();
    for operation in operations::ALL {
        let route = (operation.function.to_owned(), operation.method.to_string(), operation.path.to_owned());
        assert!(routes.contains(&route), "{route:?}");
    }
}

/// What the API answers for the first thing that a page reads decides what the page answers.
#[tokio::test(flavor = "multi_thread")]
async fn ten_13_every_page_shows_everybody_what_the_api_would() {
    let scene = Scene::start().await;
    let (hire, (_, member)) = (scene.hire().await, scene.joined(ROLES[4]).await);
    let things = Things { hire, member };
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

/// What is wrong with a page: a status beyond those of a page, or a thing of a tenant that is not the caller's.
fn unlike(page: &Page, path: &str, who: &str, shown: &Shown, things: &Things) -> Option<String> {
    let expected = match shown.status {
        200 => shown.text.contains("<main") && !shown.text.contains("This did not work"),
        403 => shown.text.contains("You may not see this"),
        404 => shown.text.contains("This is not here"),
        _ => false,
    };
    if !expected {
        return Some(format!(
            "{who} on {path}: {} {}",
            shown.status,
            shown.text.chars().take(300).collect::<String>()
        ));
    }
    let outside = matches!(who, "another tenant" | "somebody in no tenant");
    let foreign =
        outside && shown.status == 200 && page.path.contains("{id}") && !page.path.contains("roles");
    let told = outside
        && [&things.hire, &things.member]
            .iter()
            .any(|id| shown.text.contains(&format!("{id}\"")) && !path.contains(*id));
    let allowed = who == ROLES[0] && !path.contains("job_") && shown.status != 200;
    (foreign || told || allowed).then(|| format!("{who} on {path}: {}", shown.status))
}

#[tokio::test]
async fn ten_13_no_form_works_without_the_token_of_its_own_page() {
    let scene = Scene::start().await;
    let things = Things { hire: scene.hire().await, member: scene.joined(ROLES[4]).await.1 };
    let before = scene.audited().await;
    let admin = scene.admin();
    let mut forms = 0;
    for page in pages::all() {
        let path = things.path(page);
        for action in page.does {
            let fields = [
                ("do", action.name),
                ("csrf", "AAAA"),
                ("tenant", "x"),
                ("group", "x"),
                ("job", "x"),
                ("session", "x"),
                ("event", "x"),
            ];
            let planted = admin.form(&path, &fields, "same-origin").await;
            assert!(matches!(planted.status, 400 | 403 | 404), "{path} {}: {}", action.name, planted.status);
            let elsewhere = admin.form(&path, &fields, "cross-site").await;
            assert_eq!(elsewhere.status, 403, "{path} {}", action.name);
            forms += 1;
        }
    }
    assert!(forms >= 50, "{forms}");
    assert_eq!(scene.audited().await, before);
}

#[tokio::test]
async fn ten_13_an_address_with_a_tenants_name_gives_nothing() {
    let scene = Scene::start().await;
    let admin = scene.admin();
    let named = admin.page("/t/matrix/admin/team?status=active").await;
    assert_eq!((named.status, named.location.as_str()), (303, "/admin/team?status=active"));
    let home = admin.page("/t/matrix").await;
    assert_eq!((home.status, home.location.as_str()), (303, "/home"));
    let (other, unknown) = (admin.page("/t/test-brand/home").await, admin.page("/t/nobody-here/home").await);
    assert_eq!((other.status, &other.text), (403, &unknown.text), "the same, whether or not there is one");
    for away in ["/t/matrix//evil.example", "/t/matrix/%2F%2Fevil.example", "/t/matrix/%5Cevil.example"] {
        let led = admin.page(away).await;
        assert!(
            !led.location.starts_with("//") && !led.location.starts_with("/\\"),
            "{away}: {}",
            led.location
        );
    }
}

#[tokio::test]
async fn ten_13_values_are_escaped_and_bad_queries_harm_nothing() {
    let scene = Scene::start().await;
    let admin = scene.admin();
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        format!("/admin/team?text={hostile}"),
        format!("/hires?cursor={hostile}"),
        format!("/settings/tenants?done={hostile}&ask={hostile}"),
        format!("/setup/{hostile}"),
        format!("/why/{hostile}"),
        format!("/hires/{hostile}"),
        "/admin/team?text=%FF%FE&role=&role=".to_owned(),
        "/assets/..%2f..%2fetc".to_owned(),
        "/hires/..".to_owned(),
        "/hires/%2e%2e%2fjobs".to_owned(),
    ] {
        let shown = admin.page(&path).await;
        assert!(shown.status < 500, "{path}: {}", shown.status);
        assert!(!shown.text.contains("<script>alert"), "{path}");
    }
}
