//! Lambda entry point of `connections`.

vestibule_api::serve_http!(vestibule_connections::Connections);
