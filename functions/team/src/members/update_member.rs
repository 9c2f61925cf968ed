//! `PATCH /api/admin/team/{id}` and `PUT /api/v1/teams/members/{id}`

use std::collections::BTreeSet;

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, ApiPath, Code, Fields, Mutation, Reply};
use vestibule_domain::{
    GroupId, Groups, Invalid, MOST_ROLES_HELD, MemberKind, Permission, RoleName, RoleRefused, Roles, UserId,
    World,
};
use vestibule_store::{FoundMember, MemberChange, Membership, Placed, TenantStore};

use super::view::{DAMAGED, MemberView};
use crate::{roles::role_body::refused, unchanged};

/// How often a change is decided again.
pub(crate) const TRIES: usize = 4;

/// What becomes of a member; what is absent stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMember {
    /// All of their roles, 1 to 10 names.
    #[schema(example = json!(["viewer"]), min_items = 1, max_items = 10)]
    pub roles: Option<Vec<String>>,
    /// `active` or `suspended`. Who is suspended is refused from the next request on.
    #[schema(example = "active", pattern = "^(active|suspended)$")]
    pub status: Option<String>,
    /// `team`, `creator`, `contractor` or `vendor`. All but `team` see nothing of the team, whatever their roles allow.
    #[schema(example = "team", pattern = "^(team|creator|contractor|vendor)$")]
    pub kind: Option<String>,
    /// All of their groups, by id.
    #[schema(example = json!([]), max_items = 100)]
    pub groups: Option<Vec<String>>,
}

/// Changes roles, status, kind or groups of a member. Nobody gives what they do not hold, and nobody changes a member who holds
/// more. The last administrator stays one.
#[utoipa::path(patch, path = "/api/admin/team/{id}", tag = "team", responses((status = 200, body = MemberView), (status = 409)))]
pub async fn update_member(
    State(api): State<Api>,
    ApiPath(id): ApiPath<UserId>,
    request: Mutation<UpdateMember>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamManage)?;
    let store = api.store.tenant(&scope);
    Box::pin(decided_anew(|| update(&api, &store, id, &request))).await
}

async fn update(
    api: &Api,
    store: &TenantStore<'_>,
    id: UserId,
    request: &Mutation<UpdateMember>,
) -> Result<Reply, ApiError> {
    let found = find(store, id).await?;
    let after = changed(&found, &request.body, &api.world)?;
    may(&found, &after)?;
    if request.principal.actor().user() == Some(id) && after.suspended.is_some() {
        let detail = "Nobody suspends themselves; you can leave the organization.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    let view = MemberView::new(&after, found.name.as_ref(), &found.groups);
    let reply = Reply::new(StatusCode::OK, &view)?;
    if after == found.member {
        // Nothing changes, and nothing of anybody else is held up by it.
        return unchanged(api, request.answer(&reply), reply).await;
    }
    let values = (told(&found.member), told(&after));
    let change = MemberChange { action: "member.update", values, answer: request.answer(&reply) };
    placed(store.change_member(&found, &after, change, &api.world).await?)?;
    Ok(reply)
}

/// The member, to be changed by who asks.
pub(crate) async fn find(store: &TenantStore<'_>, id: UserId) -> Result<FoundMember, ApiError> {
    let found = store.find_member_to_change(id, Permission::TeamManage).await;
    found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?.ok_or_else(ApiError::not_found)
}

/// Decides again, a few times, when somebody else was faster: nobody holds a change off by changing something all the time.
pub(crate) async fn decided_anew<F>(decide: impl Fn() -> F) -> Result<Reply, ApiError>
where
    F: Future<Output = Result<Reply, ApiError>>,
{
    for _ in 0..TRIES {
        match decide().await {
            Err(ApiError::Problem { code: Code::Conflict, .. }) => {}
            done => return done,
        }
    }
    decide().await
}

/// The same as `PATCH /api/admin/team/{id}`.
#[utoipa::path(put, path = "/api/v1/teams/members/{id}", tag = "team", responses((status = 200, body = MemberView), (status = 409)))]
pub async fn update_team_member(
    state: State<Api>,
    path: ApiPath<UserId>,
    request: Mutation<UpdateMember>,
) -> Result<Reply, ApiError> {
    Box::pin(update_member(state, path, request)).await
}

/// Whether who asks may give the member the place of `after`.
pub(crate) fn may(found: &FoundMember, after: &Membership) -> Result<(), ApiError> {
    let (before, roles) = (&found.member, &found.roles);
    let places = ((&*before.roles, before.kind), (&*after.roles, after.kind));
    let may = roles.roles.may_place(places.0, places.1, &roles.held);
    may.map_err(|refusal| match refusal {
        RoleRefused::Stronger(more) => ApiError::new(
            Code::Forbidden,
            format!("This member may do what you may not: {}.", roles.roles.names(&more).join(", ")),
        ),
        refusal => refused(&refusal, &roles.roles),
    })
}

/// What is said when nobody else could do everything.
pub(crate) fn placed(placed: Placed) -> Result<(), ApiError> {
    let last = "This is the last administrator who can sign in; make somebody else one first.";
    match placed {
        Placed::Done => Ok(()),
        Placed::LastAdministrator => Err(ApiError::new(Code::WrongState, last)),
    }
}

/// What the audit log tells of a membership.
pub(crate) fn told(member: &Membership) -> Value {
    json!({
        "roles": member.roles,
        "status": if member.suspended.is_some() { "suspended" } else { "active" },
        "kind": member.kind.name(),
        "groups": member.groups,
    })
}

fn changed(found: &FoundMember, body: &UpdateMember, world: &World) -> Result<Membership, ApiError> {
    let mut after = found.member.clone();
    let mut fields = Fields::default();
    let UpdateMember { roles, status, kind, groups } = body;
    let roles =
        roles.as_ref().map(|names| read_roles(names, &found.member.roles, &found.roles.roles)).transpose();
    if let Some(Some(roles)) = fields.take("roles", roles) {
        after.roles = roles;
    }
    let status = status.as_deref().map(suspends).transpose();
    if let Some(Some(suspends)) = fields.take("status", status) {
        after.suspended = suspends.then(|| after.suspended.unwrap_or_else(|| world.now()));
    }
    let kind = kind.as_deref().map(MemberKind::parse).transpose();
    if let Some(Some(kind)) = fields.take("kind", kind) {
        after.kind = kind;
    }
    let groups = groups.as_ref().map(|ids| read_groups(ids, &found.groups)).transpose();
    if let Some(Some(groups)) = fields.take("groups", groups) {
        after.groups = groups;
    }
    if fields.is_empty() { Ok(after) } else { Err(fields.into_error()) }
}

fn suspends(status: &str) -> Result<bool, Invalid> {
    match status {
        "active" => Ok(false),
        "suspended" => Ok(true),
        _ => Err(Invalid::new("Give `active` or `suspended`.")),
    }
}

/// The roles of these names; one that is being removed stays only with those who have it.
pub(crate) fn read_roles(
    names: &[String],
    before: &[RoleName],
    roles: &Roles,
) -> Result<Vec<RoleName>, Invalid> {
    if !(1..=MOST_ROLES_HELD).contains(&names.len()) {
        return Err(Invalid::new(format!("Give 1 to {MOST_ROLES_HELD} roles.")));
    }
    let known = |name: &String| {
        let name = RoleName::try_from(name.clone()).ok()?;
        let stays = before.contains(&name) && roles.find(&name).is_some();
        (stays || roles.grantable(&name).is_some()).then_some(name)
    };
    let found: Option<Vec<_>> = names.iter().map(known).collect();
    let found =
        found.ok_or_else(|| Invalid::new("Give names of roles; `GET /api/admin/team/roles` lists them."))?;
    if found.iter().collect::<BTreeSet<_>>().len() < found.len() {
        return Err(Invalid::new("Name each role once."));
    }
    Ok(found)
}

pub(crate) fn read_groups(ids: &[String], groups: &Groups) -> Result<Vec<GroupId>, Invalid> {
    let known = |id: &String| id.parse().ok().filter(|id| groups.name(*id).is_some());
    let found: Option<BTreeSet<GroupId>> = ids.iter().map(known).collect();
    let unknown = || Invalid::new("Give ids of groups; `GET /api/admin/team/groups` lists them.");
    Ok(found.ok_or_else(unknown)?.into_iter().collect())
}
