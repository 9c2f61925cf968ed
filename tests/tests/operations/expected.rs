//! Who may do what, written by hand from the requirements, role by role. Nothing here is read from the product.
//!
//! The columns of a role say `y` where the role may and `n` where it may not, in the order of the preset: brokerage is
//! admin, manager, agent, user, viewer; brand is tenant admin, manager, finance, creator manager, content manager,
//! support, viewer. `own` is what everybody who is signed in does to their own account, `all` what needs no sign-in.
//! `platform` is followed by the columns of super, general and promo administrator; `o` stands where one may look at what is
//! one's own, and gets 404 for what is not.
//! `theirs` is what the administrator of another tenant gets for a thing of this one: 404, an empty list, or nothing to
//! name (`-`). `audit` counts the records of one success by the person. A request of a stranger that makes nothing but
//! a mail has none, and so has the exchange of a refresh token.

/// One operation's row.
#[derive(Debug)]
pub(crate) struct Row {
    /// Such as `GET /api/hires/{id}`.
    pub operation: &'static str,
    /// The status of a success.
    pub status: u16,
    /// Whose it is.
    pub whose: Whose,
    /// What another tenant's administrator gets.
    pub theirs: &'static str,
    /// Records in the audit log.
    pub audit: usize,
}

/// Whose an operation is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A tenant's: may, for each role of the matrix.
    Roles(Vec<bool>),
    /// The platform's: the status that each administrator gets where they may not, and `None` where they may.
    Platform(Vec<Option<u16>>),
    /// Everybody's own.
    Own,
    /// For all.
    All,
}

const TABLE: &str = "
GET /api/hires                                | 200 | yynnn yynnnyn | empty | 0
POST /api/hires                               | 201 | yynnn yynnnnn | -     | 1
GET /api/hires/{id}                           | 200 | yynnn yynnnyn | 404   | 0
DELETE /api/hires/{id}                        | 200 | yynnn yynnnnn | 404   | 1
POST /api/hires/{id}/reset-password           | 202 | yynnn yynnnnn | 404   | 1
GET /api/hires/{id}/offboard                  | 200 | yynnn yynnnyn | 404   | 0
POST /api/hires/{id}/offboard                 | 202 | yynnn yynnnnn | 404   | 1
POST /api/hires/{id}/offboard/call-back       | 202 | yynnn yynnnnn | 404   | 1
GET /api/esign/events                         | 200 | yynnn yynnnyn | empty | 0
POST /api/esign/events/{id}/match             | 200 | yynnn yynnnnn | 404   | 2
POST /api/esign/events/{id}/drop              | 200 | yynnn yynnnnn | 404   | 1
POST /api/esign/webhook                       | 200 | all           | -     | 0
POST /api/esign/webhook/{provider}/{endpoint} | 200 | all           | -     | 0
GET /api/provision/jobs                       | 200 | yynnn yynnnyn | empty | 0
GET /api/provision/jobs/{id}                  | 200 | yynnn yynnnyn | 404   | 0
POST /api/provision/jobs/{id}/cancel          | 202 | yynnn yynnnnn | 404   | 1
POST /api/provision/jobs/{id}/retry           | 202 | yynnn yynnnnn | 404   | 1
POST /api/provision/run                       | 202 | yynnn yynnnnn | 404   | 1
GET /api/super-admin/audit                    | 200 | platform yyy  | -     | 0
GET /api/super-admin/audit/{id}               | 200 | platform yoo  | -     | 0
GET /api/super-admin/audit/export             | 200 | platform ynn  | -     | 1
GET /api/v1/auth/me                           | 200 | own           | -     | 0
PATCH /api/v1/auth/me                         | 200 | own           | -     | 1
GET /api/v1/auth/me/avatar                    | 200 | own           | -     | 0
PUT /api/v1/auth/me/avatar                    | 200 | own           | -     | 1
DELETE /api/v1/auth/me/avatar                 | 204 | own           | -     | 1
GET /api/v1/auth/sessions                     | 200 | own           | -     | 0
DELETE /api/v1/auth/sessions/{id}             | 204 | own           | 404   | 1
POST /api/v1/auth/logout                      | 204 | all           | -     | 1
POST /api/v1/auth/password                    | 204 | own           | -     | 1
POST /api/v1/auth/email                       | 202 | own           | -     | 1
POST /api/v1/auth/totp                        | 200 | own           | -     | 1
POST /api/v1/auth/totp/confirm                | 200 | own           | -     | 1
POST /api/v1/auth/totp/remove                 | 204 | own           | -     | 1
POST /api/v1/auth/recovery-codes              | 200 | own           | -     | 1
POST /api/v1/auth/connections                 | 200 | own           | -     | 1
POST /api/v1/auth/connections/finish          | 204 | own           | -     | 1
POST /api/v1/auth/connections/remove          | 204 | own           | -     | 1
GET /api/auth/context                         | 200 | own           | -     | 0
GET /api/auth/context/tenants                 | 200 | own           | -     | 0
PUT /api/auth/context/default                 | 204 | own           | -     | 1
GET /api/auth/context/notifications           | 200 | yyyyy yyyyyyy | -     | 0
PUT /api/auth/context/notifications           | 200 | yyyyy yyyyyyy | -     | 1
POST /api/auth/context/switch                 | 200 | own           | -     | 1
DELETE /api/auth/context/tenants/{id}         | 204 | own           | 404   | 2
GET /api/admin/team/roles                     | 200 | yynnn yyyyyyy | -     | 0
POST /api/admin/team/roles                    | 201 | ynnnn ynnnnnn | -     | 1
GET /api/admin/team/roles/{id}                | 200 | yynnn yyyyyyy | 404   | 0
PUT /api/admin/team/roles/{id}                | 200 | ynnnn ynnnnnn | 404   | 1
DELETE /api/admin/team/roles/{id}             | 204 | ynnnn ynnnnnn | 404   | 2
GET /api/admin/team/matrix                    | 200 | yynnn yyyyyyy | -     | 0
POST /api/admin/team/permissions              | 201 | ynnnn ynnnnnn | -     | 1
GET /api/admin/team                           | 200 | yynnn yyyyyyy | -     | 0
GET /api/admin/team/{id}                      | 200 | yynnn yyyyyyy | 404   | 0
PATCH /api/admin/team/{id}                    | 200 | yynnn yynnnnn | 404   | 1
DELETE /api/admin/team/{id}                   | 204 | yynnn yynnnnn | 404   | 1
GET /api/admin/team/{id}/permissions/{permission} | 200 | yynnn yyyyyyy | 404 | 0
GET /api/admin/team/groups                    | 200 | yynnn yyyyyyy | empty | 0
POST /api/admin/team/groups                   | 201 | yynnn yynnnnn | -     | 1
PUT /api/admin/team/groups/{id}               | 200 | yynnn yynnnnn | 404   | 1
DELETE /api/admin/team/groups/{id}            | 204 | yynnn yynnnnn | 404   | 1
GET /api/v1/teams/members                     | 200 | yynnn yyyyyyy | -     | 0
PUT /api/v1/teams/members/{id}                | 200 | yynnn yynnnnn | 404   | 1
DELETE /api/v1/teams/members/{id}             | 204 | yynnn yynnnnn | 404   | 1
GET /api/admin/team/invites                   | 200 | yynnn yyyyyyy | empty | 0
POST /api/admin/team/invites                  | 200 | yynnn yynnnnn | -     | 1
GET /api/admin/team/invites/{id}              | 200 | yynnn yyyyyyy | 404   | 0
DELETE /api/admin/team/invites/{id}           | 204 | yynnn yynnnnn | 404   | 1
POST /api/admin/team/invites/{id}/resend      | 200 | yynnn yynnnnn | 404   | 1
GET /api/v1/teams/invitations                 | 200 | yynnn yyyyyyy | empty | 0
POST /api/v1/teams/invitations                | 200 | yynnn yynnnnn | -     | 1
GET /api/v1/teams/invitations/{id}            | 200 | yynnn yyyyyyy | 404   | 0
PUT /api/v1/teams/invitations/{id}            | 200 | yynnn yynnnnn | 404   | 1
DELETE /api/v1/teams/invitations/{id}         | 204 | yynnn yynnnnn | 404   | 1
POST /api/v1/teams/import                     | 202 | yynnn yynnnnn | -     | 1
GET /api/v1/teams/imports                     | 200 | yynnn yynnnnn | empty | 0
GET /api/v1/teams/import/{id}                 | 200 | yynnn yynnnnn | 404   | 0
GET /api/v1/teams/import/{id}/report          | 200 | yynnn yynnnnn | 404   | 1
POST /api/v1/teams/import/{id}/cancel         | 202 | yynnn yynnnnn | 404   | 1
GET /api/audit                                | 200 | yynnn yynnnnn | empty | 0
GET /api/audit/{id}                           | 200 | yynnn yynnnnn | 404   | 0
GET /api/audit/export                         | 200 | ynnnn ynnnnnn | -     | 1
GET /api/audit/checkpoint                     | 200 | yynnn yynnnnn | -     | 0
GET /api/audit/verify                         | 200 | yynnn yynnnnn | -     | 0
POST /api/v1/auth/invitations/look            | 200 | all           | -     | 0
POST /api/v1/auth/invitations/sign-up         | 201 | all           | -     | 2
POST /api/v1/auth/invitations/accept          | 200 | own           | -     | 2
POST /api/v1/auth/invitations/decline         | 204 | all           | -     | 1
GET /auth/invitation                          | 200 | all           | -     | 0
POST /auth/invitation                         | 303 | all           | -     | 3
GET /auth/decline-invitation                  | 200 | all           | -     | 0
POST /auth/decline-invitation                 | 200 | all           | -     | 1
POST /api/v1/organizations                    | 201 | own           | -     | 2
GET /api/v1/organizations/{id}                | 200 | yynnn yynnnny | 404   | 0
PUT /api/v1/organizations/{id}                | 200 | yynnn yynnnnn | 404   | 1
GET /api/v1/organizations/{id}/setup          | 200 | yynnn yynnnny | 404   | 0
PUT /api/v1/onboarding                        | 200 | yynnn yynnnnn | -     | 1
GET /api/v1/workspace                         | 200 | yynnn yynnnny | -     | 0
PUT /api/v1/workspace                         | 200 | yynnn yynnnnn | -     | 1
GET /api/v1/workspace/subscription            | 200 | ynnnn ynynnnn | -     | 0
PUT /api/v1/workspace/subscription            | 200 | ynnnn ynnnnnn | -     | 1
GET /api/v1/organizations/{id}/domain         | 200 | yynnn yynnnny | 404   | 0
PUT /api/v1/organizations/{id}/domain         | 200 | yynnn yynnnnn | 404   | 1
POST /api/v1/organizations/{id}/domain/verify | 200 | yynnn yynnnnn | 404   | 1
GET /api/mailboxes/connection                 | 200 | ynnnn yynnnny | -     | 0
PUT /api/mailboxes/connection                 | 200 | ynnnn yynnnnn | -     | 1
POST /api/mailboxes/connection/check          | 200 | ynnnn yynnnnn | -     | 0
GET /api/esign/endpoints                      | 200 | ynnnn yynnnny | -     | 0
POST /api/esign/endpoints                     | 201 | ynnnn yynnnnn | -     | 1
GET /api/esign/endpoints/{id}                 | 200 | ynnnn yynnnny | 404   | 0
DELETE /api/esign/endpoints/{id}              | 204 | ynnnn yynnnnn | 404   | 1
POST /api/esign/endpoints/{id}/keys           | 200 | ynnnn yynnnnn | 404   | 1
GET /api/esign/endpoints/{id}/deliveries      | 200 | ynnnn yynnnny | 404   | 0
POST /api/v1/auth/register                    | 202 | all           | -     | 0
POST /api/v1/auth/verify-email                | 200 | all           | -     | 1
POST /api/v1/auth/login                       | 200 | all           | -     | 1
POST /api/admin/provision-account             | 202 | platform nyn  | -     | 1
GET /api/admin/jobs                           | 200 | platform nyn  | -     | 0
GET /api/admin/jobs/{id}                      | 200 | platform nyn  | -     | 0
POST /api/admin/jobs/{id}/retry               | 202 | platform nyn  | -     | 1
POST /api/admin/jobs/{id}/cancel              | 202 | platform nyn  | -     | 1
GET /api/admin/organizations                  | 200 | platform nyn  | -     | 0
GET /api/admin/users                          | 200 | platform nyn  | -     | 0
GET /api/admin/users/{id}                     | 200 | platform nyn  | -     | 0
POST /api/admin/users/resend-invitation       | 202 | platform nyn  | -     | 1
POST /api/admin/users/update-subscription     | 200 | platform nyn  | -     | 1
POST /api/admin/users/reset-password          | 202 | platform nyn  | -     | 1
POST /api/admin/users/suspend                 | 200 | platform nyn  | -     | 1
POST /api/admin/users/restore                 | 200 | platform nyn  | -     | 1
POST /api/admin/users/remove                  | 200 | platform nyn  | -     | 3
POST /api/promo/signups                       | 202 | all           | -     | 1
GET /admin/promo-signups                      | 200 | platform nny  | -     | 0
POST /admin/promo-signups/{id}/create-account | 202 | platform nny  | -     | 2
POST /api/admin/login                         | 200 | all           | -     | 1
POST /api/v1/auth/second-factor               | 200 | all           | -     | 1
POST /api/v1/auth/magic-link                  | 202 | all           | -     | 0
POST /api/v1/auth/magic-link/consume          | 200 | all           | -     | 1
POST /api/v1/auth/forgot-password             | 202 | all           | -     | 0
POST /api/v1/auth/reset-password              | 204 | all           | -     | 1
POST /api/v1/auth/email/confirm               | 204 | all           | -     | 1
POST /api/v1/auth/email/undo                  | 204 | all           | -     | 1
POST /api/v1/auth/social-login                | 200 | all           | -     | 2
POST /api/v1/auth/refresh                     | 200 | all           | -     | 0
GET /.well-known/jwks.json                    | 200 | all           | -     | 0
GET /.well-known/openid-configuration         | 200 | all           | -     | 0
GET /openapi.json                             | 200 | all           | -     | 0
GET /                                         | 200 | all           | -     | 0
POST /                                        | 303 | all           | -     | 1
GET /auth/register                            | 200 | all           | -     | 0
POST /auth/register                           | 200 | all           | -     | 0
GET /promo                                    | 200 | all           | -     | 0
POST /promo                                   | 200 | all           | -     | 1
GET /mailbox/password                         | 200 | all           | -     | 0
POST /mailbox/password                        | 200 | all           | -     | 2
GET /auth/forgot-password                     | 200 | all           | -     | 0
POST /auth/forgot-password                    | 200 | all           | -     | 0
GET /auth/sign-in-link                        | 200 | all           | -     | 0
POST /auth/sign-in-link                       | 200 | all           | -     | 0
GET /auth/admin                               | 200 | all           | -     | 0
POST /auth/admin                              | 303 | all           | -     | 1
GET /auth/social                              | 303 | all           | -     | 0
POST /auth/sign-out                           | 200 | all           | -     | 1
GET /auth/verify-email                        | 200 | all           | -     | 0
POST /auth/verify-email                       | 200 | all           | -     | 1
GET /auth/magic-link                          | 200 | all           | -     | 0
POST /auth/magic-link                         | 303 | all           | -     | 1
GET /auth/reset-password                      | 200 | all           | -     | 0
POST /auth/reset-password                     | 200 | all           | -     | 1
GET /auth/confirm-email                       | 200 | all           | -     | 0
POST /auth/confirm-email                      | 200 | all           | -     | 1
GET /auth/undo-email                          | 200 | all           | -     | 0
POST /auth/undo-email                         | 200 | all           | -     | 1
POST /auth/second-factor                      | 303 | all           | -     | 1
GET /auth/social/{provider}                   | 303 | all           | -     | 2
";

/// The rows.
pub(crate) fn rows() -> Vec<Row> {
    TABLE.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [operation, status, whose, theirs, audit] = cells[..] else { panic!("five cells: {line}") };
    let whose = match whose {
        "own" => Whose::Own,
        "all" => Whose::All,
        platform if platform.starts_with("platform ") => {
            Whose::Platform(refusals(&platform["platform ".len()..]))
        }
        roles => Whose::Roles(marks(roles)),
    };
    Row { operation, status: status.parse().unwrap(), whose, theirs, audit: audit.parse().unwrap() }
}

fn refusals(columns: &str) -> Vec<Option<u16>> {
    let refusal = |mark| match mark {
        'y' => None,
        'o' => Some(404),
        _ => Some(403),
    };
    columns.chars().filter(|c| *c != ' ').map(refusal).collect()
}

fn marks(columns: &str) -> Vec<bool> {
    columns.chars().filter(|c| *c != ' ').map(|c| c == 'y').collect()
}
