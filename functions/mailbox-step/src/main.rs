//! Lambda entry point of `mailbox-step`.

vestibule_api::serve_events!(vestibule_mailbox_step::Tools);
