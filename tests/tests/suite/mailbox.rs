//! From the last signature to the welcome mail, and back when it fails.

use serde_json::{Value, json};
use vestibule_domain::FirstPassword;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{App, passwords::temporary_password};

fn steps(job: &Value) -> Vec<(String, String)> {
    let steps = job["steps"].as_array().unwrap().iter();
    steps
        .map(|s| (s["name"].as_str().unwrap().to_owned(), s["status"].as_str().unwrap().to_owned()))
        .collect()
}

#[tokio::test]
async fn mbx_7_and_10_a_signed_hire_gets_a_mailbox_and_one_welcome_mail() {
    let app = App::start().await;
    app.tell_passwords(FirstPassword::Mailed).await;
    let (hire, job) = app.signed_hire("José", "Ó'Brien").await;
    let ended = app.run(&job).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert!(steps(&ended).iter().all(|(_, status)| status == "done"));
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!(
        (&shown["address"], &shown["provisioning"]),
        (&json!("jose.obrien@test-brand.example"), &json!("succeeded"))
    );

    let mails = app.stack.cloud().mailer().sent().unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_slice(), mails[0].subject.as_str()),
        (["new.hire@example.org".to_owned()].as_slice(), "Your Test Brand Account is Ready")
    );
    let text = mails[0].text.clone().unwrap();
    let html = mails[0].html.as_ref().unwrap().replace("&#x2f;", "/");
    for part in ["jose.obrien@test-brand.example", "https://crm.test-brand.example/"] {
        assert!(text.contains(part) && html.contains(part), "{part}");
    }
    let users = app.mailboxes();
    assert_eq!(users.len(), 1);
    assert!(
        app.stack.cloud().work_mail().password_matches(&users[0], &temporary_password(&mails[0]).unwrap())
    );
}

#[tokio::test]
async fn mbx_9_the_temporary_password_is_long_mixed_and_free_of_look_alikes() {
    let app = App::start().await;
    app.tell_passwords(FirstPassword::Mailed).await;
    for n in 0..5 {
        let (_, job) = app.signed_hire("Kim", &format!("Doe{n}")).await;
        app.run(&job).await;
    }
    let mails = app.stack.cloud().mailer().sent().unwrap();
    let passwords: std::collections::BTreeSet<_> =
        mails.iter().map(|mail| temporary_password(mail).unwrap()).collect();
    assert_eq!(passwords.len(), 5);
    for password in passwords {
        assert!(password.chars().count() >= 16, "{}", password.len());
        for class in [
            char::is_uppercase,
            char::is_lowercase,
            |c: char| c.is_ascii_digit(),
            |c: char| c.is_ascii_punctuation(),
        ] {
            assert!(password.chars().any(class));
        }
        assert!(!password.chars().any(|c| "0O1lI".contains(c)));
    }
}

#[tokio::test]
async fn mbx_7_a_mailbox_of_somebody_else_is_left_alone_and_the_next_number_taken() {
    let app = App::start().await;
    let model = app.stack.cloud().work_mail();
    let foreign =
        model.add_foreign_user(&app.organization(), "kim.doe", "kim.doe@test-brand.example").unwrap();
    let before: Vec<_> =
        model.users(&app.organization()).unwrap().into_iter().filter(|u| u.id == foreign).collect();
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    assert_eq!(app.run(&job).await["status"], "succeeded");
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!(shown["address"], "kim.doe2@test-brand.example");
    let after: Vec<_> =
        model.users(&app.organization()).unwrap().into_iter().filter(|u| u.id == foreign).collect();
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
}

#[tokio::test]
async fn mbx_7_a_name_that_no_address_can_hold_waits_for_a_person() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("!!", "--").await;
    let ended = app.run(&job).await;
    assert_eq!(
        (&ended["status"], &ended["lastError"]["code"]),
        (&json!("needs_attention"), &json!("name_without_letters"))
    );
    let retry = format!("/api/provision/jobs/{job}/retry");
    let refused = app.admin().post(&retry, &json!({ "localPart": "postmaster" })).await.expect(422);
    assert_eq!(refused.fields(), ["localPart"]);
    app.admin().post(&retry, &json!({ "localPart": "wei.li" })).await.expect(202);
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!(shown["address"], "wei.li@test-brand.example");
}

#[tokio::test]
async fn mbx_11_a_step_that_fails_for_good_is_undone_with_everything_before_it() {
    let app = App::start().await;
    let refuse = FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "no".into() };
    app.stack.cloud().faults().set(Fault::new(Service::Ses, "SendEmail", refuse).times(u32::MAX));
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    let ended = app.run(&job).await;
    assert_eq!(ended["status"], "failed");
    assert_eq!(ended["lastError"]["step"], "issue_password");
    for (name, status) in steps(&ended) {
        assert_eq!(status, "undone", "{name}");
    }
    assert!(app.mailboxes().is_empty());
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!((&shown["address"], &shown["provisioning"]), (&json!(null), &json!("failed")));

    app.stack.cloud().faults().clear();
    app.admin().post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(202);
    let again = app.ended(&job).await;
    assert_eq!((&again["status"], &again["retries"]), (&json!("succeeded"), &json!(1)));
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!(shown["address"], "kim.doe@test-brand.example", "the address was free again");
}

#[tokio::test]
async fn mbx_11_throttling_and_lost_answers_pass_without_a_double() {
    let app = App::start().await;
    let faults = app.stack.cloud().faults();
    faults.set(Fault::new(Service::WorkMail, "CreateUser", FaultKind::LoseAnswer).times(1));
    faults.set(
        Fault::new(Service::WorkMail, "RegisterToWorkMail", FaultKind::Throttle { retry_after: 1 }).times(3),
    );
    faults.set(Fault::new(Service::WorkMail, "ResetPassword", FaultKind::Garbage).times(1));
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    let ended = app.run(&job).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert_eq!(app.mailboxes().len(), 1);
}

#[tokio::test]
async fn mbx_11_what_cannot_be_undone_is_shown() {
    let app = App::start().await;
    let refuse = |error: &str| FaultKind::Refuse { error: error.into(), status: 400, message: "no".into() };
    let faults = app.stack.cloud().faults();
    faults.set(Fault::new(Service::Ses, "SendEmail", refuse("MessageRejected")).times(u32::MAX));
    faults.set(
        Fault::new(Service::WorkMail, "DeleteUser", refuse("UnsupportedOperationException")).times(u32::MAX),
    );
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    let ended = app.run(&job).await;
    assert_eq!(ended["status"], "needs_attention", "{ended}");
    let left = ended["steps"].as_array().unwrap().iter().find(|s| s["name"] == "create_user").unwrap();
    assert_eq!(left["status"], "undo_failed");
    let users = app.mailboxes();
    assert_eq!(left["left"].as_str(), Some(users[0].id.as_str()), "the record names what is left");

    faults.clear();
    app.admin().post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(202);
    assert_eq!(app.ended(&job).await["status"], "failed", "the rest was cleaned up");
    assert!(app.mailboxes().is_empty());
}
