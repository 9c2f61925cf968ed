//! Lambda entry point of `outbox-mail`.

vestibule_api::serve_events!(vestibule_outbox_mail::Outbox);
