//! Invitations: who may invite whom to what, and what becomes of it.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App, identity::PASSWORD};

pub(super) const INVITES: &str = "/api/admin/team/invites";
pub(super) const LINKS: &str = "/api/v1/auth/invitations";

static NAMES: AtomicU32 = AtomicU32::new(1);

/// A business of its own, with its founder.
pub(super) struct Firm {
    pub(super) app: App,
    pub(super) admin: Actor,
    pub(super) tenant: String,
}

impl Firm {
    pub(super) async fn new() -> Self {
        let app = App::identity().await;
        let (admin, tenant) = app.founder("ines").await;
        Self { app, admin, tenant }
    }

    /// An address that nobody has.
    pub(super) fn address() -> String {
        format!("guest{}@example.org", NAMES.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) async fn ask(&self, actor: &Actor, emails: &[&str], roles: &[&str]) -> Answer {
        actor.post(INVITES, &json!({ "emails": emails, "roles": roles })).await
    }

    /// The id of a new invitation of an address, and the token of its link.
    pub(super) async fn invite(&self, address: &str, role: &str) -> (String, String) {
        let made = self.ask(&self.admin, &[address], &[role]).await.expect(200).body;
        let id = made["results"][0]["invitation"]["id"].as_str().unwrap().to_owned();
        (id, self.app.link(address, "invitation", 1).await)
    }

    pub(super) async fn sign_up(&self, token: &str) -> Answer {
        let body = json!({ "token": token, "name": "Lou Example", "password": PASSWORD });
        self.app.anonymous().post(&format!("{LINKS}/sign-up"), &body).await
    }

    pub(super) async fn accept(&self, actor: &Actor, token: &str) -> Answer {
        actor.post(&format!("{LINKS}/accept"), &json!({ "token": token })).await
    }

    pub(super) async fn remove(&self, path: &str) -> Answer {
        self.admin.send(self.admin.request(Method::DELETE, path)).await
    }

    pub(super) async fn status(&self, id: &str) -> String {
        let shown = self.admin.get(&format!("{INVITES}/{id}")).await.expect(200).body;
        shown["status"].as_str().unwrap().to_owned()
    }

    /// The items of a list of the team.
    pub(super) async fn team(&self, query: &str) -> Vec<Value> {
        let listed = self.admin.get(&format!("/api/admin/team{query}")).await.expect(200).body;
        listed["items"].as_array().unwrap().clone()
    }

    pub(super) async fn seats(&self) -> (u64, u64) {
        let seats = self.admin.get(INVITES).await.expect(200).body["seats"].clone();
        (seats["used"].as_u64().unwrap(), seats["most"].as_u64().unwrap())
    }

    pub(super) async fn tier(&self, tier: &str) {
        let change = self.admin.request(Method::PUT, "/api/v1/workspace/subscription");
        self.admin.send(change.json(&json!({ "tier": tier }))).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_makes_an_account_and_joins_in_one_step() {
    let firm = Firm::new().await;
    let lou = Firm::address();
    let (id, token) = firm.invite(&lou, "viewer").await;
    let pending = firm.team("?status=pending").await;
    assert_eq!(
        (&pending[0]["id"], &pending[0]["email"], &pending[0]["status"]),
        (&json!(id), &json!(lou), &json!("pending"))
    );
    assert_eq!(
        firm.team("").await.last().unwrap()["id"],
        json!(id),
        "invited people stand behind the members"
    );
    let look = json!({ "token": token });
    for _ in 0..2 {
        let offer = firm.app.anonymous().post(&format!("{LINKS}/look"), &look).await.expect(200).body;
        assert_eq!((&offer["email"], &offer["hasAccount"]), (&json!(lou), &json!(false)));
        assert_eq!((&offer["tenant"]["name"], &offer["roles"]), (&json!("Acme"), &json!(["viewer"])));
    }
    let joined = firm.sign_up(&token).await.expect(201).body;
    assert_eq!(joined["tenant"]["id"], json!(firm.tenant));
    let signed_in = firm.app.login(&lou).await;
    let me = firm.app.with_token(&signed_in);
    let context = me.get("/api/auth/context").await.expect(200).body;
    assert_eq!(context["tenant"]["id"], json!(firm.tenant), "the first session begins in the tenant");
    let member = firm.team("?text=guest").await;
    assert_eq!((&member[0]["status"], &member[0]["roles"]), (&json!("active"), &json!(["viewer"])));
    assert!(member[0]["invitedBy"].is_string() && member[0]["invited"].is_string());
    assert_eq!((firm.status(&id).await.as_str(), firm.seats().await.0), ("accepted", 2));
    assert!(firm.team("?status=pending").await.is_empty());
    assert_eq!(firm.sign_up(&token).await.expect(410).code(), "invitation_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_account_of_the_invited_address_accepts() {
    let firm = Firm::new().await;
    let (kim, other) = (Firm::address(), Firm::address());
    let me = firm.app.with_token(&firm.app.newcomer(&kim).await);
    let stranger = firm.app.with_token(&firm.app.newcomer(&other).await);
    let (id, token) = firm.invite(&kim, "manager").await;
    assert_eq!(firm.accept(&stranger, &token).await.expect(403).code(), "forbidden");
    assert_eq!(firm.sign_up(&token).await.expect(409).code(), "wrong_state");
    firm.app.anonymous().post(&format!("{LINKS}/accept"), &json!({ "token": token })).await.expect(401);
    assert_eq!(firm.status(&id).await, "pending");
    let joined = firm.accept(&me, &token).await.expect(200).body;
    assert_eq!(joined["organization"]["id"], json!(firm.tenant));
    let there = firm.app.actor(joined["accessToken"].as_str().map(str::to_owned));
    there.get("/api/admin/team").await.expect(200);
    assert_eq!(firm.accept(&me, &token).await.expect(410).code(), "invitation_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_address_of_a_request_has_its_result() {
    let firm = Firm::new().await;
    let (new, pending, member) = (Firm::address(), Firm::address(), Firm::address());
    firm.app.colleague(&firm.tenant, member.split('@').next().unwrap(), "viewer").await;
    firm.invite(&pending, "viewer").await;
    let upper = new.to_uppercase();
    let emails = [new.as_str(), "no address", &upper, &pending, &member];
    let asked = firm.ask(&firm.admin, &emails, &["viewer"]).await.expect(200).body;
    let results: Vec<_> =
        asked["results"].as_array().unwrap().iter().map(|each| each["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["invited", "malformed", "twice", "already_invited", "already_member"]);
    firm.app.link(&new, "invitation", 1).await;
    firm.app.mails_settled().await;
    assert_eq!(firm.app.mails_to(&pending).len(), 1, "no second mail for a pending one");
    firm.ask(&firm.admin, &["x", "y"], &["viewer"]).await.expect(422);
    firm.ask(&firm.admin, &[], &["viewer"]).await.expect(422);
    let many: Vec<_> = (0..51).map(|_| Firm::address()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    firm.ask(&firm.admin, &many, &["viewer"]).await.expect(422);
    let fifty = firm.ask(&firm.admin, &many[..50], &["viewer"]).await.expect(200).body;
    assert!(fifty["results"].as_array().unwrap().iter().all(|each| each["result"] == "invited"), "{fifty}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_invitation_stays_listed_and_is_sent_again_with_a_new_link() {
    let firm = Firm::new().await;
    let lou = Firm::address();
    let (id, old) = firm.invite(&lou, "viewer").await;
    firm.app.advance(SignedDuration::from_hours(7 * 24));
    let signed_in = firm.app.login("ines@example.org").await;
    let admin = firm.app.with_token(&signed_in);
    let shown = admin.get(&format!("{INVITES}?status=expired")).await.expect(200).body;
    assert_eq!(shown["items"][0]["id"], json!(id));
    assert_eq!(firm.sign_up(&old).await.expect(410).code(), "invitation_over");
    let sent = admin.post(&format!("{INVITES}/{id}/resend"), &json!({})).await.expect(200).body;
    assert_eq!((&sent["status"], &sent["timesSent"]), (&json!("pending"), &json!(2)));
    let new = firm.app.link(&lou, "invitation", 2).await;
    assert_eq!(firm.sign_up(&old).await.expect(410).code(), "invitation_over");
    firm.sign_up(&new).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_revoked_declined_or_sent_by_somebody_without_the_right_is_not_accepted() {
    let firm = Firm::new().await;
    let (revoked, declined, orphaned, weaker) =
        (Firm::address(), Firm::address(), Firm::address(), Firm::address());
    let (id, token) = firm.invite(&revoked, "viewer").await;
    firm.remove(&format!("{INVITES}/{id}")).await.expect(204);
    firm.sign_up(&token).await.expect(410);
    assert_eq!(
        firm.admin.post(&format!("{INVITES}/{id}/resend"), &json!({})).await.expect(409).code(),
        "wrong_state"
    );
    let (id, token) = firm.invite(&declined, "viewer").await;
    firm.app.anonymous().post(&format!("{LINKS}/decline"), &json!({ "token": token })).await.expect(204);
    assert_eq!(firm.status(&id).await, "declined");
    firm.sign_up(&token).await.expect(410);
    firm.invite(&revoked, "viewer").await;

    let manager = firm.app.colleague(&firm.tenant, "mona", "manager").await;
    firm.ask(&manager, &[&orphaned], &["viewer"]).await.expect(200);
    let token = firm.app.link(&orphaned, "invitation", 1).await;
    let exceeds = firm.ask(&manager, &[&weaker], &["tenant_admin"]).await.expect(403);
    assert_eq!(exceeds.code(), "forbidden");
    let id = firm.team("?text=mona").await[0]["id"].as_str().unwrap().to_owned();
    let lower = firm.admin.request(Method::PATCH, &format!("/api/admin/team/{id}"));
    firm.admin.send(lower.json(&json!({ "roles": ["viewer"] }))).await.expect(200);
    assert_eq!(firm.sign_up(&token).await.expect(410).code(), "invitation_over");
    let viewer = firm.ask(&manager, &[&weaker], &["viewer"]).await.expect(403);
    assert!(viewer.text.contains("team.invite"), "{}", viewer.text);
    let raise = firm.admin.request(Method::PATCH, &format!("/api/admin/team/{id}"));
    firm.admin.send(raise.json(&json!({ "roles": ["manager"] }))).await.expect(200);
    firm.sign_up(&token).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_invited_by_a_fresh_session_only() {
    let firm = Firm::new().await;
    let tokens = firm.app.login("ines@example.org").await;
    let fresh = firm.app.with_token(&tokens);
    let made = firm.ask(&fresh, &["boss@example.org"], &["tenant_admin"]).await.expect(200).body;
    let path = format!("{INVITES}/{}", made["results"][0]["invitation"]["id"].as_str().unwrap());
    firm.app.advance(SignedDuration::from_mins(14));
    let refreshed = firm.app.refresh(&tokens.refresh).await.expect(200).body;
    firm.app.advance(SignedDuration::from_mins(10));
    let stale = firm.app.actor(refreshed["accessToken"].as_str().map(str::to_owned));
    let again = stale.request(Method::PUT, &path.replace("admin/team/invites", "v1/teams/invitations"));
    for refused in [
        firm.ask(&stale, &["boss2@example.org"], &["tenant_admin", "viewer"]).await,
        stale.post(&format!("{path}/resend"), &json!({})).await,
        stale.send(again.json(&json!({ "resend": true }))).await,
    ] {
        let refused = refused.expect(403);
        assert!(refused.code() == "forbidden" && refused.text.contains("Sign in anew"), "{}", refused.text);
    }
    firm.ask(&stale, &["boss2@example.org"], &["viewer"]).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_the_invitations_is_none_of_the_members() {
    let firm = Firm::new().await;
    let (one, two) = (Firm::address(), Firm::address());
    firm.ask(&firm.admin, &[&one, &two], &["viewer"]).await.expect(200);
    let next = async |path: &str| {
        let page = firm.admin.get(&format!("{path}?limit=1")).await.expect(200).body;
        page["next"].as_str().unwrap().to_owned()
    };
    let (team, invites) = (next("/api/admin/team").await, next(INVITES).await);
    let status = async |path: &str, cursor: &str| {
        firm.admin.get(&format!("{path}?limit=1&cursor={cursor}")).await.status
    };
    assert_eq!((status("/api/admin/team", &team).await, status(INVITES, &invites).await), (200, 200));
    assert_eq!((status("/api/admin/team", &invites).await, status(INVITES, &team).await), (400, 400));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_can_be_invited_again() {
    let firm = Firm::new().await;
    let lou = Firm::address();
    let (_, token) = firm.invite(&lou, "viewer").await;
    firm.sign_up(&token).await.expect(201);
    let id = firm.team("?text=guest").await[0]["id"].as_str().unwrap().to_owned();
    firm.remove(&format!("/api/admin/team/{id}")).await.expect(204);
    assert_eq!((firm.seats().await.0, firm.team("?status=removed").await.len()), (1, 1));
    firm.ask(&firm.admin, &[&lou], &["manager"]).await.expect(200);
    let token = firm.app.link(&lou, "invitation", 2).await;
    let me = firm.app.with_token(&firm.app.login(&lou).await);
    firm.accept(&me, &token).await.expect(200);
    assert_eq!((firm.seats().await.0, firm.team("?status=removed").await.len()), (2, 0));
}
