//! Lambda entry point of `console`.

vestibule_api::serve_http!(vestibule_console::Console);
