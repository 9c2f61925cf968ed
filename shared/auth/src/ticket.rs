//! Second-factor tickets: what a right password gives a person who must also show a code. Five
//! minutes, good for nothing but the second step, and void once the person's epoch moves on.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use vestibule_domain::UserId;

use crate::{
    SigningKey, TokenError, Verifier,
    jwt::{Contents, Kind, Registered, sign, span},
};

/// How long a ticket lives.
pub const TICKET_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// The audience of tickets.
pub const TICKET_AUDIENCE: &str = "vestibule:second-factor";

/// What a ticket says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketClaims {
    /// Issuer: the deployment's own address.
    pub iss: String,
    /// Audience: always [`TICKET_AUDIENCE`].
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// The person's credential epoch when the password was right; the caller compares it.
    pub epoch: u64,
    /// Whether the sign-in is one to the platform, whose session begins outside of any tenant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub platform: bool,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Not valid from this second on.
    pub exp: i64,
}

impl Contents for TicketClaims {
    const KIND: Kind = Kind { typ: "mfa+jwt", audience: TICKET_AUDIENCE, lifetime: TICKET_LIFETIME };

    fn registered(&self) -> Registered<'_> {
        Registered { iss: &self.iss, aud: &self.aud, iat: self.iat, exp: self.exp }
    }
}

/// A signed ticket.
#[derive(Debug, Clone)]
pub struct SecondFactorTicket(pub SecretString);

impl SecondFactorTicket {
    /// Signs a ticket for `user`, with their epoch, that ends 5 minutes after `now`; `platform` says whether they sign in to the
    /// platform.
    pub fn issue(
        key: &SigningKey,
        issuer: &str,
        (user, epoch): (UserId, u64),
        platform: bool,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let (iat, exp) = span(&TicketClaims::KIND, now);
        let (iss, aud) = (issuer.to_owned(), TICKET_AUDIENCE.to_owned());
        sign(key, &TicketClaims { iss, aud, sub: user, epoch, platform, iat, exp }).map(Self)
    }
}

impl Verifier {
    /// What the ticket says, if it is ours and alive at `now`.
    pub fn verify_ticket(&self, text: &str, now: Timestamp) -> Result<TicketClaims, TokenError> {
        self.open(text, now)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use secrecy::ExposeSecret;
    use vestibule_domain::Id;

    use super::*;
    use crate::{AccessToken, VerificationKeys};

    #[test]
    fn tickets_and_access_tokens_never_pass_for_each_other() {
        let key = SigningKey::generate().unwrap();
        let verifier =
            Verifier::new(VerificationKeys { keys: vec![key.public().clone()] }, "https://a.example");
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let user = Id::from_parts(1, 1);
        let ticket = SecondFactorTicket::issue(&key, "https://a.example", (user, 3), false, now).unwrap();
        let access =
            AccessToken::issue(&key, "https://a.example", (user, Id::from_parts(1, 2), None), now).unwrap();
        let (ticket, access) = (ticket.0.expose_secret(), access.0.expose_secret());

        let claims = verifier.verify_ticket(ticket, now).unwrap();
        assert_eq!((claims.sub, claims.epoch), (user, 3));
        assert_eq!(verifier.verify(ticket, now), Err(TokenError));
        assert_eq!(verifier.verify_ticket(access, now), Err(TokenError));
        assert!(verifier.verify_ticket(ticket, now + SignedDuration::from_mins(5)).is_ok(), "clocks differ");
        assert!(verifier.verify_ticket(ticket, now + SignedDuration::from_mins(6)).is_err());
    }

    #[test]
    fn attack_6_a_ticket_of_tomorrow_or_with_mistyped_claims_is_none() {
        let key = SigningKey::generate().unwrap();
        let verifier =
            Verifier::new(VerificationKeys { keys: vec![key.public().clone()] }, "https://a.example");
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let (iat, exp) = span(&TicketClaims::KIND, now);
        let signed = |more: (&str, serde_json::Value)| {
            let mut claims = serde_json::json!({
                "iss": "https://a.example", "aud": TICKET_AUDIENCE, "sub": UserId::from_parts(1, 1),
                "epoch": 3, "iat": iat, "exp": exp,
            });
            claims[more.0] = more.1;
            let head = Header {
                typ: Some("mfa+jwt".into()),
                kid: Some(key.public().kid.clone()),
                ..Header::new(Algorithm::ES256)
            };
            let secret = URL_SAFE_NO_PAD.decode(key.to_secret().expose_secret()).unwrap();
            encode(&head, &claims, &EncodingKey::from_ec_der(&secret)).unwrap()
        };
        let open = |token: &str| verifier.verify_ticket(token, now);
        assert!(open(&signed(("nbf", iat.into()))).is_ok());
        for (name, value) in [
            ("nbf", serde_json::json!(iat + 3600)),
            ("nbf", serde_json::json!(iat.to_string())),
            ("nbf", serde_json::json!(null)),
            ("jti", serde_json::json!([])),
            ("iat", serde_json::json!("x")),
            ("exp", serde_json::json!(1.5)),
            ("aud", serde_json::json!([TICKET_AUDIENCE])),
            ("sub", serde_json::json!(7)),
            ("epoch", serde_json::json!("3")),
        ] {
            assert_eq!(open(&signed((name, value.clone()))), Err(TokenError), "{name} {value}");
        }
    }
}
