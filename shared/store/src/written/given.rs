//! Values drawn at random from inputs that are hard on the rules, as far as the constructors take them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;
use vestibule_auth::FieldKeys;
use vestibule_domain::id::Kind as IdKind;
use vestibule_domain::{
    Address, AddressFate, BrandColor, CredentialsMail, DeletedMailbox, DocumentKind, DocumentStatus, Domain,
    Email, EnvelopeEvent, Hire, HireName, Id, Job, JobError, JobKind, JobStatus, Leaving, LocalPart,
    MailboxProvider, Mode, PasswordLink, Permission, PermissionSet, PersonName, Preset, Role, RoleName,
    Roles, StepRecord, StepStatus, Subject, Wait, World,
};

use crate::{EsignEvent, EventOutcome, Match, Sealer, Unfit};

const WORDS: [&str; 16] = [
    "support",
    "no",
    "reply",
    "no-reply",
    "postmaster",
    "it",
    "i",
    "t",
    "noc",
    "kim",
    "doe",
    "www",
    "a",
    "0",
    "jo",
    "mailer-daemon",
];
const NAMES: [&str; 16] = [
    "Kim",
    "\u{d3}'Brien",
    "\u{410}\u{43b}\u{435}\u{308}\u{43d}\u{430}",
    "\u{674e}",
    "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}",
    "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}",
    "!!",
    "--",
    "No",
    "Support",
    "\u{2116}",
    "\u{bd}",
    "Anna Maria",
    "\u{ff33}",
    "\u{1ebf}",
    "2",
];

/// A source of values with a clock, randomness and keys of its own.
pub(super) struct Given {
    state: Arc<AtomicU64>,
    pub(super) world: World,
    pub(super) sealer: Sealer,
}

/// The next number of a fixed row of them (splitmix64).
fn next(state: &AtomicU64) -> u64 {
    let mut z = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The first that `accept` takes of candidates.
pub(super) fn accepted<T, E>(draw: impl Fn() -> String, accept: impl Fn(&str) -> Result<T, E>) -> T {
    loop {
        if let Ok(value) = accept(&draw()) {
            return value;
        }
    }
}

impl Given {
    pub(super) fn new(seed: u64) -> Self {
        let state = Arc::new(AtomicU64::new(seed));
        let (clock, random) = (state.clone(), state.clone());
        let now =
            move || Timestamp::from_millisecond((next(&clock) % 4_000_000_000_000).cast_signed()).unwrap();
        let fill = move |buffer: &mut [u8]| buffer.fill_with(|| next(&random).to_be_bytes()[0]);
        let world = World::new(now, fill);
        let keys = FieldKeys::from_secret(&FieldKeys::generate(&world)).unwrap();
        Self { state, sealer: Sealer::new(keys, world.clone()), world }
    }

    /// A number below `end`.
    pub(super) fn below(&self, end: usize) -> usize {
        usize::try_from(next(&self.state) % u64::try_from(end).unwrap()).unwrap()
    }

    pub(super) fn number(&self) -> u64 {
        next(&self.state) >> self.below(64)
    }

    pub(super) fn small(&self) -> u32 {
        u32::try_from(self.number() & 0xffff_ffff).unwrap()
    }

    pub(super) fn yes(&self) -> bool {
        self.below(2) == 0
    }

    pub(super) fn one<T: Clone>(&self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(super) fn maybe<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        self.yes().then(make)
    }

    pub(super) fn id<K: IdKind>(&self) -> Id<K> {
        Id::new(&self.world)
    }

    pub(super) fn time(&self) -> Timestamp {
        self.world.now()
    }

    /// Up to `most` characters of any sort.
    pub(super) fn any_text(&self, most: usize) -> String {
        let any = || {
            let end = self.one(&[0x80, 0x250, 0x1000, 0x11_0000]);
            char::from_u32(u32::try_from(self.below(end)).unwrap()).unwrap_or('x')
        };
        (0..self.below(most + 1)).map(|_| any()).collect()
    }

    pub(super) fn joined(&self, words: &[&str], between: &[&str]) -> String {
        let mut text = self.one(words).to_owned();
        for _ in 0..self.below(4) {
            text.push_str(self.one(between));
            text.push_str(self.one(words));
        }
        text
    }

    pub(super) fn name(&self) -> PersonName {
        match self.below(4) {
            0 => PersonName::from(&self.email()),
            1 => accepted(|| self.any_text(80), |text| PersonName::cleaned(text).ok_or(())),
            2 => accepted(|| self.any_text(8), PersonName::parse),
            _ => accepted(|| self.joined(&NAMES, &[" ", "-", "", "\u{301}", "\u{200d}"]), PersonName::parse),
        }
    }

    pub(super) fn email(&self) -> Email {
        let signs = ["", ".", "+", "'", "!", "_", "@", "\n", "#", "-", "\u{e9}", "K"];
        let draw = || {
            let local = self.joined(&WORDS, &signs);
            format!("{local}@{}", self.joined(&WORDS, &[".", "-", ".X"]))
        };
        accepted(draw, Email::parse)
    }

    pub(super) fn domain(&self) -> Domain {
        accepted(|| self.joined(&WORDS, &[".", "-", ".X", "_", " "]), Domain::parse)
    }

    pub(super) fn local_part(&self) -> LocalPart {
        let chosen = match self.below(3) {
            0 => accepted(|| self.joined(&WORDS, &[".", "-", "", "2", "_", ".."]), LocalPart::parse),
            1 => accepted(|| self.any_text(3).to_lowercase(), LocalPart::parse),
            _ => loop {
                if let Ok(folded) = LocalPart::fold(&self.name(), &self.name()) {
                    break folded;
                }
            },
        };
        chosen.numbered(u32::try_from(self.below(300)).unwrap())
    }

    pub(super) fn address(&self) -> Address {
        self.local_part().at(&self.domain())
    }

    pub(super) fn document_kind(&self) -> DocumentKind {
        accepted(|| self.joined(&["w9", "baa", "hire", "A", "1"], &["_", "", "-", "#"]), DocumentKind::parse)
    }

    pub(super) fn color(&self) -> BrandColor {
        accepted(|| format!("#{:06X}", self.number() & 0xff_ffff), BrandColor::parse)
    }

    pub(super) fn role_name(&self) -> RoleName {
        accepted(|| self.joined(&["admin", "own", "x1", "A"], &["_", "", "-", "#"]), RoleName::parse)
    }

    /// The roles of a preset, with some of the tenant's own.
    pub(super) fn roles(&self) -> Roles {
        let mut roles = Roles::of(self.one(&Preset::ALL));
        for _ in 0..self.below(4) {
            let names: Vec<_> = roles.all().map(|(name, _)| name.clone()).collect();
            let allowed = Permission::ALL.iter().copied().filter(|_| self.yes()).collect();
            let (title, parent) = (self.any_text(40), self.maybe(|| names[self.below(names.len())].clone()));
            let role = Role { title, parent, allowed, preset: false, takes_registered: false };
            // A name that is taken, or a chain that is too long, is none.
            let _ = roles.create(&self.role_name(), role, &PermissionSet::all());
        }
        for number in 0..self.below(4) {
            roles.register(&format!("seo.n{number}"), &self.any_text(40)).unwrap();
        }
        roles
    }

    pub(super) fn hire(&self) -> Hire {
        let name = HireName { given: self.name(), family: self.name() };
        let kinds: Vec<_> = (0..=self.below(4)).map(|_| self.document_kind()).collect();
        let mut hire = Hire::new(name, self.email(), &kinds, &self.world);
        for record in hire.documents.values_mut() {
            for _ in 0..self.below(5) {
                let event = EnvelopeEvent {
                    envelope: self.any_text(20),
                    status: self.document_status(),
                    at: self.maybe(|| self.time()),
                };
                record.take(&event, self.time());
            }
        }
        hire.mailbox_job = self.maybe(|| self.id());
        hire.jobs = (0..self.below(3)).map(|_| self.id()).collect();
        hire.provisioning = self.maybe(|| self.status());
        hire.address = self.maybe(|| self.address());
        hire.mailbox = self.maybe(|| self.any_text(20));
        hire.mailbox_at = self.maybe(|| self.one(&MailboxProvider::ALL));
        hire.credentials_mail = self.maybe(|| CredentialsMail {
            job: self.id(),
            message: self.any_text(60),
            delivery: self.maybe(|| self.delivery()),
        });
        hire.password_link = self.maybe(|| PasswordLink {
            taken_until: self.maybe(|| self.time()),
            used: self.maybe(|| self.time()),
            refused: self.maybe(|| self.any_text(30)),
            ..PasswordLink::new(&self.any_text(43), self.time())
        });
        hire.leaving = self.maybe(|| self.leaving());
        hire.offboarding_job = self.maybe(|| self.id());
        hire.version = self.number();
        hire
    }

    fn leaving(&self) -> Leaving {
        let fate =
            [AddressFate::Reserved(self.time()), AddressFate::HandedOver, AddressFate::Free(self.time())];
        Leaving {
            job: self.id(),
            hand_over_to: self.maybe(|| self.address()),
            deletes_at: self.time(),
            deleted: self.maybe(|| DeletedMailbox {
                at: self.time(),
                address: self.address(),
                fate: self.one(&fate),
            }),
        }
    }

    fn document_status(&self) -> DocumentStatus {
        use DocumentStatus::{Declined, Expired, Sent, Signed, Viewed, Voided};
        self.one(&[Declined, Expired, Sent, Signed, Viewed, Voided])
    }

    pub(super) fn esign_event(&self) -> EsignEvent {
        let to = |_| Match { hire: self.id(), document: self.document_kind() };
        EsignEvent {
            id: self.id(),
            outcome: self.one(&EventOutcome::ALL),
            reason: self.one(&[
                Unfit::NoCorrelation,
                Unfit::UnreadableCorrelation,
                Unfit::UnknownHire,
                Unfit::UnknownDocument,
                Unfit::DamagedHire,
                Unfit::TooManyDocuments,
                Unfit::NoEventKind,
            ]),
            provider: "docusign".to_owned(),
            kind: self.any_text(20),
            status: self.maybe(|| self.document_status()),
            envelope: self.any_text(20),
            correlation: self.maybe(|| self.any_text(100)),
            at: self.maybe(|| self.time()),
            received: self.time(),
            settled: self.maybe(|| self.time()),
            matches: (0..self.below(4)).map(to).collect(),
            version: self.number(),
        }
    }

    fn status(&self) -> JobStatus {
        use JobStatus::{Cancelled, Compensating, Failed, NeedsAttention, Pending, Running, Succeeded};
        self.one(&[Cancelled, Compensating, Failed, NeedsAttention, Pending, Running, Succeeded])
    }

    fn step(&self) -> StepRecord {
        use StepStatus::{Done, Failed, Pending, Running, UndoFailed, Undoing, Undone, Waiting};
        StepRecord {
            status: self.one(&[Done, Failed, Pending, Running, UndoFailed, Undoing, Undone, Waiting]),
            attempts: self.small(),
            started: self.maybe(|| self.time()),
            ended: self.maybe(|| self.time()),
            error: self.maybe(|| self.any_text(20)),
            intent: self.maybe(|| self.any_text(20)),
            effect: self.maybe(|| self.address().to_string()),
            cursor: self.maybe(|| self.any_text(20)),
            wait: self.maybe(|| if self.yes() { Wait::Until(self.time()) } else { Wait::Job(self.id()) }),
            rounds: self.small(),
        }
    }

    fn subject(&self) -> Subject {
        match self.below(4) {
            0 => Subject::Person(self.id()),
            1 => Subject::Tenant(self.id()),
            2 => Subject::PromoSignup(self.id()),
            _ => Subject::Hire(self.id()),
        }
    }

    /// What only a saga or the one who reads results knows the shape of.
    pub(super) fn value(&self) -> serde_json::Value {
        let text = self.any_text(20);
        match self.below(4) {
            0 => serde_json::Value::Null,
            1 => text.into(),
            2 => serde_json::json!([self.small(), { "text": text }]),
            _ => serde_json::json!({ "local_part": null, "foreign": [text], "count": self.number() }),
        }
    }

    pub(super) fn job(&self) -> Job {
        let mut job = Job::new(
            self.one(&[JobKind::MAILBOX, JobKind::CREDENTIALS, JobKind::OFFBOARDING]),
            self.subject(),
            &self.world,
        );
        job.status = self.status();
        job.mode = self.one(&[Mode::Do, Mode::Undo]);
        (job.attempt, job.retries, job.version) = (self.small(), self.small(), self.number());
        for step in ["claim", "reserve_address", "create_user"].into_iter().take(self.below(4)) {
            *job.step_mut(step) = self.step();
        }
        job.last_error = self.maybe(|| JobError {
            code: self.any_text(20),
            step: self.any_text(20),
            at: self.time(),
            retryable: self.yes(),
        });
        (job.state, job.results) = (self.value(), self.small());
        job.lease_until = self.maybe(|| self.time());
        job.cancel_requested = self.yes();
        job.due = self.maybe(|| self.time());
        job
    }
}
