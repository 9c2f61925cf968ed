//! Fills a stack with tenants and shows that one costs the same among many as among few:
//! `cargo run -p vestibule-tests --bin scale -- --tenants 1000 --members 50`.
#![expect(clippy::expect_used, reason = "a measurement that cannot go on has failed")]

use std::{collections::BTreeMap, error::Error, sync::Arc};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;
use vestibule_domain::{
    Email, PersonName, Preset, RoleName, SecuritySettings, SessionId, Tenant, TenantId, User, UserId,
};
use vestibule_store::{Cost, SeedTenant, SeedUser, Session};
use vestibule_tests::{Actor, App};

/// New people of one tenant, so that all of them fit into one transaction.
const NEW_PEOPLE: usize = 25;
/// How much more an operation may cost among many tenants.
const MOST: f64 = 1.1;

#[derive(Debug, Parser)]
struct Options {
    /// How many tenants.
    #[arg(long, default_value_t = 1_000)]
    tenants: usize,
    /// How many members each.
    #[arg(long, default_value_t = 50)]
    members: usize,
}

/// Somebody who leads two tenants, and nothing else.
struct Leader {
    user: UserId,
    session: SessionId,
    tenants: [TenantId; 2],
}

struct Filling {
    app: Arc<App>,
    people: Vec<(UserId, Email)>,
    members: usize,
    count: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut filling = Filling {
        app: Arc::new(App::identity().await),
        people: Vec::new(),
        members: options.members,
        count: 0,
    };
    // So that the tenants that are measured first are as large as the last ones.
    filling.pair().await?;
    let first = filling.pair().await?;
    let small = measured(&filling.app, &first).await;
    let bar = ProgressBar::new(options.tenants as u64).with_position(4);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} tenants, {eta} left")?);
    let mut last = None;
    while filling.count < options.tenants {
        last = Some(filling.pair().await?);
        bar.set_position(filling.count as u64);
    }
    bar.finish_and_clear();
    let (again, last) = (measured(&filling.app, &first).await, last.ok_or("give at least six tenants")?);
    let large = measured(&filling.app, &last).await;
    println!(
        "{} tenants with {} members each, {} people",
        filling.count,
        options.members,
        filling.people.len()
    );
    println!("| operation | among 4: round trips, units | the same tenant among all | the last one |");
    println!("|---|---:|---:|---:|");
    let mut worse = Vec::new();
    for (name, few) in &small {
        let many = [&again[name], &large[name]];
        println!("| {name} | {} | {} | {} |", told(few), told(many[0]), told(many[1]));
        let costs = |cost: &Cost| cost.read_units + cost.write_units;
        let fits = |cost: &&Cost| cost.round_trips == few.round_trips && costs(cost) <= MOST * costs(few);
        if !many.iter().all(fits) {
            worse.push(name.clone());
        }
    }
    if worse.is_empty() {
        Ok(())
    } else {
        Err(format!("these cost more among many: {}", worse.join(", ")).into())
    }
}

fn told(cost: &Cost) -> String {
    format!("{}, {:.1}", cost.round_trips, cost.read_units + cost.write_units)
}

/// What each operation costs the leader of a tenant.
async fn measured(app: &App, leader: &Leader) -> BTreeMap<String, Cost> {
    let token = app.stack.sample().sign((leader.user, leader.session, leader.tenants[0]), &app.world);
    let actor = app.actor(Some(token.expect("a token").0.expose_secret().to_owned()));
    let member = format!("/api/admin/team/{}", leader.user);
    let mut costs = BTreeMap::new();
    for (name, method, path) in [
        ("list 20 members", Method::GET, "/api/admin/team?limit=20".to_owned()),
        ("look for a member", Method::GET, "/api/admin/team?text=nobody-has-this".to_owned()),
        ("explain a permission", Method::GET, format!("{member}/permissions/orders.view")),
        ("list roles", Method::GET, "/api/admin/team/roles".to_owned()),
        ("show the context", Method::GET, "/api/auth/context".to_owned()),
        ("switch", Method::POST, "/api/auth/context/switch".to_owned()),
    ] {
        let request = actor.request(method.clone(), &path);
        let there = json!({ "tenant": leader.tenants[1] });
        let request = if method == Method::POST { request.json(&there) } else { request };
        costs.insert(name.to_owned(), cost(&actor, request).await);
    }
    let back = json!({ "tenant": leader.tenants[0] });
    actor.post("/api/auth/context/switch", &back).await.expect(200);
    costs
}

async fn cost(actor: &Actor, request: reqwest::RequestBuilder) -> Cost {
    let answer = actor.send(request).await.expect(200);
    serde_json::from_slice(answer.headers["x-cost"].as_bytes()).expect("a cost")
}

impl Filling {
    /// Two more tenants, led by the same one.
    async fn pair(&mut self) -> Result<Leader, Box<dyn Error>> {
        let (leader, session) = self.person("lead")?;
        let first = self.tenant(Some((&leader, &session))).await?;
        let second = self.tenant(None).await?;
        let role = Preset::Brand.founder_role();
        let platform = self.app.stack.store().platform();
        platform.seed_member(second, leader.id, leader.email.clone(), &role).await?;
        Ok(Leader { user: leader.id, session: session.id, tenants: [first, second] })
    }

    /// One more tenant, some of its members new people, the others known ones.
    async fn tenant(&mut self, leader: Option<(&User, &Session)>) -> Result<TenantId, Box<dyn Error>> {
        let sample = &self.app.stack.sample().tenant;
        let id = TenantId::new(&self.app.world);
        let tenant = Tenant {
            id,
            slug: format!("tenant-{}", self.count),
            domain: None,
            endpoint: None,
            security: SecuritySettings::default(),
            ..sample.clone()
        };
        self.count += 1;
        let viewer = RoleName::parse("viewer")?;
        let (mut members, mut users) = (Vec::new(), Vec::new());
        if let Some((user, session)) = leader {
            members.push((user.id, user.email.clone(), Preset::Brand.founder_role()));
            let (user, session) = (user.clone(), Some(session.clone()));
            users.push(SeedUser { user, password: None, session });
        }
        let known = self.people.len();
        for _ in 0..NEW_PEOPLE.min(self.members) {
            let (user, _) = self.person("person")?;
            members.push((user.id, user.email.clone(), viewer.clone()));
            self.people.push((user.id, user.email.clone()));
            users.push(SeedUser { user, password: None, session: None });
        }
        let roles =
            Preset::Brand.roles().iter().map(|role| (role.name.to_owned(), role.permissions())).collect();
        let more = self.members.saturating_sub(members.len());
        let seed = SeedTenant { tenant, provider: "docusign".into(), roles, members, users };
        let platform = self.app.stack.store().platform();
        platform.create_tenant(&seed).await?;
        let known = self.people[..known].iter().rev().take(more);
        let joining = known.map(|(user, email)| platform.seed_member(id, *user, email.clone(), &viewer));
        futures::future::try_join_all(joining).await?;
        Ok(id)
    }

    fn person(&self, name: &str) -> Result<(User, Session), Box<dyn Error>> {
        let world = &self.app.world;
        let id = UserId::new(world);
        let email = Email::parse(&format!("{name}.{}@example.org", id.ulid().to_lowercase()))?;
        let session = Session::seeded(
            SessionId::new(world),
            None,
            (world.now(), world.now() + SignedDuration::from_hours(24)),
        );
        Ok((User::new(id, email, PersonName::parse("Max Many")?, world), session))
    }
}
