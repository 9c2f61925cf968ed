//! Lambda entry point of `dispatcher`.

vestibule_api::serve_events!(vestibule_dispatcher::Dispatcher);
