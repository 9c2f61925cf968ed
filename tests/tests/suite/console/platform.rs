//! The pages of the platform's administrators.

use reqwest::Method;
use serde_json::json;
use vestibule_auth::Grant;
use vestibule_local::StackOptions;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{Actor, App, Browser, Shown};

use super::{ADMIN, stands_still};

const GENERAL: &str = "general@test.local";
const PROMO: &str = "promo@test.local";
const SUPER: &str = "super@test.local";
const ACCOUNTS: &str = "/admin/provisioning";
const NEW: &str = "/admin/provisioning/new";
const LOG: &str = "/admin/platform-log";
const KIM: &str = "kim@firm.example";

/// The fields of the form, with values that fit.
fn order<'a>(csrf: &'a str, key: &'a str, slug: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("do", "provision"),
        ("csrf", csrf),
        ("key", key),
        ("email", KIM),
        ("name", "Kim Núñez"),
        ("tier", "platinum"),
        ("role", "admin"),
        ("where", "new"),
        ("tenant", ""),
        ("organization.name", "Firm"),
        ("organization.slug", slug),
        ("organization.preset", "brokerage"),
    ]
}

fn plain(shown: &Shown) -> String {
    shown.text.replace("&#x2f;", "/")
}

/// Everything is on the page.
fn shows(shown: &Shown, parts: &[&str]) {
    let text = plain(shown);
    for part in parts {
        assert!(text.contains(part), "{part}: {} {text}", shown.status);
    }
}

/// Gives Kim an account by the form; the page of the job.
async fn provision(browser: &mut Browser, slug: &str) -> String {
    let csrf = browser.csrf().to_owned();
    let begun = browser.form(NEW, &order(&csrf, slug, slug)).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    begun.location.trim_end_matches("?done=provision").to_owned()
}

/// The page of the account that a job made.
async fn account(browser: &mut Browser, job: &str) -> String {
    let page = plain(&stands_still(browser, job).await);
    let id = page.split("/admin/provisioning/accounts/").nth(1).expect("a link to the account");
    format!("/admin/provisioning/accounts/{}", id.split('"').next().unwrap())
}

async fn act(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Shown {
    let csrf = browser.csrf().to_owned();
    let id = page.rsplit('/').next().unwrap();
    let key = format!("{action}{}", more.len());
    let mut fields = vec![("do", action), ("csrf", &*csrf), ("key", &*key), ("userId", id)];
    fields.extend(more);
    browser.form(page, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_4_an_administrator_sees_the_pages_of_the_grant_and_no_other() {
    let app = App::identity().await;
    for (who, home, leads) in [(GENERAL, ACCOUNTS, 3), (PROMO, LOG, 1)] {
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

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_the_form_tells_all_that_is_wrong_at_once_and_keeps_what_was_typed() {
    let app = App::identity().await;
    let mut browser = app.browser(GENERAL).await;
    let csrf = browser.csrf().to_owned();
    let mut wrong = order(&csrf, "wrong", "A");
    (wrong[3].1, wrong[4].1, wrong[5].1, wrong[6].1, wrong[9].1) = ("kim", "<b>", "gold", "Admin!", "");
    let refused = browser.form(NEW, &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let names = ["email", "name", "tier", "role", "organization.name", "organization.slug"];
    for name in names {
        shows(&refused, &[&format!("id=\"provision-{name}-wrong\"")]);
    }
    shows(
        &refused,
        &[
            "value=\"kim\"",
            "value=\"&lt;b&gt;\"",
            "value=\"Admin!\"",
            "value=\"new\" id=\"provision-where-new\" checked",
        ],
    );
    let mut known = order(&csrf, "known", "firm");
    (known[7].1, known[8].1) = ("known", "ten_1");
    let refused = browser.form(NEW, &known).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    shows(
        &refused,
        &["There is no such business.", "id=\"provision-tenant-wrong\"", "value=\"ten_1\"", "value=\"Firm\""],
    );
    known[7].1 = "elsewhere";
    shows(&browser.form(NEW, &known).await, &["id=\"provision-tenant-wrong\""]);
    let none = browser.page("/admin/provisioning/jobs", "same-origin").await;
    shows(&none, &["No jobs yet"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_3_an_account_is_given_found_and_looked_after() {
    let app = App::identity().await;
    let mut browser = app.browser(GENERAL).await;
    let job = provision(&mut browser, "firm").await;
    assert_eq!(provision(&mut browser, "firm").await, job, "sent twice it is one job");
    let page = stands_still(&mut browser, &job).await;
    shows(
        &page,
        &["Account for Kim Núñez", KIM, ">Done<", "Mail the invitation", "a new one, firm", "Handed over"],
    );
    let account = account(&mut browser, &job).await;
    shows(
        &browser.page(&account, "same-origin").await,
        &["Kim Núñez", ">Invited<", "Send the invitation again", "Platinum"],
    );
    for (query, there) in [
        ("", true),
        ("?text=kim%40firm.example&status=removed", true),
        ("?text=nun", true),
        ("?text=nun&status=active", false),
        ("?status=invited&tier=platinum", true),
        ("?tier=free", false),
        ("?text=kim%40firm.exampl", false),
    ] {
        let list = browser.page(&format!("{ACCOUNTS}{query}"), "same-origin").await;
        assert_eq!((list.status, list.text.contains(KIM)), (200, there), "{query}: {}", list.text);
    }
    let wrong = browser.page(&format!("{ACCOUNTS}?text=%3Cb%3E%40"), "same-origin").await;
    assert_eq!(wrong.status, 400);
    shows(&wrong, &["This is no whole address", "value=\"&lt;b&gt;@\""]);

    let early = act(&mut browser, &account, "account-reset", &[]).await;
    assert!(early.status == 409 && early.text.contains("send the invitation again"), "{}", early.text);
    for (action, more, then) in [
        ("account-invite", None, ">Invited<"),
        (
            "account-tier",
            Some(("tier", "operandi")),
            "value=\"operandi\" id=\"account-tier-tier-operandi\" checked",
        ),
        ("account-suspend", None, ">Suspended<"),
        ("account-restore", None, ">Invited<"),
    ] {
        let more: Vec<_> = more.into_iter().collect();
        let done = act(&mut browser, &account, action, &more).await;
        assert_eq!(
            (done.status, &done.location),
            (303, &format!("{account}?done={action}")),
            "{}",
            done.text
        );
        shows(&browser.page(&done.location, "same-origin").await, &[then, "role=\"status\""]);
    }
    let tier = act(&mut browser, &account, "account-tier", &[("tier", "gold")]).await;
    assert_eq!(tier.status, 422);
    shows(&tier, &["id=\"account-tier-tier-wrong\""]);
    let last = act(&mut browser, &account, "account-remove", &[]).await;
    assert!(last.status == 409 && last.text.contains("without an administrator"), "{}", last.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_3_an_account_in_a_business_that_is_there_is_removed_for_good() {
    let app = App::identity().await;
    let mut browser = app.browser(GENERAL).await;
    let (csrf, tenant) = (browser.csrf().to_owned(), app.stack.sample().tenant.id.to_string());
    let mut fields = order(&csrf, "there", "");
    (fields[6].1, fields[7].1, fields[8].1) = ("viewer", "known", &tenant);
    let begun = browser.form(NEW, &fields).await;
    let account = account(&mut browser, begun.location.trim_end_matches("?done=provision")).await;
    let removed = act(&mut browser, &account, "account-remove", &[]).await;
    assert_eq!(removed.location, format!("{account}?done=account-remove"), "{}", removed.text);
    let page = browser.page(&removed.location, "same-origin").await;
    shows(&page, &[">Removed<", "The account is removed"]);
    assert!(!page.text.contains("account-suspend"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_3_a_job_that_failed_is_told_with_what_to_do_and_tried_again() {
    let app = App::identity().await;
    let kind = FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "planted".into() };
    app.stack.cloud().faults().set(Fault::new(Service::Ses, "SendEmail", kind).times(2));
    let mut browser = app.browser(GENERAL).await;
    let job = provision(&mut browser, "firm").await;
    let failed = stands_still(&mut browser, &job).await;
    shows(
        &failed,
        &[
            ">Failed<",
            "The mail service refused the mail",
            "message_rejected",
            "taken back",
            "Tries to send the mail",
        ],
    );
    let list = browser.page("/admin/provisioning/jobs?status=needs_attention", "same-origin").await;
    shows(&list, &[KIM, "at “Mail the invitation”"]);
    let csrf = browser.csrf().to_owned();
    let again = [("do", "retry-account"), ("csrf", &*csrf), ("key", "again")];
    let begun = browser.form(&job, &again).await;
    assert_eq!(begun.location, format!("{job}?done=retry-account"), "{}", begun.text);
    shows(&stands_still(&mut browser, &job).await, &[">Done<", "Begun anew"]);
    let late = browser.form(&job, &[("do", "cancel-account"), ("csrf", &*csrf), ("key", "late")]).await;
    assert!(late.status == 409 && late.text.contains("nothing left to cancel"), "{}", late.text);
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
