//! Signing up and signing in: registration, passwords, mailed links, outside providers, second
//! factors, and what of a person's credentials can be changed.
//!
//! Answers to strangers say nothing about who has an account: what depends on it happens later, in
//! the sender of mails, or takes the same steps either way.

pub mod attempt;
pub mod begin;
pub mod connections;
pub mod email_change;
pub mod link_pages;
pub mod login;
pub mod magic_link;
pub mod mail_request;
pub mod pages;
pub mod password_change;
pub mod password_reset;
pub mod provider_walk;
pub mod reauthentication;
pub mod recovery_codes;
pub mod register;
pub mod second_factor;
pub mod sign_in_pages;
pub mod social_callback;
pub mod social_login;
pub mod state;
pub mod totp;
pub mod verify_email;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use vestibule_api::{Settings, finish, state::StartError};
use vestibule_domain::World;

pub use state::Auth;

/// The routes with their documentation.
pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(verify_email::verify_email))
        .routes(routes!(login::login))
        .routes(routes!(second_factor::second_factor))
        .routes(routes!(magic_link::magic_link))
        .routes(routes!(magic_link::consume_magic_link))
        .routes(routes!(password_reset::forgot_password))
        .routes(routes!(password_reset::reset_password))
        .routes(routes!(password_change::change_password))
        .routes(routes!(email_change::change_email))
        .routes(routes!(email_change::confirm_email))
        .routes(routes!(email_change::undo_email))
        .routes(routes!(totp::begin_totp))
        .routes(routes!(totp::confirm_totp))
        .routes(routes!(totp::remove_totp))
        .routes(routes!(recovery_codes::renew_recovery_codes))
        .routes(routes!(social_login::social_login))
        .routes(routes!(connections::begin_connection))
        .routes(routes!(connections::finish_connection))
        .routes(routes!(connections::remove_connection))
        .routes(routes!(social_callback::social_callback))
        .merge(sign_in_pages::routes())
        .merge(link_pages::routes())
}

/// The operations as an `OpenAPI` document.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let state = Auth::open(settings, world).await?;
    let show_cost = state.api.show_cost;
    let (router, _) = routes().split_for_parts();
    Ok(finish(router.with_state(state), show_cost))
}
