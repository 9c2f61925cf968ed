//! Lambda entry point of `account-step`.

vestibule_api::serve_events!(vestibule_account_step::Accounts);
