//! The pages that invite people and import a team.

use jiff::SignedDuration;
use serde_json::json;
use vestibule_tests::{App, identity::PASSWORD};

use super::{ADMIN, stands_still};

#[tokio::test]
async fn ten_13_the_invite_form_tells_of_each_address_and_keeps_what_can_be_corrected() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    let csrf = browser.csrf().to_owned();
    let emails =
        "kim@example.org, no.address; Dora <dora@example.org>\nKIM@example.org vera@test-brand.local";
    let mut fields =
        vec![("do", "invite"), ("csrf", &*csrf), ("once", "one"), ("kind", "team"), ("emails", emails)];
    let refused = browser.form("/admin/team/invite", &fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.text.contains("no.address") && refused.text.contains("invite-roles"),
        "no role is chosen"
    );
    fields[2].1 = "two";
    fields.push(("roles", "viewer"));
    let shown = browser.form("/admin/team/invite", &fields).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let told =
        ["2 people are invited, 3 addresses are not", "Not an address", "Given twice", "Belongs to the team"];
    for words in told {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
    let field = shown.text.split("<textarea").nth(1).unwrap().split(['>', '<']).nth(1);
    assert_eq!(field, Some("no.address"), "only what can be corrected");
    let again = browser.form("/admin/team/invite", &fields).await;
    assert!(again.text.contains("2 people are invited"), "loaded again it is the same: {}", again.text);
    let viewer = app.browser("vera@test-brand.local").await.page("/admin/team/invite", "same-origin").await;
    assert_eq!(viewer.status, 403);
    assert!(viewer.text.contains("/why/team.invite"), "{}", viewer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_13_a_file_is_looked_at_and_then_imported_without_choosing_it_again() {
    const PAGE: &str = "/admin/team/import";
    let app = App::identity().await;
    let mut browser = app.browser(ADMIN).await;
    let csrf = browser.csrf().to_owned();
    let wrong = "wrong,viewer\n".repeat(120);
    let file = format!(
        "\u{feff}email,roles\r\nkim@example.org,viewer\r\nboss@example.org,tenant_admin\r\n\"<b>\",viewer\n{wrong}"
    );
    let look = [("do", "import-look"), ("csrf", &*csrf), ("once", "one"), ("rows", "")];
    let shown = browser.form_with_file(PAGE, &look, file.as_bytes()).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    for words in [
        "2 rows are ready, 121 are not",
        "1 row makes an administrator",
        "<td data-label=\"Roles\">viewer</td>",
        "And 23 more",
        "To be corrected",
    ] {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
    assert!(!shown.text.contains("<b>\"") && !shown.text.contains("<th scope=\"row\"><b>"), "it is escaped");
    let field = shown.text.split("<textarea").nth(1).unwrap();
    assert!(field.contains(">email,roles\nkim@example.org,viewer\n"), "the rows are kept: {field}");
    let rows = "email,roles\nkim@example.org,viewer\nno address,viewer\n";
    let sent = [("do", "import"), ("csrf", &*csrf), ("once", "two"), ("rows", rows)];
    let begun = browser.form_with_file(PAGE, &sent, b"").await;
    assert!(
        begun.status == 303 && begun.location.ends_with("?done=import"),
        "{} {}",
        begun.status,
        begun.text
    );
    let path = begun.location.trim_end_matches("?done=import").to_owned();
    let again = browser.form_with_file(PAGE, &sent, b"").await;
    assert_eq!(again.location, begun.location, "sent twice it is one import");
    let page = stands_still(&mut browser, &path).await;
    assert!(page.text.contains("2 of 2 done") && page.text.contains(">Done<"), "{}", page.text);
    let list = browser.page("/admin/team/imports", "same-origin").await;
    assert!(list.text.contains(&path.replace('/', "&#x2f;")) || list.text.contains(&path), "{}", list.text);
    let report = browser.page(&format!("{path}/report"), "same-origin").await;
    assert!(report.text.starts_with("line,email,result,detail"), "{}", report.text);
    assert!(report.text.contains("3,no address,malformed,"), "{}", report.text);
    let stop = [("do", "import-stop"), ("csrf", &*csrf), ("once", "three")];
    let over = browser.form(&path, &stop).await;
    assert!(over.status == 409 && over.text.contains("nothing left to stop"), "{}", over.text);
    for (who, caller) in [("a viewer", Some("vera@test-brand.local")), ("nobody", None)] {
        let shown = match caller {
            Some(email) => app.browser(email).await.page(&format!("{path}/report"), "same-origin").await,
            None => app.anonymous().page(&format!("{path}/report")).await,
        };
        assert!(
            matches!(shown.status, 303 | 403) && !shown.text.contains("malformed"),
            "{who}: {}",
            shown.text
        );
    }
    assert_eq!(
        browser.page(&format!("{PAGE}/job_00000000000000000000000000/report"), "same-origin").await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_f02_a_file_that_is_too_much_or_none_is_told_as_a_page() {
    const PAGE: &str = "/admin/team/import";
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    let csrf = browser.csrf().to_owned();
    let row = "kim@example.org,viewer\n";
    let cases = [
        (Vec::new(), 400, "choose a CSV file that is not empty"),
        (b"name\nkim\n".to_vec(), 400, "The first line names the columns"),
        (b"\xff\xfe".to_vec(), 400, "not UTF-8"),
        (format!("email,roles\n{}", row.repeat(10_001)).into_bytes(), 413, "10,000 rows"),
        (vec![b'x'; (4 << 20) + 1], 413, "4 MiB"),
        (vec![b'x'; (4 << 20) + 250_000], 413, "4 MiB"),
    ];
    for action in ["import-look", "import"] {
        for (file, status, told) in &cases {
            let fields = [("do", action), ("csrf", &*csrf), ("once", "k"), ("rows", "")];
            let shown = browser.form_with_file(PAGE, &fields, file).await;
            assert_eq!(shown.status, *status, "{action} {told}: {}", shown.text);
            assert!(
                shown.text.contains("<main") && shown.text.contains(told),
                "{action} {told}: {}",
                shown.text
            );
        }
        let rows = "x".repeat(200_001);
        let pasted =
            browser.form_with_file(PAGE, &[("do", action), ("csrf", &*csrf), ("rows", &*rows)], b"").await;
        assert!(pasted.status == 413 && pasted.text.contains("200,000 characters"), "{}", pasted.text);
        let foreign = [("do", action), ("csrf", "AAAA")];
        let planted = browser.form_with_file(PAGE, &foreign, b"email,roles\na@b.org,viewer\n").await;
        assert_eq!(planted.status, 403);
    }
    let other = app.stack.sample().second.id.to_string();
    let fields = [("do", "import"), ("csrf", &*csrf), ("once", "k"), ("in", &*other)];
    let elsewhere = browser.form_with_file(PAGE, &fields, b"email,roles\na@b.org,viewer\n").await;
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.text);
}

/// Style and script of a page are 27,000 bytes; it may have 60,000.
#[tokio::test]
async fn ten_13_a_long_list_of_invitations_stays_light() {
    let app = App::start().await;
    let admin = app.admin();
    let emails: Vec<_> = (0..40)
        .map(|at| format!("somebody.with.a.rather.long.address.{at}@department.example.org"))
        .collect();
    let roles = ["viewer", "finance", "support"];
    admin.post("/api/admin/team/invites", &json!({ "emails": emails, "roles": roles })).await.expect(200);
    let mut browser = app.browser(ADMIN).await;
    let list = browser.page("/admin/team/invitations", "same-origin").await;
    assert!(list.text.contains("rel=\"next\"") && list.text.len() < 33_000, "{} bytes", list.text.len());
    let expired = browser.page("/admin/team/invitations?status=expired", "same-origin").await;
    assert!(expired.text.contains("ezra.expired@example.org") && !expired.text.contains("department"));
}

/// The token of an invitation that `of-ines` sends to an address.
async fn invited(app: &App, to: &str) -> String {
    let (admin, _) = app.founder("ines").await;
    let body = json!({ "emails": [to], "roles": ["viewer"] });
    admin.post("/api/admin/team/invites", &body).await.expect(200);
    app.link(to, "invitation", 1).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_for_an_invitation_finds_it_again_and_is_greeted_once_joined() {
    let app = App::identity().await;
    let token = invited(&app, "lou@example.org").await;
    let page = format!("/auth/invitation?token={token}");
    let mut browser = app.browser(ADMIN).await;
    let other = browser.page(&page, "same-origin").await;
    assert!(other.text.contains("sign out first"), "{}", other.text);
    let csrf = browser.csrf().to_owned();
    let left = browser.form("/auth/sign-out", &[("csrf", &csrf), ("invitation", &token)]).await;
    assert_eq!((left.status, &left.location), (303, &page), "{}", left.text);
    let offer = browser.page(&left.location, "same-origin").await;
    assert!(offer.text.contains("Make the account and join"), "{}", offer.text);
    let fields = [("token", &*token), ("name", "Lou"), ("password", PASSWORD)];
    let joined = browser.form("/auth/invitation", &fields).await;
    assert_eq!((joined.status, &*joined.location), (303, "/home?done=joined"), "{}", joined.text);
    let home = browser.page(&joined.location, "same-origin").await;
    assert!(home.text.contains("Welcome to Acme."), "{}", home.text);
    assert!(!browser.page("/home", "same-origin").await.text.contains("Welcome"), "once");

    let used = browser.page(&page, "same-origin").await;
    assert!(
        used.text.contains("You already joined Acme") && used.text.contains("&#x2f;t&#x2f;of-ines\""),
        "{}",
        used.text
    );
    let there = browser.page("/t/of-ines", "same-origin").await;
    assert_eq!((there.status, &*there.location), (303, "/home"));
    let mut stranger = app.browser(ADMIN).await;
    let dead = stranger.page("/auth/invitation?token=AAAA", "same-origin").await;
    let told = stranger.page(&page, "same-origin").await;
    assert_eq!((told.status, &told.text), (410, &dead.text), "strangers hear what they hear of every link");
    assert_eq!(app.anonymous().page(&page).await.text, dead.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_declines_names_the_business() {
    let app = App::identity().await;
    let token = invited(&app, "dora@example.org").await;
    let anyone = app.anonymous();
    let page = format!("/auth/decline-invitation?token={token}");
    let asked = anyone.page(&page).await;
    assert!(asked.status == 200 && asked.text.contains("Decline the invitation to Acme"), "{}", asked.text);
    let declined = anyone.form("/auth/decline-invitation", &[("token", &token)], "same-origin").await;
    assert!(declined.text.contains("You declined the invitation to Acme"), "{}", declined.text);
    assert_eq!(anyone.page(&page).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_again_to_an_address_that_gets_no_mails_it_is_said_at_once() {
    const PAGE: &str = "/admin/team/invitations";
    let app = App::identity().await;
    let to = "bounce@simulator.amazonses.com";
    let body = json!({ "emails": [to, "lou@example.org"], "roles": ["viewer"] });
    let made = app.admin().post("/api/admin/team/invites", &body).await.expect(200).body;
    let id = |at: usize| made["results"][at]["invitation"]["id"].as_str().unwrap().to_owned();
    app.mail_to(to, 1).await;
    app.events_settled().await;
    let mut browser = app.browser(ADMIN).await;
    let csrf = browser.csrf().to_owned();
    for (at, done) in [(0, "mail-returned"), (1, "invite-again")] {
        let fields = [("do", "invite-again"), ("csrf", &*csrf), ("once", done), ("invitation", &*id(at))];
        let sent = browser.form(PAGE, &fields).await;
        assert_eq!((sent.status, sent.location), (303, format!("{PAGE}?done={done}")), "{}", sent.text);
    }
    let told = browser.page(&format!("{PAGE}?done=mail-returned"), "same-origin").await;
    assert!(told.text.contains("mails to this address come back"), "{}", told.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_must_sign_in_anew_is_told_how() {
    let app = App::start().await;
    let mut browser = app.browser(ADMIN).await;
    app.advance(SignedDuration::from_mins(16));
    browser.page("/home", "same-origin").await;
    let csrf = browser.csrf().to_owned();
    let fields = [
        ("do", "invite"),
        ("csrf", &*csrf),
        ("emails", "boss@example.org"),
        ("roles", "tenant_admin"),
        ("kind", "team"),
    ];
    let refused = browser.form("/admin/team/invite", &fields).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(
        refused.text.contains("makes an administrator") && refused.text.contains("keep the addresses"),
        "{}",
        refused.text
    );
    let rows = [("do", "import"), ("csrf", &*csrf), ("rows", "email,roles\nboss@example.org,tenant_admin")];
    let refused = browser.form_with_file("/admin/team/import", &rows, b"").await;
    assert!(refused.status == 403 && refused.text.contains("keep your file"), "{}", refused.text);
}
