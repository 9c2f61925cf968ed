//! Lambda entry point of `esign-webhook`.

vestibule_api::serve_http!(vestibule_esign_webhook::Webhook);
