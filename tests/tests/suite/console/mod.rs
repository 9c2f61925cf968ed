//! The console.

mod accounts;
mod auditing;
mod forms;
mod inviting;
mod pages;
mod platform;
mod things;

use vestibule_tests::{Browser, Shown};

const ADMIN: &str = "admin@test-brand.local";

/// A page, once nothing goes on there any more.
async fn stands_still(browser: &mut Browser, path: &str) -> Shown {
    for _ in 0..400 {
        let shown = browser.page(path, "same-origin").await;
        if !shown.text.contains("data-live") {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{path} still goes on");
}
