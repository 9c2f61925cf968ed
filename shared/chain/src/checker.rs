//! The one place that judges a chain, whether it comes from a file or from the table. It is shown every number in order, as
//! a record, as a hash alone, or as the entry of a record that is gone, and at the end what was signed.

use jiff::Timestamp;

use crate::{Digest, Entry, Flaw, Frontier, Personal, RecordBody, SignedCheckpoint};

/// How the numbers were shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// As records.
    pub shown: u64,
    /// As hashes alone, because a filter leaves them out.
    pub left_out: u64,
    /// As entries of records that retention removed.
    pub gone: u64,
    /// Records of which a personal value was recorded that is not shown.
    pub without_personal: u64,
}

/// Judges one chain from its first number on.
#[derive(Debug, Clone)]
pub struct Checker {
    chain: String,
    frontier: Frontier,
    known: Vec<SignedCheckpoint>,
    /// The largest size at which a known checkpoint has this root, before the first at which one has another.
    agreed: u64,
    strayed: Option<u64>,
    /// The record that was to be kept longest of those that are gone.
    last_gone: Option<(u64, Timestamp)>,
    tally: Tally,
}

impl Checker {
    /// Begins at number 1 of `chain`.
    pub fn new(chain: &str) -> Self {
        Self {
            chain: chain.to_owned(),
            frontier: Frontier::default(),
            known: Vec::new(),
            agreed: 0,
            strayed: None,
            last_gone: None,
            tally: Tally::default(),
        }
    }

    /// A checkpoint of this chain that is known from elsewhere: the chain must lead through it. To be told before the first
    /// number.
    #[must_use]
    pub fn knowing(mut self, checkpoint: SignedCheckpoint) -> Self {
        self.known.push(checkpoint);
        self
    }

    /// The chain's name.
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// How many numbers were shown.
    pub fn size(&self) -> u64 {
        self.frontier.size
    }

    /// How they were shown.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Shows a record with the leaf hash that it is said to have, until when it is kept, and its personal values as far as
    /// they are there.
    pub fn record(
        &mut self,
        number: u64,
        leaf: &Digest,
        body: &RecordBody,
        expires: Option<Timestamp>,
        personal: Option<&Personal>,
    ) -> Result<(), Flaw> {
        self.expect(number)?;
        let digest = body.digest().map_err(|_| Flaw::Unwritable(number))?;
        let (chain, id) = (self.chain.clone(), body.id.clone());
        let entry = Entry { at: body.at, body: digest, chain, expires, id, number };
        if entry.leaf().map_err(|_| Flaw::Unwritable(number))? != *leaf {
            return Err(Flaw::Altered(number));
        }
        if let Some(field) = personal.and_then(|personal| personal.misfit(&body.digests)) {
            return Err(Flaw::Personal { number, field });
        }
        let is_whole = personal.unwrap_or(&Personal::default()).is_whole(&body.digests);
        self.tally.without_personal += u64::from(!is_whole);
        self.tally.shown += 1;
        self.push(*leaf);
        Ok(())
    }

    /// Shows the leaf hashes of records that a filter leaves out, the first of which has the number `from`.
    pub fn left_out(&mut self, from: u64, leaves: &[Digest]) -> Result<(), Flaw> {
        self.expect(from)?;
        for leaf in leaves {
            self.tally.left_out += 1;
            self.push(*leaf);
        }
        Ok(())
    }

    /// Shows the entry of a record that retention removed.
    pub fn gone(&mut self, entry: &Entry) -> Result<(), Flaw> {
        let number = entry.number;
        self.expect(number)?;
        if entry.chain != self.chain {
            return Err(Flaw::OtherChain { number, chain: entry.chain.clone() });
        }
        let expires = entry.expires.ok_or(Flaw::NotToGo(number))?;
        if self.last_gone.is_none_or(|(_, last)| last < expires) {
            self.last_gone = Some((number, expires));
        }
        self.tally.gone += 1;
        self.push(entry.leaf().map_err(|_| Flaw::Unwritable(number))?);
        Ok(())
    }

    /// Ends with the checkpoint that covers all that was shown; `None` if nothing was ever signed. What is gone must have
    /// been to go by `now`: a chain to which nothing is added is not signed again when its records go.
    pub fn close(&self, end: Option<&SignedCheckpoint>, now: Timestamp) -> Result<(), Flaw> {
        let (ends, newest) =
            (self.frontier.size, self.known.iter().map(|known| known.size).max().unwrap_or(0));
        let Some(end) = end else {
            return match (ends, newest) {
                (0, 0) => Ok(()),
                (0, newest) => Err(Flaw::NothingLeft(newest)),
                (ends, _) => Err(Flaw::Unsigned(ends)),
            };
        };
        self.contradicts(end, newest)?;
        let covers = end.size;
        match (ends, self.strayed) {
            _ if ends < covers => Err(Flaw::Short { ends, covers }),
            _ if ends > covers => Err(Flaw::Long { ends, covers }),
            (_, Some(to)) => Err(Flaw::Root { after: self.agreed, to }),
            _ if self.frontier.root() != end.root => Err(Flaw::Root { after: self.agreed, to: covers }),
            _ => self.was_to_go(now),
        }
    }

    /// Whether another checkpoint covers more, or says something else of the same size.
    fn contradicts(&self, end: &SignedCheckpoint, newest: u64) -> Result<(), Flaw> {
        if newest > end.size {
            return Err(Flaw::CutOff { ends: end.size, covers: newest });
        }
        let is_other = |known: &SignedCheckpoint| known.size == end.size && known.root != end.root;
        if self.known.iter().any(is_other) { Err(Flaw::TwoHistories(end.size)) } else { Ok(()) }
    }

    fn was_to_go(&self, now: Timestamp) -> Result<(), Flaw> {
        match self.last_gone {
            Some((number, expires)) if expires > now => Err(Flaw::TooEarly { number, expires }),
            _ => Ok(()),
        }
    }

    fn expect(&self, found: u64) -> Result<(), Flaw> {
        let expected = self.frontier.size + 1;
        if found == expected { Ok(()) } else { Err(Flaw::Number { found, expected }) }
    }

    fn push(&mut self, leaf: Digest) {
        self.frontier.push(leaf);
        let size = self.frontier.size;
        let mut here = self.known.iter().filter(|known| known.size == size).peekable();
        if self.strayed.is_some() || here.peek().is_none() {
            return;
        }
        let root = self.frontier.root();
        if here.all(|known| known.root == root) {
            self.agreed = size;
        } else {
            self.strayed = Some(size);
        }
    }
}
