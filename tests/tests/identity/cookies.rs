//! Browsers: cookies bound to the host, a token against requests of other sites, no foreign origins.

use reqwest::{Method, header::SET_COOKIE};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const MEMBER: &str = "member@test-brand.local";

/// A browser's cookies: access, refresh, CSRF.
#[derive(Clone)]
pub(crate) struct Jar {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) csrf: String,
}

/// The cookies that an answer sets: name, value, attributes.
fn set(answer: &Answer) -> Vec<(String, String, Vec<String>)> {
    let lines = answer.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let read = |line: &str| {
        let mut parts = line.split("; ").map(str::to_owned);
        let pair = parts.next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned(), parts.collect())
    };
    lines.map(read).collect()
}

impl Jar {
    pub(crate) fn of(answer: &Answer) -> Self {
        let cookies = set(answer);
        let value = |name: &str| {
            let found = cookies.iter().find(|(found, _, _)| found == &format!("__Host-vestibule-{name}"));
            found.unwrap_or_else(|| panic!("{name}: {cookies:?}")).1.clone()
        };
        Self { access: value("access"), refresh: value("refresh"), csrf: value("csrf") }
    }

    pub(crate) fn header(&self) -> String {
        let Self { access, refresh, csrf } = self;
        format!(
            "__Host-vestibule-access={access}; a=b; __Host-vestibule-refresh={refresh}; __Host-vestibule-csrf={csrf}"
        )
    }
}

pub(crate) async fn enter(app: &App) -> (Answer, Jar) {
    let password = app.stack.sample().password.expose_secret();
    let body = json!({ "email": MEMBER, "password": password, "cookies": true });
    let answer = app.anonymous().post("/api/v1/auth/login", &body).await.expect(200);
    let jar = Jar::of(&answer);
    (answer, jar)
}

/// A request of a browser with these cookies and this CSRF header.
pub(crate) async fn send(
    actor: &Actor,
    (method, path, body): (&str, &str, &Value),
    cookies: &str,
    csrf: Option<&str>,
) -> Answer {
    let request = actor.request(method.parse().unwrap(), path).header("cookie", cookies);
    let request = if *body == Value::Null { request } else { request.json(body) };
    actor.send(csrf.into_iter().fold(request, |request, csrf| request.header("x-csrf-token", csrf))).await
}

#[tokio::test]
async fn t11_cookies_are_bound_to_the_host_and_out_of_reach_of_scripts() {
    let app = App::identity().await;
    let (answer, jar) = enter(&app).await;
    assert!(answer.body.get("accessToken").is_none() && answer.body.get("refreshToken").is_none());
    assert!(!answer.text.contains(&jar.access) && !answer.text.contains(&jar.refresh));
    assert_eq!(answer.body["csrfToken"], json!(jar.csrf));
    let expected = [("access", true, "Lax"), ("refresh", true, "Strict"), ("csrf", false, "Strict")];
    let cookies = set(&answer);
    assert_eq!(cookies.len(), expected.len());
    for (name, hidden, same_site) in expected {
        let (_, _, attributes) =
            cookies.iter().find(|(found, _, _)| found == &format!("__Host-vestibule-{name}")).unwrap();
        let has = |text: &str| attributes.iter().any(|attribute| attribute == text);
        assert!(has("Secure") && has("Path=/") && has(&format!("SameSite={same_site}")), "{attributes:?}");
        assert_eq!(has("HttpOnly"), hidden, "{name}");
        assert!(!attributes.iter().any(|attribute| attribute.to_lowercase().starts_with("domain")));
        let age = attributes.iter().find_map(|attribute| attribute.strip_prefix("Max-Age=")).unwrap();
        let age: i64 = age.parse().unwrap();
        let most = if name == "access" { 900 } else { 30 * 86_400 };
        assert!((most - 10..=most).contains(&age), "{name} lives {age} s");
    }
    let logout = ("POST", "/api/v1/auth/logout", &json!({}));
    let gone = set(&send(&app.anonymous(), logout, &jar.header(), Some(&jar.csrf)).await.expect(204));
    assert_eq!(gone.len(), 3);
    assert!(gone.iter().all(|(_, value, with)| value.is_empty() && with.contains(&"Max-Age=0".to_owned())));
}

/// A request of every kind: outside of tenants and inside, reading and changing, and its success.
fn kinds(app: &App) -> Vec<(&'static str, &'static str, Value, u16)> {
    let hire = json!({ "givenName": "Ada", "familyName": "New", "personalEmail": "ada.new@example.org" });
    let (first, second) = (app.stack.sample().tenant.id, app.stack.sample().second.id);
    vec![
        ("GET", "/api/v1/auth/me", Value::Null, 200),
        ("GET", "/api/v1/auth/sessions", Value::Null, 200),
        ("GET", "/api/auth/context", Value::Null, 200),
        ("GET", "/api/hires", Value::Null, 200),
        ("PATCH", "/api/v1/auth/me", json!({ "name": "Mika" }), 200),
        ("PUT", "/api/auth/context/default", json!({ "tenant": first }), 204),
        // A member of the first tenant may not, which shows that the request got that far.
        ("POST", "/api/hires", hire, 403),
        ("DELETE", "/api/v1/auth/sessions/ses_01ARZ3NDEKTSV4RRFFQ69G5FAV", Value::Null, 404),
        ("POST", "/api/v1/auth/email", json!({ "email": "x", "password": "x" }), 400),
        ("POST", "/api/auth/context/switch", json!({ "tenant": second }), 200),
        ("POST", "/api/v1/auth/refresh", json!({}), 200),
    ]
}

#[tokio::test]
async fn t11_cookies_change_something_only_with_the_token_of_their_session() {
    let app = App::identity().await;
    let (_, other) = enter(&app).await;
    let anonymous = app.anonymous();
    for (method, path, body, success) in kinds(&app) {
        let jar = enter(&app).await.1;
        let call = (method, path, &body);
        let cookies = jar.header();
        if method != "GET" {
            let swapped = format!("{}A", &jar.csrf[..jar.csrf.len() - 1]);
            let wrong =
                [None, Some(""), Some("x"), Some(&*other.csrf), Some(&*swapped), Some(&jar.csrf[1..])];
            for csrf in wrong.into_iter().filter(|csrf| *csrf != Some(&jar.csrf)) {
                let refused = send(&anonymous, call, &cookies, csrf).await;
                assert_eq!((refused.status, refused.code()), (403, "csrf_invalid"), "{call:?} {csrf:?}");
            }
        }
        let csrf = (method != "GET").then_some(&*jar.csrf);
        let answer = send(&anonymous, call, &cookies, csrf).await;
        assert_eq!(answer.status, success, "{call:?}: {}", answer.text);
        assert_ne!(answer.code(), "csrf_invalid");
    }
}

#[tokio::test]
async fn t11_a_bearer_token_needs_no_csrf_token_and_goes_before_cookies() {
    let app = App::identity().await;
    let anonymous = app.anonymous();
    for (method, path, body, success) in kinds(&app) {
        let tokens = app.sample_login(MEMBER).await;
        let refresh = path.ends_with("refresh");
        let body = if refresh { json!({ "refreshToken": tokens.refresh }) } else { body };
        let jar = enter(&app).await.1;
        let send = async |token: &str, cookies: Option<String>| {
            let request = anonymous.request(method.parse().unwrap(), path).bearer_auth(token);
            let request = if body == Value::Null { request } else { request.json(&body) };
            let request = cookies.into_iter().fold(request, |request, line| request.header("cookie", line));
            anonymous.send(request.header("x-csrf-token", &jar.csrf)).await
        };
        if !refresh {
            send("wrong", Some(jar.header())).await.expect(401);
            send("", Some(jar.header())).await.expect(401);
        }
        let answer = send(&tokens.access, None).await;
        assert_eq!(answer.status, success, "{method} {path}: {}", answer.text);
        assert!(set(&answer).is_empty(), "tokens of the body stay out of cookies");
    }
}

#[tokio::test]
async fn t11_a_cookie_that_comes_twice_is_not_believed() {
    let app = App::identity().await;
    let (mine, planted) = (enter(&app).await.1, enter(&app).await.1);
    let anonymous = app.anonymous();
    let twice = format!("__Host-vestibule-access={}; {}", planted.access, mine.header());
    send(&anonymous, ("GET", "/api/v1/auth/me", &Value::Null), &twice, None).await.expect(401);
    let twice = format!("__Host-vestibule-refresh={}; {}", planted.refresh, mine.header());
    let refresh = ("POST", "/api/v1/auth/refresh", &json!({}));
    send(&anonymous, refresh, &twice, Some(&mine.csrf)).await.expect(401);
    for name in [
        "vestibule-access",
        "__host-vestibule-access",
        "__Secure-vestibule-access",
        " __Host-vestibule-access2",
    ] {
        let cookie = format!("{name}={}", mine.access);
        send(&anonymous, ("GET", "/api/v1/auth/me", &Value::Null), &cookie, None).await.expect(401);
    }
    let next = Jar::of(&send(&anonymous, refresh, &mine.header(), Some(&mine.csrf)).await.expect(200));
    assert_ne!(next.refresh, mine.refresh);
    assert_eq!(next.csrf, mine.csrf, "pages that are open go on working");
}

#[tokio::test]
async fn t11_another_origin_is_told_nothing() {
    let app = App::identity().await;
    let tokens = app.sample_login(MEMBER).await;
    let (anonymous, jar) = (app.anonymous(), enter(&app).await.1);
    for origin in
        ["https://evil.example", "null", "http://127.0.0.1", "https://accounts.example.com.evil.example"]
    {
        for (method, path) in [
            (Method::GET, "/api/v1/auth/me"),
            (Method::GET, "/api/hires"),
            (Method::POST, "/api/v1/auth/login"),
            (Method::POST, "/api/v1/auth/refresh"),
            (Method::OPTIONS, "/api/v1/auth/me"),
            (Method::OPTIONS, "/api/v1/auth/login"),
            (Method::OPTIONS, "/api/hires"),
        ] {
            let request = anonymous.request(method.clone(), path).header("origin", origin);
            let request = request.header("access-control-request-method", "POST");
            let request = request.header("access-control-request-headers", "authorization,x-csrf-token");
            let request = match path {
                "/api/hires" => request.bearer_auth(&tokens.access),
                _ => request.header("cookie", jar.header()),
            };
            let answer = anonymous.send(request).await;
            let told: Vec<_> =
                answer.headers.keys().filter(|name| name.as_str().starts_with("access-control")).collect();
            assert!(told.is_empty(), "{method} {path} for {origin}: {told:?}");
            assert!(origin == "null" || !answer.text.contains(origin));
        }
    }
}
