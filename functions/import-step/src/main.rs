//! Lambda entry point of `import-step`.

vestibule_api::serve_events!(vestibule_import_step::Imports);
