//! Lambda entry point of `discovery`.

vestibule_api::serve_http!(vestibule_discovery::Discovery);
