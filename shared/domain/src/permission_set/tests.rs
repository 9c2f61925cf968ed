use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::permission::FIRST_REGISTERED;

fn set(numbers: impl IntoIterator<Item = u16>) -> PermissionSet {
    numbers.into_iter().map(|number| PermissionNumber::try_from(number).unwrap()).collect()
}

fn read(stored: serde_json::Value) -> Result<PermissionSet, serde_json::Error> {
    serde_json::from_value(stored)
}

#[test]
fn three_hundred_permissions_built_in_and_registered_round_trip() {
    let mut all = PermissionSet::all();
    let built_in = Permission::ALL.len();
    let registered = u16::try_from(300 - built_in).unwrap();
    (0..registered).for_each(|n| all.insert(PermissionNumber::registered(FIRST_REGISTERED + n).unwrap()));
    let back = read(serde_json::to_value(&all).unwrap()).unwrap();
    assert_eq!((back.numbers().count(), &back), (300, &all));
}

#[test]
fn a_whole_number_of_before_is_read_as_the_set_it_was() {
    assert_eq!(read(json!(0b1011)).unwrap(), set([0, 1, 3]));
    assert_eq!(read(json!(0)).unwrap(), PermissionSet::default());
    assert_eq!(read(json!(u64::MAX)).unwrap(), set(0..64));
}

#[test]
fn what_is_no_set_is_refused() {
    for wrong in [json!(-1), json!("%"), json!(null), json!([1]), json!("A".repeat(700))] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn an_empty_end_makes_no_difference() {
    assert_eq!(read(json!(URL_SAFE_NO_PAD.encode([3, 0, 0]))).unwrap(), set([0, 1]));
    assert!(set([4095]).without(&set([4095])).is_empty());
}

proptest! {
    #[test]
    fn sets_behave_as_sets(
        a in proptest::collection::btree_set(0..=LAST, 0..40),
        b in proptest::collection::btree_set(0..=LAST, 0..40),
    ) {
        let (one, other) = (set(a.clone()), set(b.clone()));
        let numbers = |set: &PermissionSet| set.numbers().map(PermissionNumber::get).collect::<BTreeSet<_>>();
        prop_assert_eq!(numbers(&one), a.clone());
        prop_assert_eq!(numbers(&one.union(&other)), a.union(&b).copied().collect());
        prop_assert_eq!(numbers(&one.without(&other)), a.difference(&b).copied().collect());
        prop_assert_eq!(one.is_within(&other), a.is_subset(&b));
        prop_assert!(one.is_within(&one.union(&other)));
        prop_assert_eq!(read(serde_json::to_value(&one).unwrap()).unwrap(), one);
    }
}
