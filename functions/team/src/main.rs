//! Lambda entry point of `team`.

vestibule_api::serve_http!(vestibule_team::Team);
