//! Lambda entry point of `organizations`.

vestibule_api::serve_http!(vestibule_organizations::Organizations);
