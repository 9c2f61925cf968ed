//! Every page as everybody, and what no form may do.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;
use vestibule_auth::Grant;
use vestibule_console::{operations, page::Page, pages};
use vestibule_local::template::Route;
use vestibule_tests::{
    Actor, App, Shown,
    operations::{ROLES, Scene},
};

use super::ADMIN;

/// What stands in a page's path for its parameters, for the callers' own tenant.
struct Things {
    hire: String,
    member: String,
    invitation: String,
    import: String,
    record: String,
    account: String,
    account_job: String,
    number: String,
}

impl Things {
    async fn of(scene: &Scene) -> Self {
        let body = json!({ "emails": ["guest.of.pages@example.org"], "roles": ["brokerage.user"] });
        let invited = scene.admin().post("/api/admin/team/invites", &body).await.expect(200).body;
        let invitation = invited["results"][0]["invitation"]["id"].as_str().unwrap().to_owned();
        let import = import(&scene.admin(), "email,roles\nno address,viewer\n").await;
        let (hire, member) = (scene.hire().await, scene.joined(ROLES[4]).await.1);
        let newest = scene.admin().get("/api/audit?limit=1").await.expect(200).body;
        let record = newest["items"][0]["id"].as_str().unwrap().to_owned();
        let (account, account_job, number) = provisioned(scene).await;
        Self { hire, member, invitation, import, record, account, account_job, number }
    }

    /// The page's path with values.
    fn path(&self, page: &Page) -> String {
        let id = match page.path {
            path if path.starts_with("/hires") => &self.hire,
            path if path.starts_with("/admin/team/roles") => "brand.finance",
            path if path.starts_with("/admin/team/invitations") => &self.invitation,
            path if path.starts_with("/admin/team/import") => &self.import,
            path if path.starts_with("/admin/team") => &self.member,
            path if path.starts_with("/admin/audit") => &self.record,
            path if path.starts_with("/admin/platform-log") => &self.number,
            path if path.starts_with("/admin/provisioning/accounts") => &self.account,
            path if path.starts_with("/admin/provisioning") => &self.account_job,
            _ => "job_00000000000000000000000000",
        };
        page.path.replace("{id}", id).replace("{permission}", "hires.view").replace("{step}", "company")
    }
}

/// An account that an administrator gave, its job, and the number of a record of the platform's log.
async fn provisioned(scene: &Scene) -> (String, String, String) {
    let admin = scene.administrator(Grant::GeneralAdmin).await;
    let body = json!({
        "email": "of.pages@example.org", "name": "Olu Pages", "tier": "free", "role": "admin",
        "organization": { "name": "Of Pages", "slug": "of-pages", "preset": "brokerage" },
    });
    let job = admin.post("/api/admin/provision-account?wait=20", &body).await.expect(202).body;
    let text = |name: &str| job[name].as_str().unwrap().to_owned();
    for _ in 0..400 {
        let newest = admin.get("/api/super-admin/audit?limit=1").await.expect(200).body;
        if let Some(number) = newest["items"][0]["number"].as_u64() {
            return (text("user"), text("id"), number.to_string());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no record gets a number");
}

/// The id of an import of this file, once it has ended.
async fn import(admin: &Actor, file: &str) -> String {
    let request = admin.request(Method::POST, "/api/v1/teams/import").header("content-type", "text/csv");
    let made = admin.send(request.body(file.to_owned())).await.expect(202).body;
    let path = made["statusUrl"].as_str().unwrap();
    while ["pending", "running"].contains(&admin.get(path).await.expect(200).body["status"].as_str().unwrap())
    {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    made["id"].as_str().unwrap().to_owned()
}

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

#[tokio::test]
async fn ten_13_no_form_works_without_the_token_of_its_own_page() {
    let scene = Scene::start().await;
    let things = Things::of(&scene).await;
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
                ("invitation", "x"),
                ("signup", "x"),
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
async fn ten_13_a_record_that_cannot_be_read_stands_in_its_list_and_can_be_removed() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    app.spoil((format!("T#{}", app.stack.sample().tenant.id), format!("HIRE#{hire}")), "documents").await;
    let mut browser = app.browser(ADMIN).await;
    let list = browser.page("/hires", "same-origin").await;
    assert!(list.status == 200 && list.text.contains("This one cannot be read"), "{}", list.text);
    let csrf = browser.csrf().to_owned();
    let fields = [("do", "remove-hire"), ("hire", &*hire), ("csrf", &*csrf), ("key", "once")];
    let removed = browser.form("/hires", &fields).await;
    assert_eq!(
        (removed.status, removed.location.as_str()),
        (303, "/hires?done=remove-hire"),
        "{}",
        removed.text
    );
    assert!(!browser.page("/hires", "same-origin").await.text.contains(&hire));
}

#[tokio::test]
async fn ten_13_a_refused_password_is_sent_once_and_told_where_the_form_is() {
    let app = App::identity().await;
    let mut browser = app.browser(ADMIN).await;
    let csrf = browser.csrf().to_owned();
    for key in ["a", "b", "c", "d"] {
        let fields = [
            ("do", "password"),
            ("csrf", &*csrf),
            ("key", key),
            ("currentPassword", "wrong"),
            ("newPassword", "gravel ottoman fjord whistle"),
        ];
        let refused = browser.form("/settings/security", &fields).await;
        assert!(refused.sets.is_empty(), "no renewal for it: {:?}", refused.sets);
        assert!(
            refused.text.contains("was not accepted") && !refused.text.contains("gravel"),
            "{}",
            refused.text
        );
    }
    // Five would lock the account.
    app.browser(ADMIN).await;
}

#[tokio::test]
async fn ten_13_what_is_shown_once_is_not_shown_empty_when_a_page_is_loaded_again() {
    let app = App::identity().await;
    let mut browser = app.browser(ADMIN).await;
    let (csrf, password) =
        (browser.csrf().to_owned(), app.stack.sample().password.expose_secret().to_owned());
    let fields = [("do", "totp"), ("csrf", &*csrf), ("key", "once"), ("password", &*password)];
    let shown = browser.form("/settings/security", &fields).await;
    assert!(shown.status == 200 && shown.text.contains("class=\"qr\""), "{}", shown.text);
    let again = browser.form("/settings/security", &fields).await;
    assert_eq!(
        (again.status, again.location.as_str()),
        (303, "/settings/security?done=shown"),
        "{}",
        again.text
    );
}

#[tokio::test]
async fn ten_13_a_page_of_one_business_changes_no_other() {
    let app = App::start().await;
    let mut browser = app.browser("super@test.local").await;
    let csrf = browser.csrf().to_owned();
    let own = app.stack.sample().tenant.id.to_string();
    let other = app.stack.sample().second.id.to_string();
    let switch = [("do", "switch"), ("csrf", &*csrf), ("key", "s"), ("tenant", &*other)];
    assert_eq!(browser.form("/settings/tenants", &switch).await.status, 303);
    let late = [("do", "new-group"), ("csrf", &*csrf), ("key", "g"), ("name", "Berlin"), ("in", &*own)];
    let refused = browser.form("/admin/team/groups", &late).await;
    assert_eq!(refused.status, 403);
    let page = browser.page("/home", "same-origin").await;
    assert!(page.text.contains("Second Brand"), "{}", page.text);
}

#[tokio::test]
async fn ten_13_pages_of_a_business_tell_whoever_has_none_to_choose_one() {
    let scene = Scene::start().await;
    let somebody = scene.person().await.0;
    for path in ["/setup", "/setup/company", "/workspace", "/workspace/domain", "/hires", "/admin/team"] {
        let shown = somebody.page(path).await;
        assert_eq!(shown.status, 403, "{path}");
        assert!(shown.text.contains("You work in no business at present"), "{path}: {}", shown.text);
    }
}

#[tokio::test]
async fn ten_13_a_form_sent_twice_at_once_does_its_work_once() {
    let app = App::start().await;
    let before = app.admin().get("/api/hires").await.body["items"].as_array().unwrap().len();
    let mut browsers = [app.browser(ADMIN).await, app.browser(ADMIN).await];
    let csrf = browsers[0].csrf().to_owned();
    let fields = [
        ("do", "hire"),
        ("givenName", "Kim"),
        ("familyName", "Doe"),
        ("personalEmail", "kim@example.org"),
        ("csrf", &*csrf),
        ("key", "one-click"),
    ];
    let first = browsers[0].form("/hires/new", &fields).await;
    let again = browsers[0].form("/hires/new", &fields).await;
    assert_eq!((first.status, &first.location), (303, &again.location), "{}", first.text);
    let other = browsers[1].form("/hires/new", &fields).await;
    assert_eq!(other.status, 403, "the token is of another session");
    let after = app.admin().get("/api/hires").await.body["items"].as_array().unwrap().len();
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn ten_11_pages_and_forms_renew_the_session_by_themselves() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    app.advance(SignedDuration::from_mins(16));
    let shown = browser.page("/hires", "same-origin").await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.sets.iter().any(|name| name.ends_with("-access")), "{:?}", shown.sets);
    assert!(browser.page("/hires", "same-origin").await.sets.is_empty(), "once is enough");
    app.advance(SignedDuration::from_mins(16));
    let csrf = browser.csrf().to_owned();
    let sent =
        browser.form("/settings/profile", &[("do", "rename"), ("name", "Renewed"), ("csrf", &*csrf)]).await;
    assert_eq!(
        (sent.status, sent.location.as_str()),
        (303, "/settings/profile?done=rename"),
        "{}",
        sent.text
    );
    assert!(browser.page("/settings/profile", "same-origin").await.text.contains("Renewed"));
    app.advance(SignedDuration::from_hours(24 * 40));
    let over = browser.page("/hires", "same-origin").await;
    assert_eq!((over.status, over.location.as_str()), (303, "/"));
}

#[tokio::test]
async fn ten_11_a_session_that_cannot_be_renewed_leads_to_the_sign_in_and_not_in_a_circle() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    app.advance(SignedDuration::from_mins(16));
    browser.forget("__Host-vestibule-csrf");
    let over = browser.page("/hires", "same-origin").await;
    assert_eq!((over.status, over.location.as_str()), (303, "/"));
    assert!(over.sets.iter().any(|name| name.ends_with("-refresh")), "it is taken away: {:?}", over.sets);
    // Browsers forget what is taken away.
    browser.forget("__Host-vestibule-refresh");
    browser.forget("__Host-vestibule-access");
    assert_eq!(browser.page("/", "same-origin").await.status, 200);
}

#[tokio::test]
async fn ten_13_whoever_comes_from_another_site_loads_the_page_again_with_all_cookies() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    assert_eq!(browser.page("/hires", "cross-site").await.status, 200, "all cookies came along");
    for strict in ["__Host-vestibule-csrf", "__Host-vestibule-refresh"] {
        browser.forget(strict);
    }
    let bounced = browser.page("/hires?cursor=%22%3E%3Cb%3E", "cross-site").await;
    assert_eq!(bounced.status, 200);
    assert!(
        bounced.text.contains("http-equiv=\"refresh\"") && !bounced.text.contains("Ada"),
        "{}",
        bounced.text
    );
    assert!(!bounced.text.contains("<b>"));
    assert!(browser.page("/hires", "same-origin").await.text.contains("Ada"), "no second time");
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
        "/hires/%ff".to_owned(),
        "/admin/team/roles/%ff".to_owned(),
        "/why/%c3%28".to_owned(),
        "/home%0aX".to_owned(),
    ] {
        let shown = admin.page(&path).await;
        assert!(shown.status < 500, "{path}: {}", shown.status);
        assert!(!shown.text.contains("<script>alert"), "{path}");
    }
}
