//! `/mailbox/password` at Google Workspace and Microsoft 365, for businesses that chose the link.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_domain::MailboxProvider;
use vestibule_local::sample::{
    GOOGLE_CUSTOMER, MICROSOFT_CLIENT, MICROSOFT_DIRECTORY, MICROSOFT_LICENCE, google_admin,
};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{
    App,
    passwords::{MAILBOX_PASSWORD, password_token, temporary_password},
};

const OVER: &str = "This link is no longer valid";
const CONNECTION: &str = "/api/mailboxes/connection";
/// What setting a password needs at Microsoft.
const PASSWORDS: &str = "User-PasswordProfile.ReadWrite.All";
/// What all else needs there.
const USERS: [&str; 3] = ["User.ReadWrite.All", "Group.Read.All", "Organization.Read.All"];

/// A business whose mailboxes are at `provider`, and whose people choose their first password.
async fn start(provider: MailboxProvider) -> App {
    let app = App::with(|options| {
        options.mailboxes = provider;
        options.parameters.insert("SignInsPerMinute".into(), "1000000".into());
    });
    let (app, mut body) = (app.await, json!({ "provider": provider.name(), "firstPassword": "link" }));
    let secret = provider.secret_of(app.stack.sample().tenant.id);
    let secret = app.stack.cloud().secrets().value(&secret).unwrap().unwrap();
    let settings = match provider {
        MailboxProvider::Google => {
            json!({ "admin": google_admin(&app.stack.sample().tenant), "key": secret })
        }
        _ => json!({
            "directory": MICROSOFT_DIRECTORY, "client": MICROSOFT_CLIENT, "clientSecret": secret,
            "licence": MICROSOFT_LICENCE, "country": "NL",
        }),
    };
    body.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let admin = app.admin();
    let chosen = admin.send(admin.request(Method::PUT, CONNECTION).json(&body)).await.expect(200).body;
    assert_eq!((&chosen["firstPassword"], &chosen["usualFirstPassword"]), (&json!("link"), &json!("mailed")));
    app
}

/// Of the only user that a job made: whether this is the password, and whether another one is asked for at the next sign-in.
fn opens(app: &App, provider: MailboxProvider, password: &str) -> (bool, bool) {
    let cloud = app.stack.cloud();
    if provider == MailboxProvider::Google {
        let users = cloud.google_workspace().users(GOOGLE_CUSTOMER).unwrap();
        let made: Vec<_> = users.iter().filter(|user| !user.is_admin).collect();
        let [user] = made[..] else { panic!("one user: {made:?}") };
        (user.password_matches(password), user.change_password_at_next_login)
    } else {
        let users = cloud.microsoft_graph().users(MICROSOFT_DIRECTORY).unwrap();
        let [user] = &users[..] else { panic!("one user: {users:?}") };
        (user.password_matches(password), user.force_change_password_next_sign_in)
    }
}

fn at_update(app: &App, provider: MailboxProvider, kind: FaultKind) {
    let (service, operation) = match provider {
        MailboxProvider::Google => (Service::Google, "users.patch"),
        _ => (Service::Microsoft, "UpdateUser"),
    };
    app.stack.cloud().faults().set(Fault::new(service, operation, kind));
}

async fn problem(app: &App, hire: &str) -> Value {
    app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body["passwordLink"]["problem"].clone()
}

const BOTH: [(MailboxProvider, &str); 2] = [
    (MailboxProvider::Google, "At most 100 characters. Your mailbox"),
    (MailboxProvider::Microsoft, "At most 256 characters, with at least three of"),
];

#[tokio::test]
async fn the_owner_chooses_the_password_where_the_business_wants_it_so() {
    for (provider, hint) in BOTH {
        let app = start(provider).await;
        let (hire, token) = app.hire_with_link("Doe").await;
        let mails = app.stack.cloud().mailer().sent().unwrap();
        assert_eq!((temporary_password(&mails[0]), password_token(&mails[0])), (None, Some(token.clone())));
        let owner = app.anonymous();
        let page = owner.look_at_password(&token).await.expect(200);
        assert!(page.text.contains(hint), "{provider:?}: {}", page.text);
        assert!(!opens(&app, provider, MAILBOX_PASSWORD).0);
        let done = owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
        assert!(done.text.contains("Your password is set"));
        assert_eq!(opens(&app, provider, MAILBOX_PASSWORD), (true, false), "chosen by its owner: it stays");
        let again = [
            owner.look_at_password(&token).await,
            owner.choose_password(&token, "Another one 4 fjord").await,
        ];
        for page in again {
            assert!(page.expect(400).text.contains(OVER), "{provider:?}");
        }
        assert!(opens(&app, provider, MAILBOX_PASSWORD).0, "the link works once");
        assert_eq!(problem(&app, &hire).await, Value::Null);
    }
}

#[tokio::test]
async fn each_provider_has_rules_of_its_own() {
    let long = format!("{MAILBOX_PASSWORD}{}", " lantern".repeat(30));
    let (plain, accents) = ("gravel ottoman fjord whistle", "Gravel ottoman fj\u{f6}rd 7 lamp");
    for (provider, refusals, taken) in [
        (
            MailboxProvider::Google,
            [
                (accents, "without accents"),
                (&long, "Use at most 100"),
                ("Gravel 7 fjord lamp ", "no space there"),
            ],
            plain,
        ),
        (
            MailboxProvider::Microsoft,
            [
                (accents, "without accents"),
                (&long, "Use at most 256"),
                (plain, "Mix at least three of these"),
            ],
            "Gravel ottoman fjord whistle ",
        ),
    ] {
        let app = start(provider).await;
        let (_, token) = app.hire_with_link("Doe").await;
        for (password, said) in refusals {
            let page = app.anonymous().choose_password(&token, password).await.expect(422);
            let field = page.text.split("password-problem\">").nth(1).unwrap_or_default();
            assert!(field.split("</p>").next().unwrap().contains(said), "{provider:?}, {password}: {field}");
            assert!(!page.text.contains(password), "nothing is repeated");
        }
        app.anonymous().choose_password(&token, taken).await.expect(200);
        assert!(opens(&app, provider, taken).0, "{provider:?}: as it was typed");
    }
}

#[tokio::test]
async fn a_definite_refusal_gives_the_link_back_and_says_what_to_do() {
    let refuse =
        |error: &str, status| FaultKind::Refuse { error: error.into(), status, message: "no".into() };
    for (provider, bad, forbidden) in [
        (MailboxProvider::Google, refuse("invalid", 400), refuse("forbidden", 403)),
        (
            MailboxProvider::Microsoft,
            refuse("Request_BadRequest", 400),
            refuse("Authorization_RequestDenied", 403),
        ),
    ] {
        let app = start(provider).await;
        let (owner, (hire, token)) = (app.anonymous(), app.hire_with_link("Doe").await);
        for (kind, status, said, noted) in [
            (FaultKind::Throttle { retry_after: 1 }, 503, "Try again in some minutes", Value::Null),
            (bad, 422, "refused this password", Value::Null),
            (forbidden, 409, "Tell the person who hired you", json!("rights_missing")),
        ] {
            at_update(&app, provider, kind);
            let page = owner.choose_password(&token, MAILBOX_PASSWORD).await;
            assert_eq!(page.status, status, "{provider:?}: {}", page.text);
            assert!(
                page.text.contains(said) && page.text.contains("<form") == (status != 409),
                "{}",
                page.text
            );
            assert!(!opens(&app, provider, MAILBOX_PASSWORD).0);
            assert_eq!(problem(&app, &hire).await, noted, "{provider:?}");
        }
        owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
        assert!(opens(&app, provider, MAILBOX_PASSWORD).0);
    }
}

#[tokio::test]
async fn the_right_to_passwords_is_looked_for_and_counts_as_soon_as_it_is_given() {
    let app = start(MailboxProvider::Microsoft).await;
    let (owner, (_, token)) = (app.anonymous(), app.hire_with_link("Doe").await);
    let graph = app.stack.cloud().microsoft_graph();
    let give = |rights: &[&str]| graph.add_app(MICROSOFT_DIRECTORY, MICROSOFT_CLIENT, rights).unwrap();
    let check = async |name: &str| {
        let found = app.admin().post(&format!("{CONNECTION}/check"), &json!({})).await.expect(200).body;
        let one = found["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap();
        (found["ready"] == true, one.clone())
    };
    assert_eq!(check("passwords").await.1["state"], "ok");
    give(&USERS);
    // Tokens that are there keep the rights of their time.
    assert!(check("passwords").await.0);
    app.advance(jiff::SignedDuration::from_hours(1));
    let (ready, told) = check("passwords").await;
    assert_eq!((ready, &told["state"]), (false, &json!("missing")));
    assert!(told["howTo"].as_str().unwrap().contains(PASSWORDS), "{told}");
    owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(409);
    give(&[&USERS[..], &[PASSWORDS]].concat());
    assert_eq!(
        check("passwords").await,
        (
            true,
            json!({
                "name": "passwords", "state": "ok", "message": "Passwords can be set.", "howTo": null,
            })
        )
    );
    owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
    assert!(opens(&app, MailboxProvider::Microsoft, MAILBOX_PASSWORD).0);
}
