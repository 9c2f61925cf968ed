//! Rows that do not decode.

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule_domain::{Hire, Job};
use vestibule_store::{CursorKey, PageRequest, StoreError};

use crate::{
    given::{hire_with_job, scope},
    table::Table,
};

#[tokio::test]
async fn a_row_that_does_not_decode_names_its_key_and_shows_no_values() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let (hire, job) = hire_with_job(&table, &scope).await;
    let tenant = format!("T#{}", scope.tenant());
    let store = table.store.tenant(&scope);
    let rows = [(format!("JOB#{}", job.id), "steps"), (format!("HIRE#{}", hire.id), "documents")];
    for (sk, attribute) in &rows {
        table.set((&tenant, sk), attribute, AttributeValue::Bool(true)).await;
    }
    let key = CursorKey::new(&"a cursor key of good length".to_owned().into());
    let errors =
        [store.find::<Job>(job.id).await.unwrap_err(), store.find::<Hire>(hire.id).await.unwrap_err()];
    let listed = store.list::<Hire>(&PageRequest::default(), &key).await.unwrap().unwrap();
    assert_eq!((listed.items.len(), listed.damaged), (0, vec![hire.id.to_string()]));
    for (error, (sk, _)) in errors.into_iter().zip([&rows[0], &rows[1]]) {
        assert!(!error.is_transient());
        let StoreError::Row { row, reason } = error else { panic!("{error}") };
        assert_eq!(row, format!("{tenant} / {sk}"));
        assert!(!reason.contains("kim@example.org"), "{reason}");
    }
}
