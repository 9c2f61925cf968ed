//! Lambda entry point of `hires`.

vestibule_api::serve_http!(vestibule_hires::Hires);
