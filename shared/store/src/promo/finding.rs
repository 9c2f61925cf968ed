//! Pages of sign-ups: one query for the places in a list, one batch for what stands there and for the counts.

use std::collections::HashMap;

use vestibule_domain::{Email, PromoSignup, PromoSignupId, SignupStatus, name_begins, searched_beginning};

use crate::{
    Administration, CursorError, CursorKey, Page, PageRequest, StoreError,
    accounts::listing::MOST_ON_A_PAGE,
    engine::item::{Row, from_row, key_row},
    engine::keys,
    engine::kinds::Kind,
    promo::{moving::SignupCounts, signing_up::PromoAddress},
};

/// Entries that are read at once for a file.
pub const MOST_IN_A_PART: i32 = 500;

/// Which sign-ups are wanted.
#[derive(Debug, Clone, Default)]
pub struct SignupFilter {
    /// Those with this status.
    pub status: Option<SignupStatus>,
    /// Those of people whose name has words that begin so.
    pub name: Option<String>,
}

impl SignupFilter {
    fn fits(&self, signup: &PromoSignup) -> bool {
        self.status.is_none_or(|status| signup.status == status)
            && self.name.as_ref().is_none_or(|name| name_begins(&signup.name, name))
    }
}

/// Whose place in a list this is.
pub(crate) fn listed_id(row: &Row) -> Option<PromoSignupId> {
    row.get("SK")?.as_s().ok()?.parse().ok()
}

/// Keys of the rows that count.
fn counters() -> impl Iterator<Item = Row> {
    (0..keys::PROMO_SHARDS).map(|shard| key_row(&keys::promo_counts(shard)))
}

impl Administration<'_> {
    /// One page of sign-ups, newest first, and how many there are of each status: two round trips. With a name, a page may
    /// have fewer than it could, and a next one.
    pub async fn list_promo_signups(
        &self,
        filter: &SignupFilter,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<(Page<PromoSignup>, SignupCounts), CursorError>, StoreError> {
        let most = request.size().min(MOST_ON_A_PAGE);
        let (ids, next) = match self.listed_signups(filter, (request, most), key).await? {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        let wanted = ids.iter().map(|id| key_row(&keys::promo_signup(*id))).chain(counters());
        let (page, counts) = self.signups_at(&ids, filter, self.store.batch_get(wanted.collect()).await?)?;
        Ok(Ok((Page { next, ..page }, counts)))
    }

    /// A part of a file of sign-ups, newest first: one query, and a batch for each hundred.
    pub async fn export_promo_signups(
        &self,
        filter: &SignupFilter,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<PromoSignup>, CursorError>, StoreError> {
        let (ids, next) = match self.listed_signups(filter, (request, MOST_IN_A_PART), key).await? {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        let wanted = ids.iter().map(|id| key_row(&keys::promo_signup(*id))).collect();
        let (page, _) = self.signups_at(&ids, filter, self.store.batch_get_many(wanted).await?)?;
        Ok(Ok(Page { next, ..page }))
    }

    /// The sign-up of an address, if there is one, and how many there are of each status: two round trips.
    pub async fn find_promo_signup_by_address(
        &self,
        email: &Email,
    ) -> Result<(Page<PromoSignup>, SignupCounts), StoreError> {
        let address = self.store.sealer().address_key(email);
        let known: Option<PromoAddress> = self.store.get(&keys::promo_address(&address)).await?;
        let ids: Vec<PromoSignupId> = known.map(|known| known.signup).into_iter().collect();
        let wanted = ids.iter().map(|id| key_row(&keys::promo_signup(*id))).chain(counters());
        self.signups_at(&ids, &SignupFilter::default(), self.store.batch_get(wanted.collect()).await?)
    }

    /// One sign-up.
    pub async fn find_promo_signup(&self, id: PromoSignupId) -> Result<Option<PromoSignup>, StoreError> {
        self.store.get(&keys::promo_signup(id)).await
    }

    /// The ids of a page, and the cursor of the next one.
    async fn listed_signups(
        &self,
        filter: &SignupFilter,
        page: (&PageRequest, i32),
        key: &CursorKey,
    ) -> Result<Result<(Vec<PromoSignupId>, Option<String>), CursorError>, StoreError> {
        let list = match filter.name.as_deref().map(searched_beginning) {
            None => keys::promo_signups(filter.status),
            Some(Some(beginning)) => self.store.signup_name_list(&beginning),
            Some(None) => return Ok(Ok((Vec::new(), None))),
        };
        let places = self.places(&list, page, key).await?;
        Ok(places.map(|(rows, next)| (rows.iter().filter_map(listed_id).collect(), next)))
    }

    /// What was read for `ids`, in their order.
    fn signups_at(
        &self,
        ids: &[PromoSignupId],
        filter: &SignupFilter,
        rows: Vec<Row>,
    ) -> Result<(Page<PromoSignup>, SignupCounts), StoreError> {
        let (mut items, mut damaged, mut counts) = (Vec::new(), Vec::new(), SignupCounts::default());
        let mut found = HashMap::new();
        for row in rows {
            if Kind::of(&row) == Some(Kind::PromoCounts) {
                counts = counts.plus(from_row(row)?);
            } else if let Some(pk) = row.get("PK").and_then(|pk| pk.as_s().ok()).cloned() {
                found.insert(pk, row);
            }
        }
        for id in ids {
            let Some(row) = found.remove(&keys::promo_signup(*id).pk) else { continue };
            match self.store.if_whole(self.store.read::<PromoSignup>(row))? {
                Some(signup) => items.push(signup),
                None => damaged.push(id.to_string()),
            }
        }
        items.retain(|signup| filter.fits(signup));
        Ok((Page { items, damaged, next: None }, counts))
    }
}
