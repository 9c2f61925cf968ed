//! A stack of a test's own.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_adapters::esign::signing::sign_docusign;
use vestibule_api::lambda;
use vestibule_domain::World;
use vestibule_local::{Hosts, RoleCheck, Stack, StackOptions};

use crate::{Actor, Answer, completed, costs::spending::Traffic, event_body, waiting::found};

/// The documents that the sample tenant requires.
const DOCUMENTS: [&str; 3] = ["w9", "baa", "hire_agreement"];

/// A running stack with its sample tenant.
pub struct App {
    /// The stack.
    pub stack: Stack,
    /// Its clock and randomness.
    pub world: World,
    ahead: Arc<AtomicI64>,
    http: reqwest::Client,
    traffic: Arc<Traffic>,
}

impl App {
    /// Starts a stack whose jobs wait until somebody runs them.
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// Starts a stack with changed options. `VESTIBULE_DYNAMODB_ENDPOINT` puts its table elsewhere;
    /// `TEST_LOG=info` shows the functions' logs.
    pub async fn with(change: impl FnOnce(&mut StackOptions)) -> Self {
        if let Some(level) = variable("TEST_LOG") {
            let settings = vestibule_api::Settings::new([("LOG_LEVEL".to_owned(), level)]);
            settings
                .and_then(|settings| vestibule_api::logging::start(&settings))
                .expect("TEST_LOG is a level");
        }
        let ahead = Arc::new(AtomicI64::new(0));
        let world = ahead_of_time(ahead.clone());
        let mut options =
            StackOptions { pace: 0.01, world: world.clone(), hosts: Hosts::Any, ..StackOptions::default() };
        options.settings.insert("SHOW_COST".into(), "true".into());
        if let Some(endpoint) = variable("VESTIBULE_DYNAMODB_ENDPOINT") {
            options.dynamodb_endpoint = Some(endpoint);
            options.table_name = Some(format!("test-{}", vestibule_domain::EventId::new(&world).ulid()));
        }
        options.roles = RoleCheck::On(variable("VESTIBULE_RIGHTS").map(Into::into));
        change(&mut options);
        let stack = Stack::start(options).await.expect("the stack starts");
        // A test sees where an answer leads.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self { stack, world, ahead, http: http.expect("a client"), traffic: Arc::default() }
    }

    /// Moves the clock of functions and models forward.
    pub fn advance(&self, by: SignedDuration) {
        self.ahead.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    /// The tenant's administrator.
    pub fn admin(&self) -> Actor {
        self.person("debug_tenant_admin")
    }

    /// A member who may look but not touch.
    pub fn member(&self) -> Actor {
        self.person("debug_team_member")
    }

    /// Nobody.
    pub fn anonymous(&self) -> Actor {
        self.actor(None)
    }

    /// Somebody with this token.
    pub fn actor(&self, token: Option<String>) -> Actor {
        let (base, traffic) = (self.stack.url().to_owned(), self.traffic.clone());
        Actor { http: self.http.clone(), base, token, traffic }
    }

    /// One of the sample people.
    pub fn person(&self, name: &str) -> Actor {
        let token =
            self.stack.sample().token(name, &self.world).expect("a sample person").expect("a signed token");
        self.actor(Some(token.0.expose_secret().to_owned()))
    }

    /// The path of the sample tenant's own webhook endpoint.
    pub fn webhook(&self) -> String {
        format!("/api/esign/webhook/docusign/{}", self.stack.sample().endpoint)
    }

    /// Sends an event with the right signature.
    pub async fn deliver(&self, event: &Value) -> Answer {
        self.deliver_raw(&self.webhook(), event_body(event)).await
    }

    /// Sends signed bytes to a path.
    pub async fn deliver_raw(&self, path: &str, body: Vec<u8>) -> Answer {
        let signature = sign_docusign(&self.stack.sample().esign_key, &body).expect("a usable key");
        self.deliver_signed(path, body, &signature).await
    }

    /// Sends bytes with this signature.
    pub async fn deliver_signed(&self, path: &str, body: Vec<u8>, signature: &str) -> Answer {
        let actor = self.anonymous();
        let request = actor.request(reqwest::Method::POST, path).header("x-docusign-signature-1", signature);
        actor.send(request.header("content-type", "application/json").body(body)).await
    }

    /// Creates a hire and returns its id.
    pub async fn hire(&self, given: &str, family: &str) -> String {
        let body =
            json!({ "givenName": given, "familyName": family, "personalEmail": "new.hire@example.org" });
        let made = self.admin().post("/api/hires", &body).await.expect(201);
        made.body["id"].as_str().expect("an id").to_owned()
    }

    /// Creates a hire, signs every document, and returns the ids of hire and job.
    pub async fn signed_hire(&self, given: &str, family: &str) -> (String, String) {
        let hire = self.hire(given, family).await;
        let job = self.sign_all(&hire).await;
        (hire, job)
    }

    /// Signs every document of a hire, and returns the job that this brings.
    pub(crate) async fn sign_all(&self, hire: &str) -> String {
        for kind in DOCUMENTS {
            self.deliver(&completed(hire, kind)).await.expect(200);
        }
        let shown = self.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
        shown.body["job"].as_str().expect("a job").to_owned()
    }

    /// Runs a job and returns it when it has ended.
    pub async fn run(&self, job: &str) -> Value {
        self.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
        self.ended(job).await
    }

    /// The job once a step of it stands so.
    pub async fn until_step(&self, job: &str, (step, status): (&str, &str)) -> Value {
        let (path, mut last) = (format!("/api/provision/jobs/{job}"), Value::Null);
        let there = found(async || {
            last = self.admin().get(&path).await.expect(200).body;
            let steps = last["steps"].as_array()?;
            let there = steps.iter().any(|each| each["name"] == step && each["status"] == status);
            there.then(|| last.clone())
        });
        there.await.unwrap_or_else(|| panic!("{step} of {job} is never {status}: {last:#}"))
    }

    /// Lets the scheduled sweep look once; returns what it did.
    pub async fn sweep(&self) -> Value {
        let event = json!({ "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
        self.stack.invoke("provision-sweep", event).await.expect("a sweep")
    }

    /// The job once it has ended.
    pub async fn ended(&self, job: &str) -> Value {
        let path = format!("/api/provision/jobs/{job}");
        let mut last = Value::Null;
        let ended = found(async || {
            last = self.admin().get(&path).await.expect(200).body;
            let status = last["status"].as_str().unwrap_or("");
            ["succeeded", "failed", "needs_attention", "cancelled"].contains(&status).then(|| last.clone())
        });
        ended.await.unwrap_or_else(|| panic!("the job {job} did not end: {last:#}"))
    }
}

/// The real time, moved forward. It never goes back, whatever the machine's clock does meanwhile.
#[expect(clippy::disallowed_methods, reason = "the clock of a test begins with the real one")]
fn ahead_of_time(ahead: Arc<AtomicI64>) -> World {
    let real = lambda::world();
    let (began, since) = (Timestamp::now(), Instant::now());
    let now = move || began + since.elapsed() + SignedDuration::from_secs(ahead.load(Ordering::SeqCst));
    World::new(now, move |buffer| real.fill(buffer))
}

fn variable(name: &str) -> Option<String> {
    std::env::vars().find(|(known, _)| known == name).map(|(_, value)| value)
}
