//! A page of accounts costs the same among many thousand as among a hundred, whatever is looked for.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};
use vestibule_auth::Grant;
use vestibule_domain::{
    Account, AccountOrigin, Email, JobId, PersonName, RoleName, TenantId, Tier, User, UserId, UserStatus,
    name_beginnings,
};
use vestibule_store::Cost;
use vestibule_tests::{Actor, App, Row};

const FEW: usize = 100;
pub(super) const MANY: usize = 10_000;
/// Rows of one write, and writes under way at once.
const AT_ONCE: usize = 25;
const UNDER_WAY: usize = 4;

/// A JSON value as the table has it.
fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(yes) => AttributeValue::Bool(*yes),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(items) => AttributeValue::L(items.iter().map(attribute).collect()),
        Value::Object(fields) => {
            AttributeValue::M(fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect())
        }
    }
}

pub(super) fn row(keys: (String, String), item: &str, value: &Value) -> Row {
    let AttributeValue::M(mut row) = attribute(value) else { panic!("a row is an object") };
    for (name, text) in [("PK", keys.0), ("SK", keys.1), ("item", item.to_owned())] {
        row.insert(name.to_owned(), AttributeValue::S(text));
    }
    row
}

/// The rows of one more account.
fn rows(app: &App, number: usize) -> Vec<Row> {
    let world = &app.world;
    let (id, now) = (UserId::new(world), world.now());
    let name = PersonName::parse(if number.is_multiple_of(50) { "Zoe" } else { "Kim" }).unwrap();
    let email = Email::parse(&format!("account{number}@scale.example")).unwrap();
    let mut user = User::new(id, email, name, world);
    let state = Account::STATES[number % 3];
    user.status = UserStatus { state, since: now, by: "system:seed".to_owned() };
    let tier = Tier::ALL[number % Tier::ALL.len()];
    let account = Account {
        user: id,
        tenant: TenantId::new(world),
        role: RoleName::parse("admin").unwrap(),
        tier,
        status: user.status.clone(),
        job: JobId::new(world),
        origin: AccountOrigin::Admin,
        version: 0,
    };
    let own = |sk: &str| (format!("U#{id}"), sk.to_owned());
    let mut rows =
        vec![row(own("USER"), "user", &json!(user)), row(own("ACCOUNT"), "account", &json!(account))];
    let (state, tier) = (state.name(), tier.terms().name);
    let lists = [("any", "any"), (state, "any"), ("any", tier), (state, tier)];
    let lists = lists.map(|(state, tier)| format!("PLATFORM#ACCOUNTS#{state}#{tier}"));
    let sealer = app.stack.store().sealer();
    let names = name_beginnings(&user.name)
        .into_iter()
        .map(|text| format!("PLATFORM#NAME#{}", sealer.name_key(&text)));
    rows.extend(
        lists.into_iter().chain(names).map(|list| row((list, id.to_string()), "listed_account", &json!({}))),
    );
    rows
}

/// Writes the rows of each number.
async fn fill(app: &App, numbers: std::ops::Range<usize>, rows: impl Fn(&App, usize) -> Vec<Row>) {
    let (client, table): (Client, _) = (app.client(), app.stack.table_name().to_owned());
    let rows: Vec<Row> = numbers.flat_map(|number| rows(app, number)).collect();
    let writes = rows.chunks(AT_ONCE).map(|rows| {
        let put = |row: &Row| PutRequest::builder().set_item(Some(row.clone())).build().unwrap();
        let puts = rows.iter().map(|row| WriteRequest::builder().put_request(put(row)).build()).collect();
        let request = client.batch_write_item().request_items(table.clone(), puts);
        async move {
            assert!(request.send().await.unwrap().unprocessed_items().is_none_or(HashMap::is_empty));
        }
    });
    stream::iter(writes).buffer_unordered(UNDER_WAY).collect::<Vec<()>>().await;
}

/// Lists of a path: what is looked for, how many it shows, and what that costs.
type Costs = Vec<(&'static str, usize, Cost)>;

async fn costs(admin: &Actor, path: &str, queries: &[&'static str]) -> Costs {
    let mut all = Vec::new();
    for query in queries {
        let answer = admin.get(&format!("{path}?{query}")).await.expect(200);
        let cost = serde_json::from_slice(answer.headers["x-cost"].as_bytes()).unwrap();
        all.push((*query, answer.body["items"].as_array().unwrap().len(), cost));
    }
    all
}

fn compare(few: &Costs, many: &Costs) {
    println!(
        "| search | on the page | among {FEW}: round trips, units | among {MANY} |\n|---|---:|---:|---:|"
    );
    for ((query, found, before), (_, now_found, now)) in few.iter().zip(many) {
        println!(
            "| {query} | {found} | {}, {} | {}, {} |",
            before.round_trips, before.read_units, now.round_trips, now.read_units
        );
        assert_eq!((found, before.round_trips), (now_found, now.round_trips), "{query}");
        assert!(now.round_trips <= 3, "{query}: {} round trips", now.round_trips);
        assert!(now.read_units <= before.read_units * 1.1, "{query}: {} units", now.read_units);
    }
}

/// Holds each search among many against the same among a few. The administrator sees the list, `rows` makes one more thing.
pub(super) async fn costs_the_same(
    app: &App,
    admin: &Actor,
    (path, queries): (&str, &[&'static str]),
    rows: fn(&App, usize) -> Vec<Row>,
) {
    fill(app, 0..FEW, rows).await;
    let few = costs(admin, path, queries).await;
    fill(app, FEW..MANY, rows).await;
    compare(&few, &costs(admin, path, queries).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_any_search_costs_the_same_among_ten_thousand_accounts_as_among_a_hundred() {
    // Without the table's stream, which nobody needs here.
    let app = App::start().await;
    let admin = app.admin();
    app.appoint(admin.id().await, Grant::GeneralAdmin).await;
    let queries = [
        "limit=20",
        "limit=20&status=active",
        "limit=20&tier=operandi",
        "limit=20&status=invited&tier=free",
        "limit=20&name=Kim",
        "limit=1&name=zoe",
        "limit=20&name=nobody",
        "email=account7@scale.example",
    ];
    costs_the_same(&app, &admin, ("/api/admin/users", &queries), rows).await;
}
