//! A new signing key, in two steps with a wait between them: first every function learns the public
//! key, then the private one signs.
//!
//! Published keys are in order: one that does not sign yet, the one that signs, those that did. So an
//! interrupted rotation shows, and the next one takes the place of its key, which never signed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use vestibule_adapters::secrets::SecretVersion;
use vestibule_auth::{PublicKey, SigningKey, VerificationKeys};
use vestibule_domain::World;

use crate::{
    KeyPair, OpsError, Vault,
    vault::{Held, filled},
};

/// The largest number of published keys.
const MOST: usize = 3;

/// A key that is published and does not sign yet.
#[derive(Debug)]
pub struct NextKey {
    key: SigningKey,
    replaces: SecretVersion,
}

impl NextKey {
    /// The key's id.
    pub fn kid(&self) -> &str {
        &self.key.public().kid
    }
}

/// Publishes a new key beside the others. Those that signed before the present one go when it has
/// signed for `keep_for`. Refuses when there would be too many that may still be needed, and keys that
/// do not belong together.
pub async fn publish_next(
    vault: &Vault,
    names: &KeyPair,
    keep_for: SignedDuration,
    now: Timestamp,
) -> Result<NextKey, OpsError> {
    let (replaces, signing) = filled(&names.signing, vault.signing(&names.signing).await?)?;
    let (version, published) = filled(&names.verification, vault.published(&names.verification).await?)?;
    let key = SigningKey::generate()?;
    let rest = keep_for - age(&replaces, now);
    let keys = match order(published.keys, signing.public(), key.public(), rest.is_positive()) {
        Ok(keys) => VerificationKeys { keys },
        Err(Disorder::Unpaired) => return Err(OpsError::Unpaired(names.verification.clone())),
        Err(Disorder::TooMany) => {
            let begun = i64::from(rest.subsec_nanos() > 0);
            return Err(OpsError::TooSoon(SignedDuration::from_secs(rest.as_secs() + begun)));
        }
    };
    vault.publish(&names.verification, Some(&version), &keys).await?;
    Ok(NextKey { key, replaces })
}

/// Makes the published key the one that signs; its id. Refuses when it is no longer the next one.
pub async fn sign_with(vault: &Vault, names: &KeyPair, next: NextKey) -> Result<String, OpsError> {
    let published = vault.published(&names.verification).await?.and_then(|Held { keys, .. }| keys);
    if published.is_none_or(|published| published.keys.first() != Some(next.key.public())) {
        return Err(OpsError::Overtaken);
    }
    let secret = next.key.to_secret();
    vault.write(&names.signing, Some(&next.replaces), &secret).await?;
    Ok(next.kid().to_owned())
}

/// Both steps; the id of the key that signs now. `wait` is the time until every function has read the
/// published keys again: five minutes at most.
pub async fn rotate_signing_key(
    vault: &Vault,
    names: &KeyPair,
    (keep_for, wait): (SignedDuration, Duration),
    world: &World,
) -> Result<String, OpsError> {
    let next = publish_next(vault, names, keep_for, world.now()).await?;
    tokio::time::sleep(wait).await;
    sign_with(vault, names, next).await
}

/// How long ago the secret was written: no time at all when the clock here is behind the service's.
fn age(version: &SecretVersion, now: Timestamp) -> SignedDuration {
    now.duration_since(version.written).max(SignedDuration::ZERO)
}

#[derive(Debug, PartialEq, Eq)]
enum Disorder {
    Unpaired,
    TooMany,
}

/// The keys to publish: the new one, the one that signs, and those before it if they are needed.
fn order(
    published: Vec<PublicKey>,
    signing: &PublicKey,
    new: &PublicKey,
    older_needed: bool,
) -> Result<Vec<PublicKey>, Disorder> {
    let mut rest = published.into_iter().skip_while(|key| key != signing);
    let signing = rest.next().ok_or(Disorder::Unpaired)?;
    let mut keys = vec![new.clone(), signing];
    if older_needed {
        keys.extend(rest);
    }
    if keys.len() > MOST { Err(Disorder::TooMany) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &str) -> Vec<PublicKey> {
        let key = |kid: &str| PublicKey {
            kid: kid.into(),
            kty: "EC".into(),
            crv: "P-256".into(),
            alg: "ES256".into(),
            usage: "sig".into(),
            x: String::new(),
            y: String::new(),
        };
        names.split_whitespace().map(key).collect()
    }

    fn ordered(published: &str, older_needed: bool) -> Result<String, Disorder> {
        let (signing, new) = (keys("signing"), keys("new"));
        let keys = order(keys(published), &signing[0], &new[0], older_needed)?;
        Ok(keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_signing_key_always_stays_and_older_ones_while_needed() {
        for (published, older_needed, expected) in [
            ("signing", true, "new signing"),
            ("signing old", true, "new signing old"),
            ("signing old", false, "new signing"),
            ("signing old older", false, "new signing"),
        ] {
            assert_eq!(ordered(published, older_needed).as_deref(), Ok(expected), "{published}");
        }
        assert_eq!(ordered("signing old older", true), Err(Disorder::TooMany));
    }

    #[test]
    fn a_key_that_never_signed_makes_room() {
        assert_eq!(ordered("interrupted signing old", true).as_deref(), Ok("new signing old"));
        assert_eq!(ordered("second first signing", false).as_deref(), Ok("new signing"));
    }

    #[test]
    fn keys_of_another_stack_are_refused() {
        for published in ["", "other", "other old"] {
            assert_eq!(ordered(published, false), Err(Disorder::Unpaired), "{published}");
        }
    }
}
