//! Lambda entry point of `promo`.

vestibule_api::serve_http!(vestibule_promo_function::Promo);
