//! Checkpoints (C2SP `tlog-checkpoint`): a signed statement of how long a chain is and which root it has. The note's text is
//!
//! ```text
//! <name of the key>/<chain>
//! <size>
//! <root, Base64>
//! time <RFC 3339, UTC>
//! ```

use jiff::Timestamp;

use crate::{
    Digest,
    note::{self, NoteError, Verifier},
};

/// What was signed of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// The chain's name.
    pub chain: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// When it was signed.
    pub at: Timestamp,
}

impl SignedCheckpoint {
    /// Reads a note that at least one of `verifiers` has signed for `chain`.
    pub fn open(note: &str, chain: &str, verifiers: &[Verifier]) -> Result<Self, NoteError> {
        let wrong = NoteError::Checkpoint;
        let (text, signers) = note::open(note, verifiers)?;
        let lines: Vec<_> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
        let [origin, size, root, at] = lines[..] else { return Err(wrong("it has not four lines")) };
        let wanted = signers.iter().map(|signer| format!("{}/{chain}", signer.name()));
        if let Some(wanted) = unless_among(origin, wanted) {
            return Err(NoteError::Other { found: origin.to_owned(), wanted });
        }
        let size = exact(size).ok_or(wrong("its second line is not a size"))?;
        let root = exact(root).ok_or(wrong("its third line is not a root, 32 bytes in Base64"))?;
        let at =
            at.strip_prefix("time ").and_then(exact).ok_or(wrong("its fourth line is not a time in UTC"))?;
        Ok(Self { chain: chain.to_owned(), size, root, at })
    }
}

impl Verifier {
    /// Reads a note that this key has signed for `chain`.
    pub fn open(&self, note: &str, chain: &str) -> Result<SignedCheckpoint, NoteError> {
        SignedCheckpoint::open(note, chain, std::slice::from_ref(self))
    }
}

/// The last of `wanted` if none of them is `found`.
fn unless_among(found: &str, wanted: impl Iterator<Item = String>) -> Option<String> {
    let wanted: Vec<_> = wanted.collect();
    (!wanted.iter().any(|wanted| wanted == found)).then(|| wanted.into_iter().next_back().unwrap_or_default())
}

/// A value whose only writing is this text.
fn exact<T: std::str::FromStr + std::fmt::Display>(text: &str) -> Option<T> {
    text.parse::<T>().ok().filter(|value| value.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckpointKey, Frontier};

    const CHAIN: &str = "ten_01";

    fn key(seed: u8) -> CheckpointKey {
        CheckpointKey::generate("acme.example/audit", [seed; 32]).unwrap()
    }

    fn signed(key: &CheckpointKey) -> (String, SignedCheckpoint) {
        let mut frontier = Frontier::default();
        frontier.push(Digest::of(&[b"leaf"]));
        let at = "2026-02-03T04:05:06Z".parse().unwrap();
        let checkpoint = SignedCheckpoint { chain: CHAIN.to_owned(), size: 1, root: frontier.root(), at };
        (key.sign(CHAIN, &frontier, at), checkpoint)
    }

    #[test]
    fn what_was_signed_can_be_opened_and_nothing_else() {
        let (note, checkpoint) = signed(&key(1));
        let verifier = &key(1).verifiers()[0];
        assert_eq!(verifier.open(&note, CHAIN), Ok(checkpoint));
        assert_eq!(verifier.to_string().parse().as_ref(), Ok(verifier));
        assert_eq!(key(2).verifiers()[0].open(&note, CHAIN), Err(NoteError::Unsigned));
        let other = verifier.open(&note, "ten_02").unwrap_err().to_string();
        assert_eq!(
            other,
            "the checkpoint is that of acme.example/audit/ten_01, not of acme.example/audit/ten_02"
        );
        for (place, _) in note.char_indices() {
            let mut changed = note.clone().into_bytes();
            changed[place] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(verifier.open(&changed, CHAIN).is_err(), "{changed}");
            assert!(verifier.open(&note[..place], CHAIN).is_err(), "{place}");
        }
    }

    #[test]
    fn others_may_sign_too() {
        let (note, checkpoint) = signed(&key(1));
        let foreign = CheckpointKey::generate("witness.example", [9; 32]).unwrap();
        let line = foreign.verifiers()[0].line(&[7; 64]);
        let both = format!("{note}{line}");
        assert_eq!(key(1).verifiers()[0].open(&both, CHAIN), Ok(checkpoint));
        let trusted = [key(1).verifiers(), foreign.verifiers()].concat();
        let forged = NoteError::Forged("witness.example".to_owned());
        assert_eq!(SignedCheckpoint::open(&both, CHAIN, &trusted), Err(forged));
        assert!(matches!(
            key(1).verifiers()[0].open(&format!("{note}none\n"), CHAIN),
            Err(NoteError::Note(_))
        ));
    }

    /// Texts that are signed and still not a checkpoint's.
    #[test]
    fn a_checkpoint_has_one_form() {
        let root = Digest::of(&[]);
        let origin = format!("acme.example/audit/{CHAIN}");
        let open = |lines: &[&str]| {
            let note = key(1).sign_text(&(lines.join("\n") + "\n"));
            key(1).verifiers()[0].open(&note, CHAIN)
        };
        let (root, time) = (root.to_string(), "time 2026-02-03T04:05:06Z");
        assert!(open(&[&origin, "0", &root, time]).is_ok());
        for wrong in [
            vec![&*origin, "01", &root, time],
            vec![&origin, "+1", &root, time],
            vec![&origin, "-1", &root, time],
            vec![&origin, "1 ", &root, time],
            vec![&origin, "1", &root[..43], time],
            vec![&origin, "1", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", time],
            vec![&origin, "1", &root, "2026-02-03T04:05:06Z"],
            vec![&origin, "1", &root, "time 2026-02-03T04:05:06+00:00"],
            vec![&origin, "1", &root, "time 2026-02-03"],
            vec![&origin, "1", &root, time, "more"],
            vec![&origin, "1", &root, time, ""],
            vec![&origin, "1", &root],
        ] {
            assert!(matches!(open(&wrong), Err(NoteError::Checkpoint(_))), "{wrong:?}");
        }
    }
}
