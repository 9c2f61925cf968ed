//! `GET /mailbox/password` and `POST /mailbox/password`

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vestibule_adapters::mailbox::password_hint;
use vestibule_api::{ApiError, Code, Origin, limiting};
use vestibule_auth::MailboxPasswordToken;
use vestibule_domain::{BrandColor, MailboxProvider};
use vestibule_pages::{Field, Form, OwnPage, PageForm, PageParams, Pages};
use vestibule_store::FoundPasswordLink;

use crate::{MailboxPassword, refusal::Refused, set_password::set};

const PATH: &str = "/mailbox/password";

/// The query of the mailed link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailboxLinkQuery {
    /// The token of the mailed link.
    #[serde(default)]
    #[param(value_type = String, max_length = 200)]
    token: SecretString,
}

/// The form of the page.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MailboxPasswordForm {
    /// The link's token.
    #[schema(value_type = String)]
    token: SecretString,
    /// The password that the owner chose.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Shows for which mailbox a password can be set. Nothing is used up.
#[utoipa::path(get, path = "/mailbox/password", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_mailbox_password(
    State(state): State<MailboxPassword>,
    origin: Origin,
    PageParams(query): PageParams<MailboxLinkQuery>,
) -> Response {
    match open(&state, &query.token, ("mailbox-look", &origin)).await {
        Ok(found) => {
            let shown = Shown::new(&state, &found);
            shown.pages.form(&shown.form(&query.token))
        }
        Err(error) => ended(&state.pages, error),
    }
}

/// Sets the password of a mailbox by its link, which works once. The password goes to the mailbox's provider and is kept nowhere. A
/// link whose request got no answer from the provider works again after half a minute.
#[utoipa::path(post, path = "/mailbox/password", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_mailbox_password(
    State(state): State<MailboxPassword>,
    _: OwnPage,
    origin: Origin,
    PageForm(MailboxPasswordForm { token, password }): PageForm<MailboxPasswordForm>,
) -> Response {
    let mut found = match open(&state, &token, ("mailbox-password", &origin)).await {
        Ok(found) => found,
        Err(error) => return ended(&state.pages, error),
    };
    let shown = Shown::new(&state, &found);
    match Box::pin(set(&state, &mut found, &password, &origin)).await {
        Ok(()) => shown.done(&found),
        Err(Refused::Again(error)) => shown.pages.refused(shown.form(&token), error),
        Err(Refused::Over(error)) => ended(&shown.pages, error),
    }
}

/// The mailbox of a link, once its source was counted. What is no link, or none that works any more, is one and the same error.
async fn open(
    state: &MailboxPassword,
    token: &SecretString,
    (group, origin): (&str, &Origin),
) -> Result<FoundPasswordLink, ApiError> {
    limiting::admit((&state.store, &state.world), &state.limits, group, origin).await?;
    let token = MailboxPasswordToken::parse(token.expose_secret()).map_err(|_| ApiError::link())?;
    let found = state.store.platform().find_password_link(&token, state.world.now()).await?;
    found.ok_or_else(ApiError::link)
}

/// The page of a problem without a form.
fn ended(pages: &Pages, error: ApiError) -> Response {
    match error {
        ApiError::Problem { code: Code::LinkInvalid, .. } => pages.expired(None),
        error => pages.told(error, None),
    }
}

/// What the page of one mailbox says, in the business's name and colour.
struct Shown {
    pages: Pages,
    title: String,
    text: String,
    min_length: usize,
    provider: Option<MailboxProvider>,
}

impl Shown {
    fn new(state: &MailboxPassword, found: &FoundPasswordLink) -> Self {
        let FoundPasswordLink { tenant, hire, .. } = found;
        let address = hire.address.as_ref().map(ToString::to_string).unwrap_or_default();
        Self {
            pages: state.pages.of_business(&tenant.name, tenant.color.as_ref().map(BrandColor::as_str)),
            title: format!("Choose the password of {address}"),
            text: format!(
                "With this password you read your mail at {}. It goes to the provider of your mailbox; we do not keep it. \
                 This works once.",
                tenant.name
            ),
            min_length: state.policy.min_length,
            provider: hire.mailbox_provider(),
        }
    }

    fn form<'a>(&'a self, token: &'a SecretString) -> Form<'a> {
        let mut field = Field::new_password("New password", self.min_length);
        if let Some(provider) = self.provider {
            field.hint = format!("{} {}", field.hint, password_hint(provider));
        }
        Form {
            title: &self.title,
            text: &self.text,
            action: PATH,
            hidden: vec![("token", token.expose_secret())],
            fields: vec![field],
            button: "Set the password",
            ..Form::default()
        }
    }

    fn done(&self, found: &FoundPasswordLink) -> Response {
        let address = found.hire.address.as_ref().map(ToString::to_string).unwrap_or_default();
        let text = format!(
            "Sign in to your mailbox with {address} and the password that you chose. The link of the mail is used up."
        );
        let (name, href) = (format!("Go to {}", found.tenant.name), found.tenant.crm_url.as_str());
        self.pages.done("Your password is set", &text, Some((&name, href)))
    }
}
