//! Lambda entry point of `provision-run`.

vestibule_api::serve_http!(vestibule_provision_run::Jobs);
