//! The Merkle tree of RFC 9162 (2.1), of which only the right edge is kept.

use serde::{Deserialize, Serialize};

use crate::Digest;

/// The complete subtrees of a tree, from the largest to the smallest: all that is needed to add leaves and to name the root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    /// How many leaves there are.
    pub size: u64,
    /// The root of each complete subtree; one for each bit of the size.
    pub peaks: Vec<Digest>,
}

impl Frontier {
    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        // Each low bit of the size is a subtree as large as the one that is at hand now.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            node = parent(&left, &node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root hash.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(smallest) = peaks.next() else { return Digest::of(&[]) };
        peaks.fold(smallest, |right, left| parent(&left, &right))
    }

    /// Whether there are as many subtrees as the size says.
    pub fn is_whole(&self) -> bool {
        usize::try_from(self.size.count_ones()).is_ok_and(|bits| bits == self.peaks.len())
    }
}

fn parent(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[1], &left.0, &right.0])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition itself: the largest power of two below the size is the left tree.
    fn defined(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(&[]),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                parent(&defined(left), &defined(right))
            }
        }
    }

    proptest! {
        #[test]
        fn the_root_is_that_of_the_definition(size in 0_u32..300) {
            let leaves: Vec<_> = (0..size).map(|number| Digest::of(&[&[0], &number.to_be_bytes()])).collect();
            let mut frontier = Frontier::default();
            for leaf in &leaves {
                frontier.push(*leaf);
            }
            prop_assert_eq!(frontier.root(), defined(&leaves));
            prop_assert!(frontier.is_whole());
        }
    }

    /// The roots that the reference implementation of certificate transparency is tested with.
    #[test]
    fn known_roots() {
        let data: [&[u8]; 4] = [b"", b"\x00", b"\x10", b"\x20\x21"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        let mut frontier = Frontier::default();
        let hex = |root: Digest| root.0.map(|byte| format!("{byte:02x}")).concat();
        assert!(hex(frontier.root()).starts_with("e3b0c44298fc1c14"), "an empty tree is the hash of nothing");
        for (data, root) in data.into_iter().zip(roots) {
            frontier.push(Digest::of(&[&[0], data]));
            assert_eq!(hex(frontier.root()), root);
        }
    }
}
