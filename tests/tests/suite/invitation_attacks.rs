//! Invitations under attack: at once, over their seats, too often, with tokens of another kind.

use futures::future::join_all;
use serde_json::json;
use vestibule_tests::{Answer, App, identity::PASSWORD};

use crate::{
    invitations::{Firm, INVITES},
    team_races::rounds_or,
};

fn rounds() -> usize {
    rounds_or(3)
}

/// Sends again what met something else.
async fn until_decided(send: impl AsyncFn() -> Answer) -> Answer {
    loop {
        let answer = send().await;
        let busy = answer.status == 503 || (answer.status == 409 && answer.code() == "conflict");
        if !busy {
            return answer;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_i05_one_invitation_accepted_32_times_at_once_makes_one_membership() {
    let firm = Firm::new().await;
    let lou = Firm::address();
    let (_, token) = firm.invite(&lou, "viewer").await;
    let answers = join_all((0..32).map(|_| until_decided(async || firm.sign_up(&token).await))).await;
    let joined = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| [409, 410].contains(&answer.status)).count();
    println!("32 accepts of one invitation at once: {joined} joined, {refused} refused");
    assert_eq!((joined, refused, firm.seats().await.0), (1, 31, 2));
    assert_eq!(firm.team("?text=guest").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_i05_seats_are_never_exceeded() {
    let (mut most, mut rounds_with_all) = (0, 0);
    let rounds = rounds();
    for _ in 0..rounds {
        let firm = Firm::new().await;
        firm.tier("free").await;
        let addresses: Vec<_> = (0..19).map(|_| Firm::address()).collect();
        let emails: Vec<&str> = addresses.iter().map(String::as_str).collect();
        firm.ask(&firm.admin, &emails, &["viewer"]).await.expect(200);
        let tokens = join_all(addresses.iter().map(|to| firm.app.link(to, "invitation", 1))).await;
        let answers =
            join_all(tokens.iter().map(|token| until_decided(async || firm.sign_up(token).await))).await;
        let joined = answers.iter().filter(|answer| answer.status == 201).count();
        assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
        let (used, seats) = firm.seats().await;
        let members = firm.team("?status=active").await.len() as u64;
        assert_eq!((used, used), (members, joined as u64 + 1), "what is counted is what there is");
        (most, rounds_with_all) = (most.max(used), rounds_with_all + usize::from(used == seats));
    }
    println!("5 seats, 19 accepts at once: {rounds} rounds, at most {most} members, {rounds_with_all} full");
    assert_eq!((most, rounds_with_all), (5, rounds));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_invited_ten_times_at_once_has_one_invitation() {
    let firm = Firm::new().await;
    for _ in 0..rounds() {
        let lou = Firm::address();
        let answers =
            join_all((0..10).map(async |_| firm.ask(&firm.admin, &[&lou], &["viewer"]).await)).await;
        let result = |answer: &Answer| answer.body["results"][0]["result"].as_str().unwrap_or("-").to_owned();
        let results: Vec<_> = answers.iter().map(result).collect();
        let invited = results.iter().filter(|result| *result == "invited").count();
        let already = results.iter().filter(|result| *result == "already_invited").count();
        assert_eq!((invited, already), (1, 9), "{results:?}");
        firm.app.mails_settled().await;
        assert_eq!(firm.app.mails_to(&lou).len(), 1);
    }
    println!("one address invited 10 times at once: {} rounds, one invitation and one mail each", rounds());
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_revoke_and_resend_at_once_have_one_winner() {
    let firm = Firm::new().await;
    let (mut accepted, mut revoked, mut resent) = (0, 0, 0);
    for _ in 0..rounds() {
        let lou = Firm::address();
        let (id, token) = firm.invite(&lou, "viewer").await;
        let path = format!("{INVITES}/{id}");
        let (joined, ended, sent) = futures::join!(
            until_decided(async || firm.sign_up(&token).await),
            until_decided(async || firm.remove(&path).await),
            until_decided(async || firm.admin.post(&format!("{path}/resend"), &json!({})).await),
        );
        let (joined, ended, sent) = (joined.status == 201, ended.status == 204, sent.status == 200);
        assert!(joined != ended, "accepted or revoked, and not both");
        let members = firm.team(&format!("?text={}", lou.split('@').next().unwrap())).await;
        let active = members.iter().filter(|member| member["status"] == "active").count();
        assert_eq!(active, usize::from(joined));
        firm.sign_up(&token).await.expect(410);
        (accepted, revoked, resent) =
            (accepted + u32::from(joined), revoked + u32::from(ended), resent + u32::from(sent));
    }
    println!(
        "{} rounds: {accepted} accepted, {revoked} revoked, {resent} sent again, no old link works",
        rounds()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_b04_one_address_gets_few_mails_whoever_sends_them() {
    let app = App::identity_with(|options| {
        options.parameters.insert("SignInsPerMinute".into(), "5".into());
    })
    .await;
    app.next_minute();
    let (admin, tenant) = app.founder("ines").await;
    let firm = Firm { app, admin, tenant };
    firm.app.next_minute();
    let lou = Firm::address();
    let (id, _) = firm.invite(&lou, "viewer").await;
    let path = format!("{INVITES}/{id}/resend");
    let answers: Vec<_> = join_all((0..40).map(async |_| firm.admin.post(&path, &json!({})).await)).await;
    let limited: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(limited.iter().all(|answer| answer.headers.contains_key("retry-after")));
    let forgot = firm.app.elsewhere().post("/api/v1/auth/forgot-password", &json!({ "email": lou })).await;
    assert_eq!(forgot.status, 429, "one limit for all mails to an address");
    firm.app.mails_settled().await;
    let mails = firm.app.mails_to(&lou).len();
    println!("41 invitations to one address in a minute: {mails} mails, {} refused", limited.len());
    assert!(mails <= 5 && limited.len() >= 36, "{mails} {}", limited.len());
}

/// Every kind of mailed link, with the operation that takes its token.
const KINDS: [(&str, &str); 5] = [
    ("verify-email", "/api/v1/auth/verify-email"),
    ("magic-link", "/api/v1/auth/magic-link/consume"),
    ("reset-password", "/api/v1/auth/reset-password"),
    ("confirm-email", "/api/v1/auth/email/confirm"),
    ("invitation", "/api/v1/auth/invitations/look"),
];

#[tokio::test(flavor = "multi_thread")]
async fn attack_t05_no_token_of_one_kind_works_as_another() {
    let firm = Firm::new().await;
    let (ines, lou, new) = ("ines@example.org", Firm::address(), Firm::address());
    let anyone = firm.app.anonymous();
    let register = json!({ "email": new, "password": PASSWORD, "name": "New Person" });
    anyone.post("/api/v1/auth/register", &register).await.expect(202);
    for path in ["/api/v1/auth/magic-link", "/api/v1/auth/forgot-password"] {
        anyone.post(path, &json!({ "email": ines })).await.expect(202);
    }
    let moved = Firm::address();
    let change = json!({ "email": moved, "password": PASSWORD });
    firm.admin.post("/api/v1/auth/email", &change).await.expect(202);
    let (_, invitation) = firm.invite(&lou, "viewer").await;
    let tokens = [
        firm.app.link(&new, "verify-email", 1).await,
        firm.app.link(ines, "magic-link", 1).await,
        firm.app.link(ines, "reset-password", 1).await,
        firm.app.link(&moved, "confirm-email", 1).await,
        invitation,
    ];
    let mut pairs = 0;
    for ((kind, _), token) in KINDS.iter().zip(&tokens) {
        for (other, path) in KINDS.iter().filter(|(other, _)| other != kind) {
            let mut body = json!({ "token": token });
            if ["verify-email", "reset-password", "confirm-email"].contains(other) {
                body["password"] = json!(PASSWORD);
            }
            let answer = anyone.post(path, &body).await;
            let expected = if *other == "invitation" { 410 } else { 400 };
            assert_eq!(answer.status, expected, "{kind} as {other}: {}", answer.text);
            pairs += 1;
        }
    }
    println!("{pairs} pairs of kinds of tokens, none works as the other");
    anyone.post(KINDS[4].1, &json!({ "token": tokens[4] })).await.expect(200);
    anyone.post(KINDS[1].1, &json!({ "token": tokens[1] })).await.expect(200);
}
