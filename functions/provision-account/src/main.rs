//! Lambda entry point of `provision-account`.

vestibule_api::serve_http!(vestibule_provision_account::Provisioning);
