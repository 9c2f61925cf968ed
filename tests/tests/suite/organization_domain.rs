//! `/api/v1/organizations/{id}/domain`

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_models::{DnsFault, DnsName};
use vestibule_tests::{Actor, Answer, App};

async fn want(admin: &Actor, tenant: &str, domain: &str) -> Answer {
    let path = format!("/api/v1/organizations/{tenant}/domain");
    admin.send(admin.request(Method::PUT, &path).json(&json!({ "domain": domain }))).await
}

async fn verify(admin: &Actor, tenant: &str) -> Answer {
    admin.send(admin.request(Method::POST, &format!("/api/v1/organizations/{tenant}/domain/verify"))).await
}

async fn domain_of(admin: &Actor, tenant: &str) -> Value {
    admin.get(&format!("/api/v1/organizations/{tenant}/domain")).await.expect(200).body
}

#[tokio::test]
async fn a_domain_counts_once_its_record_is_found() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    assert_eq!(verify(&admin, &tenant).await.expect(409).code(), "wrong_state", "none is wanted");
    let wanted = want(&admin, &tenant, "Acme.Example").await.expect(200).body["wanted"].clone();
    assert_eq!(wanted["recordName"], "_vestibule.acme.example");
    let again = want(&admin, &tenant, "acme.example").await.expect(200).body["wanted"].clone();
    assert_eq!(again, wanted, "asked twice, the record stays good");
    assert_eq!(verify(&admin, &tenant).await.expect(409).code(), "wrong_state", "no record yet");
    assert_eq!(domain_of(&admin, &tenant).await["domain"], json!(null));
    app.publish(&wanted);
    let proved = verify(&admin, &tenant).await.expect(200).body;
    assert_eq!(proved, json!({ "domain": "acme.example", "wanted": null }));
    let setup = admin.get(&format!("/api/v1/organizations/{tenant}/setup")).await.expect(200).body;
    assert_eq!(setup["hasDomain"], true);
    let tier = admin.request(Method::PUT, "/api/v1/workspace/subscription").json(&json!({ "tier": "free" }));
    admin.send(tier).await.expect(200);
    assert_eq!(want(&admin, &tenant, "other.example").await.expect(409).code(), "wrong_state", "by the tier");
    let long = format!("{0}.{0}.{0}.{1}.example", "a".repeat(62), "b".repeat(48));
    assert_eq!(want(&admin, &tenant, &long).await.expect(422).fields(), ["domain"], "no room for the record");
    for wrong in ["", "acme", "acme example", "-.example", "a@acme.example"] {
        assert_eq!(want(&admin, &tenant, wrong).await.expect(422).fields(), ["domain"], "{wrong}");
    }
}

#[tokio::test]
async fn name_servers_that_fail_are_told_and_harm_nothing() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let wanted = want(&admin, &tenant, "acme.example").await.expect(200).body["wanted"].clone();
    let (name, value) = (wanted["recordName"].as_str().unwrap(), wanted["recordValue"].as_str().unwrap());
    let says = |texts: Vec<Vec<String>>, fault| app.stack.cloud().dns().set(name, DnsName { texts, fault });
    for fault in [DnsFault::Failure, DnsFault::Nonsense, DnsFault::Silence] {
        says(vec![vec![value.to_owned()]], Some(fault));
        let refused = verify(&admin, &tenant).await.expect(409);
        assert!(refused.text.contains("do not answer"), "{fault:?}: {}", refused.text);
    }
    says(vec![vec!["v=spf1 -all".into()]], None);
    assert!(verify(&admin, &tenant).await.expect(409).text.contains("Of 1 text record"));
    says(vec![], None);
    assert!(verify(&admin, &tenant).await.expect(409).text.contains("no text record"));
    // Many long records: the answer is cut off, and asked for again over TCP. The value is split into strings.
    let (first, second) = value.split_at(10);
    let mut texts = vec![vec!["x".repeat(200)]; 5];
    texts.push(vec![first.to_owned(), second.to_owned()]);
    says(texts, None);
    verify(&admin, &tenant).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_claimed_ten_times_at_once_has_one_owner() {
    let app = App::identity().await;
    let mut founders = Vec::new();
    for number in 0..10 {
        founders.push(app.founder(&format!("kim{number}")).await);
    }
    let mut texts = Vec::new();
    for (admin, tenant) in &founders {
        let wanted = want(admin, tenant, "acme.example").await.expect(200).body["wanted"].clone();
        texts.push(vec![wanted["recordValue"].as_str().unwrap().to_owned()]);
    }
    app.stack.cloud().dns().set("_vestibule.acme.example", DnsName { texts, fault: None });
    let answers = join_all(founders.iter().map(|(admin, tenant)| verify(admin, tenant))).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((answer.status, answer.code()), (409, "wrong_state"), "{}", answer.text);
    }
    // Whoever has it takes another one, and it is free.
    let owner = answers.iter().position(|answer| answer.status == 200).unwrap();
    let (admin, tenant) = &founders[owner];
    let wanted = want(admin, tenant, "other.example").await.expect(200).body["wanted"].clone();
    app.publish(&wanted);
    verify(admin, tenant).await.expect(200);
    let (next, of_next) = &founders[(owner + 1) % 10];
    verify(next, of_next).await.expect(200);
    assert_eq!(domain_of(next, of_next).await["domain"], "acme.example");
}
