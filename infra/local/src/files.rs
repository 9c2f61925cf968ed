//! The files that deploy, built into the binary so that it runs anywhere.

/// `infra/template.yaml`.
pub(crate) const TEMPLATE: &str = include_str!("../../template.yaml");

/// The definition a state machine of the template names in `DefinitionUri`.
pub(crate) fn state_machine(path: &str) -> Option<&'static str> {
    match path {
        "statemachines/mailbox.asl.json" => Some(include_str!("../../statemachines/mailbox.asl.json")),
        "statemachines/credentials.asl.json" => {
            Some(include_str!("../../statemachines/credentials.asl.json"))
        }
        "statemachines/offboarding.asl.json" => {
            Some(include_str!("../../statemachines/offboarding.asl.json"))
        }
        "statemachines/import.asl.json" => Some(include_str!("../../statemachines/import.asl.json")),
        "statemachines/account.asl.json" => Some(include_str!("../../statemachines/account.asl.json")),
        _ => None,
    }
}
