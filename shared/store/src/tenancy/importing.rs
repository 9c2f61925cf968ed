//! What becomes of the rows of a file, decided by what is known of their addresses and by what the one who imports holds now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vestibule_domain::{
    Email, GroupId, Groups, ImportRow, InvitationState, JobId, MOST_ROLES_HELD, MemberKind, RoleName, Roles,
    RowClass, RowResult,
};

use crate::{Invitation, Invitees, Place, StoreError, TenantRoles, TenantStore, tenancy::invitees::Standing};

/// What becomes of a row.
#[derive(Debug, Clone)]
pub struct RowVerdict {
    /// In a word, with what it means.
    pub result: RowResult,
    /// Whom it invites and to what, of a row that can be used.
    pub invites: Option<(Email, Place)>,
    /// The expired invitation that is sent anew.
    pub expired: Option<Box<Invitation>>,
    /// Whether it makes somebody an administrator.
    pub administrator: bool,
}

/// Rows with what becomes of each.
#[derive(Debug)]
pub struct Judged {
    /// The roles, with what the one who imports holds.
    pub roles: TenantRoles,
    /// The rows, in their order.
    pub verdicts: Vec<RowVerdict>,
}

impl Invitees {
    /// Refuses the rows of a file that give no place, or one above what the one who imports holds, and those whose address stands
    /// further up in a row that can be used. What each of the others gives, in their order.
    pub fn settle(&self, rows: &mut [ImportRow]) -> Vec<Option<Place>> {
        let mut seen = BTreeSet::new();
        let mut settle = |row: &mut ImportRow| {
            usable(row)?;
            let place = self.place(row).and_then(|place| {
                let fresh = seen.insert(row.email.to_lowercase());
                if fresh { Ok(place) } else { Err(RowClass::Twice.into()) }
            });
            place.map_err(|result| row.refused = Some(result)).ok()
        };
        rows.iter_mut().map(&mut settle).collect()
    }

    /// What a row gives, if the one who imports may give it.
    fn place(&self, row: &ImportRow) -> Result<Place, RowResult> {
        let (roles, held) = (&self.roles.roles, &self.roles.held);
        let place = place(row, roles, &self.groups)
            .map_err(|detail| RowResult { class: RowClass::Malformed, detail: detail.to_owned() })?;
        let may = roles.may_place((&[], place.kind), (&place.roles, place.kind), held);
        may.map(|()| place).map_err(|_| RowClass::RoleAboveYours.into())
    }
}

impl TenantStore<'_> {
    /// What becomes of rows, whose addresses differ: a conflict if the one who imports may not invite any more. What `import` itself
    /// invited counts as done.
    pub async fn judge_rows(
        &self,
        rows: &[ImportRow],
        (import, now): (Option<JobId>, Timestamp),
    ) -> Result<Judged, StoreError> {
        let emails: Vec<_> =
            rows.iter().map(|row| usable(row).and_then(|row| Email::parse(&row.email).ok())).collect();
        let known: Vec<Email> = emails.iter().flatten().cloned().collect();
        let found = self.find_invitees(&known).await?;
        let mut standings = found.standings.iter();
        let (mut verdicts, mut promised) = (Vec::new(), 0);
        for (row, email) in rows.iter().zip(emails) {
            let Some(email) = email else {
                verdicts.push(RowVerdict::refused(row.refused.clone().unwrap_or(RowClass::Malformed.into())));
                continue;
            };
            let standing = standings.next().unwrap_or(&Standing::Unknown);
            let verdict = judge(row, email, standing, &found, (import, now));
            verdicts.push(verdict.within(&found, &mut promised));
        }
        Ok(Judged { roles: found.roles, verdicts })
    }
}

fn usable(row: &ImportRow) -> Option<&ImportRow> {
    row.refused.is_none().then_some(row)
}

fn judge(
    row: &ImportRow,
    email: Email,
    standing: &Standing,
    found: &Invitees,
    (import, now): (Option<JobId>, Timestamp),
) -> RowVerdict {
    let expired = match standing {
        Standing::Member(_) => return RowVerdict::refused(RowClass::AlreadyMember.into()),
        Standing::Invited(invitation) if import.is_some() && invitation.import == import => {
            return RowVerdict::refused(RowClass::Invited.into());
        }
        Standing::Invited(invitation) if invitation.state(now) == InvitationState::Pending => {
            return RowVerdict::refused(RowClass::AlreadyInvited.into());
        }
        Standing::Invited(expired) => Some(expired.clone()),
        Standing::Unknown => None,
    };
    let place = match found.place(row) {
        Ok(place) => place,
        Err(result) => return RowVerdict::refused(result),
    };
    let administrator = found.roles.roles.make_administrator(&place.roles, place.kind);
    RowVerdict { result: RowClass::Ready.into(), invites: Some((email, place)), expired, administrator }
}

impl RowVerdict {
    /// A row that is not used.
    pub fn refused(result: RowResult) -> Self {
        Self { result, invites: None, expired: None, administrator: false }
    }

    /// Says where there is no seat left. The row can be used all the same: a seat is taken by whoever answers first.
    fn within(self, found: &Invitees, promised: &mut u32) -> Self {
        if self.invites.is_none() {
            return self;
        }
        *promised += 1;
        let beyond = *promised > found.seats.left();
        Self { result: if beyond { RowClass::BeyondSeats.into() } else { self.result }, ..self }
    }
}

fn place(row: &ImportRow, roles: &Roles, groups: &Groups) -> Result<Place, &'static str> {
    // As the list of roles has it, or as people read it: `content_manager`, `Content manager`.
    let grantable = |name: &String| {
        let spelled = name.to_lowercase().replace([' ', '-'], "_");
        let names = [name.clone(), spelled].into_iter().filter_map(|name| RoleName::try_from(name).ok());
        names.into_iter().find(|name| roles.grantable(name).is_some())
    };
    let mut named: Vec<RoleName> = row
        .roles
        .iter()
        .map(grantable)
        .collect::<Option<_>>()
        .ok_or("A role has another name; the list of roles shows them.")?;
    named.sort();
    named.dedup();
    if !(1..=MOST_ROLES_HELD).contains(&named.len()) {
        return Err("Give 1 to 10 roles.");
    }
    let kind = row.kind.as_deref().map_or(Ok(MemberKind::Team), MemberKind::parse);
    let kind = kind.map_err(|_| "The kind is one of team, creator, contractor and vendor.")?;
    let known = |name: &String| {
        let found = groups.0.iter().find(|(_, known)| known.to_lowercase() == name.to_lowercase());
        found.and_then(|(id, _)| id.parse::<GroupId>().ok())
    };
    let groups = row.groups.iter().map(known).collect::<Option<Vec<_>>>();
    let mut groups = groups.ok_or("A group has another name; the list of groups shows them.")?;
    groups.sort();
    groups.dedup();
    Ok(Place { roles: named, kind, groups })
}
