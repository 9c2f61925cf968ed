//! A10: what has the wrong shape, type or size is refused before anything is hashed or counted.

use serde_json::{Value, json};
use vestibule_tests::identity::PASSWORD;
use vestibule_tests::{Actor, App};

use crate::behind::{counters, raw};

pub(crate) const KIM: &str = "kim@example.org";
const LOGIN: &str = "/api/v1/auth/login";
const JSON: Option<&str> = Some("application/json");

/// Bodies of a sign-in that are no sign-in.
fn mistyped() -> Vec<Vec<u8>> {
    let long = "p".repeat(1025);
    let quoted = |email: &Value, password: &Value| json!({ "email": email, "password": password });
    let mut bodies: Vec<Vec<u8>> = [
        quoted(&json!(KIM), &json!("p".repeat(1 << 20)[..(1 << 20) - 100].to_owned())),
        quoted(&json!(KIM), &json!(long)),
        quoted(&json!(KIM), &json!("\u{1f511}".repeat(257))),
        quoted(&json!(KIM), &json!("")),
        quoted(&json!(KIM), &json!("line\nbreak in a password")),
        quoted(&json!(KIM), &json!("nul\0in a password")),
        quoted(&json!(KIM), &json!([PASSWORD])),
        quoted(&json!(KIM), &json!([[PASSWORD], [PASSWORD]])),
        quoted(&json!(KIM), &json!({ "$ne": null })),
        quoted(&json!(KIM), &json!({ "password": PASSWORD })),
        quoted(&json!(KIM), &json!(123_456_789_012_u64)),
        quoted(&json!(KIM), &json!(1.5e300)),
        quoted(&json!(KIM), &json!(true)),
        quoted(&json!(KIM), &Value::Null),
        quoted(&json!([KIM]), &json!(PASSWORD)),
        quoted(&json!([KIM, "other@example.org"]), &json!(PASSWORD)),
        quoted(&json!({ "$gt": "" }), &json!(PASSWORD)),
        quoted(&Value::Null, &json!(PASSWORD)),
        quoted(&json!(0), &json!(PASSWORD)),
        quoted(&json!("a".repeat(100_000) + "@example.org"), &json!(PASSWORD)),
        json!([{ "email": KIM, "password": PASSWORD }]),
        json!([KIM, PASSWORD, null, false]),
        json!({ "email": KIM }),
        json!({ "password": PASSWORD }),
        json!({ "email": KIM, "password": PASSWORD, "cookies": "yes" }),
        json!({ "email": KIM, "password": PASSWORD, "admin": true }),
        json!({ "Email": KIM, "Password": PASSWORD }),
        json!("login"),
        json!(null),
        json!(7),
    ]
    .iter()
    .map(|body| body.to_string().into_bytes())
    .collect();
    bodies.extend([
        format!(r#"{{"email":"{KIM}","password":"{PASSWORD}","password":"{PASSWORD}"}}"#).into_bytes(),
        format!(r#"{{"email":"x@example.org","email":"{KIM}","password":"{PASSWORD}"}}"#).into_bytes(),
        format!(r#"{{"email":"{KIM}","password":"{PASSWORD}"}} {{}}"#).into_bytes(),
        format!(r#"{{"email":"{KIM}","password":"{PASSWORD}"}}x"#).into_bytes(),
        format!(r#"{{"email":"{KIM}","password":"{PASSWORD}""#).into_bytes(),
        format!("{{'email':'{KIM}','password':'{PASSWORD}'}}").into_bytes(),
        format!(r#"{{"email":"{KIM}","password":"\ud800{PASSWORD}"}}"#).into_bytes(),
        [br#"{"email":"kim@example.org","password":""#.as_slice(), b"\xff\xfe\xc3\x28", b"\"}"].concat(),
        [b"\xef\xbb\xbf".as_slice(), &credentials()].concat(),
        credentials().iter().flat_map(|byte| [*byte, 0]).collect(),
        [b"[".repeat(100_000), b"]".repeat(100_000)].concat(),
        b"{\"email\":".repeat(50_000),
        Vec::new(),
        b" ".to_vec(),
        b"\0".to_vec(),
    ]);
    bodies
}

fn credentials() -> Vec<u8> {
    json!({ "email": KIM, "password": PASSWORD }).to_string().into_bytes()
}

/// As many as the limit allows are still there: nothing was counted, for the source or the address.
pub(crate) async fn nothing_was_counted(app: &App, source: &Actor) {
    assert_eq!(counters(app, KIM).await.failures, 0);
    let answer = app.try_login(source, KIM, PASSWORD).await.expect(200);
    let left = answer.headers["ratelimit"].to_str().unwrap();
    assert!(left.starts_with("\"sign-in\";r=4;"), "{left}");
}

pub(crate) async fn limited() -> App {
    let app = App::identity_with(|options| {
        options.parameters.insert("SignInsPerMinute".into(), "5".into());
    })
    .await;
    app.sign_up(KIM).await;
    app.next_minute();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_what_is_no_sign_in_is_refused_before_it_is_counted() {
    let app = limited().await;
    let source = app.elsewhere();
    for body in mistyped() {
        let answer = raw(&source, LOGIN, JSON, body.clone()).await;
        let start: String = String::from_utf8_lossy(&body).chars().take(80).collect();
        assert_eq!((answer.status, answer.code()), (400, "body_invalid"), "{start}: {}", answer.text);
        assert!(answer.text.len() < 1000, "nothing sent is sent back: {start}");
        assert!(!answer.text.contains(PASSWORD), "{start}");
    }
    nothing_was_counted(&app, &source).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_bodies_of_another_type_or_size_are_refused_before_they_are_counted() {
    let app = limited().await;
    let source = app.elsewhere();
    let form = format!("email={KIM}&password={PASSWORD}").replace(' ', "+");
    for (kind, body) in [
        ("text/plain", credentials()),
        ("application/x-www-form-urlencoded", form.into_bytes()),
        ("application/x-www-form-urlencoded", credentials()),
        ("multipart/form-data; boundary=x", credentials()),
        ("application/xml", b"<email>kim@example.org</email>".to_vec()),
        ("text/json", credentials()),
        ("application/jsonp", credentials()),
        ("application/octet-stream", credentials()),
        ("*/*", credentials()),
        ("", credentials()),
    ] {
        let answer = raw(&source, LOGIN, Some(kind), body).await;
        assert_eq!((answer.status, answer.code()), (400, "body_invalid"), "{kind}: {}", answer.text);
    }
    for size in [(1 << 20) + 1, 2 << 20, 8 << 20, 12 << 20] {
        let body = json!({ "email": KIM, "password": "p".repeat(size) }).to_string();
        let answer = raw(&source, LOGIN, JSON, body).await;
        assert_eq!(answer.status, 413, "{size}: {}", answer.text);
    }
    nothing_was_counted(&app, &source).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_passwords_of_the_wrong_shape_are_refused_everywhere() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let mine = app.with_token(&tokens);
    let shapes =
        [json!("p".repeat(1025)), json!(""), json!(["x"]), json!({}), json!(1), json!("a\tb c d e f g")];
    for shape in shapes {
        for (path, body) in [
            ("register", json!({ "email": "new@example.org", "name": "Kim", "password": shape })),
            ("reset-password", json!({ "token": "x", "password": shape })),
            ("password", json!({ "currentPassword": shape, "newPassword": PASSWORD })),
            ("password", json!({ "currentPassword": PASSWORD, "newPassword": shape })),
            ("email", json!({ "email": "new@example.org", "password": shape })),
            ("totp", json!({ "password": shape })),
            ("totp/remove", json!({ "password": shape, "code": "000000" })),
            ("recovery-codes", json!({ "password": shape })),
        ] {
            let answer = mine.post(&format!("/api/v1/auth/{path}"), &body).await;
            assert_eq!((answer.status, answer.code()), (400, "body_invalid"), "{path}: {}", answer.text);
        }
    }
    assert_eq!(counters(&app, KIM).await.failures, 0);
    app.mails_settled().await;
    assert!(app.mails_to("new@example.org").is_empty());
}
