//! Lambda entry point of `session`.

vestibule_api::serve_http!(vestibule_session::Sessions);
