//! Lambda entry point of `audit`.

vestibule_api::serve_http!(vestibule_audit::Audit);
