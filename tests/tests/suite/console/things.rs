//! What the addresses of the console's pages name.

use reqwest::Method;
use serde_json::json;
use vestibule_auth::Grant;
use vestibule_console::page::Page;
use vestibule_tests::{
    Actor,
    operations::{ROLES, Scene},
};

/// What stands in a page's path for its parameters, for the callers' own tenant.
pub(super) struct Things {
    pub(super) hire: String,
    pub(super) member: String,
    pub(super) invitation: String,
    pub(super) import: String,
    record: String,
    endpoint: String,
    account: String,
    account_job: String,
    number: String,
}

impl Things {
    pub(super) async fn of(scene: &Scene) -> Self {
        let body = json!({ "emails": ["guest.of.pages@example.org"], "roles": ["brokerage.user"] });
        let invited = scene.admin().post("/api/admin/team/invites", &body).await.expect(200).body;
        let invitation = invited["results"][0]["invitation"]["id"].as_str().unwrap().to_owned();
        let import = import(&scene.admin(), "email,roles\nno address,viewer\n").await;
        let (hire, member) = (scene.hire().await, scene.joined(ROLES[4]).await.1);
        let newest = scene.admin().get("/api/audit?limit=1").await.expect(200).body;
        let record = newest["items"][0]["id"].as_str().unwrap().to_owned();
        let (account, account_job, number) = provisioned(scene).await;
        let endpoint = scene.endpoint().to_string();
        Self { hire, member, invitation, import, record, endpoint, account, account_job, number }
    }

    /// The page's path with values.
    pub(super) fn path(&self, page: &Page) -> String {
        let id = match page.path {
            path if path.starts_with("/hires") => &self.hire,
            path if path.starts_with("/admin/team/roles") => "brand.finance",
            path if path.starts_with("/admin/team/invitations") => &self.invitation,
            path if path.starts_with("/admin/team/import") => &self.import,
            path if path.starts_with("/admin/team") => &self.member,
            path if path.starts_with("/admin/audit") => &self.record,
            path if path.starts_with("/workspace/signatures") => &self.endpoint,
            path if path.starts_with("/admin/platform-log") => &self.number,
            path if path.starts_with("/admin/provisioning/accounts") => &self.account,
            path if path.starts_with("/admin/provisioning") => &self.account_job,
            _ => "job_00000000000000000000000000",
        };
        page.path.replace("{id}", id).replace("{permission}", "hires.view").replace("{step}", "company")
    }
}

/// An account that an administrator gave, its job, and the number of a record of the platform's log.
async fn provisioned(scene: &Scene) -> (String, String, String) {
    let admin = scene.administrator(Grant::GeneralAdmin).await;
    let body = json!({
        "email": "of.pages@example.org", "name": "Olu Pages", "tier": "free", "role": "admin",
        "organization": { "name": "Of Pages", "slug": "of-pages", "preset": "brokerage" },
    });
    let job = admin.post("/api/admin/provision-account?wait=20", &body).await.expect(202).body;
    let text = |name: &str| job[name].as_str().unwrap().to_owned();
    for _ in 0..400 {
        let newest = admin.get("/api/super-admin/audit?limit=1").await.expect(200).body;
        if let Some(number) = newest["items"][0]["number"].as_u64() {
            return (text("user"), text("id"), number.to_string());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no record gets a number");
}

/// The id of an import of this file, once it has ended.
async fn import(admin: &Actor, file: &str) -> String {
    let request = admin.request(Method::POST, "/api/v1/teams/import").header("content-type", "text/csv");
    let made = admin.send(request.body(file.to_owned())).await.expect(202).body;
    let path = made["statusUrl"].as_str().unwrap();
    while ["pending", "running"].contains(&admin.get(path).await.expect(200).body["status"].as_str().unwrap())
    {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    made["id"].as_str().unwrap().to_owned()
}
