//! The state machine of a saga, written from its table of steps: each step as a task, the undos as a chain that leads
//! back, and the way to a person where neither goes on.

mod asl;

use vestibule_mailbox_step::{credentials_saga, mailbox_saga};
use vestibule_saga::{OnTaken, Step, Table};

use asl::{Catcher, Choice, Definition, Mode, Parameters, Payload, State, Task, caught, end, retrier};

/// A saga that has a state machine.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Its steps.
    pub table: &'static Table,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
    /// What the template puts in for the function that performs its steps.
    pub function: &'static str,
}

/// All of them; the file of each is `infra/statemachines/<saga>.asl.json`.
pub const MACHINES: [Machine; 2] = [
    Machine {
        table: &mailbox_saga::TABLE,
        purpose: "Gives a hire a mailbox and mails its password; undoes what it did when a step fails for good.",
        function: "${MailboxStepFunctionArn}",
    },
    Machine {
        table: &credentials_saga::TABLE,
        purpose: "Issues a new password for a mailbox and mails it.",
        function: "${MailboxStepFunctionArn}",
    },
];

const NEEDS_ATTENTION: &str = "NeedsAttention";
const FAILED: &str = "Failed";
const DONE: &str = "Done";

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
        format!("{}.asl.json", self.table.saga)
    }

    /// The definition as Step Functions takes it, as JSON with a line break at its end.
    pub fn definition(&self) -> Result<String, serde_json::Error> {
        let definition = Definition {
            comment: self.purpose,
            start_at: "Direction",
            timeout_seconds: 86_400,
            states: self.states(),
        };
        Ok(serde_json::to_string_pretty(&definition)? + "\n")
    }

    fn states(&self) -> Vec<(String, State)> {
        let steps = self.table.steps;
        let mut states = vec![("Direction".to_owned(), self.direction())];
        for (at, step) in steps.iter().enumerate() {
            let next = steps.get(at + 1).map_or_else(|| DONE.to_owned(), |next| pascal(next.name));
            states.push((pascal(step.name), self.task(step.name, "do", catchers(step), next)));
        }
        states.push((DONE.to_owned(), end("Succeed", None)));
        for OnTaken { discard, back_to } in steps.iter().filter_map(|step| step.on_taken) {
            let Some(step) = discard else { continue };
            states.push((discarding(step), self.task(step, "discard", to_a_person(), pascal(back_to))));
        }
        let back: Vec<&Step> = steps.iter().rev().filter(|step| step.undo).collect();
        for (at, step) in back.iter().enumerate() {
            let next = back.get(at + 1).map_or_else(|| FAILED.to_owned(), |next| undoing(next.name));
            states.push((undoing(step.name), self.task(step.name, "undo", to_a_person(), next)));
        }
        let undone = ("JobFailed", "The job was undone; its record tells why.");
        states.push((FAILED.to_owned(), end("Fail", Some(undone))));
        let hand_over = self.task("needs_attention", "do", Vec::new(), "AttentionNeeded".to_owned());
        states.push((NEEDS_ATTENTION.to_owned(), hand_over));
        let left =
            (NEEDS_ATTENTION, "The job could not be completed or undone; its record tells what is left.");
        states.push(("AttentionNeeded".to_owned(), end("Fail", Some(left))));
        states
    }

    /// The first state: a cancelled job begins with the undo of the last step that has one.
    fn direction(&self) -> State {
        let steps = self.table.steps;
        let last = steps
            .iter()
            .rev()
            .find(|step| step.undo)
            .map_or_else(|| FAILED.to_owned(), |step| undoing(step.name));
        State::Choice(Choice {
            r#type: "Choice",
            comment: "A cancelled job is only undone.",
            choices: [Mode { variable: "$.mode", string_equals: "undo", next: last }],
            default: steps.first().map_or_else(|| DONE.to_owned(), |step| pascal(step.name)),
        })
    }

    fn task(&self, step: &'static str, action: &'static str, catch: Vec<Catcher>, next: String) -> State {
        let payload = Payload {
            saga: self.table.saga,
            step,
            action,
            tenant: "$.tenant",
            job: "$.job",
            attempt: "$.attempt",
        };
        State::Task(Box::new(Task {
            r#type: "Task",
            resource: "arn:aws:states:::lambda:invoke",
            parameters: Parameters { function_name: self.function, payload },
            result_path: None,
            timeout_seconds: 60,
            retry: [retrier(&["Retry"], 1, 8), retrier(&OF_LAMBDA, 2, 6)],
            catch,
            next,
        }))
    }
}

/// Where a failed step leads: to the next candidate, to its own undo, or to a person.
fn catchers(step: &Step) -> Vec<Catcher> {
    let taken = step.on_taken.map(|taken| {
        let next = taken.discard.map_or_else(|| pascal(taken.back_to), discarding);
        caught("AddressTaken", next)
    });
    let failed = if step.undo { undoing(step.name) } else { NEEDS_ATTENTION.to_owned() };
    taken.into_iter().chain([caught("States.ALL", failed)]).collect()
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
