//! Many at once.

use std::collections::BTreeSet;

use futures::{StreamExt as _, future::join_all, stream};
use serde_json::json;
use vestibule_tests::{App, completed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_hires_of_one_name_at_once_get_fifty_addresses() {
    let app = App::start().await;
    let signed = stream::iter(0..50).map(|_| app.signed_hire("José", "Ó'Brien")).buffer_unordered(16);
    let signed: Vec<_> = signed.collect().await;
    let ended = join_all(signed.iter().map(|(_, job)| app.run(job))).await;
    assert!(ended.iter().all(|job| job["status"] == "succeeded"));
    let mut distinct = BTreeSet::new();
    for (hire, _) in &signed {
        let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
        distinct.insert(shown["address"].as_str().unwrap().to_owned());
    }
    let expected: BTreeSet<_> = (1..=50)
        .map(|n| {
            format!("jose.obrien{}@test-brand.example", if n == 1 { String::new() } else { n.to_string() })
        })
        .collect();
    assert_eq!(distinct, expected);
    println!("50 hires of one name: {} distinct addresses", distinct.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mbx_3_three_hundred_shuffled_deliveries_make_twenty_jobs() {
    let app = App::start().await;
    let mut hires = Vec::new();
    for n in 0..20 {
        hires.push(app.hire("Kim", &format!("Doe{n}")).await);
    }
    let mut deliveries: Vec<_> = hires
        .iter()
        .flat_map(|hire| ["w9", "baa", "hire_agreement"].map(|kind| completed(hire, kind)))
        .flat_map(|event| std::iter::repeat_n(event, 5))
        .collect();
    shuffle(&mut deliveries);
    assert_eq!(deliveries.len(), 300);
    let answers: Vec<_> =
        stream::iter(&deliveries).map(|event| app.deliver(event)).buffer_unordered(32).collect().await;
    assert!(answers.iter().all(|answer| answer.status == 200), "every delivery is taken");
    let mut hires_with_jobs = BTreeSet::new();
    let jobs = app.admin().get("/api/provision/jobs?limit=100").await.expect(200).body;
    for job in jobs["items"].as_array().unwrap() {
        assert_eq!(job["status"], "pending");
        assert!(
            hires_with_jobs.insert(job["hire"].as_str().unwrap().to_owned()),
            "a second job for one hire"
        );
    }
    assert_eq!(hires_with_jobs, hires.into_iter().collect());
    println!("300 deliveries: {} jobs", hires_with_jobs.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweep_run_and_cancel_at_once_have_one_winner_in_a_hundred_rounds() {
    let app = App::start().await;
    let event = json!({ "source": "vestibule", "detail-type": "job.pending" });
    let mut ends = std::collections::BTreeMap::<String, u32>::new();
    for round in 0..100 {
        let (_, job) = app.signed_hire("Kim", &format!("Doe{round}")).await;
        let admin = app.admin();
        let mut pending = event.clone();
        pending["detail"] = json!({ "tenant": app.stack.sample().tenant.id, "job": job });
        let (cancel, run) = (format!("/api/provision/jobs/{job}/cancel"), json!({ "job": job }));
        let empty = json!({});
        let (swept, ran, cancelled) = tokio::join!(
            app.stack.invoke("provision-sweep", pending),
            admin.post("/api/provision/run", &run),
            admin.post(&cancel, &empty),
        );
        assert!(
            swept.is_ok() && [202, 404, 409].contains(&ran.status) && [202, 409].contains(&cancelled.status)
        );
        let ended = app.ended(&job).await;
        *ends.entry(ended["status"].as_str().unwrap().to_owned()).or_default() += 1;
        let executions = app.executions(&job);
        assert!(executions <= 1, "round {round}: {executions} workflows for one job");
    }
    let mails = app.stack.cloud().mailer().sent().unwrap().len();
    let succeeded = ends.get("succeeded").copied().unwrap_or_default();
    assert_eq!(mails, succeeded as usize, "a mail for each success and for nothing else: {ends:?}");
    println!("100 rounds of sweep, run and cancel at once: {ends:?}");
}

/// A fixed shuffle: every run meets the same order.
fn shuffle<T>(items: &mut [T]) {
    let mut state = 0x9E37_79B9_u64;
    for i in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
    }
}
