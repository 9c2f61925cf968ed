//! `POST /api/v1/auth/social-login`: first without, then with the code that the provider gave.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::oidc::Identity;
use vestibule_api::{ApiError, Code, Delivery, Keyed, Origin, Submission, TokensView, cookies};
use vestibule_auth::Purpose;
use vestibule_domain::{Connection, Email, PersonName, RegistrationId, User, UserId};
use vestibule_store::{Basis, Conflict, Quota, Registration, StoreError};

use crate::{
    Auth,
    providers::provider_walk::Back,
    sign_in::attempt::Group,
    sign_in::begin::{Proof, SecondFactorStep, kept_question},
    sign_up::asker::{MailSentWithReceipt, Wish},
    sign_up::register::record,
};

/// What an attempt is for: one that was begun to sign in connects nothing.
pub(crate) const SIGN_IN: &str = "social";

/// Which provider, and on the way back what it gave.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SocialLogin {
    /// The provider's name in the deployment's settings, such as `google` or `microsoft`.
    pub provider: String,
    /// The `code` that the provider gave, on the way back.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub code: Option<SecretString>,
    /// The `state` that came with it.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub state: Option<SecretString>,
    /// What the first step answered as `attempt`; browsers have it in a cookie.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub attempt: Option<SecretString>,
    /// Whether the tokens come as cookies, for browsers.
    #[serde(default)]
    pub cookies: bool,
}

/// Where to send the person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SocialStart {
    /// The provider's page.
    #[schema(required = false)]
    pub authorization_url: String,
    /// Binds the way back to this client; also set as a cookie. Keep it to yourself.
    #[schema(required = false)]
    pub attempt: String,
    /// In the answer to a repeated request: what was shown the first time and is not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub shown_once: Vec<&'static str>,
}

/// The answer: where to go, or the sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SocialView {
    /// The first step.
    Start(SocialStart),
    /// The last step.
    Tokens(TokensView),
    /// One more step.
    SecondFactor(SecondFactorStep),
}

/// Signs in with an account at Google, Microsoft or another configured provider. Without `code` it
/// answers where to go; with `code` and `state` it signs in. An address that has an account here is
/// never taken over: sign in to it and connect the provider there.
#[utoipa::path(post, path = "/api/v1/auth/social-login", tag = "sign-in",
    responses((status = 200, body = SocialView), (status = 202, body = MailSentWithReceipt), (status = 401), (status = 403), (status = 404)))]
pub async fn social_login(
    State(auth): State<Auth>,
    origin: Origin,
    headers: HeaderMap,
    Submission { body: request, keyed }: Submission<SocialLogin>,
) -> Result<Response, ApiError> {
    let delivery = origin.delivery(request.cookies)?;
    let quota = auth.admit(Group::SignIn, &origin).await?;
    let (Some(code), Some(state)) = (&request.code, &request.state) else {
        return auth.start_social(&request.provider, SIGN_IN, quota).await;
    };
    let sealed = request.attempt.as_ref().map(ExposeSecret::expose_secret);
    let sealed = sealed.or_else(|| cookies::find(&headers, cookies::SOCIAL)).unwrap_or_default();
    let back = Back {
        provider: &request.provider,
        code: code.expose_secret(),
        state: state.expose_secret(),
        sealed,
    };
    keyed.under(&auth.api, auth.kept_attempt(sealed)).await?;
    auth.finish_social(back, &origin, (delivery, &keyed), quota).await
}

impl Auth {
    /// Signs the person in whose account it is, or makes one.
    pub(crate) async fn finish_social(
        &self,
        back: Back<'_>,
        origin: &Origin,
        delivery: (Delivery, &Keyed),
        quota: Quota,
    ) -> Result<Response, ApiError> {
        let identity = self.identify(back, SIGN_IN).await?;
        let platform = self.api.store.platform();
        if let Some(user) = self.connected(&identity).await? {
            return self.enter(&user, &identity.provider, origin, delivery, quota).await;
        }
        let email = identity.email.clone().ok_or_else(no_address)?;
        if !identity.email_verified {
            return self.ask_for_proof(&identity, email, origin, delivery.1).await;
        }
        let user = self.new_person(&identity, &email);
        match platform.create_user(&user, &origin.actor(&user), &self.api.world).await {
            Ok(()) => self.enter(&user, &identity.provider, origin, delivery, quota).await,
            // It was this very account that made the person at the same moment, or somebody has the address.
            Err(StoreError::Conflict(Conflict::AddressTaken | Conflict::Exists)) => {
                let user = self.connected(&identity).await?.ok_or_else(connect_first)?;
                self.enter(&user, &identity.provider, origin, delivery, quota).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The person whose account at the provider it is.
    async fn connected(&self, identity: &Identity) -> Result<Option<User>, ApiError> {
        let platform = self.api.store.platform();
        let Some(user) = platform.find_connection(&identity.key).await? else { return Ok(None) };
        let user = platform.find_user(user).await?.filter(User::is_active);
        user.map(Some).ok_or_else(ApiError::credentials)
    }

    async fn enter(
        &self,
        user: &User,
        provider: &str,
        origin: &Origin,
        (delivery, keyed): (Delivery, &Keyed),
        quota: Quota,
    ) -> Result<Response, ApiError> {
        let counted = self.count(&user.email, Basis::Proof, quota).await?;
        let Some(sign_in) = counted.sign_in() else {
            return Err(self.refuse(&counted, &user.email, origin, "locked").await?);
        };
        if sign_in.second_factor {
            keyed.keep(&self.api, &kept_question()?).await?;
            let who = (user.id, user.epoch);
            return self.ask_second_factor(who, false, (&counted, &user.email), origin).await;
        }
        let proof = Proof {
            keyed: Some((keyed, delivery)),
            ..Proof::new((user.id, user.epoch), &counted, &user.email, sign_in, provider)
        };
        self.begin(&proof, origin, delivery, &counted).await
    }

    fn new_person(&self, identity: &Identity, email: &Email) -> User {
        let world = &self.api.world;
        let mut user = User::new(UserId::new(world), email.clone(), name_of(identity, email), world);
        user.connections.push(self.connection(identity));
        user
    }

    /// The connection that an identity becomes.
    pub(crate) fn connection(&self, identity: &Identity) -> Connection {
        let (provider, key) = (identity.provider.clone(), identity.key.clone());
        Connection { provider, key, since: self.api.world.now() }
    }

    /// The provider does not vouch for the address: a mail to it decides.
    async fn ask_for_proof(
        &self,
        identity: &Identity,
        email: Email,
        origin: &Origin,
        keyed: &Keyed,
    ) -> Result<Response, ApiError> {
        self.admit_mail(&email).await?;
        let registration = Registration {
            id: RegistrationId::new(&self.api.world),
            name: name_of(identity, &email),
            email,
            password: None,
            connection: Some(self.connection(identity)),
            digest: None,
            expires: self
                .api
                .world
                .now()
                .saturating_add(Purpose::VerifyEmail.lasts())
                .unwrap_or(jiff::Timestamp::MAX),
        };
        record(self, &registration, origin, keyed).await?;
        Ok(self.acknowledge(Wish::Registration(registration.id)))
    }
}

/// What can be used of the name that the provider tells, or the address's own.
fn name_of(identity: &Identity, email: &Email) -> PersonName {
    let told = identity.name.as_deref().and_then(PersonName::cleaned);
    told.unwrap_or_else(|| PersonName::from(email))
}

fn no_address() -> ApiError {
    ApiError::new(Code::Invalid, "The provider gave no mail address; allow it there or register with one.")
}

fn connect_first() -> ApiError {
    let detail =
        "This address has an account already. Sign in to it and connect the provider in the profile.";
    ApiError::new(Code::Conflict, detail)
}
