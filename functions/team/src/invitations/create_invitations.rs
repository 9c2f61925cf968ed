//! `POST /api/admin/team/invites` and `POST /api/v1/teams/invitations`

use axum::extract::State;
use futures::future::join_all;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Fields, Mutation, Reply, limiting::too_many};
use vestibule_domain::{Email, MemberKind, Permission, UserId};
use vestibule_store::{
    Admission, Conflict, Invitation, Invitees, MOST_INVITED_AT_ONCE, Place, Quota, Seats, StoreError,
    TenantStore,
};

use super::{
    asked::{InviteeView, Line, Outcome},
    view::SeatsView,
};
use crate::{
    Team, fresh,
    members::update_member::{TRIES, read_groups, read_roles},
    roles::role_body::refused,
    unchanged,
};

/// Most addresses of one request.
const MOST: usize = 50;

/// Who is to be invited, and to what.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateInvitations {
    /// 1 to 50 addresses.
    #[schema(example = json!(["lou@example.org"]), min_items = 1, max_items = 50)]
    pub emails: Vec<String>,
    /// The roles they are to hold, 1 to 10 names.
    #[schema(example = json!(["viewer"]), min_items = 1, max_items = 10)]
    pub roles: Vec<String>,
    /// `team`, `creator`, `contractor` or `vendor`; `team` when absent.
    #[schema(example = "team", pattern = "^(team|creator|contractor|vendor)$")]
    pub kind: Option<String>,
    /// Their groups, by id.
    #[schema(example = json!([]), max_items = 100)]
    pub groups: Option<Vec<String>>,
}

/// What became of each address.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteesView {
    /// The addresses in the order they were sent.
    pub results: Vec<InviteeView>,
    /// The seats of the organization.
    pub seats: SeatsView,
}

/// Invites people by mail, with a result for each address. Nobody gives what they do not hold. More can be invited than there are
/// seats: a seat is taken when somebody accepts. An address that is invited already stays so, with the roles it has; an expired
/// invitation is sent anew, with these ones. An invitation that makes an administrator asks for a sign-in within the last 15
/// minutes. 429 when every address got too many mails just now.
#[utoipa::path(post, path = "/api/admin/team/invites", tag = "team", responses((status = 200, body = InviteesView), (status = 429)))]
pub async fn create_invitations(
    State(team): State<Team>,
    request: Mutation<CreateInvitations>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamInvite)?;
    let inviter = scope.actor().user().ok_or_else(ApiError::not_found)?;
    let mut lines = read_addresses(&request.body.emails)?;
    let quota = admit(&team, &mut lines).await?;
    let inviting = Inviting { team: &team, store: team.api.store.tenant(&scope), inviter, request: &request };
    let (reply, kept) = Box::pin(inviting.invite_all(&mut lines)).await?;
    match quota.filter(|_| lines.iter().all(|line| matches!(line.outcome, Some(Outcome::Limited)))) {
        Some(quota) => Err(too_many(quota)),
        None if kept => Ok(reply),
        None => unchanged(&team.api, request.answer(&reply), reply).await,
    }
}

/// The same as `POST /api/admin/team/invites`.
#[utoipa::path(post, path = "/api/v1/teams/invitations", tag = "team", responses((status = 200, body = InviteesView), (status = 429)))]
pub async fn create_team_invitations(
    state: State<Team>,
    request: Mutation<CreateInvitations>,
) -> Result<Reply, ApiError> {
    Box::pin(create_invitations(state, request)).await
}

fn read_addresses(texts: &[String]) -> Result<Vec<Line>, ApiError> {
    let mut fields = Fields::default();
    if !(1..=MOST).contains(&texts.len()) {
        fields.refuse("emails", format!("Give 1 to {MOST} addresses."));
        return Err(fields.into_error());
    }
    let lines = Line::read(texts);
    if lines.iter().any(|line| line.email.is_some()) {
        return Ok(lines);
    }
    for (at, line) in lines.iter().enumerate() {
        if let Some(Outcome::Malformed(why)) = &line.outcome {
            fields.refuse(&format!("emails[{at}]"), why.clone());
        }
    }
    Err(fields.into_error())
}

/// Counts a mail to each address; those that got too many are left out. The quota is that of the last one.
async fn admit(team: &Team, lines: &mut [Line]) -> Result<Option<Quota>, ApiError> {
    let (api, now) = (&team.api, team.api.world.now());
    let count = async |line: &Line| {
        let Some(email) = line.email.as_ref().filter(|_| line.outcome.is_none()) else { return Ok(None) };
        let source = format!("mail@{}", api.store.sealer().address_key(email));
        api.store.platform().count_request(&source, &team.limits, now).await.map(Some)
    };
    let counted = join_all(lines.iter().map(count)).await;
    let mut refused = None;
    for (line, counted) in lines.iter_mut().zip(counted) {
        if let Some(Admission::Refused(quota)) = counted? {
            (line.outcome, refused) = (Some(Outcome::Limited), Some(quota));
        }
    }
    Ok(refused)
}

struct Inviting<'a> {
    team: &'a Team,
    store: TenantStore<'a>,
    inviter: UserId,
    request: &'a Mutation<CreateInvitations>,
}

impl Inviting<'_> {
    /// Invites the addresses that are left, in as many transactions as they need; decides again about those that somebody
    /// else touched meanwhile. Says whether the answer was kept with it.
    async fn invite_all(&self, lines: &mut [Line]) -> Result<(Reply, bool), ApiError> {
        for _ in 0..TRIES {
            let open = |line: &&mut Line| line.outcome.is_none();
            let mut waiting: Vec<&mut Line> = lines.iter_mut().filter(open).collect();
            let emails: Vec<Email> = waiting.iter().filter_map(|line| line.email.clone()).collect();
            let found = self.store.find_invitees(&emails).await?;
            let place = self.place(&found)?;
            if found.roles.roles.make_administrator(&place.roles, place.kind) {
                fresh::check(&self.team.api, &self.request.principal, "This invitation").await?;
            }
            for (line, standing) in waiting.iter_mut().zip(&found.standings) {
                let fresh = |email: &Email, expired: Option<&Invitation>| self.fresh(email, expired, &place);
                line.decide(standing, fresh, self.team.api.world.now());
            }
            let reply = self.reply(lines, found.seats)?;
            if let Some(kept) = self.write(lines, &found, &reply).await? {
                return Ok((reply, kept));
            }
        }
        Err(StoreError::from(Conflict::Stale).into())
    }

    /// Writes in parts what is to be invited, the answer with the last one: false when there was nothing to write, `None` when a
    /// part lost a race and must be decided anew.
    async fn write(
        &self,
        lines: &mut [Line],
        found: &Invitees,
        reply: &Reply,
    ) -> Result<Option<bool>, ApiError> {
        let mut new: Vec<&mut Line> = lines.iter_mut().filter(|line| line.to_write().is_some()).collect();
        let parts = new.len().div_ceil(MOST_INVITED_AT_ONCE);
        for (part, chunk) in new.chunks_mut(MOST_INVITED_AT_ONCE).enumerate() {
            let invitations: Vec<Invitation> =
                chunk.iter().filter_map(|line| line.to_write().cloned()).collect();
            let answer = self.request.answer(reply).filter(|_| part + 1 == parts);
            match self.store.invite(&found.roles, &invitations, answer, &self.team.api.world).await {
                Ok(()) => chunk.iter_mut().for_each(|line| line.written = true),
                Err(StoreError::Conflict(Conflict::Invited | Conflict::Stale | Conflict::Exists)) => {
                    for line in chunk.iter_mut() {
                        line.outcome = None;
                    }
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(parts > 0))
    }

    fn place(&self, found: &Invitees) -> Result<Place, ApiError> {
        let CreateInvitations { roles, kind, groups, .. } = &self.request.body;
        let mut fields = Fields::default();
        let roles = fields.take("roles", read_roles(roles, &[], &found.roles.roles));
        let kind = fields.take("kind", kind.as_deref().map_or(Ok(MemberKind::Team), MemberKind::parse));
        let groups = fields.take("groups", read_groups(groups.as_deref().unwrap_or_default(), &found.groups));
        let (Some(roles), Some(kind), Some(groups)) = (roles, kind, groups) else {
            return Err(fields.into_error());
        };
        let may = found.roles.roles.may_place((&[], kind), (&roles, kind), &found.roles.held);
        may.map_err(|refusal| refused(&refusal, &found.roles.roles))?;
        Ok(Place { roles, kind, groups })
    }

    fn fresh(&self, email: &Email, expired: Option<&Invitation>, place: &Place) -> Invitation {
        let world = &self.team.api.world;
        let Some(expired) = expired else {
            return Invitation::new(email.clone(), place, self.inviter, world);
        };
        let mut anew = expired.clone();
        anew.offer(place);
        anew.send(self.inviter, world.now());
        anew
    }

    fn reply(&self, lines: &[Line], seats: Seats) -> Result<Reply, ApiError> {
        let now = self.team.api.world.now();
        let results = lines.iter().enumerate().filter_map(|(at, line)| line.view(at, now)).collect();
        Reply::new(StatusCode::OK, &InviteesView { results, seats: seats.into() })
    }
}
