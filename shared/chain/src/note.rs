//! Signed notes (C2SP `signed-note`): a text with signatures beneath it, each by an Ed25519 key that has a name.
//!
//! Ed25519 is that of aws-lc-rs, which is here already; the crate `signed_note` would bring a second one, with sha2 and an
//! older base64, into every function.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::Digest;

/// What begins a signature's line.
const DASH: &str = "\u{2014} ";
/// The kind of a key, before it where it is written: Ed25519.
const ED25519_KEY: u8 = 1;
/// Signatures of one note.
const MOST: usize = 100;

/// A key or a note that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The name of a key cannot stand in a note.
    #[error("the name of a key has at least one character, no blank and no plus")]
    Name,
    /// The secret is not a checkpoint key's.
    #[error("the secret does not hold a checkpoint key")]
    Secret,
    /// The text is not a public key.
    #[error("the public key is not of the form <name>+<8 hexadecimal digits>+<Base64>: {0}")]
    Verifier(&'static str),
    /// The text is not a signed note.
    #[error("the checkpoint is not a signed note: {0}")]
    Note(&'static str),
    /// No signature is by a key that is trusted.
    #[error("the checkpoint is signed by none of the given keys")]
    Unsigned,
    /// A signature is said to be a trusted key's, and is not.
    #[error("the checkpoint is forged: its signature is not that of the key {0}, whose name it bears")]
    Forged(String),
    /// The note's text is not a checkpoint's.
    #[error("the checkpoint's text is not in its form: {0}")]
    Checkpoint(&'static str),
    /// It is signed, but for something else.
    #[error("the checkpoint is that of {found}, not of {wanted}")]
    Other {
        /// What it is of.
        found: String,
        /// What it should be of.
        wanted: String,
    },
}

/// A public key that signatures are trusted of. Its text is a note's "vkey": `<name>+<id>+<key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    public: [u8; 32],
}

impl Verifier {
    pub(crate) fn new(name: &str, public: [u8; 32]) -> Result<Self, NoteError> {
        let is_named =
            !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
        if !is_named {
            return Err(NoteError::Name);
        }
        let [a, b, c, d, ..] = Digest::of(&[name.as_bytes(), b"\n", &[ED25519_KEY], &public]).0;
        Ok(Self { name: name.to_owned(), id: [a, b, c, d], public })
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line that a signature of this key is in a note.
    pub(crate) fn line(&self, signature: &[u8]) -> String {
        format!("{DASH}{} {}\n", self.name, STANDARD.encode([&self.id, signature].concat()))
    }

    fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(text.as_bytes(), signature).is_ok()
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = STANDARD.encode([&[ED25519_KEY], &self.public[..]].concat());
        write!(f, "{}+{:08x}+{key}", self.name, u32::from_be_bytes(self.id))
    }
}

impl std::str::FromStr for Verifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Verifier;
        let (name, rest) = text.split_once('+').ok_or(wrong("it has no plus"))?;
        let (id, key) = rest.split_once('+').ok_or(wrong("it has one plus only"))?;
        let key = STANDARD.decode(key).map_err(|_| wrong("what stands last is not Base64"))?;
        let (kind, key) = key.split_first().ok_or(wrong("what stands last is empty"))?;
        if *kind != ED25519_KEY {
            return Err(wrong("the key is not of the kind 1, Ed25519"));
        }
        let public = key.try_into().map_err(|_| wrong("an Ed25519 key has 32 bytes"))?;
        let verifier = Self::new(name, public)?;
        match verifier.to_string() == text {
            true => Ok(verifier),
            false if id.len() != 8 => Err(wrong("the id has not 8 digits")),
            false => Err(wrong("the id is not that of this name and key: one of them was changed")),
        }
    }
}

/// The text of a note, and who of `verifiers` has signed it: at least one. Signatures of others are passed over.
pub(crate) fn open<'n, 'v>(
    note: &'n str,
    verifiers: &'v [Verifier],
) -> Result<(&'n str, Vec<&'v Verifier>), NoteError> {
    let wrong = NoteError::Note;
    if note.contains(|c: char| c < ' ' && c != '\n') {
        return Err(wrong("it has control characters"));
    }
    let split = note.rfind("\n\n").ok_or(wrong("no empty line stands between text and signatures"))?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    let signatures = signatures.strip_suffix('\n').ok_or(wrong("its last line has no end"))?;
    if signatures.split('\n').count() > MOST {
        return Err(wrong("it has more than 100 signatures"));
    }
    let mut signers: Vec<&Verifier> = Vec::new();
    for line in signatures.split('\n') {
        let (name, id, signature) = parts(line).ok_or(wrong("a line beneath its text is not a signature"))?;
        let known = verifiers.iter().find(|known| known.name == name && id == known.id);
        let Some(known) = known.filter(|known| !signers.contains(known)) else { continue };
        if !known.has_signed(text, &signature) {
            return Err(NoteError::Forged(known.name.clone()));
        }
        signers.push(known);
    }
    if signers.is_empty() { Err(NoteError::Unsigned) } else { Ok((text, signers)) }
}

/// Name, key id and signature of a line.
fn parts(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, rest) = line.strip_prefix(DASH)?.split_once(' ')?;
    Verifier::new(name, [0; 32]).ok()?;
    let bytes = STANDARD.decode(rest).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (!signature.is_empty()).then(|| (name, *id, signature.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key and note of the documentation of golang.org/x/mod/sumdb/note.
    const KNOWN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const SIGNED: &str = "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    #[test]
    fn a_note_of_another_implementation_opens() {
        let known: [Verifier; 1] = [KNOWN.parse().unwrap()];
        assert_eq!(known[0].to_string(), KNOWN);
        let note = format!("{TEXT}\n{DASH}{SIGNED}\n");
        assert_eq!(open(&note, &known).unwrap().0, TEXT);
        assert_eq!(open(&note, &[]), Err(NoteError::Unsigned));
        let forged = note.replace("answer", "Answer");
        assert_eq!(open(&forged, &known), Err(NoteError::Forged("PeterNeumann".to_owned())));
        for wrong in [
            note.trim_end(),
            &note.replace("\n\n", "\n"),
            &note.replace('\u{2014}', "-"),
            &note.replace("=\n", "\n"),
        ] {
            assert!(matches!(open(wrong, &known), Err(NoteError::Note(_))), "{wrong}");
        }
    }

    #[test]
    fn the_text_of_a_public_key_is_exact() {
        for (text, wrong) in [
            ("", "no plus"),
            ("name", "no plus"),
            ("name+00000000", "one plus only"),
            ("name+00000000+", "empty"),
            ("name+00000000+A", "not Base64"),
            ("name+00000000+AgAA", "of the kind 1"),
            ("name+00000000+AQAA", "32 bytes"),
            (&KNOWN.replace("Peter", "Paula"), "one of them was changed"),
            (&KNOWN.replace("c74f20a3", "c74f20a4"), "one of them was changed"),
            (&KNOWN.replace("c74f20a3", "c74f20a"), "8 digits"),
            (&format!("{KNOWN} "), "not Base64"),
            (&KNOWN.replace("Peter", "Peter "), "no blank"),
        ] {
            let refused = text.parse::<Verifier>().unwrap_err().to_string();
            assert!(refused.contains(wrong), "{text}: {refused}");
        }
    }
}
