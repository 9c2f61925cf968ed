//! People who use the console's pages: with the cookie that a browser would have.

use std::sync::LazyLock;

use reqwest::{Client, RequestBuilder, header::LOCATION, redirect::Policy};

use crate::Actor;

/// Follows no redirect, so that a test sees where a page leads.
static BROWSER: LazyLock<Client> = LazyLock::new(|| {
    Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().expect("a client")
});

/// What a browser was shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// HTTP status.
    pub status: u16,
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
        Shown { status, location, text: response.text().await.expect("a page of text") }
    }
}
