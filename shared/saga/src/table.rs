//! The table of a saga's steps. The state machine of the same name must say the same; a test
//! compares them.

/// Where a step sends the job when the address turns out to be somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnTaken {
    /// The step whose effect is undone first.
    pub discard: Option<&'static str>,
    /// The step that the job goes back to.
    pub back_to: &'static str,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its name, `snake_case`.
    pub name: &'static str,
    /// Whether it changes something outside the table: then its intent is written first, under a
    /// lease. A step that only writes the table needs neither: its one write is its whole effect.
    pub outside: bool,
    /// Whether it can be undone. Behind a step that cannot, there is only forward.
    pub undo: bool,
    /// What happens when the address is taken by somebody else.
    pub on_taken: Option<OnTaken>,
}

impl Step {
    /// A step that only writes the table.
    pub const fn inside(name: &'static str) -> Self {
        Self { name, outside: false, undo: true, on_taken: None }
    }

    /// A step that calls an outside system.
    pub const fn outside(name: &'static str) -> Self {
        Self { name, outside: true, undo: true, on_taken: None }
    }

    /// The same step without a way back.
    #[must_use]
    pub const fn last(mut self) -> Self {
        self.undo = false;
        self
    }

    /// The same step with a way to the next address.
    #[must_use]
    pub const fn when_taken(mut self, discard: Option<&'static str>, back_to: &'static str) -> Self {
        self.on_taken = Some(OnTaken { discard, back_to });
        self
    }
}

/// A saga's steps in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// The saga's name, as tasks carry it.
    pub saga: &'static str,
    /// The steps.
    pub steps: &'static [Step],
}

impl Table {
    /// The step of this name.
    pub fn find(&self, name: &str) -> Option<&'static Step> {
        self.steps.iter().find(|step| step.name == name)
    }
}
