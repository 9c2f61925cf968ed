//! Sets of permissions: a bitmap of any length, kept as base64url text.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};

use crate::{Permission, PermissionNumber, permission::LAST};

/// Bytes of a set that has every number.
const MAX_BYTES: usize = (LAST as usize + 1) / 8;

/// A set of permissions, built in and registered. The bit `n % 8` of byte `n / 8` stands for number `n`.
// The last byte is never zero: sets with the same permissions are equal.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct PermissionSet(Vec<u8>);

impl PermissionSet {
    /// Every built-in permission.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether `permission` is in the set.
    pub fn contains(&self, permission: impl Into<PermissionNumber>) -> bool {
        let number = usize::from(permission.into().get());
        self.0.get(number / 8).is_some_and(|byte| byte & (1 << (number % 8)) != 0)
    }

    /// Adds `permission`.
    pub fn insert(&mut self, permission: impl Into<PermissionNumber>) {
        let number = usize::from(permission.into().get());
        if self.0.len() <= number / 8 {
            self.0.resize(number / 8 + 1, 0);
        }
        self.0[number / 8] |= 1 << (number % 8);
    }

    /// Both sets together.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (mut long, short) =
            if self.0.len() < other.0.len() { (other.clone(), self) } else { (self.clone(), other) };
        for (byte, more) in long.0.iter_mut().zip(&short.0) {
            *byte |= more;
        }
        long
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = self.0.clone();
        for (byte, gone) in left.iter_mut().zip(&other.0) {
            *byte &= !gone;
        }
        Self::of(left)
    }

    /// Whether `other` has all of this set: who holds `other` may hand this one out.
    pub fn is_within(&self, other: &Self) -> bool {
        self.without(other).is_empty()
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers in the set, lowest first.
    pub fn numbers(&self) -> impl Iterator<Item = PermissionNumber> + '_ {
        let bits = u16::try_from(self.0.len() * 8).unwrap_or(LAST + 1);
        (0..bits)
            .filter_map(|number| PermissionNumber::try_from(number).ok())
            .filter(|&number| self.contains(number))
    }

    fn of(mut bytes: Vec<u8>) -> Self {
        let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        bytes.truncate(used);
        Self(bytes)
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.numbers().map(PermissionNumber::get)).finish()
    }
}

impl<P: Into<PermissionNumber>> FromIterator<P> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = P>>(permissions: I) -> Self {
        let mut set = Self::default();
        permissions.into_iter().for_each(|permission| set.insert(permission));
        set
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StoredSet)
    }
}

/// Reads what the table holds: text, or the whole number that sets of up to 64 permissions once were.
struct StoredSet;

impl Visitor<'_> for StoredSet {
    type Value = PermissionSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a set of permissions as base64url text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PermissionSet, E> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() <= MAX_BYTES);
        bytes.map(PermissionSet::of).ok_or_else(|| E::custom("this is no set of permissions"))
    }

    fn visit_u64<E: Error>(self, bits: u64) -> Result<PermissionSet, E> {
        Ok(PermissionSet::of(bits.to_le_bytes().to_vec()))
    }

    fn visit_i64<E: Error>(self, bits: i64) -> Result<PermissionSet, E> {
        u64::try_from(bits)
            .map_err(|_| E::custom("this is no set of permissions"))
            .and_then(|bits| self.visit_u64(bits))
    }
}

#[cfg(test)]
mod tests;
