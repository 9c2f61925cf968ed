//! The definition of a saga: its steps in order. Written with [`saga!`](crate::saga), read by the workers, the timeline
//! and the writer of state machines.

use vestibule_domain::{Job, JobKind};

use crate::Action;

/// How often a step is tried that fails in a way that may pass, unless it says otherwise.
const ATTEMPTS: u32 = 9;

/// Where a step sends the job when its candidate turns out to be somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnRejected {
    /// The step whose effect is undone first.
    pub discard: Option<&'static str>,
    /// The step that the job goes back to.
    pub back_to: &'static str,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "properties that go together in any way")]
pub struct Step {
    /// Its name, `snake_case`.
    pub name: &'static str,
    /// Whether it changes something outside the table: then its intent is written first, under a
    /// lease. A step that only writes the table needs neither: its one write is its whole effect.
    pub outside: bool,
    /// Whether it can be undone. Behind a step that cannot, there is only forward.
    pub undo: bool,
    /// Whether a job that a person looked at only goes forward once this step may have had its effect.
    pub no_return: bool,
    /// Whether it may answer that it is to be called again, at once or later.
    pub repeats: bool,
    /// How often doing it is tried in one run; taking it back is tried as often as any.
    pub attempts: u32,
    /// What happens when its candidate is somebody else's.
    pub on_rejected: Option<OnRejected>,
}

impl Step {
    /// A step that only writes the table. Its name is given by [`saga!`](crate::saga).
    pub const fn inside() -> Self {
        Self {
            name: "",
            outside: false,
            undo: true,
            no_return: false,
            repeats: false,
            attempts: ATTEMPTS,
            on_rejected: None,
        }
    }

    /// A step that calls an outside system.
    pub const fn outside() -> Self {
        Self { outside: true, ..Self::inside() }
    }

    /// The same step without a way back.
    #[must_use]
    pub const fn last(self) -> Self {
        Self { undo: false, ..self }
    }

    /// The same step as the one behind which a job that came to a halt only goes forward.
    #[must_use]
    pub const fn point_of_no_return(self) -> Self {
        Self { no_return: true, ..self }
    }

    /// The same step, which may answer that it is to be called again: for batches and for waiting.
    #[must_use]
    pub const fn repeating(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// The same step, tried this often in one run; at least once.
    #[must_use]
    pub const fn attempts(self, attempts: u32) -> Self {
        Self { attempts: if attempts == 0 { 1 } else { attempts }, ..self }
    }

    /// The same step with a way to the next candidate.
    #[must_use]
    pub const fn when_rejected(self, discard: Option<&'static str>, back_to: &'static str) -> Self {
        Self { on_rejected: Some(OnRejected { discard, back_to }), ..self }
    }

    /// How often a task of this step is tried in one run.
    pub fn tries(&self, action: Action) -> u32 {
        if action == Action::Do { self.attempts } else { ATTEMPTS }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

/// A saga's steps in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The saga's name, as tasks carry it; also the kind of its jobs.
    pub saga: &'static str,
    /// The steps.
    pub steps: &'static [Step],
}

impl Definition {
    /// The kind of the jobs that this saga works on.
    pub const fn kind(&self) -> JobKind {
        JobKind::new(self.saga)
    }

    /// The step of this name.
    pub fn find(&self, name: &str) -> Option<&'static Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The place of a step among the others; steps of other versions come last.
    pub fn place(&self, name: &str) -> usize {
        self.steps.iter().position(|step| step.name == name).unwrap_or(self.steps.len())
    }

    /// The steps behind which `job` may be, and behind which it only goes forward.
    pub(crate) fn beyond_return<'a>(&'a self, job: &'a Job) -> impl Iterator<Item = &'static str> + 'a {
        let may_have_happened = |step: &&Step| {
            let record = job.steps.get(step.name);
            record.is_some_and(|record| record.intent.is_some() || record.effect.is_some())
        };
        self.steps.iter().filter(|step| step.no_return).filter(may_have_happened).map(|step| step.name)
    }
}

/// The step that a name stands for. Written by [`saga!`](crate::saga).
pub trait StepName: Copy + PartialEq + std::fmt::Debug + Send + Sync + Sized {
    /// The step with this name.
    fn parse(name: &str) -> Option<Self>;

    /// The name, as rows and tasks have it.
    fn name(self) -> &'static str;
}

/// Declares the steps of a saga, each named in one place: an enum of them, and the [`Definition`].
///
/// ```ignore
/// vestibule_saga::saga! {
///     /// The steps.
///     pub enum ParcelStep in "parcel" {
///         Pack = "pack": Step::inside();
///         Send = "send": Step::outside().last();
///     }
/// }
/// ```
#[macro_export]
macro_rules! saga {
    ($(#[$meta:meta])* $vis:vis enum $steps:ident in $saga:literal {
        $($(#[$doc:meta])* $variant:ident = $name:literal : $step:expr;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $steps {
            $($(#[$doc])* $variant),+
        }

        impl $steps {
            /// The steps in order, with what they are allowed to do.
            pub const DEFINITION: $crate::Definition =
                $crate::Definition { saga: $saga, steps: &[$($step.named($name)),+] };

            /// The name, as rows and tasks have it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl $crate::StepName for $steps {
            fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn name(self) -> &'static str {
                self.as_str()
            }
        }
    };
}
