//! Lambda entry point of `auth`.

vestibule_api::serve_http!(vestibule_auth_function::Auth);
