//! `/api/hires`

use serde_json::{Value, json};
use vestibule_domain::FirstPassword;
use vestibule_tests::{
    App,
    passwords::{password_token, temporary_password},
};

fn kim() -> Value {
    json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": "kim@example.org" })
}

#[tokio::test]
async fn mbx_13_staff_create_and_see_hires() {
    let app = App::start().await;
    let made = app.admin().post("/api/hires", &kim()).await.expect(201);
    assert_eq!(made.body["provisioning"], "waiting_for_documents");
    let correlation = made.body["documents"][0]["correlation"].as_str().unwrap();
    assert_eq!(correlation, format!("{}/baa", made.body["id"].as_str().unwrap()));
    let id = made.body["id"].as_str().unwrap();
    let shown = app.member().get(&format!("/api/hires/{id}")).await.expect(200);
    assert_eq!(shown.body, made.body);
    let page = app.member().get("/api/hires").await.expect(200);
    assert_eq!(page.body["items"][0]["id"], id);
}

#[tokio::test]
async fn bad_hires_are_refused_with_every_field_named() {
    let app = App::start().await;
    let long = "x".repeat(61);
    let body = json!({ "givenName": "", "familyName": long, "personalEmail": "nobody" });
    let answer = app.admin().post("/api/hires", &body).await.expect(422);
    assert_eq!(answer.fields(), ["givenName", "familyName", "personalEmail"]);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    for (change, field) in [
        (json!({ "personalEmail": null }), "personalEmail"),
        (json!({ "role": "admin" }), "role"),
        (json!({ "givenName": 7 }), "givenName"),
    ] {
        let mut body = kim();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = app.admin().post("/api/hires", &body).await.expect(400);
        assert_eq!((answer.code(), answer.fields()), ("body_invalid", vec![field]));
    }
    let missing =
        app.admin().post("/api/hires", &json!({ "givenName": "Kim", "familyName": "Doe" })).await.expect(400);
    assert_eq!(missing.fields(), ["personalEmail"]);
    let own = json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": "kim@test-brand.example" });
    assert_eq!(app.admin().post("/api/hires", &own).await.expect(422).fields(), ["personalEmail"]);
    let count = app.admin().get("/api/hires").await.expect(200).body["items"].as_array().unwrap().len();
    assert_eq!(count, 3, "only the sample hires are there");
}

#[tokio::test]
async fn attack_9d_a_personal_address_may_be_at_a_subdomain_of_the_companys_domain() {
    let app = App::start().await;
    let create = async |email: &str| {
        let mut body = kim();
        body["personalEmail"] = json!(email);
        app.admin().post("/api/hires", &body).await
    };
    let made = create("kim@alumni.test-brand.example").await.expect(201);
    assert_eq!(made.body["personalEmail"], "kim@alumni.test-brand.example");
    for own in ["kim@test-brand.example", "kim@TEST-BRAND.example"] {
        assert_eq!(create(own).await.expect(422).fields(), ["personalEmail"], "{own}");
    }
}

#[tokio::test]
async fn broken_json_and_wrong_types_are_400() {
    let app = App::start().await;
    let admin = app.admin();
    for body in ["{", "", "[]", "null", "{} {}", "\u{1}"] {
        let request =
            admin.request(reqwest::Method::POST, "/api/hires").header("content-type", "application/json");
        let answer = admin.send(request.body(body.to_owned())).await;
        assert_eq!((answer.status, answer.code()), (400, "body_invalid"), "{body:?}");
    }
    let request = admin.request(reqwest::Method::POST, "/api/hires").header("content-type", "text/plain");
    admin.send(request.body("{}")).await.expect(400);
}

#[tokio::test]
async fn permissions_decide() {
    let app = App::start().await;
    assert_eq!(app.member().post("/api/hires", &kim()).await.expect(403).code(), "forbidden");
    assert_eq!(app.anonymous().get("/api/hires").await.expect(401).code(), "unauthenticated");
    let wrong = app.actor(Some("eyJhbGciOiJub25lIn0.e30.".into()));
    wrong.get("/api/hires").await.expect(401);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let app = App::start().await;
    let admin = app.admin();
    admin.get("/api/hires/hire_00000000000000000000000000").await.expect(404);
    admin.get("/api/hires/%23").await.expect(404);
    admin.send(admin.request(reqwest::Method::DELETE, "/api/hires")).await.expect(405);
}

#[tokio::test]
async fn lists_are_paged_with_cursors_that_cannot_be_altered() {
    let app = App::start().await;
    let first = app.admin().get("/api/hires?limit=2").await.expect(200);
    let next = first.body["next"].as_str().unwrap();
    let second = app.admin().get(&format!("/api/hires?limit=2&cursor={next}")).await.expect(200);
    assert_eq!(
        (first.body["items"].as_array().unwrap().len(), second.body["items"].as_array().unwrap().len()),
        (2, 1)
    );
    assert!(second.body["next"].is_null());
    let other_list = app.admin().get(&format!("/api/provision/jobs?cursor={next}")).await.expect(400);
    assert_eq!(other_list.code(), "cursor_invalid");
    for query in ["limit=0", "limit=101", "limit=1000000000", "limit=x", "cursor=abc", "page=2"] {
        app.admin().get(&format!("/api/hires?{query}")).await.expect(400);
    }
}

#[tokio::test]
async fn mbx_13_a_removed_hire_takes_its_jobs_along_and_its_mailbox_is_named_and_left() {
    let app = App::start().await;
    let admin = app.admin();
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    let path = format!("/api/hires/{hire}");
    let remove = || admin.send(admin.request(reqwest::Method::DELETE, &path));
    assert_eq!(remove().await.expect(409).code(), "wrong_state", "its job has not ended");
    assert_eq!(app.run(&job).await["status"], "succeeded");
    let reset = admin.post(&format!("{path}/reset-password"), &json!({})).await.expect(202);
    let reset = reset.body["job"].as_str().unwrap().to_owned();
    app.ended(&reset).await;
    let (other_hire, other_job) = app.signed_hire("Lee", "Roe").await;

    let of_hire = admin.get(&format!("/api/provision/jobs?hire={hire}")).await.expect(200);
    let ids = |answer: &serde_json::Value| -> Vec<String> {
        answer["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&of_hire.body), [reset.clone(), job.clone()]);
    let pending = admin.get("/api/provision/jobs?status=pending").await.expect(200);
    assert_eq!(ids(&pending.body), std::slice::from_ref(&other_job));
    let both = admin.get(&format!("/api/provision/jobs?hire={hire}&status=pending")).await.expect(200);
    assert_eq!(ids(&both.body), [""; 0]);
    for wrong in ["status=done", "hire=kim", "hire=", "page=1"] {
        let refused = admin.get(&format!("/api/provision/jobs?{wrong}")).await.expect(400);
        assert_eq!(refused.code(), "parameter_invalid", "{wrong}");
    }

    let users = app.mailboxes().len();
    let removed = remove().await.expect(200);
    assert_eq!(removed.body["mailbox"]["address"], "kim.doe@test-brand.example");
    assert_eq!(removed.body["mailbox"]["provider"], "workmail");
    assert_eq!(app.mailboxes().len(), users, "the mailbox stands");
    remove().await.expect(404);
    for gone in [&job, &reset] {
        admin.get(&format!("/api/provision/jobs/{gone}")).await.expect(404);
    }
    let left = admin.get("/api/provision/jobs").await.expect(200);
    assert_eq!(ids(&left.body), [other_job]);
    assert_eq!(
        admin.get(&format!("/api/provision/jobs?hire={hire}")).await.expect(200).body["items"],
        json!([])
    );
    let untouched = admin.get(&format!("/api/hires/{other_hire}")).await.expect(200);
    assert_eq!(untouched.body["provisioning"], "pending");
}

#[tokio::test]
async fn mbx_13_a_new_password_is_mailed_and_never_shown() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    let path = format!("/api/hires/{hire}/reset-password");
    let early = app.admin().post(&path, &json!({})).await.expect(409);
    assert_eq!(early.code(), "wrong_state");
    app.member().post(&path, &json!({})).await.expect(403);
    assert_eq!(app.run(&job).await["status"], "succeeded");
    let started = app.admin().post(&path, &json!({})).await.expect(202);
    let reset = app.ended(started.body["job"].as_str().unwrap()).await;
    assert_eq!((reset["status"].as_str(), reset["kind"].as_str()), (Some("succeeded"), Some("credentials")));
    let mails = app.stack.cloud().mailer().sent().unwrap();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[1].subject, "Your Test Brand Password Was Reset");
    assert_eq!(mails[1].to, ["new.hire@example.org"]);
    assert_ne!(password_token(&mails[0]).unwrap(), password_token(&mails[1]).unwrap());
    app.tell_passwords(FirstPassword::Mailed).await;
    let started = app.admin().post(&path, &json!({})).await.expect(202);
    assert_eq!(app.ended(started.body["job"].as_str().unwrap()).await["status"], "succeeded");
    let mails = app.stack.cloud().mailer().sent().unwrap();
    let told = temporary_password(&mails[2]).unwrap();
    assert!(app.stack.cloud().work_mail().password_matches(&app.mailboxes()[0], &told));
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
    assert!(shown.body["passwordLink"].is_null(), "the link of the mail before is over");
}

#[tokio::test]
async fn fault_09_names_are_taken_as_their_scripts_spell_them_and_fold_alike() {
    let app = App::start().await;
    let body =
        |given: &str| json!({ "givenName": given, "familyName": "x", "personalEmail": "a@example.org" });
    for good in [
        "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}",
        "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}",
        "\u{9b0}\u{200d}\u{9cd}\u{9af}\u{9be}",
    ] {
        let made = app.admin().post("/api/hires", &body(good)).await.expect(201).body;
        assert_eq!(made["givenName"], good);
    }
    for wrong in [
        "A\u{61c}b",
        "A\u{200c}b",
        "A\u{ad}b",
        "A\u{e0041}b",
        "A\u{3164}",
        &format!("A{}", "\u{301}".repeat(40)),
    ] {
        let refused = app.admin().post("/api/hires", &body(wrong)).await.expect(422);
        assert_eq!(refused.fields(), ["givenName"]);
    }
    let mut addresses = Vec::new();
    for given in
        ["\u{410}\u{43b}\u{451}\u{43d}\u{430}", "\u{410}\u{43b}\u{435}\u{308}\u{43d}\u{430}", "Kim\u{2122}"]
    {
        let (hire, job) = app.signed_hire(given, "Berg").await;
        app.run(&job).await;
        let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
        addresses.push(shown["address"].as_str().unwrap().to_owned());
    }
    let expected =
        ["aliona.berg", "aliona.berg2", "kim.berg"].map(|local| format!("{local}@test-brand.example"));
    assert_eq!(addresses, expected);
}

#[tokio::test]
async fn fault_01_a_reserved_word_is_no_persons_address_in_any_spelling() {
    let app = App::start().await;
    let (_, job) = app.signed_hire("No", "Reply").await;
    let ended = app.run(&job).await;
    assert_eq!(
        (&ended["status"], &ended["lastError"]["code"]),
        (&json!("needs_attention"), &json!("address_reserved"))
    );
    let retry = format!("/api/provision/jobs/{job}/retry");
    for word in ["support2", "no.reply", "n-o-reply9", "i.t", "postmaster-1", "noc"] {
        let refused = app.admin().post(&retry, &json!({ "localPart": word })).await.expect(422);
        assert_eq!(refused.fields(), ["localPart"], "{word}");
    }
    app.admin().get("/api/provision/jobs").await.expect(200);
    app.admin().post(&retry, &json!({ "localPart": "norbert.reply" })).await.expect(202);
    assert_eq!(app.ended(&job).await["status"], "succeeded");
}
