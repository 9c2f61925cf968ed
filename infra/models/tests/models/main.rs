//! Wire shapes and rules of the models, each called as the SDKs call it.

mod events;
mod faults;
mod mailer;
mod persistence;
mod s3;
mod secrets;
mod step_functions;
mod support;
mod work_mail;
