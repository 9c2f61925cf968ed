//! What was right is never held against anybody, however many right things meet; a lock is told by mail,
//! whichever of the proofs was wrong.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use vestibule_tests::App;
use vestibule_tests::identity::{PASSWORD, Tokens};

use crate::behind::{code, counters, fail, second_step, set_up_totp, ticket, wrong_code};

const KIM: &str = "kim@example.org";

async fn locks_told(app: &App) -> usize {
    app.mails_settled().await;
    app.mails_to(KIM).iter().filter(|mail| mail.text.as_deref().unwrap().contains("locked")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_4_six_uses_at_once_of_one_sign_in_link_lock_nobody_out() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    for round in 1..=4 {
        app.anonymous().post("/api/v1/auth/magic-link", &json!({ "email": KIM })).await.expect(202);
        let body = json!({ "token": app.link(KIM, "magic-link", round).await });
        let anyone = app.anonymous();
        let uses = (0..6).map(|_| anyone.post("/api/v1/auth/magic-link/consume", &body));
        let answers = join_all(uses).await;
        let opened = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(opened, 1, "round {round}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((answer.status, answer.code()), (400, "link_invalid"), "round {round}");
        }
        assert_eq!(counters(&app, KIM).await.failures, 0, "round {round}");
        app.login(KIM).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_4_right_passwords_at_once_sign_in_or_wait_and_leave_no_count() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    for round in 0..3 {
        fail(&app, KIM, round).await;
        let anyone = app.anonymous();
        let answers = join_all((0..12).map(|_| app.try_login(&anyone, KIM, PASSWORD))).await;
        let signed_in = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(signed_in >= 5 - round, "round {round}: {signed_in}");
        // On a machine that is busy some are told to wait; none is wrong.
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert!(matches!(answer.status, 409 | 429 | 503), "round {round}: {}", answer.text);
            assert!(answer.headers.contains_key("retry-after"), "round {round}: {}", answer.text);
        }
        assert_eq!(counters(&app, KIM).await.failures, 0, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_4_right_codes_and_tickets_at_once_are_never_wrong() {
    let app = App::identity().await;
    let (secret, recovery) = set_up_totp(&app, &app.newcomer(KIM).await).await;
    app.advance(SignedDuration::from_secs(90));
    let anyone = app.anonymous();
    let mut steps = Vec::new();
    let mut codes = recovery[..3].to_vec();
    codes.push(code(&app, &secret, 0));
    for code in &codes {
        steps.push((ticket(&app, KIM).await, code));
    }
    let answers = join_all(steps.iter().map(|(ticket, code)| second_step(&anyone, ticket, code))).await;
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(counters(&app, KIM).await.failures, 0);
    // Eight right passwords at once: five tickets, and the others are told to wait.
    let answers = join_all((0..8).map(|_| app.try_login(&anyone, KIM, PASSWORD))).await;
    let asked = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(asked, 5);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((answer.status, answer.code()), (429, "too_many_requests"), "{}", answer.text);
        assert!(answer.headers.contains_key("retry-after"));
    }
    let asked = answers.iter().find(|answer| answer.status == 200).unwrap();
    let ticket = asked.body["secondFactor"]["ticket"].as_str().unwrap();
    second_step(&anyone, ticket, &recovery[5]).await.expect(200);
    assert_eq!(counters(&app, KIM).await.failures, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_4_proofs_that_meet_in_a_session_leave_no_count() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    let body = json!({ "password": PASSWORD });
    for round in 0..3 {
        let answers = join_all((0..8).map(|_| mine.post("/api/v1/auth/totp", &body))).await;
        assert!(answers.iter().any(|answer| answer.status == 200), "round {round}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((answer.status, answer.code()), (409, "conflict"), "round {round}: {}", answer.text);
            assert!(answer.headers.contains_key("retry-after"));
        }
        assert_eq!(counters(&app, KIM).await.failures, 0, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn newcomer_5_a_lock_is_mailed_when_the_password_was_right_and_no_code_came() {
    let app = App::identity().await;
    let (secret, recovery) = set_up_totp(&app, &app.newcomer(KIM).await).await;
    for _ in 0..5 {
        ticket(&app, KIM).await;
    }
    assert_eq!(locks_told(&app).await, 1);
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(429);
    fail(&app, KIM, 1).await;
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(401);
    assert_eq!(locks_told(&app).await, 1, "one mail for one lock");
    // Wrong codes behind one right password, then wrong recovery codes.
    for (locks, wrong) in [(2, wrong_code(&app, &secret)), (3, "AAAAA-AAAAA".to_owned())] {
        app.advance(SignedDuration::from_mins(16));
        let ticket = ticket(&app, KIM).await;
        for _ in 0..5 {
            second_step(&app.anonymous(), &ticket, &wrong).await.expect(401);
        }
        second_step(&app.anonymous(), &ticket, &recovery[0]).await.expect(401);
        assert_eq!(locks_told(&app).await, locks);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_9b_a_password_change_wins_over_sign_ins_and_ends_what_they_began() {
    let app = App::identity().await;
    let mut tokens = app.newcomer(KIM).await;
    let passwords = [PASSWORD, "velvet anchor plum tractor", "thimble orchard granite nine", PASSWORD];
    let mut ended = 0;
    for change in passwords.windows(2) {
        let mine = app.with_token(&tokens);
        let body = json!({ "currentPassword": change[0], "newPassword": change[1] });
        let anyone = app.anonymous();
        // How many of those at the same moment begin a session is up to the machine; this one does.
        let before = app.try_login(&anyone, KIM, change[0]).await.expect(200);
        app.with_token(&Tokens::of(&before)).get("/api/v1/auth/me").await.expect(200);
        let signing_in = join_all((0..3).map(|_| app.try_login(&anyone, KIM, change[0])));
        let (changed, began) = tokio::join!(mine.post("/api/v1/auth/password", &body), signing_in);
        changed.expect(204);
        for answer in began.iter().chain([&before]).filter(|answer| answer.status == 200) {
            let session = Tokens::of(answer);
            app.with_token(&session).get("/api/v1/auth/me").await.expect(401);
            app.refresh(&session.refresh).await.expect(401);
            ended += 1;
        }
        app.try_login(&anyone, KIM, change[0]).await.expect(401);
        tokens = Tokens::of(&app.try_login(&anyone, KIM, change[1]).await.expect(200));
    }
    assert!(ended >= 3, "at least one session for each change: {ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_08_a_way_back_that_nobody_began_says_nothing_of_the_provider() {
    let app = App::identity_with(|options| {
        let provider = json!({ "issuer": "http://127.0.0.1:9", "clientId": "us", "clientSecret": "s" });
        options.oidc_providers = Some(json!({ "double": provider }).to_string().into());
    })
    .await;
    let anyone = app.anonymous();
    for query in [
        "error=access_denied&state=x",
        "error=temporarily_unavailable",
        "error=invalid_scope",
        "error=invalid_request&state=x",
        "code=x&state=y",
        "code=x&code=y",
    ] {
        let page = anyone.get(&format!("/auth/social/double?{query}")).await;
        assert_eq!(page.status, 401, "{query}: {}", page.text);
        let text = &page.text;
        assert!(text.contains("another browser") && text.contains(">Begin again</a>"), "{query}: {text}");
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{query}");
    }
}
