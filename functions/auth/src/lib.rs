//! Signing up and signing in: registration, passwords, mailed links, outside providers, second
//! factors, and what of a person's credentials can be changed.
//!
//! Answers to strangers say nothing about who has an account: what depends on it happens later, in
//! the sender of mails, or takes the same steps either way.

pub mod asker;
pub mod attempt;
pub mod begin;
pub mod connections;
pub mod email_change;
mod kept;
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
use vestibule_api::{Settings, finish, site::for_own_pages, state::StartError};
use vestibule_domain::World;

pub use state::Auth;

vestibule_api::operations! {
    Auth:
        register::register,
        verify_email::verify_email,
        login::login,
        second_factor::second_factor,
        magic_link::magic_link,
        magic_link::consume_magic_link,
        password_reset::forgot_password,
        password_reset::reset_password,
        password_change::change_password,
        email_change::change_email,
        email_change::confirm_email,
        email_change::undo_email,
        totp::begin_totp,
        totp::confirm_totp,
        totp::remove_totp,
        recovery_codes::renew_recovery_codes,
        social_login::social_login,
        connections::begin_connection,
        connections::finish_connection,
        connections::remove_connection,
        social_callback::social_callback,
        sign_in_pages::show_home,
        sign_in_pages::post_ask,
        sign_in_pages::post_second_factor,
        link_pages::show_verify_email,
        link_pages::post_verify_email,
        link_pages::show_magic_link,
        link_pages::post_magic_link,
        link_pages::show_reset_password,
        link_pages::post_reset_password,
        link_pages::show_confirm_email,
        link_pages::post_confirm_email,
        link_pages::show_undo_email,
        link_pages::post_undo_email,
}

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let state = Auth::open(settings, world).await?;
    let (show_cost, site) = (state.api.show_cost, state.site.clone());
    Ok(finish(for_own_pages(router().with_state(state), site), show_cost))
}
