//! The API's description: the functions' own, put together.

use utoipa::openapi::{
    Components, Info, License, OpenApi, OpenApiBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// The `OpenAPI` 3.1 document of every HTTP function.
pub fn document() -> OpenApi {
    let mut info = Info::new("Vestibule", env!("CARGO_PKG_VERSION"));
    info.description = Some("From a signed form to a working account.".into());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let mut components = Components::new();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let base = OpenApiBuilder::new().info(info).components(Some(components)).build();
    let parts = [
        vestibule_auth_function::openapi(),
        vestibule_session::openapi(),
        vestibule_discovery::openapi(),
        vestibule_esign_webhook::openapi(),
        vestibule_hires::openapi(),
        vestibule_provision_run::openapi(),
    ];
    parts.into_iter().fold(base, OpenApi::merge_from)
}
