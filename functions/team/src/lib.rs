//! The team of a business: who belongs to it, its roles, and what each of them allows.

mod fresh;
pub mod groups;
pub mod imports;
pub mod invitations;
pub mod members;
pub mod roles;

use axum::extract::FromRef;
use vestibule_api::{Api, ApiError, HttpFunction, Reply, Settings, limiting, state::StartError};
use vestibule_domain::World;
use vestibule_store::{Answer, Limits};

use groups::{create_group, list_groups, remove_group, update_group};
use imports::{cancel_import, create_import, get_import, get_import_report, list_imports};
use invitations::{
    create_invitations, get_invitation, list_invitations, resend_invitation, revoke_invitation,
    update_invitation,
};
use members::{explain_permission, get_member, list_members, remove_member, update_member};
use roles::{create_role, get_matrix, get_role, list_roles, register_permission, remove_role, update_role};

/// The answer to a request that changes nothing; its repetition changes nothing either.
pub(crate) async fn unchanged(api: &Api, answer: Option<Answer>, reply: Reply) -> Result<Reply, ApiError> {
    if let Some(answer) = answer {
        api.store.platform().keep_answer(answer, &api.world).await?;
    }
    Ok(reply)
}

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Team {
    /// The shared part.
    pub api: Api,
    /// How many mails an address gets.
    pub limits: Limits,
}

vestibule_api::operations! {
    Team:
        list_roles::list_roles,
        create_role::create_role,
        get_role::get_role,
        update_role::update_role,
        remove_role::remove_role,
        get_matrix::get_matrix,
        register_permission::register_permission,
        list_members::list_members,
        list_members::list_team_members,
        get_member::get_member,
        update_member::update_member,
        update_member::update_team_member,
        remove_member::remove_member,
        remove_member::remove_team_member,
        explain_permission::explain_permission,
        list_groups::list_groups,
        create_group::create_group,
        update_group::update_group,
        remove_group::remove_group,
        list_invitations::list_invitations,
        list_invitations::list_team_invitations,
        create_invitations::create_invitations,
        create_invitations::create_team_invitations,
        get_invitation::get_invitation,
        get_invitation::get_team_invitation,
        update_invitation::update_invitation,
        revoke_invitation::revoke_invitation,
        revoke_invitation::revoke_team_invitation,
        resend_invitation::resend_invitation,
        create_import::create_import,
        list_imports::list_imports,
        get_import::get_import,
        get_import_report::get_import_report,
        cancel_import::cancel_import,
}

impl HttpFunction for Team {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self { limits: limiting::limits(settings)?, api: Api::open(settings, world).await? })
    }
}
