//! Lambda entry point of `provision-sweep`.

vestibule_api::serve_events!(vestibule_provision_sweep::Sweep);
