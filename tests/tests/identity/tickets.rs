//! Second-factor tickets and access tokens: signed by the same key, and neither passes for the other.

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_auth::SecondFactorTicket;
use vestibule_local::ISSUER;
use vestibule_tests::{App, identity::shape};

use crate::{
    behind::{code, set_up_totp, ticket},
    forge::{Forger, own_key, parts, signed, who},
};

#[tokio::test]
async fn t06_a_ticket_is_no_access_token_and_an_access_token_no_ticket() {
    let app = App::identity().await;
    let tokens = app.newcomer("kim@example.org").await;
    let forger = Forger::new(&app, &tokens.access);
    let (secret, _) = set_up_totp(&app, &tokens).await;
    let ticket = ticket(&app, "kim@example.org").await;
    forger.refused(ticket.clone(), "a ticket").await;
    let (header, claims) = parts(&ticket);
    let dressed = [
        signed(&forger.key, &forger.header.to_string(), &claims.to_string()),
        signed(&forger.key, &header.to_string(), &forger.claims.to_string()),
        forger.with_claims(&json!({ "aud": claims["aud"] })),
    ];
    for token in dressed {
        forger.refused(token, "half a ticket").await;
    }
    app.advance(SignedDuration::from_secs(60));
    let code = code(&app, &secret, 0);
    let answer = |ticket: String| {
        let (app, code) = (&app, code.clone());
        async move {
            app.anonymous()
                .post("/api/v1/auth/second-factor", &json!({ "ticket": ticket, "code": code }))
                .await
        }
    };
    let nonsense = answer("nonsense".into()).await.expect(401);
    let mut epoch = claims.clone();
    epoch["epoch"] = json!(claims["epoch"].as_u64().unwrap() + 1);
    let mut full: Value = forger.claims.clone();
    full["epoch"] = claims["epoch"].clone();
    let wrong = [
        tokens.access.clone(),
        tokens.refresh.clone(),
        forger.with_header(&json!({ "typ": "mfa+jwt" })),
        forger.with_text(&full.to_string()),
        signed(&forger.key, &header.to_string(), &full.to_string()),
        signed(&forger.key, &header.to_string(), &epoch.to_string()),
        signed(&own_key(), &header.to_string(), &claims.to_string()),
    ];
    for ticket in wrong {
        assert_eq!(shape(&answer(ticket.clone()).await), shape(&nonsense), "{ticket}");
    }
    let entered = answer(ticket).await.expect(200);
    let entered = app.actor(entered.body["accessToken"].as_str().map(str::to_owned));
    assert_eq!(who(&entered.get("/api/v1/auth/me").await.expect(200)), claims["sub"].as_str().unwrap());
}

#[tokio::test]
async fn t06_a_ticket_ends_after_five_minutes_and_with_the_password() {
    let app = App::identity().await;
    let tokens = app.newcomer("kim@example.org").await;
    let (secret, _) = set_up_totp(&app, &tokens).await;
    let forger = Forger::new(&app, &tokens.access);
    let user = forger.claims["sub"].as_str().unwrap().parse().unwrap();
    let key =
        app.stack.cloud().secrets().value(&app.stack.sample().secret_names().signing_key).unwrap().unwrap();
    let key = vestibule_auth::SigningKey::from_secret(&key.into()).unwrap();
    let epoch = app.stack.store().platform().find_user(user).await.unwrap().unwrap().epoch;
    let ticket = |age: i64, epoch: u64| {
        let made = app.world.now() - SignedDuration::from_secs(age);
        let ticket = SecondFactorTicket::issue(&key, ISSUER, (user, epoch), false, made).unwrap();
        ticket.0.expose_secret().to_owned()
    };
    app.advance(SignedDuration::from_secs(60));
    for (age, epoch, status) in [(310, epoch, 401), (0, epoch + 1, 401), (290, epoch, 200)] {
        let code = code(&app, &secret, 0);
        let body = json!({ "ticket": ticket(age, epoch), "code": code });
        let answer = app.anonymous().post("/api/v1/auth/second-factor", &body).await;
        assert_eq!(answer.status, status, "a ticket of {age} s: {}", answer.text);
    }
}
