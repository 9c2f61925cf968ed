//! What forms do, and what no form and no address may do.

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use vestibule_console::pages;
use vestibule_domain::MailboxProvider;
use vestibule_tests::{App, operations::Scene};

use super::{ADMIN, things::Things};

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
async fn ten_13_a_secret_is_kept_as_it_was_typed() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    browser.page("/workspace/signatures", "same-origin").await;
    let csrf = browser.csrf().to_owned();
    let mark = "typed-by-hand-41c7";
    let fields =
        [("do", "new-endpoint"), ("csrf", &*csrf), ("once", "e"), ("vendor", "docusign"), ("key", mark)];
    assert_eq!(browser.form("/workspace/signatures", &fields).await.status, 303);
    let secrets = app.stack.cloud().secrets();
    let file =
        secrets.value(&MailboxProvider::Google.secret_of(app.stack.sample().tenant.id)).unwrap().unwrap();
    let fields = [
        ("do", "connect-google"),
        ("csrf", &*csrf),
        ("once", "g"),
        ("admin", "ada@acme.example"),
        ("key", &*file),
    ];
    assert_eq!(browser.form("/workspace/mailboxes", &fields).await.status, 303);
    let kept = |prefix: &str| -> Vec<_> {
        let names = secrets.names(prefix).unwrap();
        names.iter().map(|name| secrets.value(name).unwrap().unwrap()).collect()
    };
    assert!(kept("vestibule/esign/").iter().any(|kept| kept.contains(mark)));
    let at_google = kept("vestibule/mailboxes/").into_iter().filter(|kept| *kept == file);
    assert_eq!(at_google.count(), 2, "the one that was there, and the one that was typed");
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
    let fields = [("do", "remove-hire"), ("hire", &*hire), ("csrf", &*csrf), ("once", "once")];
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
            ("once", key),
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
    let fields = [("do", "totp"), ("csrf", &*csrf), ("once", "once"), ("password", &*password)];
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
    let switch = [("do", "switch"), ("csrf", &*csrf), ("once", "s"), ("tenant", &*other)];
    assert_eq!(browser.form("/settings/tenants", &switch).await.status, 303);
    let late = [("do", "new-group"), ("csrf", &*csrf), ("once", "g"), ("name", "Berlin"), ("in", &*own)];
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
        ("once", "one-click"),
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
