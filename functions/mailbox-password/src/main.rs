//! Lambda entry point of `mailbox-password`.

vestibule_api::serve_http!(vestibule_mailbox_password::MailboxPassword);
