//! The engine against a naive model: plain sets of names, worked out anew for every question.

use std::collections::BTreeSet;

use super::*;
use crate::{MemberKind, Permission, permission::FIRST_REGISTERED};

/// Steps of one run; `VESTIBULE_ROLE_STEPS` asks for more.
const STEPS: usize = 2_000;

type Numbers = BTreeSet<u16>;

/// A role of the model: its parent, what it allows, and whether it is of the preset and takes what is registered.
#[derive(Clone)]
struct Plain {
    parent: Option<String>,
    allowed: Numbers,
    preset: bool,
    takes: bool,
}

/// The naive model.
#[derive(Clone)]
struct Model {
    roles: BTreeMap<String, Plain>,
    registered: Numbers,
    names: BTreeSet<String>,
    retiring: BTreeSet<String>,
    /// Roles of each member, and whether they are outside.
    members: [Place; 4],
}

type Place = (Vec<String>, bool);

impl Model {
    fn allows(&self, name: &str, depth: usize) -> Option<Numbers> {
        let Some(role) = self.roles.get(name) else { return Some(Numbers::new()) };
        let mut all = role.allowed.clone();
        if role.takes {
            all.extend(&self.registered);
        }
        let Some(parent) = &role.parent else { return Some(all) };
        (depth < MOST_GENERATIONS).then_some(())?;
        all.extend(self.allows(parent, depth + 1)?);
        Some(all)
    }

    fn all(&self) -> Option<BTreeMap<String, Numbers>> {
        self.roles.keys().map(|name| Some((name.clone(), self.allows(name, 1)?))).collect()
    }

    fn put(&mut self, name: &str, role: Plain, by: &Numbers) -> bool {
        let known = role
            .parent
            .as_ref()
            .is_none_or(|parent| self.roles.contains_key(parent) && !self.retiring.contains(parent));
        let mut after = self.clone();
        after.retiring.remove(name);
        after.roles.insert(name.to_owned(), role);
        let (Some(before), Some(now)) = (self.all(), after.all()) else { return false };
        let fair = now.iter().all(|(name, now)| {
            now.iter().all(|it| by.contains(it) || before.get(name).is_some_and(|had| had.contains(it)))
        });
        if known && fair {
            *self = after;
        }
        known && fair
    }

    fn own(&self, name: &str, by: &Numbers) -> bool {
        let own = self.roles.get(name).is_some_and(|role| !role.preset);
        own && self.allows(name, 1).is_some_and(|all| all.is_subset(by))
    }

    fn create(&mut self, name: &str, role: Plain, by: &Numbers) -> bool {
        !self.roles.contains_key(name) && self.roles.len() < MOST_ROLES && self.put(name, role, by)
    }

    fn edit(&mut self, name: &str, role: Plain, by: &Numbers) -> bool {
        self.own(name, by) && self.put(name, role, by)
    }

    fn remove(&mut self, name: &str, by: &Numbers) -> bool {
        let parent = self.roles.values().any(|role| role.parent.as_deref() == Some(name));
        let gone = self.own(name, by) && !parent && self.roles.remove(name).is_some();
        if gone {
            self.retiring.remove(name);
        }
        gone
    }

    fn retire(&mut self, name: &str, by: &Numbers) -> bool {
        let may = self.clone().remove(name, by);
        self.retiring.extend(may.then(|| name.to_owned()));
        may
    }
}

impl Model {
    fn may(&self, (roles, outside): &Place) -> Numbers {
        let hidden = |number: &u16| {
            let found = Permission::ALL.iter().find(|it| PermissionNumber::from(**it).get() == *number);
            found.is_some_and(|it| it.name().starts_with("team.") || it.name().starts_with("audit."))
        };
        let all = roles.iter().flat_map(|role| self.allows(role, 1).unwrap_or_default());
        all.filter(|number| !(*outside && hidden(number))).collect()
    }

    fn place(&mut self, who: usize, after: Place, by: &Numbers) -> bool {
        let before = &self.members[who];
        let (had, gets) = (self.may(before), self.may(&after));
        let new: Vec<_> = after.0.iter().filter(|role| !before.0.contains(role)).cloned().collect();
        let free = new.iter().all(|role| self.roles.contains_key(role) && !self.retiring.contains(role));
        let given = self.may(&(new, false));
        let fair =
            had.is_subset(by) && given.is_subset(by) && gets.difference(&had).all(|it| by.contains(it));
        if free && fair {
            self.members[who] = after;
        }
        free && fair
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn numbers(&mut self, most: u64) -> Numbers {
        let built_in = u64::try_from(Permission::ALL.len()).unwrap();
        let number = |dice: &mut Self| match dice.roll(8) {
            0 => FIRST_REGISTERED + u16::try_from(dice.roll(8)).unwrap(),
            _ => PermissionNumber::from(Permission::ALL[usize::try_from(dice.roll(built_in)).unwrap()]).get(),
        };
        (0..self.roll(most)).map(|_| number(self)).collect()
    }

    fn name(&mut self) -> String {
        match self.roll(20) {
            0 => "admin".to_owned(),
            1 => "viewer".to_owned(),
            _ => format!("own_{}", self.roll(24)),
        }
    }
}

fn set(numbers: &Numbers) -> PermissionSet {
    numbers.iter().map(|number| PermissionNumber::try_from(*number).unwrap()).collect()
}

fn model(roles: &Roles) -> Model {
    let plain = roles.all().map(|(name, role)| {
        let allowed = role.allowed.numbers().map(PermissionNumber::get).collect();
        let plain = Plain { parent: None, allowed, preset: role.preset, takes: role.takes_registered };
        (name.as_str().to_owned(), plain)
    });
    Model {
        roles: plain.collect(),
        registered: Numbers::new(),
        names: BTreeSet::new(),
        retiring: BTreeSet::new(),
        members: Default::default(),
    }
}

fn role(parent: Option<&str>, allowed: &Numbers) -> Role {
    let parent = parent.map(|name| RoleName::parse(name).unwrap());
    Role { title: "Own".into(), parent, allowed: set(allowed), preset: false, takes_registered: false }
}

/// One step on both; whether both took it.
fn step(dice: &mut Dice, engine: &mut Roles, naive: &mut Model) -> (bool, bool) {
    // Mostly somebody with much, sometimes with little: both ways to be refused are met.
    let by = if dice.roll(4) == 0 { dice.numbers(30) } else { (0..FIRST_REGISTERED + 8).collect() };
    let (name, parent) = (dice.name(), (dice.roll(3) > 0).then(|| dice.name()));
    let allowed = dice.numbers(12);
    let (key, held) = (RoleName::parse(&name).unwrap(), set(&by));
    let plain = Plain { parent: parent.clone(), allowed: allowed.clone(), preset: false, takes: false };
    let made = role(parent.as_deref(), &allowed);
    match dice.roll(24) {
        0 => {
            let known = naive.registered.len();
            let (name, next) =
                (format!("extra.n{}", dice.roll(8)), FIRST_REGISTERED + u16::try_from(known).unwrap());
            let new = naive.names.insert(name.clone());
            naive.registered.extend(new.then_some(next));
            (engine.register(&name, "Extra") == Ok(PermissionNumber::registered(next).unwrap()), new)
        }
        17..20 => {
            let who = usize::try_from(dice.roll(4)).unwrap();
            let after: Place = ((0..dice.roll(4)).map(|_| dice.name()).collect(), dice.roll(3) == 0);
            let [from, to] = [&naive.members[who], &after].map(|(roles, outside)| {
                let kind = if *outside { MemberKind::Vendor } else { MemberKind::Team };
                (roles.iter().map(|role| RoleName::parse(role).unwrap()).collect::<Vec<_>>(), kind)
            });
            let placed = engine.may_place((&from.0, from.1), (&to.0, to.1), &held);
            (placed.is_ok(), naive.place(who, after, &by))
        }
        1 => (engine.remove(&key, &held).is_ok(), naive.remove(&name, &by)),
        2 => (engine.retire(&key, &held).is_ok(), naive.retire(&name, &by)),
        3..=9 => (engine.create(&key, made, &held).is_ok(), naive.create(&name, plain, &by)),
        _ => (engine.edit(&key, made, &held).is_ok(), naive.edit(&name, plain, &by)),
    }
}

#[test]
fn the_engine_decides_as_a_naive_model_does() {
    let steps = std::env::vars().find_map(|(name, value)| (name == "VESTIBULE_ROLE_STEPS").then_some(value));
    let steps = steps.map_or(STEPS, |steps| steps.parse().unwrap());
    let (mut dice, mut taken, mut deepest) = (Dice(7), 0, 0);
    let mut engine = Roles::of(Preset::Brokerage);
    let mut naive = model(&engine);
    for number in 0..steps {
        let (ours, theirs) = step(&mut dice, &mut engine, &mut naive);
        assert_eq!(ours, theirs, "step {number}");
        taken += usize::from(ours);
        let asked = dice.name();
        let name = RoleName::parse(&asked).unwrap();
        deepest = deepest.max(engine.line(&name).len());
        let allowed = naive.allows(&asked, 1).unwrap();
        assert_eq!(engine.permissions(&name), set(&allowed), "step {number}: {asked}");
        let free = naive.roles.contains_key(&asked) && !naive.retiring.contains(&asked);
        assert_eq!(engine.grantable(&name).is_some(), free, "step {number}: {asked}");
        for permission in Permission::ALL {
            let found = !engine.sources(&name, (*permission).into()).is_empty();
            assert_eq!(found, engine.permissions(&name).contains(*permission), "step {number}: {asked}");
        }
    }
    println!("{steps} steps, {taken} taken, chains of up to {deepest}, 0 differences");
    assert!(taken > steps / 10 && taken < steps && deepest == MOST_GENERATIONS);
}

#[test]
fn a_child_has_what_its_parent_has_and_gives_nothing_back() {
    let (mut roles, all) = (Roles::of(Preset::Brand), PermissionSet::all());
    let (buyer, chief) = (RoleName::parse("buyer").unwrap(), RoleName::parse("chief_buyer").unwrap());
    let numbers = |list: &[Permission]| list.iter().map(|it| PermissionNumber::from(*it).get()).collect();
    roles.create(&buyer, role(Some("viewer"), &numbers(&[Permission::OrdersManage])), &all).unwrap();
    roles.create(&chief, role(Some("buyer"), &numbers(&[Permission::PayoutsView])), &all).unwrap();
    let allowed = roles.permissions(&chief);
    for permission in [Permission::PayoutsView, Permission::OrdersManage, Permission::TeamView] {
        assert!(allowed.contains(permission));
    }
    assert!(!roles.permissions(&buyer).contains(Permission::PayoutsView), "a parent gains nothing");
    let sources = roles.sources(&chief, Permission::OrdersManage.into());
    assert_eq!(sources, [&buyer], "the explanation names the parent");
    assert_eq!(roles.remove(&buyer, &all), Err(RoleRefused::HasChildren));
    assert_eq!(roles.edit(&buyer, role(Some("chief_buyer"), &Numbers::new()), &all), Err(RoleRefused::Cycle));
    assert_eq!(roles.edit(&buyer, role(Some("buyer"), &Numbers::new()), &all), Err(RoleRefused::Cycle));
}

#[test]
fn a_grant_counts_for_every_role_that_inherits_it() {
    let (mut roles, all) = (Roles::of(Preset::Brand), PermissionSet::all());
    let name = |text: &str| RoleName::parse(text).unwrap();
    roles.create(&name("base"), role(None, &Numbers::new()), &all).unwrap();
    roles.create(&name("strong"), role(Some("base"), &Numbers::new()), &all).unwrap();
    let weak: PermissionSet = [Permission::TeamRolesManage, Permission::OrdersView].into_iter().collect();
    let wanted = [PermissionNumber::from(Permission::PayoutsProcess).get()].into();
    let refused = roles.edit(&name("base"), role(None, &wanted), &weak);
    assert_eq!(refused, Err(RoleRefused::Exceeds(set(&wanted))));
    let inherited = roles.create(&name("mine"), role(Some("tenant_admin"), &Numbers::new()), &weak);
    assert!(matches!(inherited, Err(RoleRefused::Exceeds(_))), "a parent is granted as a whole");
    roles.edit(&name("strong"), role(Some("tenant_admin"), &Numbers::new()), &all).unwrap();
    let weakened = roles.edit(&name("strong"), role(None, &Numbers::new()), &weak);
    assert!(matches!(weakened, Err(RoleRefused::Stronger(_))), "the weaker do not change the stronger");
    assert_eq!(roles.edit(&name("viewer"), role(None, &wanted), &all), Err(RoleRefused::Preset));
}

#[test]
fn of_roles_that_were_never_edited_the_strongest_takes_what_is_registered() {
    let known = Preset::Brokerage.roles().iter();
    let known = known.map(|role| (RoleName::parse(role.name).unwrap(), role.permissions()));
    let mut roles = Roles::fixed(known);
    let number = roles.register("seo.edit", "change titles").unwrap();
    let held = |name: &RoleName| roles.permissions(name).contains(number);
    let holders: Vec<_> = roles.all().map(|(name, _)| name).filter(|name| held(name)).collect();
    assert_eq!(holders, [&RoleName::parse("admin").unwrap()]);
}
