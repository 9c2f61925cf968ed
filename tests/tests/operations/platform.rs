//! The administrators of the platform, on every route.

use vestibule_auth::Grant;
use vestibule_tests::{
    Actor,
    operations::{Prepared, ROLES, Scene},
};

use super::{
    expected::{Row, Whose},
    matrix::{Findings, succeed},
};

/// The lowest role of the matrix.
const LOWEST: usize = 4;

/// One of each sort, and those whose grant gives them nothing here.
pub(crate) struct Administrators {
    all: Vec<(Grant, Actor)>,
    /// Of each sort once, and no more.
    dismissed: Vec<Actor>,
    /// Members in the lowest role, who are administrators of the platform as well.
    members: Vec<(Grant, Actor)>,
}

impl Administrators {
    pub(crate) async fn new(scene: &Scene) -> Self {
        let (mut all, mut dismissed, mut members) = (Vec::new(), Vec::new(), Vec::new());
        for grant in Grant::ALL {
            all.push((grant, scene.administrator(grant).await));
            let (former, ..) = scene.person().await;
            let granted = scene.app.appoint(former.id().await, grant).await;
            scene.app.dismiss(&granted).await;
            dismissed.push(former);
            let (member, id) = scene.joined(ROLES[LOWEST]).await;
            scene.app.appoint(id.parse().unwrap(), grant).await;
            members.push((grant, member));
        }
        Self { all, dismissed, members }
    }

    /// What each of them gets for a request.
    pub(crate) async fn try_all(
        &self,
        scene: &Scene,
        row: &Row,
        prepared: &Prepared,
        findings: &mut Findings,
    ) {
        match &row.whose {
            Whose::Platform(refusals) => self.work(scene, row, (prepared, refusals), findings).await,
            Whose::Roles(may) => self.stay_out(scene, row, (prepared, may[LOWEST]), findings).await,
            Whose::Own | Whose::All => self.as_everybody(scene, row, prepared, findings).await,
        }
    }

    /// Each does their own work, and that of no other.
    async fn work(
        &self,
        scene: &Scene,
        row: &Row,
        (prepared, refusals): (&Prepared, &[Option<u16>]),
        findings: &mut Findings,
    ) {
        let before = scene.audited().await;
        for former in &self.dismissed {
            findings.status(row, "a former administrator", 403, &prepared.send_as(former).await);
        }
        for ((grant, actor), refusal) in self.all.iter().chain(&self.members).zip(refusals.iter().cycle()) {
            let Some(refusal) = refusal else { continue };
            let refused = prepared.send_as(actor).await;
            findings.status(row, grant.name(), *refusal, &refused);
            let code = if *refusal == 403 { "forbidden" } else { "not_found" };
            findings.check(refused.code() == code, row, || refused.text.clone());
        }
        let written = scene.audited().await - before;
        findings.check(written == 0, row, || format!("{written} audit records of refused requests"));
        // Whatever tenant the token names, if any.
        for ((grant, actor), refusal) in self.all.iter().chain(&self.members).zip(refusals.iter().cycle()) {
            if refusal.is_none() {
                let fresh = scene.prepare(row.operation).await.unwrap();
                succeed(scene, row, &fresh, (grant.name(), actor), findings).await;
            }
        }
    }

    /// In a tenant a grant is nothing: only the role counts.
    async fn stay_out(
        &self,
        scene: &Scene,
        row: &Row,
        (prepared, lowest_may): (&Prepared, bool),
        findings: &mut Findings,
    ) {
        let before = scene.audited().await;
        for (grant, actor) in &self.all {
            let refused = prepared.send_as(actor).await;
            findings.status(row, grant.name(), 403, &refused);
            findings.check(refused.code() == "tenant_required", row, || refused.text.clone());
        }
        for (grant, actor) in self.members.iter().filter(|_| !lowest_may) {
            let refused = prepared.send_as(actor).await;
            findings.status(row, grant.name(), 403, &refused);
            findings.check(refused.code() == "forbidden", row, || refused.text.clone());
        }
        let written = scene.audited().await - before;
        findings.check(written == 0, row, || format!("{written} audit records of refused requests"));
    }

    /// Their own account, and what is for all, is to them what it is to everybody.
    async fn as_everybody(&self, scene: &Scene, row: &Row, prepared: &Prepared, findings: &mut Findings) {
        // Whoever is signed in is led on from there, an administrator like everybody.
        if row.operation == "GET /" {
            for (grant, administrator) in &self.all {
                findings.status(row, grant.name(), 303, &prepared.send_as(administrator).await);
            }
            return;
        }
        for (grant, administrator) in &self.all {
            let fresh = scene.prepare(row.operation).await.unwrap();
            let actor = if prepared.actor.is_anonymous() {
                administrator
            } else {
                scene.app.appoint(fresh.actor.id().await, *grant).await;
                &fresh.actor
            };
            succeed(scene, row, &fresh, (grant.name(), actor), findings).await;
        }
    }
}
