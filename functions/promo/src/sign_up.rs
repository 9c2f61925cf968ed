//! `POST /api/promo/signups`

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::{Action, BotVerdict};
use vestibule_api::{ApiError, Fields, Keyed, Origin, Reply, Submission, bots::bot, limiting};
use vestibule_domain::{CompanyName, Email, PersonName, PromoSignup, PromoSignupId};

use crate::Promo;

/// Somebody who would like an account.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpForPromo {
    /// Their address; an invitation goes there if an account is made.
    #[schema(example = "kim@example.org")]
    pub email: String,
    /// How they want to be called.
    #[schema(example = "Kim Doe", max_length = 60)]
    pub name: String,
    /// The company they are from, 1 to 80 characters of any script.
    #[schema(example = "Acme", max_length = 80)]
    pub company: Option<String>,
    /// What the bot check of the form gave, where one is on.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    pub bot_token: Option<String>,
}

/// What happens next.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedUpForPromo {
    /// Says that the sign-up is noted.
    pub message: &'static str,
}

/// The answer, whoever signed up before.
pub(crate) const NOTED: &str =
    "Your sign-up is noted. If an account is made for you, an invitation comes by mail.";

/// Notes that somebody would like an account. An address is noted once, with the name that came first; the answer is the same for
/// one that was noted before and for one that has an account. No mail is sent.
#[utoipa::path(post, path = "/api/promo/signups", tag = "promo",
    responses((status = 202, body = SignedUpForPromo), (status = 403)))]
pub async fn sign_up_for_promo(
    State(promo): State<Promo>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<SignUpForPromo>,
) -> Result<Response, ApiError> {
    take(&promo, &request, &origin, &keyed).await
}

/// The same, for whoever asks.
pub(crate) async fn take(
    promo: &Promo,
    request: &SignUpForPromo,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Response, ApiError> {
    let (email, name, company) = read(request)?;
    let api = &promo.api;
    let quota = limiting::admit(api.table(), &promo.limits, "promo", origin).await?;
    let address = api.store.sealer().address_key(&email);
    keyed.under(api, format!("address.promo.{address}")).await?;
    let token = request.bot_token.as_deref();
    let checked = promo.bots.check(Action::PromoSignUp, token, origin.source_ip.as_deref()).await;
    if checked == BotVerdict::Refused {
        return Err(bot());
    }
    limiting::admit_source(api.table(), &promo.limits, &format!("promo-address@{address}")).await?;
    let signup = PromoSignup::new(PromoSignupId::new(&api.world), (email, name, company), api.world.now());
    let reply = Reply::new(StatusCode::ACCEPTED, &SignedUpForPromo { message: NOTED })?;
    let (actor, answer) = (origin.stranger(), keyed.answer(&reply));
    api.store.platform().take_promo_signup(&signup, &actor, answer.as_ref(), &api.world).await?;
    Ok(limiting::with_quota(reply.into_response(), quota))
}

fn read(request: &SignUpForPromo) -> Result<(Email, PersonName, Option<String>), ApiError> {
    let mut fields = Fields::default();
    let email = fields.take("email", Email::parse(&request.email));
    let name = fields.take("name", PersonName::parse(&request.name));
    let company = request.company.as_deref().map(CompanyName::parse).transpose();
    let company = fields.take("company", company).flatten().map(|company| company.as_str().to_owned());
    match email.zip(name) {
        Some((email, name)) if fields.is_empty() => Ok((email, name, company)),
        _ => Err(fields.into_error()),
    }
}
