//! The state machine of a saga, written from its definition: each step as a task, the undos as a chain that leads
//! back, and the way to a person where neither goes on.

mod asl;

use vestibule_saga::{Action, Definition, OnRejected, Step};
use vestibule_sagas::{AccountStep, CredentialsStep, ImportStep, MailboxStep, OffboardingStep};

use asl::{
    Branch, Catcher, Choice, Parameters, Payload, Selector, State, Task, Wait, caught, end, patient, retrier,
};

/// A saga that has a state machine.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Its steps.
    pub saga: &'static Definition,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
    /// What the template puts in for the function that performs its steps.
    pub function: &'static str,
}

/// All of them; the file of each is `infra/statemachines/<saga>.asl.json`.
pub const MACHINES: [Machine; 5] = [
    Machine {
        saga: &MailboxStep::DEFINITION,
        purpose: "Gives a hire a mailbox and mails its password; undoes what it did when a step fails for good.",
        function: "${MailboxStepFunctionArn}",
    },
    Machine {
        saga: &CredentialsStep::DEFINITION,
        purpose: "Issues a new password for a mailbox and mails it.",
        function: "${MailboxStepFunctionArn}",
    },
    Machine {
        saga: &OffboardingStep::DEFINITION,
        purpose: "Lets a hire leave: hands the mail over, ends signing in, deletes the mailbox after some days; goes back when the hire is called back.",
        function: "${MailboxStepFunctionArn}",
    },
    Machine {
        saga: &ImportStep::DEFINITION,
        purpose: "Invites the people of a file, a part of its rows at a time; who was invited stays so.",
        function: "${ImportStepFunctionArn}",
    },
    Machine {
        saga: &AccountStep::DEFINITION,
        purpose: "Gives somebody an account and mails the invitation; undoes what it made when a step fails for good.",
        function: "${AccountStepFunctionArn}",
    },
];

const NEEDS_ATTENTION: &str = "NeedsAttention";
const FAILED: &str = "Failed";
const DONE: &str = "Done";
const PARKED: &str = "Parked";

/// What Lambda's own errors are called; they pass, and the step was perhaps not even reached.
const OF_LAMBDA: [&str; 7] = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "States.Timeout",
];

impl Machine {
    /// The file's name.
    pub fn file(&self) -> String {
        format!("{}.asl.json", self.saga.saga)
    }

    /// The definition as Step Functions takes it, as JSON with a line break at its end.
    pub fn definition(&self) -> Result<String, serde_json::Error> {
        let machine = asl::Machine {
            comment: self.purpose,
            start_at: "Direction",
            timeout_seconds: 86_400,
            states: self.states(),
        };
        Ok(serde_json::to_string_pretty(&machine)? + "\n")
    }

    fn states(&self) -> Vec<(String, State)> {
        let steps = self.saga.steps;
        let mut states = vec![("Direction".to_owned(), self.direction())];
        for (at, step) in steps.iter().enumerate() {
            let next = steps.get(at + 1).map_or_else(|| DONE.to_owned(), |next| pascal(next.name));
            states.extend(self.step(step, (pascal(step.name), Action::Do), catchers(step), next));
        }
        states.push((DONE.to_owned(), end("Succeed", None)));
        for OnRejected { discard, back_to } in steps.iter().filter_map(|step| step.on_rejected) {
            let Some(step) = discard.and_then(|name| self.saga.find(name)) else { continue };
            let name = (discarding(step.name), Action::Discard);
            states.extend(self.step(step, name, to_a_person(), pascal(back_to)));
        }
        let back: Vec<&Step> = steps.iter().rev().filter(|step| step.undo).collect();
        for (at, step) in back.iter().enumerate() {
            let next = back.get(at + 1).map_or_else(|| FAILED.to_owned(), |next| undoing(next.name));
            states.extend(self.step(step, (undoing(step.name), Action::Undo), to_a_person(), next));
        }
        states.extend(self.ends());
        states
    }

    /// The ways in which a run ends that did not finish the job.
    fn ends(&self) -> Vec<(String, State)> {
        let undone = ("JobFailed", "The job was undone; its record tells why.");
        let left =
            (NEEDS_ATTENTION, "The job could not be completed or undone; its record tells what is left.");
        let tries = Step::inside().tries(Action::Do);
        let to_person = ("needs_attention", Action::Do, tries);
        let hand_over = self.task(to_person, Vec::new(), "AttentionNeeded".to_owned());
        let mut ends = vec![
            (FAILED.to_owned(), end("Fail", Some(undone))),
            (NEEDS_ATTENTION.to_owned(), State::Task(Box::new(hand_over))),
            ("AttentionNeeded".to_owned(), end("Fail", Some(left))),
        ];
        if self.saga.steps.iter().any(|step| step.repeats) {
            ends.push((PARKED.to_owned(), end("Succeed", None)));
        }
        ends
    }

    /// The task of a step, and behind it what calls it again if it may ask for that.
    fn step(
        &self,
        step: &Step,
        (name, action): (String, Action),
        catch: Vec<Catcher>,
        next: String,
    ) -> Vec<(String, State)> {
        let tries = step.tries(action);
        if !step.repeats {
            let task = self.task((step.name, action, tries), catch, next);
            return vec![(name, State::Task(Box::new(task)))];
        }
        let (asking, waiting) = (format!("{name}Next"), format!("{name}Wait"));
        let mut task = self.task((step.name, action, tries), catch, asking.clone());
        task.result_selector = Some(Selector { next: "$.Payload.next", until: "$.Payload.until" });
        task.result_path = Some("$.outcome");
        let when = |answer: &'static str, next: &str| Branch {
            variable: "$.outcome.next",
            string_equals: answer,
            next: next.to_owned(),
        };
        let choice = Choice {
            r#type: "Choice",
            comment: "A step may ask to be called again: at once, at a time, or in another run.",
            choices: vec![when("again", &name), when("wait", &waiting), when("park", PARKED)],
            default: next,
        };
        let wait = Wait { r#type: "Wait", timestamp_path: "$.outcome.until", next: name.clone() };
        vec![
            (name, State::Task(Box::new(task))),
            (asking, State::Choice(choice)),
            (waiting, State::Wait(wait)),
        ]
    }

    /// The first state: a cancelled job begins with the undo of the last step that has one.
    fn direction(&self) -> State {
        let steps = self.saga.steps;
        let last = steps
            .iter()
            .rev()
            .find(|step| step.undo)
            .map_or_else(|| FAILED.to_owned(), |step| undoing(step.name));
        State::Choice(Choice {
            r#type: "Choice",
            comment: "A cancelled job is only undone.",
            choices: vec![Branch { variable: "$.mode", string_equals: "undo", next: last }],
            default: steps.first().map_or_else(|| DONE.to_owned(), |step| pascal(step.name)),
        })
    }

    fn task(
        &self,
        (step, action, tries): (&'static str, Action, u32),
        catch: Vec<Catcher>,
        next: String,
    ) -> Task {
        let payload = Payload {
            saga: self.saga.saga,
            step,
            action: word(action),
            tenant: "$.tenant",
            job: "$.job",
            attempt: "$.attempt",
        };
        Task {
            r#type: "Task",
            resource: "arn:aws:states:::lambda:invoke",
            parameters: Parameters { function_name: self.function, payload },
            result_selector: None,
            result_path: None,
            timeout_seconds: 60,
            retry: [retrier(&["Retry"], 1, tries - 1), patient(&["Leased"]), retrier(&OF_LAMBDA, 2, 6)],
            catch,
            next,
        }
    }
}

/// The action as a task's payload has it.
fn word(action: Action) -> &'static str {
    match action {
        Action::Do => "do",
        Action::Undo => "undo",
        Action::Discard => "discard",
    }
}

/// Where a failed step leads: to the next candidate, to its own undo, or to a person.
fn catchers(step: &Step) -> Vec<Catcher> {
    let rejected = step.on_rejected.map(|rejected| {
        let next = rejected.discard.map_or_else(|| pascal(rejected.back_to), discarding);
        caught("Rejected", next)
    });
    let failed = if step.undo { undoing(step.name) } else { NEEDS_ATTENTION.to_owned() };
    rejected.into_iter().chain([caught("States.ALL", failed)]).collect()
}

fn to_a_person() -> Vec<Catcher> {
    vec![caught("States.ALL", NEEDS_ATTENTION.to_owned())]
}

fn undoing(step: &str) -> String {
    format!("Undo{}", pascal(step))
}

fn discarding(step: &str) -> String {
    format!("Discard{}", pascal(step))
}

/// `create_user` as the name of a state: `CreateUser`.
fn pascal(step: &str) -> String {
    let capital =
        |word: &str| word.split_at_checked(1).map(|(first, rest)| first.to_ascii_uppercase() + rest);
    step.split('_').filter_map(capital).collect()
}
