//! Argon2id off the async threads: a bounded number at once, each in a block buffer that is used
//! again and again, because fresh memory costs as much as the hash itself.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::{ExposeSecret, SecretSlice};
use tokio::sync::Semaphore;

use super::{HasherError, Password, PasswordHash, Profile, phc::Phc};

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not the password, or nobody has one here.
    Wrong,
    /// The password.
    Right {
        /// The hash was made with another cost or pepper than is used now: hash anew and keep that.
        outdated: bool,
    },
}

struct Pepper {
    id: String,
    key: SecretSlice<u8>,
}

/// Block buffers at rest, never more than there are workers.
struct Pool {
    idle: Mutex<Vec<Vec<Block>>>,
    blocks: usize,
    permits: Arc<Semaphore>,
    workers: usize,
}

/// Makes and checks password hashes. Cheap to clone; clones share the bound and the buffers.
#[derive(Clone)]
pub struct Hasher {
    profile: Profile,
    /// The one used for new hashes in front, if there is one.
    peppers: Arc<[Pepper]>,
    peppered: bool,
    pool: Arc<Pool>,
}

impl Hasher {
    /// A hasher whose new hashes cost `profile` and contain `pepper`: its id of 1 to 8 characters,
    /// which is stored with each hash, and its key. At most `workers` hashes of that cost are
    /// made at once, and as many buffers kept.
    pub fn new(
        profile: Profile,
        pepper: Option<(String, SecretSlice<u8>)>,
        workers: usize,
    ) -> Result<Self, HasherError> {
        let blocks = profile.params(32).ok_or(HasherError::Profile)?.block_count();
        let workers = workers.clamp(1, 1024);
        let permits = Arc::new(Semaphore::new(workers));
        let pool = Arc::new(Pool { idle: Mutex::default(), blocks, permits, workers });
        let hasher = Self { profile, peppers: Arc::new([]), peppered: pepper.is_some(), pool };
        match pepper {
            Some((id, key)) => hasher.with_former_pepper(id, key),
            None => Ok(hasher),
        }
    }

    /// Also checks hashes that contain this pepper, and calls them outdated.
    pub fn with_former_pepper(mut self, id: String, key: SecretSlice<u8>) -> Result<Self, HasherError> {
        let known = self.peppers.iter().any(|pepper| pepper.id == id);
        if known || !(1..=8).contains(&id.len()) || key.expose_secret().len() < 16 {
            return Err(HasherError::Pepper);
        }
        let copy = |pepper: &Pepper| Pepper { id: pepper.id.clone(), key: pepper.key.clone() };
        self.peppers = self.peppers.iter().map(copy).chain([Pepper { id, key }]).collect();
        Ok(self)
    }

    /// Hashes a password with this salt, which is random and new each time. Needs a tokio runtime.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash, HasherError> {
        let mut phc = self.blank(salt);
        phc.hash = self.clone().compute_aside(password, &phc).await?;
        Ok(phc.write())
    }

    /// Verifies against `stored`, or against a dummy hash of the present cost when there is none
    /// (always wrong): unknown addresses take as long as known ones. Needs a tokio runtime.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, HasherError> {
        let known = stored.is_some();
        let phc = stored.as_ref().map_or_else(|| Ok(self.blank([0; 16])), Phc::read)?;
        let found = self.clone().compute_aside(password, &phc).await?;
        let same = verify_slices_are_equal(&found, &phc.hash).is_ok();
        if !(same && known) {
            return Ok(Verdict::Wrong);
        }
        let now = self.blank([0; 16]);
        let shape = |phc: &Phc| (phc.profile, phc.key_id.clone(), phc.salt.len(), phc.hash.len());
        Ok(Verdict::Right { outdated: shape(&phc) != shape(&now) })
    }

    /// A hash of the present cost, still to be computed.
    fn blank(&self, salt: [u8; 16]) -> Phc {
        let pepper = self.peppers.first().filter(|_| self.peppered);
        let key_id = pepper.map(|pepper| pepper.id.clone());
        Phc { profile: self.profile, key_id, salt: salt.to_vec(), hash: vec![0; 32] }
    }

    /// The hash of `password` at the cost and with the salt and pepper of `phc`.
    async fn compute_aside(self, password: Password, phc: &Phc) -> Result<Vec<u8>, HasherError> {
        let params = phc.profile.params(phc.hash.len()).ok_or(HasherError::Stored)?;
        let pepper = phc.key_id.as_ref().map(|id| {
            self.peppers.iter().position(|pepper| pepper.id == *id).ok_or(HasherError::UnknownPepper)
        });
        let (pepper, salt) = (pepper.transpose()?, phc.salt.clone());
        // A hash that needs the memory of several takes their places.
        let share = params.block_count().div_ceil(self.pool.blocks).min(self.pool.workers);
        let share = u32::try_from(share).map_err(|_| HasherError::Resources)?;
        let permits = Arc::clone(&self.pool.permits).acquire_many_owned(share).await;
        let permits = permits.map_err(|_| HasherError::Resources)?;
        let task = move || {
            // Moved in here, so that a dropped request does not free its place before its hash ends.
            let _permits = permits;
            let key = pepper.and_then(|place| self.peppers.get(place)).map(|pepper| &pepper.key);
            self.pool
                .with_memory(params.block_count(), |memory| compute(&password, &salt, key, params, memory))
        };
        tokio::task::spawn_blocking(task).await.map_err(|_| HasherError::Resources)?
    }
}

fn compute(
    password: &Password,
    salt: &[u8],
    pepper: Option<&SecretSlice<u8>>,
    params: Params,
    memory: &mut [Block],
) -> Result<Vec<u8>, HasherError> {
    let mut hash = vec![0; params.output_len().unwrap_or(32)];
    let key = pepper.map_or(&[][..], |key| key.expose_secret());
    let argon = Argon2::new_with_secret(key, Algorithm::Argon2id, Version::V0x13, params);
    argon
        .and_then(|argon| {
            argon.hash_password_into_with_memory(password.text().as_bytes(), salt, &mut hash, memory)
        })
        .map_err(|_| HasherError::Resources)?;
    Ok(hash)
}

impl Pool {
    /// Runs `work` in a buffer of at least `blocks` KiB: a kept one if that is enough, otherwise one
    /// that is dropped afterwards.
    fn with_memory<T>(
        &self,
        blocks: usize,
        work: impl FnOnce(&mut [Block]) -> Result<T, HasherError>,
    ) -> Result<T, HasherError> {
        if blocks > self.blocks {
            // The kept ones make room.
            self.idle().clear();
            return work(&mut allocate(blocks)?);
        }
        let kept = self.idle().pop();
        let mut memory = kept.map_or_else(|| allocate(self.blocks), Ok)?;
        let done = work(&mut memory);
        self.idle().push(memory);
        done
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Blocks to reserve for `blocks`. Above 16 MiB the allocator rounds up to whole MiB, adds one of its own, and
/// asks the kernel for huge pages if the sum is even (infra/decisions/0017). The reserve itself stays unused.
const fn room(blocks: usize) -> usize {
    blocks.next_multiple_of(2048).saturating_add(512)
}

fn allocate(blocks: usize) -> Result<Vec<Block>, HasherError> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(room(blocks)).map_err(|_| HasherError::Resources)?;
    memory.resize(blocks, Block::new());
    Ok(memory)
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({})", self.profile)
    }
}

#[cfg(test)]
mod tests;
