//! What the import saga does in each step; its steps are in [`vestibule_sagas::import`].

use std::collections::BTreeMap;

use serde_json::json;
use vestibule_auth::TenantScope;
use vestibule_domain::{ImportRow, JobStatus, Permission, RowClass, Subject, UserId};
use vestibule_saga::{Definition, Done, Failure, Ledger, Saga, StepOutcome};
use vestibule_sagas::{ImportState, ImportStep as Step};
use vestibule_store::{
    Admission, Conflict, Invitation, JobWrites, Judged, MOST_INVITED_AT_ONCE, RowVerdict, StoreError,
};

use crate::Imports;

/// How often rows are decided again that somebody else touched at the same moment.
const TRIES: u32 = 5;

/// The saga over the table.
#[derive(Debug)]
pub struct ImportSaga<'a> {
    imports: &'a Imports,
}

impl<'a> ImportSaga<'a> {
    /// The saga with these tools.
    pub fn new(imports: &'a Imports) -> Self {
        Self { imports }
    }

    /// Invites the people of the next part. Done again after a death, it finds by the job's mark whom it invited before.
    async fn invite_rows(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let mut state: ImportState = ledger.state()?;
        let job = ledger.job().id;
        let Some(part) = ledger.tenant().find_import_part(job, state.done).await? else {
            return Ok(Done::plain().into());
        };
        let (scope, by) = self.scope(ledger).await?;
        let mut results = Vec::new();
        for rows in part.rows.chunks(MOST_INVITED_AT_ONCE) {
            for verdict in self.invite((&scope, by), rows, ledger).await? {
                let class = verdict.result.class;
                let invited = matches!(class, RowClass::Ready | RowClass::BeyondSeats | RowClass::Invited);
                let class = if invited { RowClass::Invited } else { class };
                (state.invited, state.refused) =
                    (state.invited + u32::from(invited), state.refused + u32::from(!invited));
                let detail = if invited { class.about().to_owned() } else { verdict.result.detail };
                results.push(json!([class, detail]));
            }
        }
        state.done += 1;
        ledger.set_state(&state)?;
        let writes = JobWrites::none().result(json!({ "part": part.part, "rows": results }));
        if state.done < state.parts {
            return Ok(StepOutcome::More { cursor: state.done.to_string(), writes });
        }
        Ok(Done::plain().writing(writes).into())
    }

    /// Whoever imports, as they belong to the tenant now.
    async fn scope(&self, ledger: &Ledger<'_>) -> Result<(TenantScope, UserId), Failure> {
        let Subject::Person(by) = ledger.job().subject else {
            return Err(Failure::permanent("subject_unknown"));
        };
        let tenant = ledger.tenant().settings().await?.id;
        let member = self.imports.store.platform().find_membership(tenant, by).await?;
        let member = member.ok_or_else(|| Failure::permanent("import_not_allowed"))?;
        Ok((TenantScope::on_behalf_of(tenant, by, member.email), by))
    }

    async fn invite(
        &self,
        (scope, by): (&TenantScope, UserId),
        rows: &[ImportRow],
        ledger: &Ledger<'_>,
    ) -> Result<Vec<RowVerdict>, Failure> {
        let Imports { store, world, .. } = self.imports;
        let (store, job) = (store.tenant(scope), ledger.job().id);
        let mut counted = BTreeMap::new();
        for _ in 0..TRIES {
            let Judged { roles, mut verdicts } = match store.judge_rows(rows, (Some(job), world.now())).await
            {
                Ok(judged) => judged,
                Err(StoreError::Conflict(Conflict::Stale)) => {
                    self.still_allowed(scope).await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            for verdict in &mut verdicts {
                self.count_mail(verdict, &mut counted).await?;
            }
            let invitations: Vec<_> =
                verdicts.iter().filter_map(|verdict| self.invitation(verdict, by, ledger)).collect();
            let written = if invitations.is_empty() {
                Ok(())
            } else {
                store.invite(&roles, &invitations, None, world).await
            };
            match written {
                Ok(()) => return Ok(verdicts),
                Err(StoreError::Conflict(Conflict::Invited | Conflict::Stale | Conflict::Exists)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::retry("rows_changed"))
    }

    /// Counts a mail to the address, once for these rows; refuses the row when that is one too many.
    async fn count_mail(
        &self,
        verdict: &mut RowVerdict,
        counted: &mut BTreeMap<String, bool>,
    ) -> Result<(), Failure> {
        let Some((email, _)) = &verdict.invites else { return Ok(()) };
        let Imports { store, world, limits } = self.imports;
        let source = format!("mail@{}", store.sealer().address_key(email));
        let granted = if let Some(granted) = counted.get(&source) {
            *granted
        } else {
            let admission = store.platform().count_request(&source, limits, world.now()).await?;
            matches!(admission, Admission::Granted(_))
        };
        counted.insert(source, granted);
        if !granted {
            *verdict = RowVerdict::refused(RowClass::TooManyMails.into());
        }
        Ok(())
    }

    /// Whether whoever imports may still invite.
    async fn still_allowed(&self, scope: &TenantScope) -> Result<(), Failure> {
        let roles = self.imports.store.tenant(scope).find_roles().await?;
        let allowed = roles.held.contains(Permission::TeamInvite);
        if allowed { Ok(()) } else { Err(Failure::permanent("import_not_allowed")) }
    }

    fn invitation(&self, verdict: &RowVerdict, by: UserId, ledger: &Ledger<'_>) -> Option<Invitation> {
        let ((email, place), world) = (verdict.invites.as_ref()?, &self.imports.world);
        let mut invitation = match &verdict.expired {
            None => Invitation::new(email.clone(), place, by, world),
            Some(expired) => {
                let mut anew = Invitation::clone(expired);
                anew.offer(place);
                anew.send(by, world.now());
                anew
            }
        };
        invitation.import = Some(ledger.job().id);
        Some(invitation)
    }
}

impl Saga for ImportSaga<'_> {
    type Step = Step;

    fn definition(&self) -> &'static Definition {
        &Step::DEFINITION
    }

    async fn act(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        match step {
            Step::InviteRows => self.invite_rows(ledger).await,
            Step::Finish => Ok(Done::closing(JobStatus::Succeeded).into()),
        }
    }

    /// Who was invited stays invited; the job says whether it was stopped or failed.
    async fn undo(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        match step {
            Step::InviteRows => {
                let status = if ledger.was_stopped() { JobStatus::Cancelled } else { JobStatus::Failed };
                Ok(Done::closing(status).into())
            }
            Step::Finish => Err(Failure::permanent("step_without_undo")),
        }
    }
}
