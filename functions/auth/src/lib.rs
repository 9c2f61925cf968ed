//! Signing up and signing in: registration, passwords, mailed links, outside providers, second
//! factors, and what of a person's credentials can be changed.
//!
//! Answers to strangers say nothing about who has an account: what depends on it happens later, in
//! the sender of mails, or takes the same steps either way.

pub mod account;
pub mod invitations;
mod kept;
pub mod mail_request;
pub mod pages;
pub mod providers;
pub mod sign_in;
pub mod sign_up;
pub mod state;

use account::{email_change, password_change, password_reset, recovery_codes, totp};
use invitations::{accept, decline, look, sign_up as join};
use pages::{
    administration, declining, invitation, links, mails, sign_in as sign_in_page, sign_up as sign_up_page,
    social,
};
use providers::{connections, social_callback, social_login};
use sign_in::{admin_login, login, magic_link, second_factor};
use sign_up::{register, verify_email};
pub use state::Auth;

vestibule_api::operations! {
    Auth:
        register::register,
        verify_email::verify_email,
        login::login,
        admin_login::admin_login,
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
        sign_in_page::show_home,
        sign_in_page::post_sign_in,
        sign_in_page::post_second_factor,
        administration::show_admin_sign_in,
        administration::post_admin_sign_in,
        sign_up_page::show_register,
        sign_up_page::post_register,
        mails::show_forgot_password,
        mails::post_forgot_password,
        mails::show_sign_in_link,
        mails::post_sign_in_link,
        social::go_to_provider,
        links::show_verify_email,
        links::post_verify_email,
        links::show_magic_link,
        links::post_magic_link,
        links::show_reset_password,
        links::post_reset_password,
        links::show_confirm_email,
        links::post_confirm_email,
        links::show_undo_email,
        links::post_undo_email,
        look::look_at_invitation,
        join::sign_up_invited,
        accept::accept_invitation,
        decline::decline_invitation,
        invitation::show_invitation,
        invitation::post_invitation,
        declining::show_decline_invitation,
        declining::post_decline_invitation,
}
