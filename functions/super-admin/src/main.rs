//! Lambda entry point of `super-admin`.

vestibule_api::serve_http!(vestibule_super_admin::SuperAdmin);
