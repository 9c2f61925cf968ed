//! People who use the console's pages: with the cookie that a browser would have.

use std::{collections::BTreeMap, sync::LazyLock};

use reqwest::{
    Client, RequestBuilder,
    header::{ACCEPT, COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::{Actor, App};

/// Follows no redirect, so that a test sees where a page leads.
static BROWSER: LazyLock<Client> = LazyLock::new(|| {
    let pages = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
    let client = Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).default_headers(pages);
    client.build().expect("a client")
});

/// What a browser was shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// HTTP status.
    pub status: u16,
    /// Names of the cookies that it sets.
    pub sets: Vec<String>,
    /// Where it leads, or nothing.
    pub location: String,
    /// The page.
    pub text: String,
}

impl Actor {
    /// A page of the console.
    pub async fn page(&self, path: &str) -> Shown {
        self.browse(BROWSER.get(format!("{}{path}", self.base))).await
    }

    /// A form of the console, sent by a page of `site`, as browsers say it in `Sec-Fetch-Site`.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)], site: &str) -> Shown {
        let request = BROWSER.post(format!("{}{path}", self.base)).form(fields);
        self.browse(request.header("sec-fetch-site", site)).await
    }

    async fn browse(&self, request: RequestBuilder) -> Shown {
        let request = match &self.token {
            Some(token) => request.header("cookie", format!("__Host-vestibule-access={token}")),
            None => request,
        };
        let response = request.send().await.expect("the stack answers");
        let location = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let (status, location) = (response.status().as_u16(), location.unwrap_or_default().to_owned());
        let sets = cookies(&response).into_keys().collect();
        Shown { status, location, sets, text: response.text().await.expect("a page of text") }
    }
}

fn cookies(response: &reqwest::Response) -> BTreeMap<String, String> {
    let lines = response.headers().get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.filter_map(|line| line.split(';').next()?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A browser in which somebody is signed in.
#[derive(Debug)]
pub struct Browser {
    base: String,
    cookies: BTreeMap<String, String>,
}

impl App {
    /// A browser in which a sample person has signed in.
    pub async fn browser(&self, email: &str) -> Browser {
        let password = self.stack.sample().password.expose_secret();
        let body = json!({ "email": email, "password": password, "cookies": true });
        let request = BROWSER.post(format!("{}/api/v1/auth/login", self.stack.url())).json(&body);
        let response = request.send().await.expect("the stack answers");
        assert_eq!(response.status().as_u16(), 200);
        Browser { base: self.stack.url().to_owned(), cookies: cookies(&response) }
    }
}

impl Browser {
    /// The token against forms of other sites.
    pub fn csrf(&self) -> &str {
        self.cookies.get("__Host-vestibule-csrf").map_or("", String::as_str)
    }

    /// Without this cookie.
    pub fn forget(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    /// A page of the console, as one of our own leads to it, or one of another `site`.
    pub async fn page(&mut self, path: &str, site: &str) -> Shown {
        self.send(BROWSER.get(format!("{}{path}", self.base)).header("sec-fetch-site", site)).await
    }

    /// A form of our own page.
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let request = BROWSER.post(format!("{}{path}", self.base)).form(fields);
        self.send(request.header("sec-fetch-site", "same-origin")).await
    }

    /// A form of our own page with a file in it, named `file`.
    pub async fn form_with_file(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Shown {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--x--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let named = "--x--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"team.csv\"\r\n\
                     Content-Type: text/csv\r\n\r\n";
        body.extend_from_slice(named.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x--x--\r\n");
        let request = BROWSER.post(format!("{}{path}", self.base)).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=x--x");
        self.send(request.header("sec-fetch-site", "same-origin")).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Shown {
        let jar: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, jar.join("; ")).send().await.expect("the stack answers");
        let set = cookies(&response);
        self.cookies.extend(set.clone());
        let location = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let (status, location) = (response.status().as_u16(), location.unwrap_or_default().to_owned());
        let (sets, text) = (set.into_keys().collect(), response.text().await.expect("a page of text"));
        Shown { status, sets, location, text }
    }
}
