//! Lambda entry point of `audit-signer`.

vestibule_api::serve_events!(vestibule_audit_signer::Signer);
