//! Mailed links: where they lead, and to whom they go.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_models::SentMail;
use vestibule_tests::{
    Actor, Answer, App,
    identity::{PASSWORD, shape},
};

const SITE: &str = "https://accounts.test.example";
const HOME: &str = "https://home.test.example/app";
const KIM: &str = "kim@example.org";
/// Headers by which a request can try to say where it was sent to.
const FORGED: [(&str, &str); 12] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "gopher"),
    ("x-forwarded-port", "6666"),
    ("x-forwarded-prefix", "/evil.example"),
    ("forwarded", "for=127.0.0.1;host=evil.example;proto=gopher"),
    ("x-original-host", "evil.example"),
    ("x-host", "evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("x-original-url", "https://evil.example/"),
    ("origin", "https://evil.example"),
    ("referer", "https://evil.example/"),
];

async fn app() -> App {
    App::identity_with(|options| {
        options.parameters.insert("SiteUrl".into(), SITE.into());
        options.parameters.insert("HomeUrl".into(), HOME.into());
    })
    .await
}

/// Posts with these headers.
async fn post(actor: &Actor, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let request = actor.request(Method::POST, path).json(body);
    actor.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

fn leads_home(mail: &SentMail, page: &str) {
    let (text, html) = (mail.text.as_deref().unwrap(), mail.html.as_deref().unwrap());
    assert!(text.contains(&format!("{SITE}/auth/{page}?token=")), "{text}");
    for content in [text, html] {
        for forged in ["evil.example", "gopher", "6666", "127.0.0.1"] {
            let link =
                content.split(['"', ' ', '\n']).find(|word| word.contains("://") && word.contains(forged));
            assert_eq!(link, None, "{page}");
        }
        let addresses = content.split(['"', ' ', '\n', '<', '>']).filter(|word| word.contains("://"));
        let elsewhere: Vec<_> = addresses.filter(|address| !address.starts_with(SITE)).collect();
        assert!(elsewhere.is_empty(), "{page}: {elsewhere:?}");
    }
}

#[tokio::test]
async fn r01_links_begin_with_the_configured_origin_whatever_the_request_says() {
    let app = app().await;
    let anonymous = app.anonymous();
    let one_by_one = FORGED.iter().map(std::slice::from_ref);
    let sets: Vec<&[(&str, &str)]> = one_by_one.chain([&FORGED[1..], &FORGED[..]]).collect();
    for (number, headers) in sets.into_iter().enumerate() {
        let (email, moved) = (format!("kim{number}@example.org"), format!("new{number}@example.org"));
        let body = json!({ "email": email, "password": PASSWORD, "name": "Kim Example" });
        post(&anonymous, "/api/v1/auth/register", &body, headers).await.expect(202);
        let token = app.link(&email, "verify-email", 1).await;
        leads_home(&app.mail_to(&email, 1).await, "verify-email");
        let body = json!({ "token": token, "password": PASSWORD });
        post(&anonymous, "/api/v1/auth/verify-email", &body, headers).await.expect(200);
        for (path, page, count) in [("forgot-password", "reset-password", 2), ("magic-link", "magic-link", 3)]
        {
            let path = format!("/api/v1/auth/{path}");
            post(&anonymous, &path, &json!({ "email": email }), headers).await.expect(202);
            leads_home(&app.mail_to(&email, count).await, page);
        }
        let actor = app.with_token(&app.login(&email).await);
        let body = json!({ "email": moved, "password": PASSWORD });
        post(&actor, "/api/v1/auth/email", &body, headers).await.expect(202);
        leads_home(&app.mail_to(&moved, 1).await, "confirm-email");
        let token = app.link(&moved, "confirm-email", 1).await;
        let body = json!({ "token": token, "password": PASSWORD });
        post(&anonymous, "/api/v1/auth/email/confirm", &body, headers).await.expect(204);
        leads_home(&app.mail_to(&email, 4).await, "undo-email");
    }
}

/// Addresses that are none, or more than one, or only look like `kim@example.org`.
const CROOKED: [&str; 30] = [
    "kim@example.org\r\nBcc: evil@evil.example",
    "kim@example.org\nevil@evil.example",
    "kim@example.org\revil@evil.example",
    "kim\r\n@example.org",
    "kim@example.org,evil@evil.example",
    "evil@evil.example,kim@example.org",
    "kim@example.org;evil@evil.example",
    "kim@example.org evil@evil.example",
    "kim@example.org\tevil@evil.example",
    "kim@example.org%0d%0aBcc:evil@evil.example",
    "Kim <kim@example.org>",
    "<kim@example.org>",
    "\"Kim, evil@evil.example\" <kim@example.org>",
    "\"kim\"@example.org",
    "kim(evil@evil.example)@example.org",
    "kim@example.org\0",
    "kim@example.org\0@evil.example",
    "kim@evil.example@example.org",
    "kim@[127.0.0.1]",
    "kim@example.org.",
    "mailto:kim@example.org?bcc=evil@evil.example",
    "k\u{131}m@example.org",
    "\u{212a}im@example.org",
    "\u{ff4b}im@example.org",
    "kim@ex\u{430}mple.org",
    "kim@example\u{3002}org",
    "kim@example.or\u{261}",
    "kim\u{200b}@example.org",
    "\u{202e}kim@example.org",
    "ki\u{307}m@example.org",
];

#[tokio::test]
async fn r04_only_the_stored_address_ever_gets_a_mail() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let (anonymous, before) = (app.anonymous(), app.mails_to(KIM).len());
    for path in ["forgot-password", "magic-link"] {
        let path = format!("/api/v1/auth/{path}");
        for address in CROOKED {
            let refused = anonymous.post(&path, &json!({ "email": address })).await.expect(400);
            assert_eq!(refused.fields(), ["email"], "{address:?}");
        }
        for value in [json!([KIM]), json!([KIM, "evil@evil.example"]), json!({ "address": KIM }), json!(null)]
        {
            anonymous.post(&path, &json!({ "email": value })).await.expect(400);
        }
        let twice = format!(r#"{{"email":"{KIM}","email":"evil@evil.example"}}"#);
        let request = anonymous.request(Method::POST, &path).header("content-type", "application/json");
        anonymous.send(request.body(twice)).await.expect(400);
        // Addresses of their own without an account, however near: the same answer, and no mail.
        for address in [
            "kim+x@example.org",
            "k.im@example.org",
            "kim@example.org.evil.example",
            "kim%evil.example@example.org",
        ] {
            anonymous.post(&path, &json!({ "email": address })).await.expect(202);
        }
        anonymous.post(&path, &json!({ "email": " KIM@Example.ORG\r\n" })).await.expect(202);
    }
    app.mail_to(KIM, before + 2).await;
    app.mails_settled().await;
    let sent = app.stack.cloud().mailer().sent().unwrap();
    assert_eq!(sent.len(), before + 2, "one mail for each of the two requests that meant the account");
    assert!(sent.iter().all(|mail| mail.to == [KIM]));
}

#[tokio::test]
async fn r04_names_and_addresses_of_strangers_put_nothing_into_a_mail() {
    let app = App::identity().await;
    let anonymous = app.anonymous();
    let register = async |email: &str, name: &str| {
        let body = json!({ "email": email, "password": PASSWORD, "name": name });
        anonymous.post("/api/v1/auth/register", &body).await
    };
    for address in CROOKED {
        let refused = register(address, "Kim Example").await;
        assert!([400, 422].contains(&refused.status), "{address:?}: {}", refused.text);
    }
    for name in ["Kim\r\nBcc: evil@evil.example", "Kim\nSubject: x", "Kim\u{0}", "", " ", &"k".repeat(500)] {
        let refused = register(KIM, name).await;
        assert!([400, 422].contains(&refused.status), "{name:?}: {}", refused.text);
    }
    app.mails_settled().await;
    assert_eq!(app.stack.cloud().mailer().sent().unwrap().len(), 0);
    let names = [
        "<img src=//evil.example>",
        "Kim {{ token }}",
        "Win at https://evil.example now",
        "\"Kim\" <evil@evil.example>",
    ];
    let mut taken = 0;
    for name in names {
        taken += usize::from(register(KIM, name).await.status == 202);
    }
    for count in 1..=taken {
        let mail = app.mail_to(KIM, count).await;
        assert_eq!(mail.to, [KIM]);
        assert!(!mail.subject.contains(['\r', '\n']));
        for content in [&mail.subject, mail.text.as_ref().unwrap(), mail.html.as_ref().unwrap()] {
            assert!(!content.contains("<img src") && !content.contains("evil.example"), "{content}");
        }
    }
}

#[tokio::test]
async fn r06_nothing_in_a_request_says_where_to_go_next() {
    let app = app().await;
    app.sign_up(KIM).await;
    let anonymous = app.anonymous();
    let evil = "https://evil.example/";
    for name in [
        "next",
        "redirect",
        "redirect_uri",
        "redirectUrl",
        "return_to",
        "returnTo",
        "callback",
        "continue",
        "url",
    ] {
        let mut body = json!({ "email": KIM, "password": PASSWORD });
        let path = format!("/api/v1/auth/login?{name}={evil}");
        let answer = anonymous.post(&path, &body).await.expect(200);
        assert!(!answer.headers.contains_key("location") && !answer.text.contains("evil"));
        body[name] = json!(evil);
        anonymous.post("/api/v1/auth/login", &body).await.expect(400);
        for path in ["forgot-password", "magic-link"] {
            let body = json!({ "email": KIM, name: evil });
            anonymous.post(&format!("/api/v1/auth/{path}"), &body).await.expect(400);
        }
        let plain = anonymous.get("/auth/social/google?code=x&state=y").await;
        let led = anonymous.get(&format!("/auth/social/google?code=x&state=y&{name}={evil}")).await;
        assert_eq!(shape(&led), shape(&plain), "{name}");
        let count = app
            .mails_to(KIM)
            .iter()
            .filter(|mail| mail.text.as_ref().unwrap().contains("/auth/magic"))
            .count();
        anonymous.post("/api/v1/auth/magic-link", &json!({ "email": KIM })).await.expect(202);
        let token = app.link(KIM, "magic-link", count + 1).await;
        let shown = anonymous.get(&format!("/auth/magic-link?token={token}&{name}={evil}")).await.expect(200);
        assert!(!shown.text.contains("evil"));
        let form = [("token", &*token), (name, evil)];
        let path = format!("/auth/magic-link?{name}={evil}");
        let done = anonymous.send(anonymous.request(Method::POST, &path).form(&form)).await.expect(200);
        assert!(!done.text.contains("evil") && !done.headers.contains_key("location"));
        let links: Vec<_> = done
            .text
            .split("<a ")
            .skip(1)
            .filter_map(|tag| tag.split("href=\"").nth(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let links: Vec<_> = links.into_iter().map(|link| link.replace("&#x2f;", "/")).collect();
        assert_eq!(links, [HOME], "{}", done.text);
    }
}
