//! What a password hash costs, within bounds that also hold for hashes read from the table.

use argon2::Params;

/// Most memory a hash may ask for: 1 GiB.
const MAX_MEMORY_KIB: u32 = 1 << 20;
/// Most passes a hash may ask for.
const MAX_PASSES: u32 = 10;
/// Most lanes a hash may ask for.
const MAX_LANES: u32 = 16;

/// Memory in MiB that a function needs beside its hashes.
const REST_MIB: u64 = 96;
/// Passes over a MiB that one MB of a function's memory buys in about four seconds: a whole processor, which comes
/// with 1,769 MB, makes about 1,900 a second.
const PASSES_PER_MB: u64 = 4;

/// A hasher that cannot be set up, or a hash that cannot be made or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HasherError {
    /// The profile in the settings is not one.
    #[error("use `owasp`, `strong` or `m=..,t=..,p=..` with at most m=1048576, t=10, p=16 and m >= 8p")]
    Profile,
    /// The pepper in the settings is not one.
    #[error("a pepper needs an id of 1 to 8 characters, used once, and a key of 16 bytes or more")]
    Pepper,
    /// A stored hash is not an argon2id PHC string within the bounds.
    #[error("a stored password hash cannot be read")]
    Stored,
    /// A stored hash needs a pepper that was not given.
    #[error("a stored password hash needs a pepper that is not configured")]
    UnknownPepper,
    /// There is no memory or no thread for the hash.
    #[error("there is no memory or no thread to hash a password")]
    Resources,
}

/// The cost of an argon2id hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes; they are filled one after another.
    pub lanes: u32,
}

impl Profile {
    /// OWASP's minimum: 19 MiB, two passes, one lane.
    pub const OWASP: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// 1 GiB, one pass, five lanes.
    pub const STRONG: Self = Self { memory_kib: 1 << 20, passes: 1, lanes: 5 };

    /// Reads `owasp`, `strong`, or a cost of one's own as `m=KiB,t=passes,p=lanes`.
    pub fn parse(text: &str) -> Result<Self, HasherError> {
        match text {
            "owasp" => Ok(Self::OWASP),
            "strong" => Ok(Self::STRONG),
            _ => Self::from_terms(text.split(',')).ok_or(HasherError::Profile),
        }
    }

    /// Whether a function of `memory` MB can make `workers` such hashes at once, and two after another within its
    /// time: processor time on Lambda grows with the memory.
    pub fn fits(&self, memory: u32, workers: usize) -> bool {
        let mib = u64::from(self.memory_kib.div_ceil(1024));
        let at_once = mib.saturating_mul(u64::try_from(workers).unwrap_or(u64::MAX));
        let passes = mib * u64::from(self.passes);
        at_once.saturating_add(REST_MIB) <= u64::from(memory) && passes <= PASSES_PER_MB * u64::from(memory)
    }

    /// Reads `m=..`, `t=..` and `p=..`, in this order and nothing behind.
    pub(super) fn from_terms<'a>(mut terms: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut term = |name| -> Option<u32> { terms.next()?.strip_prefix(name)?.parse().ok() };
        let profile = Self { memory_kib: term("m=")?, passes: term("t=")?, lanes: term("p=")? };
        (terms.next().is_none() && profile.params(32).is_some()).then_some(profile)
    }

    /// The parameters for a hash of `length` bytes, if they are within the bounds.
    pub(super) fn params(&self, length: usize) -> Option<Params> {
        let bounded = self.memory_kib <= MAX_MEMORY_KIB
            && (1..=MAX_PASSES).contains(&self.passes)
            && (1..=MAX_LANES).contains(&self.lanes);
        let params = || Params::new(self.memory_kib, self.passes, self.lanes, Some(length)).ok();
        bounded.then(params).flatten()
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "m={},t={},p={}", self.memory_kib, self.passes, self.lanes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_named_or_spelt_out_within_bounds() {
        assert_eq!(Profile::parse("owasp"), Ok(Profile::OWASP));
        assert_eq!(Profile::parse("strong"), Ok(Profile::STRONG));
        assert_eq!(Profile::parse(&Profile::STRONG.to_string()), Ok(Profile::STRONG));
        for wrong in [
            "",
            "OWASP",
            "m=19456,t=2",
            "t=2,m=19456,p=1",
            "m=19456,t=2,p=1,x=1",
            "m=1048577,t=1,p=1",
            "m=19456,t=11,p=1",
            "m=19456,t=2,p=17",
            "m=19456,t=0,p=1",
            "m=64,t=1,p=9",
            "m=4294967296,t=1,p=1",
            "m=-1,t=1,p=1",
        ] {
            assert_eq!(Profile::parse(wrong), Err(HasherError::Profile), "{wrong}");
        }
    }

    #[test]
    fn fault_10_a_cost_beyond_the_functions_memory_or_time_is_told_apart() {
        let own = |text| Profile::parse(text).unwrap();
        for (profile, memory, workers, fits) in [
            (Profile::OWASP, 512, 1, true),
            (Profile::OWASP, 128, 1, true),
            (Profile::OWASP, 128, 2, false),
            (Profile::STRONG, 512, 1, false),
            (Profile::STRONG, 1024, 1, false),
            (Profile::STRONG, 2048, 1, true),
            (own("m=1048576,t=10,p=1"), 2048, 1, false),
            (own("m=262144,t=10,p=4"), 512, 1, false),
            (own("m=65536,t=3,p=4"), 512, 1, true),
            (Profile::OWASP, 10_240, usize::MAX, false),
        ] {
            assert_eq!(profile.fits(memory, workers), fits, "{profile} in {memory} MB");
        }
    }
}
