//! Lambda entry point of `email-events`.

vestibule_api::serve_events!(vestibule_email_events::EmailEvents);
