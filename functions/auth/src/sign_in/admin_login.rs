//! `POST /api/admin/login`

use axum::{extract::State, response::Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, BodyProblem, Keyed, Origin, Submission, limiting};
use vestibule_auth::Password;
use vestibule_domain::{Email, Id, Invalid, UserId, UserName};
use vestibule_store::{Attempted, Basis, Quota};

use crate::{
    Auth, kept,
    sign_in::{
        attempt::{Counted, address, given_password},
        begin::SignInView,
        login::{Door, Guess, admit, compare},
    },
};

/// User name or address, and password.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdminLogin {
    /// The user name; capitals make no difference. Either it or the address is given.
    #[schema(example = "jo.doe")]
    pub username: Option<String>,
    /// The address.
    #[schema(example = "jo@example.org")]
    pub email: Option<String>,
    /// The password.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub password: SecretString,
    /// What the bot check of the form gave, where one is on.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    pub bot_token: Option<String>,
    /// Whether the tokens come as cookies, for browsers.
    #[serde(default)]
    pub cookies: bool,
}

/// Who wants to sign in.
enum Named {
    Address(Email),
    Name(UserName),
}

impl AdminLogin {
    fn named(&self) -> Result<Named, ApiError> {
        match (&self.username, &self.email) {
            (Some(name), None) => {
                let name = UserName::parse(name).map_err(|invalid| BodyProblem::of("username", &invalid))?;
                Ok(Named::Name(name))
            }
            (None, Some(email)) => address(email).map(Named::Address),
            _ => Err(BodyProblem::of("username", &Invalid::new("Give either `username` or `email`."))),
        }
    }
}

/// Signs an administrator of the platform in; the session begins outside of any organization. Whatever is wrong, the answer is the same, also
/// for somebody who is no administrator; failures lock the address as at every other sign-in.
#[utoipa::path(post, path = "/api/admin/login", tag = "platform",
    responses((status = 200, body = SignInView), (status = 401), (status = 403)))]
pub async fn admin_login(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<AdminLogin>,
) -> Result<Response, ApiError> {
    let delivery = origin.delivery(request.cookies)?;
    enter(&auth, &request, &origin, (delivery, &keyed)).await
}

/// The same, for whoever asks.
pub(crate) async fn enter(
    auth: &Auth,
    request: &AdminLogin,
    origin: &Origin,
    (delivery, keyed): (vestibule_api::Delivery, &Keyed),
) -> Result<Response, ApiError> {
    let (named, password) = (request.named()?, given_password("password", &request.password)?);
    let quota = admit(auth, request.bot_token.as_deref(), origin).await?;
    let known = match named {
        Named::Address(email) => by_address(auth, email, quota).await?,
        Named::Name(name) => by_name(auth, &name, quota).await?,
    };
    sign_in(auth, known, password, origin, (delivery, keyed)).await
}

/// Somebody who was counted: the attempt, their address, and whether they administer the platform.
struct Asker {
    counted: Counted,
    email: Email,
    granted: bool,
}

async fn sign_in(
    auth: &Auth,
    Asker { counted, email, granted }: Asker,
    password: Password,
    origin: &Origin,
    (delivery, keyed): (vestibule_api::Delivery, &Keyed),
) -> Result<Response, ApiError> {
    let guess = Guess { counted: &counted, email: &email, door: Door::Platform { granted } };
    compare(auth, &guess, password, origin, (delivery, keyed)).await
}

/// Nobody has this id: reading it takes as long as reading somebody's.
fn nobody() -> UserId {
    Id::from_parts(0, 0)
}

/// The grant is looked for whoever it is, and before the password is: its time tells nothing.
async fn by_address(auth: &Auth, email: Email, quota: Quota) -> Result<Asker, ApiError> {
    let counted = auth.count(&email, Basis::Guess, quota).await?;
    let user = counted.sign_in().map_or_else(nobody, |sign_in| sign_in.user);
    let granted = auth.api.store.platform().find_grant(user).await?.is_some();
    Ok(Asker { counted, email, granted })
}

/// A name that is nobody's is counted as one that is somebody's. Only the name's own count is told, since that of the
/// address behind it would tell that there is one.
async fn by_name(auth: &Auth, name: &UserName, quota: Quota) -> Result<Asker, ApiError> {
    let (platform, sealer) = (auth.api.store.platform(), auth.api.store.sealer());
    let nobodys = sealer.nobodys_key(name);
    let of_name =
        limiting::admit_source(auth.api.table(), &auth.limits, &kept::of_user_name(&nobodys)).await?;
    let quota = if of_name.remaining < quota.remaining { of_name } else { quota };
    let user = platform.find_user_name(name).await?.unwrap_or_else(nobody);
    let (person, granted) = platform.find_administrator(user).await?;
    let (email, address) = match person {
        Some(person) => (person.email.clone(), sealer.address_key(&person.email)),
        None => (nobodys_address(name)?, nobodys),
    };
    let attempt = match platform.attempt(&address, Basis::Guess, &auth.limits, &auth.api.world).await? {
        Attempted::Counted(attempt) => Some(*attempt),
        Attempted::Locked | Attempted::TooMany(_) | Attempted::UnderWay => None,
    };
    Ok(Asker { counted: Counted { address, attempt, quota }, email, granted: granted.is_some() })
}

/// Stands for the address of nobody; no mail goes there.
fn nobodys_address(name: &UserName) -> Result<Email, ApiError> {
    let address = Email::parse(&format!("{}@nobody.invalid", name.as_str()));
    address.map_err(|invalid| ApiError::Fault(invalid.to_string().into()))
}
