//! Typed ids: a prefix that names the kind and a ULID, for example `hire_01JD...`.
//! An id can hold no `#`, so no id can step out of its place in a table key.

use std::{fmt, marker::PhantomData, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use ulid::Ulid;

use crate::World;

/// What kind of thing an id names; gives the prefix.
pub trait Kind: 'static {
    /// Lower-case letters before the underscore.
    const PREFIX: &'static str;
}

/// The id of one `K`: 26 characters of ULID behind the kind's prefix. Sorts by creation time.
pub struct Id<K>(Ulid, PhantomData<fn() -> K>);

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that begins with `{prefix}_`")]
pub struct IdError {
    prefix: &'static str,
}

impl<K: Kind> Id<K> {
    /// A new id: the instant in front, 80 random bits behind.
    pub fn new(world: &World) -> Self {
        Self::of_time(world.now(), world)
    }

    /// A new id of a thing that was made at this instant.
    pub fn of_time(at: Timestamp, world: &World) -> Self {
        let mut random = [0; 16];
        world.fill(&mut random[6..]);
        Self::from_parts(millis(at), u128::from_be_bytes(random))
    }

    /// The lowest id of an instant: all others of it sort behind.
    pub fn first_of(at: Timestamp) -> Self {
        Self::from_parts(millis(at), 0)
    }

    /// The id that sorts right before this one; the lowest of all is its own.
    #[must_use]
    pub fn before(&self) -> Self {
        Self::from_bytes(u128::from_be_bytes(self.to_bytes()).saturating_sub(1).to_be_bytes())
    }

    /// The id that sorts right behind this one; the highest of all is its own.
    #[must_use]
    pub fn behind(&self) -> Self {
        Self::from_bytes(u128::from_be_bytes(self.to_bytes()).saturating_add(1).to_be_bytes())
    }

    /// The instant in front; `None` behind the year 9999.
    pub fn at(&self) -> Option<Timestamp> {
        i64::try_from(self.0.timestamp_ms()).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok())
    }

    /// The id with exactly these parts; for seeds whose ids must be the same on every start.
    pub fn from_parts(millis: u64, random: u128) -> Self {
        Self(Ulid::from_parts(millis, random), PhantomData)
    }

    /// The 16 bytes of the ULID, for tokens that carry ids.
    pub fn to_bytes(&self) -> [u8; 16] {
        self.0.to_bytes()
    }

    /// The id with these 16 bytes; every value is one.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Ulid::from_bytes(bytes), PhantomData)
    }

    /// Reads an id as a person may have written it: any case, and letters that look like a digit for that digit.
    pub fn read_loosely(text: &str) -> Option<Self> {
        let (prefix, ulid) = text.split_at_checked(K::PREFIX.len())?;
        let ulid = ulid.strip_prefix('_').filter(|_| prefix.eq_ignore_ascii_case(K::PREFIX))?;
        let digit = |c: char| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let ulid: String = ulid.chars().map(digit).collect();
        // 26 characters hold two bits more than a ULID has: the decoder would drop them.
        Ulid::from_string(&ulid)
            .ok()
            .filter(|_| ulid.starts_with(|c| c <= '7'))
            .map(|id| Self(id, PhantomData))
    }

    /// The ULID without the prefix.
    pub fn ulid(&self) -> String {
        self.0.to_string()
    }
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0)
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = IdError { prefix: K::PREFIX };
        let ulid = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let ulid = ulid.filter(|ulid| ulid.bytes().all(|b| !b.is_ascii_lowercase()));
        let parsed = ulid.and_then(|ulid| Ulid::from_string(ulid).ok()).ok_or(refused.clone())?;
        // The decoder also takes look-alikes and overflow; only the canonical spelling is an id.
        if Some(parsed.to_string().as_str()) == ulid { Ok(Self(parsed, PhantomData)) } else { Err(refused) }
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

macro_rules! kinds {
    ($($kind:ident, $alias:ident, $prefix:literal, $doc:literal;)*) => {$(
        #[doc = concat!("Marks ids of ", $doc, ".")]
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        #[doc = concat!("The id of ", $doc, ".")]
        pub type $alias = Id<$kind>;
    )*};
}

kinds! {
    TenantKind, TenantId, "ten", "a tenant";
    UserKind, UserId, "usr", "a person who can sign in";
    SessionKind, SessionId, "ses", "a signed-in session";
    HireKind, HireId, "hire", "a new hire";
    JobKindMark, JobId, "job", "a provisioning job";
    AuditKind, AuditId, "aud", "an audit record";
    EventKind, EventId, "evt", "an outgoing event";
    EndpointKind, EndpointId, "ep", "a tenant's webhook endpoint";
    RegistrationKind, RegistrationId, "reg", "a registration that waits for its proof";
    MailKind, MailId, "mail", "a mail to send";
    GroupKind, GroupId, "grp", "a group of a team";
    InvitationKind, InvitationId, "inv", "an invitation";
    PromoSignupKind, PromoSignupId, "promo", "a sign-up of a promotion";
    EsignEventKind, EsignEventId, "esn", "an e-sign event that fits no document";
    EsignDeliveryKind, EsignDeliveryId, "dlv", "a delivery at an e-sign endpoint";
    SecretKind, SecretId, "sec", "a secret that a tenant gave";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_knows_its_instant_and_its_neighbour() {
        let at = Timestamp::from_millisecond(1_790_000_000_000).unwrap();
        let first = AuditId::first_of(at);
        assert_eq!(first.at(), Some(at));
        assert!(first.before() < first);
        assert_eq!(first.before().at(), Timestamp::from_millisecond(1_789_999_999_999).ok());
        let lowest = AuditId::from_bytes([0; 16]);
        assert_eq!((lowest.before(), lowest.behind().before()), (lowest, lowest));
        assert_eq!(AuditId::from_bytes([255; 16]).at(), None);
    }

    #[test]
    fn only_the_canonical_spelling_of_the_right_kind_is_an_id() {
        let id: HireId = Id::from_parts(1_790_000_000_000, 7);
        assert_eq!(id.to_string().parse::<HireId>(), Ok(id));
        assert_eq!(HireId::from_bytes(id.to_bytes()), id);
        for wrong in [
            id.to_string().replace("hire_", "job_"),
            id.to_string().to_lowercase(),
            format!("{id}#X"),
            "hire_".to_owned(),
            "hire_80000000000000000000000000".to_owned(),
        ] {
            assert!(wrong.parse::<HireId>().is_err(), "{wrong}");
        }
    }
}
