//! The one form that all pages are made of.

use serde::Serialize;
use vestibule_api::ApiError;

/// A page with a form.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Form<'a> {
    /// Heading and window title.
    pub title: &'a str,
    /// What the button does, in a sentence or two; may be empty.
    pub text: &'a str,
    /// Path that the form posts to, `/..`.
    pub action: &'a str,
    /// What goes along unseen, such as a link's token.
    pub hidden: Vec<(&'a str, &'a str)>,
    /// What a person fills in.
    pub fields: Vec<Field<'a>>,
    /// The button's label.
    pub button: &'a str,
    /// Other ways to the same, each with its label and its address.
    pub ways: Vec<(String, String)>,
    /// Where one can go instead.
    pub links: Vec<Link<'a>>,
    /// What the check for programs is told that the form does, where one is on and belongs into it.
    pub bot: Option<&'a str>,
    /// What was wrong with what was sent, if it is about no field.
    pub problem: Option<String>,
}

/// One field.
#[derive(Debug, Clone, Serialize)]
pub struct Field<'a> {
    /// Its name in the form, the same as in the API.
    pub name: &'static str,
    /// What a person reads.
    pub label: &'static str,
    /// What goes in.
    pub kind: FieldKind,
    /// What was typed before; a password never comes back.
    pub value: &'a str,
    /// What is said below it; may be empty.
    pub hint: String,
    /// Fewest characters, of a new password.
    pub min_length: Option<usize>,
    /// What was wrong with it.
    pub problem: Option<String>,
}

/// What goes into a field: decides the keyboard, and what browsers fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A mail address.
    Email,
    /// A person's name.
    Name,
    /// A company's name, which may be left out.
    Company,
    /// The password of an account.
    Password,
    /// A password to be.
    NewPassword,
    /// A code of an authenticator.
    Code,
}

/// Another form of one button.
#[derive(Debug, Clone, Serialize)]
pub struct Choice<'a> {
    /// The button's label.
    pub label: String,
    /// Path that it posts to.
    pub action: &'a str,
    /// What it sends: a name and a value.
    pub sends: (&'a str, &'a str),
}

/// A link of a page.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Link<'a> {
    /// What a person reads.
    pub label: &'a str,
    /// Where it leads.
    pub href: &'a str,
}

impl<'a> Field<'a> {
    fn new(name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self { name, label, kind, value: "", hint: String::new(), min_length: None, problem: None }
    }

    /// The field of an address, with what was typed before.
    pub fn email(value: &'a str) -> Self {
        Self { value, ..Self::new("email", "Mail address", FieldKind::Email) }
    }

    /// The field of a user name or an address, with what was typed before.
    pub fn user_name(value: &'a str) -> Self {
        Self { value, ..Self::new("username", "User name or mail address", FieldKind::Email) }
    }

    /// The field of a name, with what was typed before.
    pub fn name(value: &'a str) -> Self {
        Self { value, ..Self::new("name", "Your name", FieldKind::Name) }
    }

    /// The field of a company, with what was typed before.
    pub fn company(value: &'a str) -> Self {
        Self { value, ..Self::new("company", "Your company (optional)", FieldKind::Company) }
    }

    /// The field of the account's password.
    pub fn password() -> Self {
        Self::new("password", "Password", FieldKind::Password)
    }

    /// The field of a new password of at least `min_length` characters.
    pub fn new_password(label: &'static str, min_length: usize) -> Self {
        let hint = format!(
            "At least {min_length} characters; spaces count. A few words that seldom stand together make a good one, or let \
             a password manager choose. What is easy to guess is refused."
        );
        Self { hint, min_length: Some(min_length), ..Self::new("password", label, FieldKind::NewPassword) }
    }

    /// The field of a code.
    pub fn code() -> Self {
        let hint = "Six digits, or one of your recovery codes.".to_owned();
        Self { hint, ..Self::new("code", "Code of your authenticator", FieldKind::Code) }
    }

    /// With something said below it.
    #[must_use]
    pub fn hint(self, hint: &str) -> Self {
        Self { hint: hint.to_owned(), ..self }
    }
}

impl Form<'_> {
    /// Says what was wrong: at the field that it is about, or above all of them.
    pub(crate) fn tell(&mut self, error: &ApiError) {
        let mut above = Vec::new();
        for (name, detail) in fields(error) {
            match self.fields.iter_mut().find(|field| field.name == name) {
                Some(field) => field.problem = Some(detail),
                None => above.push(detail),
            }
        }
        let at_fields = self.fields.iter().any(|field| field.problem.is_some());
        if !at_fields || !above.is_empty() {
            self.problem = Some(if above.is_empty() { words(error) } else { above.join(" ") });
        }
    }
}

fn fields(error: &ApiError) -> Vec<(String, String)> {
    match error {
        ApiError::Problem { fields, .. } => {
            fields.iter().map(|field| (field.field.clone(), field.detail.clone())).collect()
        }
        ApiError::Limited { problem, .. } => fields(problem),
        _ => Vec::new(),
    }
}

/// A problem in words for a person.
pub(crate) fn words(error: &ApiError) -> String {
    match error {
        ApiError::Problem { detail, .. } => detail.clone(),
        ApiError::Denied(denied) => format!("Not allowed: {denied}."),
        ApiError::Limited { problem, .. } => words(problem),
        _ => "Something went wrong on our side. Try again in a moment.".to_owned(),
    }
}
