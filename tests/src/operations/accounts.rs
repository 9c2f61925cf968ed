//! Accounts that the platform makes, and their jobs.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_auth::{Grant, PlatformScope, SystemTask, TenantScope};
use vestibule_domain::{
    AccountOrder, AccountOrigin, Email, Job, JobKind, JobStatus, Mode, PersonName, RoleName, Tier, UserId,
};
use vestibule_saga::run_anew;
use vestibule_store::{AccountWrite, JobEvent, JobWrites};

use super::{Prepared, ROLES, Scene};

/// What the operations on accounts take.
const ACTIONS: [&str; 6] =
    ["resend-invitation", "update-subscription", "reset-password", "suspend", "restore", "remove"];

impl Scene {
    pub(super) async fn prepare_account(&self, operation: &str) -> Option<Prepared> {
        let (method, path) = operation.split_once(' ')?;
        let method: Method = method.parse().ok()?;
        if ![
            "/api/admin/users",
            "/api/admin/jobs",
            "/api/admin/organizations",
            "/api/admin/provision-account",
        ]
        .iter()
        .any(|at| path.starts_with(at))
        {
            return None;
        }
        let admin = self.administrator(Grant::GeneralAdmin).await;
        let request = |path: String| Prepared::new(method.clone(), path, admin.clone());
        let action = path.strip_prefix("/api/admin/users/").filter(|action| ACTIONS.contains(action));
        if let Some(action) = action {
            let user = self.account().await;
            let by_id = json!({ "userId": user });
            match action {
                "reset-password" => self.activate(user).await,
                "restore" => drop(admin.post("/api/admin/users/suspend", &by_id).await.expect(200)),
                _ => {}
            }
            let tier = json!({ "userId": user, "tier": "operandi" });
            return Some(request(path.to_owned()).json(if action == "update-subscription" {
                tier
            } else {
                by_id
            }));
        }
        Some(match path {
            "/api/admin/provision-account" => request(path.to_owned()).json(self.wanted_account()),
            "/api/admin/organizations" => request(format!("{path}?id={}", self.tenant())),
            "/api/admin/users/{id}" => request(format!("/api/admin/users/{}", self.account().await)),
            "/api/admin/jobs/{id}" => request(format!("/api/admin/jobs/{}", self.account_job(None).await.id)),
            "/api/admin/jobs/{id}/cancel" => {
                let job = self.account_job(None).await;
                request(format!("/api/admin/jobs/{}/cancel", job.id)).json(json!({}))
            }
            "/api/admin/jobs/{id}/retry" => {
                let job = self.account_job(Some(JobStatus::Failed)).await;
                request(format!("/api/admin/jobs/{}/retry", job.id)).json(json!({}))
            }
            _ => {
                self.account().await;
                request(path.to_owned())
            }
        })
    }

    /// The body of a new account in a new organization.
    fn wanted_account(&self) -> Value {
        let slug = format!("firm-{}", self.number());
        json!({
            "email": self.address(), "name": "Kim Doe", "tier": "platinum", "role": "admin",
            "organization": { "name": "Firm", "slug": slug, "preset": "brokerage" },
        })
    }

    fn order(&self) -> AccountOrder {
        AccountOrder {
            email: Email::parse(&self.address()).expect("an address"),
            name: PersonName::parse("Kim Doe").expect("a name"),
            user: UserId::new(&self.app.world),
            tier: Tier::Free,
            role: RoleName::try_from(ROLES[3].to_owned()).expect("a role"),
            organization: None,
            origin: AccountOrigin::Admin,
            by: "system:seed".to_owned(),
        }
    }

    /// A job whose workflow was not started, so that it stays as it is: running, or with another status.
    async fn account_job(&self, status: Option<JobStatus>) -> Job {
        let (order, world, tenant) = (self.order(), &self.app.world, self.tenant());
        let mut job = self.begun(&order).await;
        if let Some(status) = status {
            let within = TenantScope::for_system(tenant, SystemTask::Seed);
            (job.status, job.due) = (status, None);
            let event =
                JobEvent { from: Some(JobStatus::Running), action: "job.finish", ..JobEvent::default() };
            self.app.stack.store().tenant(&within).save_job(&mut job, event, world).await.expect("saved");
        }
        job
    }

    async fn begun(&self, order: &AccountOrder) -> Job {
        let (world, tenant) = (&self.app.world, self.tenant());
        let mut job = Job::new(JobKind::ACCOUNT, tenant, world);
        run_anew(&mut job, Mode::Do, world.now());
        let scope = PlatformScope::for_system(SystemTask::Seed);
        let administration = self.app.stack.store().administration(&scope);
        administration.begin_account((tenant, &job, order), None, world).await.expect("a job");
        job
    }

    /// Somebody with an account in the tenant, who has not set a password.
    pub async fn account(&self) -> UserId {
        let (order, world, tenant) = (self.order(), &self.app.world, self.tenant());
        let within = TenantScope::for_system(tenant, SystemTask::Seed);
        let store = self.app.stack.store().tenant(&within);
        let mut job = self.begun(&order).await;
        let look = store.look_before_joining(&order, &job, world).await.expect("a look");
        let joining = look.joining.unwrap_or_else(|| panic!("{:?}", look.problems));
        (job.status, job.due) = (JobStatus::Succeeded, None);
        let writes = JobWrites::none().account(AccountWrite::Join(Box::new(joining)));
        let event = JobEvent { from: Some(JobStatus::Running), action: "job.finish", writes, answer: None };
        store.save_job(&mut job, event, world).await.expect("an account");
        order.user
    }

    /// The person sets the first password, as by the link of another invitation.
    async fn activate(&self, user: UserId) {
        let admin = self.administrator(Grant::GeneralAdmin).await;
        let sent =
            admin.post("/api/admin/users/resend-invitation", &json!({ "userId": user })).await.expect(202);
        let address = sent.body["email"].as_str().expect("an address").to_owned();
        let token = self.app.link(&address, "reset-password", 1).await;
        let body = json!({ "token": token, "password": Self::password() });
        self.app.elsewhere().post("/api/v1/auth/reset-password", &body).await.expect(204);
    }
}
