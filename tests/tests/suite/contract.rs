//! The template, the API's description, the step tables and the state machines say the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vestibule_console::operations::HANDED_ON;
use vestibule_local::template::{Route, Template};
use vestibule_saga::Definition;
use vestibule_tests::{
    operations::{Content, Scene, described},
    state_machine::MACHINES,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn document() -> Value {
    vestibule_local::openapi::document()
}

#[test]
fn the_committed_openapi_document_is_what_the_code_says() {
    let committed = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert_eq!(committed, document(), "run `cargo run -p vestibule-tests --bin openapi`");
    assert!(committed["openapi"].as_str().unwrap().starts_with("3.1"));
}

/// Bodies that the suites send; the document must take every one.
#[tokio::test(flavor = "multi_thread")]
async fn the_document_takes_what_the_suites_send() {
    let (scene, document) = (Scene::start().await, document());
    for operation in described() {
        let Content::Json(body) = scene.prepare(&operation).await.unwrap().body else { continue };
        let (method, path) = operation.split_once(' ').unwrap();
        let media =
            &document["paths"][path][method.to_lowercase()]["requestBody"]["content"]["application/json"];
        let Some(name) = media["schema"]["$ref"].as_str() else {
            assert_eq!(body, json!({}), "{operation} takes a body that is not described");
            continue;
        };
        let name = name.rsplit('/').next().unwrap();
        let schema = &document["components"]["schemas"][name];
        for field in body.as_object().unwrap().keys() {
            assert!(schema["properties"].get(field).is_some(), "{operation}: {name} has no {field}");
        }
        for field in schema["required"].as_array().into_iter().flatten() {
            assert!(body.get(field.as_str().unwrap()).is_some(), "{operation}: {name} asks for {field}");
        }
    }
}

#[test]
fn every_route_of_the_template_is_described_and_every_described_route_is_in_the_template() {
    // The console's pages are no operations, but for those that it hands on: they lie behind its routes.
    let template = template();
    let console = template.function("console").unwrap();
    let key = |route: &Route| (route.method.to_uppercase(), route.path.clone());
    let (pages, routes): (Vec<_>, Vec<_>) =
        template.routes.iter().partition(|route| console.answers_to(&route.function));
    let pages: Vec<_> = pages.into_iter().map(key).collect();
    let template: BTreeSet<(String, String)> = routes.into_iter().map(key).collect();
    let handed_on: BTreeSet<(String, String)> =
        HANDED_ON.iter().map(|it| (it.method.to_string(), it.path.to_owned())).collect();
    let mut described = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let answers = |(method, path): &(String, String), (asked, of): &(String, String)| {
        let begins = path.strip_suffix("{proxy+}").is_some_and(|begin| of.starts_with(begin));
        (method == asked || method == "ANY") && (path == of || begins)
    };
    let mut alone: BTreeSet<_> =
        described.iter().filter(|each| !template.iter().any(|route| answers(route, each))).collect();
    for each in &handed_on {
        assert!(alone.remove(each), "{each:?} is handed on and not described, or has a route of its own");
        assert!(pages.iter().any(|route| answers(route, each)), "{each:?} does not come to the console");
    }
    assert!(alone.is_empty(), "described and without a route: {alone:?}");
    let idle: Vec<_> =
        template.iter().filter(|route| !described.iter().any(|each| answers(route, each))).collect();
    assert!(idle.is_empty(), "routes without a description: {idle:?}");
    // A route for several is one that a policy of 20 KB asks for.
    let several =
        template.iter().filter(|(method, path)| method == "ANY" || path.ends_with("{proxy+}")).count();
    assert!(described.len() >= 56 && several <= 5, "{several}");
}

#[test]
fn every_function_has_a_folder_a_place_in_the_template_and_sample_events() {
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let template: BTreeSet<String> =
        template().functions.iter().map(|function| function.name.clone()).collect();
    let built: BTreeSet<String> =
        vestibule_local::functions::NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!((&folders, &folders), (&template, &built));
    for name in folders {
        let samples = std::fs::read_dir(root().join("events").join(&name)).unwrap().count();
        assert!(samples > 0, "events/{name} has a sample");
    }
}

#[test]
fn the_committed_state_machines_are_what_the_step_tables_say() {
    let folder = root().join("infra/statemachines");
    for machine in MACHINES {
        let committed = std::fs::read_to_string(folder.join(machine.file())).unwrap();
        assert_eq!(
            committed,
            machine.definition().unwrap(),
            "run `cargo run -p vestibule-tests --bin statemachines`"
        );
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), MACHINES.len(), "a file for each saga");
}

#[test]
fn the_state_machines_walk_exactly_the_step_tables() {
    for (file, table) in vestibule_sagas::ALL.map(|saga| (saga.saga, saga)) {
        let text =
            std::fs::read_to_string(root().join(format!("infra/statemachines/{file}.asl.json"))).unwrap();
        let machine: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(forward(&machine, table), names(table), "{file}: the way forward");
        assert_eq!(back(&machine, table), undos(table), "{file}: the way back");
        check_catches(&machine, table);
        check_no_other_task(&machine, table);
    }
}

fn names(table: &Definition) -> Vec<&str> {
    table.steps.iter().map(|step| step.name).collect()
}

fn undos(table: &Definition) -> Vec<&str> {
    table.steps.iter().rev().filter(|step| step.undo).map(|step| step.name).collect()
}

fn state<'a>(machine: &'a Value, name: &str) -> &'a Value {
    let found = &machine["States"][name];
    assert!(found.is_object(), "there is a state {name}");
    found
}

fn task(state: &Value) -> Option<(&str, &str)> {
    let payload = &state["Parameters"]["Payload"];
    Some((payload["step"].as_str()?, payload["action"].as_str()?))
}

/// The steps met from the default start, following `Next`.
fn forward<'a>(machine: &'a Value, table: &Definition) -> Vec<&'a str> {
    let start = state(machine, machine["StartAt"].as_str().unwrap());
    chain(machine, start["Default"].as_str().unwrap(), "do", table)
}

/// The undos met from the start in mode `undo`.
fn back<'a>(machine: &'a Value, table: &Definition) -> Vec<&'a str> {
    let start = state(machine, machine["StartAt"].as_str().unwrap());
    assert_eq!(start["Choices"][0]["StringEquals"], "undo");
    chain(machine, start["Choices"][0]["Next"].as_str().unwrap(), "undo", table)
}

fn chain<'a>(machine: &'a Value, from: &'a str, action: &str, table: &Definition) -> Vec<&'a str> {
    let mut met = Vec::new();
    let mut name = from;
    while let Some((step, found)) = task(state(machine, name)) {
        assert_eq!(found, action, "{name}");
        assert_eq!(machine["States"][name]["Parameters"]["Payload"]["saga"], table.saga);
        met.push(step);
        let asking = name;
        name = machine["States"][name]["Next"].as_str().unwrap();
        if table.find(step).is_some_and(|step| step.repeats) {
            name = behind_the_question(machine, name, asking);
        }
    }
    met
}

/// Where a step that may ask to be called again goes on when it does not; each question leads back to it, or out.
fn behind_the_question<'a>(machine: &'a Value, choice: &str, asking: &str) -> &'a str {
    let choice = state(machine, choice);
    let leads = |answer: &str| {
        let all = choice["Choices"].as_array().unwrap();
        let branch = all.iter().find(|branch| branch["StringEquals"] == answer);
        branch.unwrap()["Next"].as_str().unwrap()
    };
    assert_eq!(leads("again"), asking);
    let wait = state(machine, leads("wait"));
    assert_eq!((wait["Type"].as_str(), wait["Next"].as_str()), (Some("Wait"), Some(asking)));
    assert_eq!(state(machine, leads("park"))["Type"], "Succeed");
    choice["Default"].as_str().unwrap()
}

/// Where a failure of each step leads: to its own undo, to the next address, or to a person.
fn check_catches(machine: &Value, table: &Definition) {
    for (name, state) in machine["States"].as_object().unwrap() {
        let Some((step, action)) = task(state) else {
            continue;
        };
        let Some(step) = table.find(step) else { continue };
        let catches = state["Catch"].as_array().unwrap();
        let last = catches.last().unwrap();
        assert_eq!(last["ErrorEquals"][0], "States.ALL", "{name}");
        let caught = task(&machine["States"][last["Next"].as_str().unwrap()]);
        let expected =
            if action == "do" && step.undo { (step.name, "undo") } else { ("needs_attention", "do") };
        assert_eq!(caught, Some(expected), "{name}");
        let taken = catches.iter().find(|catch| catch["ErrorEquals"][0] == "Rejected");
        assert_eq!(taken.is_some(), action == "do" && step.on_rejected.is_some(), "{name}");
        if let (Some(taken), Some(route)) = (taken, step.on_rejected) {
            let first = taken["Next"].as_str().unwrap();
            let mut next = task(&machine["States"][first]);
            if let Some(discard) = route.discard {
                assert_eq!(next, Some((discard, "discard")), "{name}");
                let mut behind = machine["States"][first]["Next"].as_str().unwrap();
                if table.find(discard).is_some_and(|step| step.repeats) {
                    behind = behind_the_question(machine, behind, first);
                }
                next = task(&machine["States"][behind]);
            }
            assert_eq!(next, Some((route.back_to, "do")), "{name}");
        }
    }
}

fn check_no_other_task(machine: &Value, table: &Definition) {
    for (name, state) in machine["States"].as_object().unwrap() {
        if let Some((step, action)) = task(state) {
            assert!(
                table.find(step).is_some() || (step, action) == ("needs_attention", "do"),
                "{name}: {step}"
            );
        }
    }
}

fn template() -> Template {
    vestibule_local::template::read().unwrap()
}
