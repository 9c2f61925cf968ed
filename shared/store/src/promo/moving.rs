//! The way of a sign-up: its status, with its place in the lists and the counts, moves in one transaction with the job that
//! moves it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_domain::{Job, JobStatus, PersonName, PromoSignupId, SignupStatus, World, name_beginnings};

use crate::{
    Conflict, Store, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{key_row, number, text},
    engine::keys,
    engine::kinds::Kind,
};

/// How many sign-ups there are of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignupCounts {
    /// Those that nobody did anything with.
    pub new: i64,
    /// Those whose job works.
    pub provisioning: i64,
    /// Those that are accounts.
    pub account: i64,
    /// Those whose job failed and was undone.
    pub failed: i64,
    /// Those of whose job something is left.
    pub needs_attention: i64,
}

impl SignupCounts {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            provisioning: self.provisioning + other.provisioning,
            account: self.account + other.account,
            failed: self.failed + other.failed,
            needs_attention: self.needs_attention + other.needs_attention,
        }
    }
}

impl Store {
    /// The lists of names that a sign-up of somebody called so stands in.
    pub(crate) fn signup_name_lists(&self, name: &PersonName) -> Vec<String> {
        name_beginnings(name).iter().map(|beginning| self.signup_name_list(beginning)).collect()
    }

    pub(crate) fn signup_name_list(&self, beginning: &str) -> String {
        keys::named_signups(&self.sealer().name_key(beginning))
    }
}

impl Command {
    /// Adds a sign-up to lists.
    pub(crate) fn listing_signup(self, lists: impl Iterator<Item = String>, id: PromoSignupId) -> Self {
        lists.fold(self, |command, list| {
            let mut row = key_row(&keys::listed_signup(list, id));
            row.insert("item".into(), text(Kind::ListedSignup.name()));
            command.and(Action::put(row), Conflict::Stale)
        })
    }

    /// Counts a sign-up that has another status now; a new one had none.
    pub(crate) fn counting_signup(
        self,
        id: PromoSignupId,
        (from, to): (Option<SignupStatus>, SignupStatus),
    ) -> Self {
        let less = from.map(|_| ", #from :less").unwrap_or_default();
        let set = format!("SET #item = :item ADD #to :more{less}");
        let count = Action::update(&keys::promo_counts(keys::promo_shard(id)), set)
            .name("#item", "item")
            .name("#to", to.name())
            .value(":item", text(Kind::PromoCounts.name()))
            .value(":more", number(1));
        let count = match from {
            Some(from) => count.name("#from", from.name()).value(":less", number(-1)),
            None => count,
        };
        self.and(count, Conflict::Stale)
    }

    /// Moves a sign-up to the list of another status, and counts it there.
    pub(crate) fn moving_signup(self, id: PromoSignupId, (from, to): (SignupStatus, SignupStatus)) -> Self {
        let gone = Action::delete(&keys::listed_signup(keys::promo_signups(Some(from)), id));
        self.and(gone, Conflict::Stale)
            .listing_signup(std::iter::once(keys::promo_signups(Some(to))), id)
            .counting_signup(id, (Some(from), to))
    }
}

impl TenantStore<'_> {
    /// Adds what becomes of a sign-up by the job that works for it, which stood at `from`. [`Conflict::Superseded`] when
    /// another job took its place.
    pub(crate) fn moving_by_job(
        &self,
        command: Command,
        job: &Job,
        from: JobStatus,
        world: &World,
    ) -> Result<Command, StoreError> {
        let (from, to) = (SignupStatus::of(from), SignupStatus::of(job.status));
        let Some(id) = job.subject.promo_signup().filter(|_| from != to) else { return Ok(command) };
        let error = job.last_error.as_ref().filter(|_| to != SignupStatus::Account).map(|error| &error.code);
        let set = "SET #status = :to, since = :since, #error = :error, #version = #version + :one";
        let error_value = error.map_or(AttributeValue::Null(true), |code| text(&**code));
        let set = Action::update(&keys::promo_signup(id), set)
            .name("#status", "status")
            .name("#error", "error")
            .name("#version", "version")
            .name("#job", "job")
            .name("#id", "id")
            .value(":to", text(to.name()))
            .value(":since", text(world.now().to_string()))
            .value(":error", error_value)
            .value(":one", number(1))
            .value(":job", text(job.id.to_string()))
            .when("#job.#id = :job");
        let values = (json!({ "status": from }), json!({ "status": to, "job": job.id, "error": error }));
        command.and(set, Conflict::Superseded).moving_signup(id, (from, to)).told_platform(
            self.scope.actor(),
            "promo.move",
            id.to_string(),
            values,
            world,
        )
    }
}
