//! The pages of accounts that the platform gives.

use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{App, Browser, Shown};

use super::stands_still;

pub(super) const GENERAL: &str = "general@test.local";
pub(super) const ACCOUNTS: &str = "/admin/provisioning";
pub(super) const NEW: &str = "/admin/provisioning/new";
const KIM: &str = "kim@firm.example";

/// The fields of the form, with values that fit.
fn order<'a>(csrf: &'a str, key: &'a str, slug: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("do", "provision"),
        ("csrf", csrf),
        ("once", key),
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

pub(super) fn plain(shown: &Shown) -> String {
    shown.text.replace("&#x2f;", "/")
}

/// Everything is on the page.
pub(super) fn shows(shown: &Shown, parts: &[&str]) {
    let text = plain(shown);
    for part in parts {
        assert!(text.contains(part), "{part}: {} {text}", shown.status);
    }
}

/// How many jobs the list has.
async fn jobs(browser: &mut Browser) -> usize {
    let page = browser.page("/admin/provisioning/jobs", "same-origin").await;
    plain(&page).matches("href=\"/admin/provisioning/jobs/job_").count()
}

/// Gives Kim an account by the form; the page of the job.
pub(super) async fn provision(browser: &mut Browser, slug: &str) -> String {
    let csrf = browser.csrf().to_owned();
    let begun = browser.form(NEW, &order(&csrf, slug, slug)).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    begun.location.trim_end_matches("?done=provision").to_owned()
}

/// The page of the account that a job made.
pub(super) async fn account(browser: &mut Browser, job: &str) -> String {
    let page = plain(&stands_still(browser, job).await);
    let id = page.split("/admin/provisioning/accounts/").nth(1).unwrap();
    format!("/admin/provisioning/accounts/{}", id.split('"').next().unwrap())
}

pub(super) async fn act(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Shown {
    let csrf = browser.csrf().to_owned();
    let id = page.rsplit('/').next().unwrap();
    let key = format!("{action}.{more:?}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mut fields = vec![("do", action), ("csrf", &*csrf), ("once", &*key), ("userId", id)];
    fields.extend(more);
    browser.form(page, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_the_form_tells_all_that_is_wrong_at_once_and_keeps_what_was_typed() {
    let app = App::identity().await;
    let mut browser = app.browser(GENERAL).await;
    let before = jobs(&mut browser).await;
    assert!(before > 0, "those of the sample");
    let csrf = browser.csrf().to_owned();
    let mut wrong = order(&csrf, "wrong", "A<b>");
    (wrong[3].1, wrong[4].1, wrong[5].1, wrong[6].1, wrong[9].1) = ("kim", "", "gold", "Admin!", "");
    let refused = browser.form(NEW, &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let names = ["email", "name", "tier", "organization.name", "organization.slug"];
    for name in names {
        shows(&refused, &[&format!("id=\"provision-{name}-wrong\"")]);
    }
    shows(&refused, &["value=\"kim\"", "value=\"A&lt;b&gt;\""]);
    let tenant = app.stack.sample().tenant.id.to_string();
    let there = format!("{NEW}?tenant={tenant}");
    let mut known = order(&csrf, "known", "firm");
    (known[6].1, known[7].1, known[8].1) = ("Admin!", "known", &tenant);
    let refused = browser.form(&there, &known).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    shows(
        &refused,
        &["Test Brand", "id=\"provision-role-wrong\"", "value=\"viewer\"", "value=\"Kim Núñez\""],
    );
    known[8].1 = "ten_1";
    let refused = browser.form(&format!("{NEW}?tenant=ten_1"), &known).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    shows(&refused, &["There is no such business"]);
    known[7].1 = "elsewhere";
    shows(&browser.form(NEW, &known).await, &["id=\"provision-tenant-wrong\""]);
    let found = browser.page(&format!("{NEW}?business=BRAND"), "same-origin").await;
    shows(&found, &["Test Brand", "Second Brand", &format!("href=\"{there}\"")]);
    shows(&browser.page(&format!("{NEW}?business=zzz"), "same-origin").await, &["No business found"]);
    let chosen = browser.page(&there, "same-origin").await;
    shows(&chosen, &["Test Brand", "id=\"provision-role-viewer\""]);
    assert_eq!(jobs(&mut browser).await, before, "nothing was begun");
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
    let begun = browser.form(&format!("{NEW}?tenant={tenant}"), &fields).await;
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
    let again = [("do", "retry-account"), ("csrf", &*csrf), ("once", "again")];
    let begun = browser.form(&job, &again).await;
    assert_eq!(begun.location, format!("{job}?done=retry-account"), "{}", begun.text);
    shows(&stands_still(&mut browser, &job).await, &[">Done<", "Begun anew"]);
    let late = browser.form(&job, &[("do", "cancel-account"), ("csrf", &*csrf), ("once", "late")]).await;
    assert!(late.status == 409 && late.text.contains("nothing left to cancel"), "{}", late.text);
}
