//! What the API says of a refusal, as people read it on a page.

use serde_json::{Value, json};

/// The end of a sentence that names an operation, and the page that has it.
const INSTEAD: [(&str, &str, &str); 1] =
    [("change it with `PUT /api/v1/workspace/subscription`.", "choose another one.", "/workspace/plan")];

/// What the API says of a file without a byte. On a page no file was chosen then, and no row pasted.
const EMPTY: &str = "The file is empty;";

/// A problem in the words of pages: without names of operations, with the permission that it names, and with the page
/// where it can be helped.
pub(crate) fn of(mut problem: Value) -> Value {
    let detail = problem["detail"].as_str().unwrap_or_default().to_owned();
    if problem["code"] == "forbidden" {
        problem["permission"] = json!(detail.split('`').nth(1).filter(|name| name.contains('.')));
    }
    problem["link"] = json!(INSTEAD.iter().find(|(end, ..)| detail.contains(end)).map(|(.., page)| page));
    problem["detail"] = json!(match problem["code"].as_str() {
        Some("credentials_invalid") => REFUSED.to_owned(),
        Some("forbidden") if !problem["permission"].is_null() =>
            "None of your roles here allows this.".to_owned(),
        Some("forbidden") if detail.starts_with(GRANT) => NOT_GRANTED.to_owned(),
        Some("tenant_mismatch") => ELSEWHERE.to_owned(),
        Some("tenant_required") =>
            "You work in no business at present. Choose one of yours, or create one.".to_owned(),
        Some("csrf_invalid") =>
            "This page is of another session. Open it again, and then send it.".to_owned(),
        Some("idempotency_key_reused") =>
            "This form was sent already, with other values. Open the page again.".to_owned(),
        _ if detail.starts_with(EMPTY) => NO_FILE.to_owned(),
        _ => plain(&detail),
    });
    match problem["code"].as_str() {
        Some("tenant_required") => problem["link"] = json!("/settings/tenants"),
        Some("second_factor_required") => problem["link"] = json!("/settings/security"),
        _ => {}
    }
    for field in problem["fields"].as_array_mut().into_iter().flatten() {
        field["detail"] = json!(plain(field["detail"].as_str().unwrap_or_default()));
    }
    problem
}

/// What the API says to whoever has no grant on the platform, or another one.
const GRANT: &str = "This needs the grant";
const NOT_GRANTED: &str = "Only administrators of the platform whose work this is can see it.";
const ELSEWHERE: &str = "You have gone to another business in the meantime, so nothing was done. Look at the business at the top, and send it \
                         again if it is meant for that one.";
const NO_FILE: &str = "There are no rows: choose a CSV file that is not empty, or paste its rows.";
const REFUSED: &str = "The password or the code was not accepted. Check both. After several failures wait 15 minutes, or have a link for \
                       a new password mailed from the sign-in page.";

fn plain(text: &str) -> String {
    let text = INSTEAD.iter().fold(text.to_owned(), |text, (end, instead, _)| text.replace(end, instead));
    text.replace('`', "")
        .replace("An organization", "A business")
        .replace("organization", "business")
        .replace("The tier", "The plan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_no_operation() {
        let detail =
            "The tier `free` has no domain of its own; change it with `PUT /api/v1/workspace/subscription`.";
        let told = of(json!({ "code": "conflict", "detail": detail, "fields": [] }));
        assert_eq!(told["detail"], "The plan free has no domain of its own; choose another one.");
        assert_eq!(told["link"], "/workspace/plan");
    }

    #[test]
    fn a_missing_permission_can_be_asked_about() {
        let detail = "You lack the permission `hires.view` in this organization.";
        let told = of(json!({ "code": "forbidden", "detail": detail }));
        assert_eq!(
            (&told["permission"], &told["detail"]),
            (&json!("hires.view"), &json!("None of your roles here allows this."))
        );
        let platform = "This needs the grant `general_admin` on the platform.";
        let told = of(json!({ "code": "forbidden", "detail": platform }));
        assert_eq!((&told["permission"], &told["detail"]), (&json!(null), &json!(NOT_GRANTED)));
        let fields = json!([{ "field": "slug", "detail": "An organization has this slug." }]);
        assert_eq!(
            of(json!({ "code": "invalid", "fields": fields }))["fields"][0]["detail"],
            "A business has this slug."
        );
    }
}
