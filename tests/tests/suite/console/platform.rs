//! The pages of the platform's administrators.

use reqwest::Method;
use serde_json::json;
use vestibule_auth::Grant;
use vestibule_local::StackOptions;
use vestibule_tests::{Actor, App, Shown};

use super::{
    ADMIN,
    accounts::{ACCOUNTS, GENERAL, NEW, account, act, plain, provision, shows},
};

const PROMO: &str = "promo@test.local";
const SUPER: &str = "super@test.local";
const LOG: &str = "/admin/platform-log";

#[tokio::test(flavor = "multi_thread")]
async fn acc_4_an_administrator_sees_the_pages_of_the_grant_and_no_other() {
    let app = App::identity().await;
    for (who, home, leads) in [(GENERAL, ACCOUNTS, 3), (PROMO, "/admin/promo-signups", 2)] {
        let mut browser = app.browser(who).await;
        let led = browser.page("/home", "same-origin").await;
        assert_eq!((led.status, &*led.location), (303, home), "{who}");
        let page = browser.page(home, "same-origin").await;
        let text = plain(&page);
        let nav = text.split("<nav aria-label=\"Pages\">").nth(1).unwrap().split("</nav>").next().unwrap();
        assert_eq!((page.status, nav.matches("href=").count()), (200, leads), "{who}: {nav}");
        assert!(!text.contains("Choose or create one"), "{who}");
        let other = browser.page("/hires", "same-origin").await;
        assert!(other.status == 403 && other.text.contains("You may not see this"), "{}", other.text);
    }
    let mut both = app.browser(SUPER).await;
    shows(&both.page("/home", "same-origin").await, &["href=\"/hires\"", "href=\"/admin/platform-log\""]);
    for (who, path) in [(ADMIN, ACCOUNTS), (ADMIN, LOG), (SUPER, ACCOUNTS), (PROMO, NEW)] {
        let refused = app.browser(who).await.page(path, "same-origin").await;
        assert_eq!(refused.status, 403, "{who} {path}");
        shows(&refused, &["You may not see this", "Only administrators of the platform"]);
        assert!(!refused.text.contains("Provision an account"), "{who} {path}");
    }
}

/// The records that a page of the log names.
fn numbers(shown: &Shown) -> Vec<u64> {
    let text = plain(shown);
    let links = text.split("href=\"/admin/platform-log/").skip(1);
    links.filter_map(|link| link.split('"').next()?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_5_the_platforms_log_shows_a_super_administrator_all_and_others_their_own() {
    let app = App::identity().await;
    let mut general = app.browser(GENERAL).await;
    let job = provision(&mut general, "firm").await;
    let account = account(&mut general, &job).await;
    act(&mut general, &account, "account-suspend", &[]).await;
    let mut all = app.browser(SUPER).await;
    let wanted = format!("{LOG}?action=account.");
    for _ in 0..200 {
        if numbers(&general.page(&wanted, "same-origin").await).len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let own = general.page(&wanted, "same-origin").await;
    shows(&own, &["Provisioned an account", "Suspended an account", &account, "What you did"]);
    assert!(!own.text.contains("id=\"export\"") && !own.text.contains("log-actor"), "{}", own.text);
    let whole = all.page(&wanted, "same-origin").await;
    shows(&whole, &["Gave an account its place", "The job itself", "id=\"export\""]);
    assert!(
        !plain(&whole).contains(&format!("href=\"{account}\"")),
        "the page of the account is another grant's"
    );
    let number = numbers(&own)[0];
    shows(
        &general.page(&format!("{LOG}/{number}"), "same-origin").await,
        &["Suspended an account", GENERAL, "suspended"],
    );
    shows(&all.page(&format!("{LOG}/{number}"), "same-origin").await, &["Suspended an account"]);
    let mut promo = app.browser(PROMO).await;
    assert_eq!(promo.page(&format!("{LOG}/{number}"), "same-origin").await.status, 404);
    assert!(numbers(&promo.page(&wanted, "same-origin").await).is_empty());
    let file = all.page(&format!("{LOG}/export?format=csv&action=account."), "same-origin").await;
    assert!(file.status == 200 && file.text.contains("account.suspend"), "{}", file.text);
    for browser in [&mut general, &mut promo] {
        let refused = browser.page(&format!("{LOG}/export?format=csv"), "same-origin").await;
        assert!(refused.status == 403 && !refused.text.contains("account.suspend"), "{}", refused.text);
    }
    assert_eq!(app.anonymous().page(&format!("{LOG}/export")).await.location, "/");
}

/// Sends the sign-in page of administrators, from a source of its own.
async fn sign_in(app: &App, username: &str, password: &str) -> Shown {
    let fields = [("username", username), ("password", password)];
    app.elsewhere().form("/auth/admin", &fields, "same-origin").await
}

#[tokio::test(flavor = "multi_thread")]
async fn pla_1_administrators_sign_in_with_user_name_or_address_and_nobody_else_does() {
    use secrecy::ExposeSecret as _;
    let app = App::identity().await;
    let password = app.stack.sample().password.expose_secret().to_owned();
    for known in ["100ktrackeradmin-general", "100KTRACKERADMIN-GENERAL", GENERAL, SUPER] {
        let entered = sign_in(&app, known, &password).await;
        assert_eq!((entered.status, &*entered.location), (303, "/home"), "{known}: {}", entered.text);
        assert!(entered.sets.iter().any(|name| name.ends_with("-access")), "{:?}", entered.sets);
    }
    let told = |shown: Shown| {
        (
            shown.status,
            shown
                .text
                .split("role=\"alert\">")
                .nth(1)
                .map(|text| text.split("</p>").next().unwrap().to_owned()),
        )
    };
    let wrong = told(sign_in(&app, "100ktrackeradmin", "something else").await);
    assert_eq!(wrong.0, 401);
    for (who, password) in
        [("nobody.here", &*password), (ADMIN, &*password), ("nobody@example.org", &*password)]
    {
        assert_eq!(told(sign_in(&app, who, password).await), wrong, "{who}");
    }
    let shown = app.anonymous().page("/auth/admin").await;
    assert!(shown.status == 200 && shown.text.contains("User name or mail address"), "{}", shown.text);
    let foreign =
        app.anonymous().form("/auth/admin", &[("username", "x"), ("password", "x")], "cross-site").await;
    assert_eq!(foreign.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn pla_1_without_a_second_factor_an_administrator_is_led_to_set_one_up() {
    let wanted = |options: &mut StackOptions| {
        options.parameters.insert("AdminSecondFactor".into(), "true".into());
    };
    let app = App::identity_with(wanted).await;
    let mut browser = app.browser(GENERAL).await;
    let page = browser.page(ACCOUNTS, "same-origin").await;
    assert_eq!(page.status, 403);
    shows(&page, &["need a second factor", "href=\"/settings/security\""]);
    let context = app.admin().get("/api/auth/context").await.expect(200).body;
    assert_eq!(context["platform"], json!(null));
}

/// What the context of somebody says of the platform.
async fn standing(actor: &Actor) -> serde_json::Value {
    actor.send(actor.request(Method::GET, "/api/auth/context")).await.expect(200).body["platform"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn pla_2_the_context_tells_a_grant_as_long_as_it_is_held() {
    let app = App::identity().await;
    let admin = app.with_token(&app.newcomer("gil@platform.example").await);
    assert_eq!(standing(&admin).await, json!(null));
    let granted = app.appoint(admin.id().await, Grant::GeneralAdmin).await;
    assert_eq!(standing(&admin).await, json!({ "grant": "general_admin", "secondFactorMissing": false }));
    app.dismiss(&granted).await;
    assert_eq!(standing(&admin).await, json!(null));
    assert_eq!(admin.page(ACCOUNTS).await.status, 403);
    let led = admin.page("/home").await;
    assert_eq!(led.status, 200, "{}", led.location);
}
