//! A page of sign-ups costs the same among many thousand as among a hundred, whatever is looked for.

use serde_json::json;
use vestibule_auth::Grant;
use vestibule_domain::{Email, PersonName, PromoSignup, PromoSignupId, SignupStatus, name_beginnings};
use vestibule_tests::{App, Row};

use super::accounts_scale::{MANY, costs_the_same, row};

/// The rows of one more sign-up.
fn rows(app: &App, number: usize) -> Vec<Row> {
    let (world, sealer) = (&app.world, app.stack.store().sealer());
    let name = PersonName::parse(if number.is_multiple_of(50) { "Zoe" } else { "Kim" }).unwrap();
    let email = Email::parse(&format!("signup{number}@scale.example")).unwrap();
    let (id, address) = (PromoSignupId::new(world), sealer.address_key(&email));
    let mut signup = PromoSignup::new(id, (email, name, None), world.now());
    signup.status = SignupStatus::ALL[number % SignupStatus::ALL.len()];
    let lists = ["any", signup.status.name()].map(|status| format!("PLATFORM#PROMO#{status}"));
    let names = name_beginnings(&signup.name);
    let names = names.into_iter().map(|text| format!("PLATFORM#PROMO#NAME#{}", sealer.name_key(&text)));
    let lists = lists.into_iter().chain(names);
    let listed = lists.map(|list| row((list, id.to_string()), "listed_signup", &json!({})));
    let own = row((format!("PROMO#{id}"), "SIGNUP".to_owned()), "promo_signup", &json!(signup));
    let lock = (format!("PROMO#{address}"), "LOCK".to_owned());
    let lock = row(lock, "promo_address", &json!({ "signup": id }));
    [own, lock].into_iter().chain(listed).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_a_page_costs_the_same_among_ten_thousand_sign_ups_as_among_a_hundred() {
    // Without the table's stream, which nobody needs here.
    let app = App::start().await;
    let admin = app.admin();
    app.appoint(admin.id().await, Grant::PromoAdmin).await;
    let queries = [
        "limit=20",
        "limit=20&status=account",
        "limit=20&status=needs_attention",
        "limit=20&name=Kim",
        "limit=1&name=zoe",
        "limit=20&name=nobody",
        "email=signup7@scale.example",
    ];
    costs_the_same(&app, &admin, ("/admin/promo-signups", &queries), rows).await;
    // The whole of it as a table: parts that name the next one.
    let (mut next, mut parts, mut lines) = (Some("/admin/promo-signups".to_owned()), 0, 0);
    while let Some(path) = next {
        let request = admin.request(reqwest::Method::GET, &path).header("accept", "text/csv");
        let part = admin.send(request).await.expect(200);
        (parts, lines) = (parts + 1, lines + part.text.lines().count());
        let link = part.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
        next = link.map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
    }
    println!("{lines} lines in {parts} parts");
    assert_eq!(lines, 1 + MANY + 3, "the names of the columns, and the three of the sample");
}
