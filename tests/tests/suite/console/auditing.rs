//! The pages of the audit log.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use vestibule_domain::AuditId;
use vestibule_store::{Chain, RecordPlace};
use vestibule_tests::App;

use super::ADMIN;

const EXPORT: &str = "/admin/audit/export";

#[tokio::test]
async fn ten_13_the_log_is_filtered_by_its_address() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    let mut browser = app.browser(ADMIN).await;
    let all = browser.page("/admin/audit", "same-origin").await;
    assert!(all.status == 200 && all.text.contains("Signed in"), "{}", all.text);
    let hires = browser.page("/admin/audit?action=hire.&outcome=&to=", "same-origin").await;
    assert_eq!(hires.status, 200, "{}", hires.text);
    for part in [
        &*format!("<code>{hire}</code>"),
        &format!("href=\"/hires/{hire}\""),
        ">Added a hire</a>",
        "value=\"hire.\" selected",
        "action=hire.&amp;format=csv",
    ] {
        assert!(hires.text.replace("&#x2f;", "/").contains(part), "{part}: {}", hires.text);
    }
    assert!(!hires.text.contains(">Signed in</a>"), "{}", hires.text);
    let none = browser.page("/admin/audit?action=group.", "same-origin").await;
    assert!(none.status == 200 && none.text.contains("Nothing found"), "{}", none.text);
    let unknown = browser.page("/admin/audit?action=some.thing", "same-origin").await;
    assert!(unknown.text.contains("value=\"some.thing\" selected"), "{}", unknown.text);
}

#[tokio::test]
async fn attack_f01_a_wrong_filter_is_told_at_its_field_and_shown_as_text() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    let wrong = browser.page("/admin/audit?actor=kim&to=%22%3E%3Cscript%3E", "same-origin").await;
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    for part in [
        "id=\"log-actor-wrong\"",
        "id=\"log-to-wrong\"",
        "value=\"kim\"",
        "value=\"&quot;&gt;&lt;script&gt;\"",
    ] {
        assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
    }
    let cursor = browser.page("/admin/audit?cursor=x", "same-origin").await;
    assert!(cursor.status == 400 && cursor.text.contains("id=\"refused\""), "{}", cursor.text);
    let other = browser.page("/admin/audit/verify?actor=kim", "same-origin").await;
    assert_eq!(other.status, 200, "what the page does not ask for is left alone");
}

#[tokio::test]
async fn ten_13_a_record_shows_what_was_before_and_what_is_now() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    let csrf = browser.csrf().to_owned();
    let fields = [("do", "new-group"), ("csrf", &*csrf), ("once", "g"), ("name", "<b>Berlin</b>")];
    assert_eq!(browser.form("/admin/team/groups", &fields).await.status, 303);
    let found = app.admin().get("/api/audit?action=group.create").await.expect(200).body;
    let record = &found["items"][0];
    let shown =
        browser.page(&format!("/admin/audit/{}", record["id"].as_str().unwrap()), "same-origin").await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let text = shown.text.replace("&#x2f;", "/");
    let (group, actor) = (record["resource"].as_str().unwrap(), record["actor"].as_str().unwrap());
    for part in [
        "Made a group",
        "&lt;b&gt;Berlin&lt;/b&gt;",
        ">New</span>",
        ADMIN,
        &format!("/admin/team?group={group}"),
        &format!("actor={actor}"),
        &format!("resource={group}"),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let viewer = app.browser("vera@test-brand.local").await.page("/admin/audit", "same-origin").await;
    assert!(viewer.status == 403 && viewer.text.contains("/why/audit.view"), "{}", viewer.text);
}

/// Every record has its place in the chain.
async fn number(app: &App) {
    let chain = Chain::Tenant(app.stack.sample().tenant.id);
    let places: Vec<_> = app
        .records()
        .await
        .iter()
        .filter_map(|(pk, row)| RecordPlace::of(pk, row["SK"].as_s().ok()?))
        .collect();
    app.stack.store().platform().append(chain, &places, &app.world).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_13_the_export_of_a_page_is_that_of_the_api() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    number(&app).await;
    let mut browser = app.browser(ADMIN).await;
    for format in ["csv", "jsonl"] {
        let query = format!("format={format}&action=hire.");
        let file = browser.page(&format!("{EXPORT}?{query}&to=&cursor=x&ask=y"), "same-origin").await;
        let part = app.admin().get(&format!("/api/audit/export?{query}")).await.expect(200);
        assert!(file.status == 200 && file.text.contains(&hire), "{}", file.text);
        assert_eq!(file.text, part.text);
    }
    let wrong = browser.page(&format!("{EXPORT}?format=pdf"), "same-origin").await;
    assert!(wrong.status == 400 && wrong.text.contains("This did not work"), "{}", wrong.text);
    let viewer = app.browser("vera@test-brand.local").await.page(EXPORT, "same-origin").await;
    assert!(viewer.status == 403 && viewer.text.contains("/why/audit.export"), "{}", viewer.text);
    assert_eq!(app.anonymous().page(EXPORT).await.location, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_13_parts_are_put_together_as_long_as_they_fit_into_one_answer() {
    let app = App::start().await;
    app.hire("Kim", "Doe").await;
    let own = format!("T#{}#AUDIT#", app.stack.sample().tenant.id);
    let records = app.records().await;
    let is_pattern =
        |(pk, row): &&(String, _)| pk.starts_with(&own) && format!("{row:?}").contains("hire.create");
    let pattern = &records.iter().find(is_pattern).unwrap().1;
    let mut browser = app.browser(ADMIN).await;
    let (mut sizes, mut statuses) = (Vec::new(), Vec::new());
    // A part ends behind 2.5 MB: the second showing needs two of them, the third is too long.
    for (more, round) in [(1, 0), (8, 1), (4, 2)] {
        let at = app.world.now() - SignedDuration::from_secs(60 - round);
        let copies = (0..more).map(|_| {
            let id = AuditId::of_time(at, &app.world).to_string();
            let (pk, at) = (format!("{own}{}", &at.to_string()[..7]), at.to_string());
            vec![("PK", pk), ("SK", id.clone()), ("id", id), ("at", at), ("new", "x".repeat(290_000))]
        });
        app.copy_record(pattern, copies).await;
        number(&app).await;
        let file = browser.page(&format!("{EXPORT}?format=jsonl"), "same-origin").await;
        sizes.push(file.text.len());
        statuses.push(file.status);
        assert_eq!(file.status == 413, file.text.contains("longer than one download"), "{}", file.status);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(statuses, [200, 200, 413]);
    assert!(sizes[0] > 290_000 && sizes[1] > 2_600_000, "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_13_the_log_is_verified_on_a_page_and_tells_what_was_tampered_with() {
    let app = App::start().await;
    app.hire("Kim", "Doe").await;
    let mut browser = app.browser(ADMIN).await;
    let page = browser.page("/admin/audit/verify", "same-origin").await;
    assert!(page.status == 200 && page.text.contains("Nothing was signed yet"), "{}", page.text);
    number(&app).await;
    app.stack.invoke("audit-signer", json!({})).await.unwrap();
    let page = browser.page("/admin/audit/verify", "same-origin").await;
    assert!(page.text.contains("Signed note") && page.text.contains(">Verify</button>"), "{}", page.text);
    let whole = browser.page("/admin/audit/verify/run", "same-origin").await;
    assert!(whole.status == 200 && whole.text.contains("The log is whole."), "{}", whole.text);
    let records = app.records().await;
    let own = format!("T#{}#AUDIT#", app.stack.sample().tenant.id);
    let (pk, row) =
        records.iter().find(|(pk, row)| pk.starts_with(&own) && row.contains_key("number")).unwrap();
    let sk = row["SK"].as_s().unwrap().clone();
    let tampered = vec![("PK", pk.clone()), ("SK", sk), ("actor", "system:sweep".to_owned())];
    app.copy_record(row, [tampered].into_iter()).await;
    let broken = browser.page("/admin/audit/verify/run", "same-origin").await;
    assert!(broken.text.contains("The log is not as it was signed."), "{}", broken.text);
}
