//! Wire shapes and rules of the models, each called as the SDKs call it.

mod events;
mod faults;
mod google_workspace;
mod mailer;
mod microsoft_graph;
mod persistence;
mod s3;
mod secrets;
mod step_functions;
mod support;
mod time;
mod work_mail;
