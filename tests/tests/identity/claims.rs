//! Tokens whose signature is right and whose contents are not.

use jiff::SignedDuration;
use serde_json::json;
use vestibule_local::ISSUER;
use vestibule_tests::App;

use crate::forge::{Forger, own_key, parts, signed};

const ADMIN: &str = "admin@test-brand.local";

#[tokio::test]
async fn t04_claims_that_are_missing_or_of_another_type_are_refused() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    forger.works().await;
    let wrong = [
        json!("-"),
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(""),
        json!("x"),
        json!("4102444800"),
        json!([]),
        json!({}),
    ];
    for claim in ["iss", "aud", "sub", "sid", "iat", "exp"] {
        for value in &wrong {
            let token = forger.with_claims(&json!({ claim: value }));
            forger.refused(token, &format!("{claim} {value}")).await;
        }
        let right = &forger.claims[claim];
        for value in
            [json!([right]), json!([right, right]), json!({ "value": right }), json!(format!("{right} "))]
        {
            forger.refused(forger.with_claims(&json!({ claim: value })), &format!("{claim} {value}")).await;
        }
    }
    // Without a tenant a token is good outside of tenants; any other value must be a tenant's id.
    for value in wrong.iter().filter(|value| !value.is_null() && *value != "-") {
        forger.refused(forger.with_claims(&json!({ "tenant": value })), &format!("tenant {value}")).await;
    }
}

#[tokio::test]
async fn t04_claims_given_twice_or_not_as_an_object_are_refused() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let text = forger.claims.to_string();
    for claim in ["iss", "aud", "sub", "sid", "tenant", "iat", "exp"] {
        let right = &forger.claims[claim];
        for other in [right.clone(), json!("x"), json!(null), json!(4_102_444_800_i64)] {
            let before = format!(r#"{{"{claim}":{other},{}"#, &text[1..]);
            let behind = format!(r#"{},"{claim}":{other}}}"#, &text[..text.len() - 1]);
            let escaped =
                format!(r#"{{"\u{:04x}{}":{other},{}"#, claim.as_bytes()[0], &claim[1..], &text[1..]);
            for twice in [before, behind, escaped] {
                forger.refused(forger.with_text(&twice), &twice).await;
            }
        }
    }
    let values: Vec<_> =
        ["iss", "aud", "sub", "sid", "tenant", "iat", "exp"].map(|c| &forger.claims[c]).into();
    let listed = json!(values).to_string();
    let deep = format!("{}{}", "[".repeat(900), "]".repeat(900));
    let texts =
        ["", "null", "[]", "{}", "\"x\"", "0", "{", &text[1..], &text.replace(':', "="), &listed, &deep];
    for text in
        texts.into_iter().chain([&*format!("{text}{text}"), &format!("[{text}]"), &format!("\u{feff}{text}")])
    {
        forger.refused(forger.with_text(text), text).await;
    }
}

#[tokio::test]
async fn t04_times_out_of_range_are_refused() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let now = app.world.now().as_second();
    let spans = [
        (now - 3600, now - 60),
        (now - 60, now - 6),
        (now, now - 60),
        (now, now + 901),
        (now, now + 86_400 * 365),
        (now, i64::MAX),
        (i64::MIN, i64::MAX),
        (i64::MIN, now + 60),
        (i64::MAX, i64::MAX),
        (now + 60, now + 900),
        (-1, now + 60),
        (now - 1000, now + 60),
    ];
    for (iat, exp) in spans {
        let token = forger.with_claims(&json!({ "iat": iat, "exp": exp }));
        forger
            .refused(token, &format!("iat {}, exp {}", iat.saturating_sub(now), exp.saturating_sub(now)))
            .await;
    }
    let still = app.actor(Some(token.clone()));
    app.advance(SignedDuration::from_mins(14));
    still.get("/api/v1/auth/me").await.expect(200);
    app.advance(SignedDuration::from_secs(70));
    forger.refused(token, "after a quarter of an hour").await;
}

#[tokio::test]
async fn attack_6_a_token_counts_from_its_nbf_on_which_must_be_a_time() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let now = app.world.now().as_second();
    for nbf in [json!(now + 3600), json!("x"), json!("4102444800"), json!(null), json!([])] {
        forger.refused(forger.with_claims(&json!({ "nbf": nbf })), &format!("nbf {nbf}")).await;
    }
    let begun = forger.with_claims(&json!({ "nbf": now - 3600 }));
    app.actor(Some(begun)).get("/api/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn t05_changed_claims_do_not_fit_the_signature() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let member = parts(&app.sample_login("member@test-brand.local").await.access).1;
    let forger = Forger::new(&app, &token);
    let (head, rest) = token.split_once('.').unwrap();
    let signature = rest.split_once('.').unwrap().1;
    let second = app.stack.sample().second.id;
    let changes = [
        json!({ "sub": member["sub"] }),
        json!({ "sid": member["sid"] }),
        json!({ "sub": member["sub"], "sid": member["sid"] }),
        json!({ "tenant": second }),
        json!({ "tenant": "-" }),
        json!({ "exp": forger.claims["exp"].as_i64().unwrap() + 1 }),
        json!({ "role": "admin" }),
    ];
    for change in changes {
        let made = forger.with_claims(&change);
        let body = made.split('.').nth(1).unwrap();
        forger.refused(format!("{head}.{body}.{signature}"), &change.to_string()).await;
        let other = signed(&own_key(), &forger.header.to_string(), &forger.claims.to_string());
        forger.refused(other, "signed by somebody else").await;
    }
    // Even our own signature does not make a session somebody else's, or a person a member.
    for change in [json!({ "sub": member["sub"] }), json!({ "sid": member["sid"] })] {
        forger.refused(forger.with_claims(&change), &change.to_string()).await;
    }
    let moved = app.actor(Some(forger.with_claims(&json!({ "tenant": second }))));
    moved.get("/api/hires").await.expect(401);
}

#[tokio::test]
async fn t05_tokens_of_another_issuer_audience_or_type_are_refused() {
    let (app, elsewhere) = tokio::join!(App::identity(), App::identity());
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let upper = ISSUER.to_uppercase();
    let issuers = [
        &format!("{ISSUER}/"),
        &upper,
        &format!("{ISSUER}.evil.example"),
        &format!(" {ISSUER}"),
        "https://",
        "vestibule",
    ];
    for issuer in issuers {
        forger.refused(forger.with_claims(&json!({ "iss": issuer })), issuer).await;
    }
    let audiences =
        ["vestibule:second-factor", "vestibule:portal", "portal", "Vestibule", "vestibule ", "vestibul", "*"];
    for audience in audiences {
        forger.refused(forger.with_claims(&json!({ "aud": audience })), audience).await;
    }
    for typ in ["mfa+jwt", "JWT", "jwt", "AT+JWT", "application/at+jwt", "portal+jwt", "at+jwt ", "", "-"] {
        forger.refused(forger.with_header(&json!({ "typ": typ })), typ).await;
    }
    for typ in [json!(null), json!(["at+jwt"]), json!(1)] {
        forger.refused(forger.with_header(&json!({ "typ": typ })), "a type of another type").await;
    }
    let theirs = elsewhere.sample_login(ADMIN).await.access;
    elsewhere.actor(Some(theirs.clone())).get("/api/v1/auth/me").await.expect(200);
    forger.refused(theirs, "another deployment's").await;
}
