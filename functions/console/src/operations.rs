//! The operations of the API that pages call. A test compares each with the template's routes.

use http::Method;

/// An operation of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The function that has it, by the name the template gives it.
    pub function: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path, as the API describes it.
    pub path: &'static str,
}

macro_rules! operations {
    ($($name:ident $function:literal $method:ident $path:literal;)+) => {
        $(pub(crate) const $name: &Operation = &Operation { function: $function, method: Method::$method, path: $path };)+

        /// All of them.
        pub const ALL: &[&Operation] = &[$($name),+];
    };
}

operations! {
    CONTEXT "session" GET "/api/auth/context";
    SWITCH "session" POST "/api/auth/context/switch";
    LEAVE "session" DELETE "/api/auth/context/tenants/{id}";
    CHANGE_DEFAULT "session" PUT "/api/auth/context/default";
    NOTIFICATIONS "session" GET "/api/auth/context/notifications";
    UPDATE_NOTIFICATIONS "session" PUT "/api/auth/context/notifications";
    REFRESH "session" POST "/api/v1/auth/refresh";
    LOGOUT "session" POST "/api/v1/auth/logout";
    ME "session" GET "/api/v1/auth/me";
    UPDATE_ME "session" PATCH "/api/v1/auth/me";
    AVATAR "session" GET "/api/v1/auth/me/avatar";
    SET_AVATAR "session" PUT "/api/v1/auth/me/avatar";
    REMOVE_AVATAR "session" DELETE "/api/v1/auth/me/avatar";
    SESSIONS "session" GET "/api/v1/auth/sessions";
    END_SESSION "session" DELETE "/api/v1/auth/sessions/{id}";
    CHANGE_PASSWORD "auth" POST "/api/v1/auth/password";
    CHANGE_EMAIL "auth" POST "/api/v1/auth/email";
    BEGIN_TOTP "auth" POST "/api/v1/auth/totp";
    CONFIRM_TOTP "auth" POST "/api/v1/auth/totp/confirm";
    REMOVE_TOTP "auth" POST "/api/v1/auth/totp/remove";
    RECOVERY_CODES "auth" POST "/api/v1/auth/recovery-codes";
    BEGIN_CONNECTION "auth" POST "/api/v1/auth/connections";
    REMOVE_CONNECTION "auth" POST "/api/v1/auth/connections/remove";
    FOUND "organizations" POST "/api/v1/organizations";
    ORGANIZATION "organizations" GET "/api/v1/organizations/{id}";
    UPDATE_ORGANIZATION "organizations" PUT "/api/v1/organizations/{id}";
    SETUP "organizations" GET "/api/v1/organizations/{id}/setup";
    SAVE_SETUP "organizations" PUT "/api/v1/onboarding";
    MAILBOXES "connections" GET "/api/mailboxes/connection";
    CONNECT_MAILBOXES "connections" PUT "/api/mailboxes/connection";
    CHECK_MAILBOXES "connections" POST "/api/mailboxes/connection/check";
    ESIGN_ENDPOINTS "connections" GET "/api/esign/endpoints";
    NEW_ESIGN_ENDPOINT "connections" POST "/api/esign/endpoints";
    ESIGN_ENDPOINT "connections" GET "/api/esign/endpoints/{id}";
    REMOVE_ESIGN_ENDPOINT "connections" DELETE "/api/esign/endpoints/{id}";
    ROTATE_ESIGN_KEY "connections" POST "/api/esign/endpoints/{id}/keys";
    ESIGN_DELIVERIES "connections" GET "/api/esign/endpoints/{id}/deliveries";
    WORKSPACE "organizations" GET "/api/v1/workspace";
    UPDATE_WORKSPACE "organizations" PUT "/api/v1/workspace";
    SUBSCRIPTION "organizations" GET "/api/v1/workspace/subscription";
    CHANGE_SUBSCRIPTION "organizations" PUT "/api/v1/workspace/subscription";
    DOMAIN "organizations" GET "/api/v1/organizations/{id}/domain";
    WANT_DOMAIN "organizations" PUT "/api/v1/organizations/{id}/domain";
    VERIFY_DOMAIN "organizations" POST "/api/v1/organizations/{id}/domain/verify";
    HIRES "hires" GET "/api/hires";
    CREATE_HIRE "hires" POST "/api/hires";
    HIRE "hires" GET "/api/hires/{id}";
    REMOVE_HIRE "hires" DELETE "/api/hires/{id}";
    RESET_HIRE_PASSWORD "hires" POST "/api/hires/{id}/reset-password";
    OFFBOARDING "hires" GET "/api/hires/{id}/offboard";
    OFFBOARD_HIRE "hires" POST "/api/hires/{id}/offboard";
    CALL_BACK_HIRE "hires" POST "/api/hires/{id}/offboard/call-back";
    ESIGN_EVENTS "hires" GET "/api/esign/events";
    MATCH_ESIGN_EVENT "hires" POST "/api/esign/events/{id}/match";
    DROP_ESIGN_EVENT "hires" POST "/api/esign/events/{id}/drop";
    JOBS "provision-run" GET "/api/provision/jobs";
    JOB "provision-run" GET "/api/provision/jobs/{id}";
    RUN_JOB "provision-run" POST "/api/provision/run";
    RETRY_JOB "provision-run" POST "/api/provision/jobs/{id}/retry";
    CANCEL_JOB "provision-run" POST "/api/provision/jobs/{id}/cancel";
    MEMBERS "team" GET "/api/admin/team";
    MEMBER "team" GET "/api/admin/team/{id}";
    UPDATE_MEMBER "team" PATCH "/api/admin/team/{id}";
    REMOVE_MEMBER "team" DELETE "/api/admin/team/{id}";
    INVITATIONS "team" GET "/api/admin/team/invites";
    INVITE "team" POST "/api/admin/team/invites";
    INVITATION "team" GET "/api/admin/team/invites/{id}";
    REVOKE_INVITATION "team" DELETE "/api/admin/team/invites/{id}";
    RESEND_INVITATION "team" POST "/api/admin/team/invites/{id}/resend";
    START_IMPORT "team" POST "/api/v1/teams/import";
    IMPORTS "team" GET "/api/v1/teams/imports";
    IMPORT "team" GET "/api/v1/teams/import/{id}";
    IMPORT_REPORT "team" GET "/api/v1/teams/import/{id}/report";
    CANCEL_IMPORT "team" POST "/api/v1/teams/import/{id}/cancel";
    EXPLAIN "team" GET "/api/admin/team/{id}/permissions/{permission}";
    ROLES "team" GET "/api/admin/team/roles";
    CREATE_ROLE "team" POST "/api/admin/team/roles";
    ROLE "team" GET "/api/admin/team/roles/{id}";
    UPDATE_ROLE "team" PUT "/api/admin/team/roles/{id}";
    REMOVE_ROLE "team" DELETE "/api/admin/team/roles/{id}";
    MATRIX "team" GET "/api/admin/team/matrix";
    REGISTER_PERMISSION "team" POST "/api/admin/team/permissions";
    GROUPS "team" GET "/api/admin/team/groups";
    CREATE_GROUP "team" POST "/api/admin/team/groups";
    UPDATE_GROUP "team" PUT "/api/admin/team/groups/{id}";
    REMOVE_GROUP "team" DELETE "/api/admin/team/groups/{id}";
    AUDIT_LOG "audit" GET "/api/audit";
    AUDIT_RECORD "audit" GET "/api/audit/{id}";
    AUDIT_EXPORT "audit" GET "/api/audit/export";
    AUDIT_CHECKPOINT "audit" GET "/api/audit/checkpoint";
    AUDIT_VERIFY "audit" GET "/api/audit/verify";
    PROMO_SIGNUPS "promo" GET "/admin/promo-signups";
    CREATE_PROMO_ACCOUNT "promo" POST "/admin/promo-signups/{id}/create-account";
    PROVISION_ACCOUNT "provision-account" POST "/api/admin/provision-account";
    PLATFORM_JOBS "provision-account" GET "/api/admin/jobs";
    PLATFORM_JOB "provision-account" GET "/api/admin/jobs/{id}";
    RETRY_PLATFORM_JOB "provision-account" POST "/api/admin/jobs/{id}/retry";
    CANCEL_PLATFORM_JOB "provision-account" POST "/api/admin/jobs/{id}/cancel";
    PLATFORM_ORGANIZATIONS "provision-account" GET "/api/admin/organizations";
    ACCOUNTS "provision-account" GET "/api/admin/users";
    ACCOUNT "provision-account" GET "/api/admin/users/{id}";
    RESEND_ACCOUNT_INVITATION "provision-account" POST "/api/admin/users/resend-invitation";
    CHANGE_ACCOUNT_TIER "provision-account" POST "/api/admin/users/update-subscription";
    SEND_PASSWORD_RESET "provision-account" POST "/api/admin/users/reset-password";
    SUSPEND_ACCOUNT "provision-account" POST "/api/admin/users/suspend";
    RESTORE_ACCOUNT "provision-account" POST "/api/admin/users/restore";
    REMOVE_ACCOUNT "provision-account" POST "/api/admin/users/remove";
    PLATFORM_LOG "super-admin" GET "/api/super-admin/audit";
    PLATFORM_RECORD "super-admin" GET "/api/super-admin/audit/{id}";
    PLATFORM_EXPORT "super-admin" GET "/api/super-admin/audit/export";
}

/// Those whose addresses lie among the pages: the gateway gives them to the console, which hands them on.
pub const HANDED_ON: [&Operation; 2] = [PROMO_SIGNUPS, CREATE_PROMO_ACCOUNT];
