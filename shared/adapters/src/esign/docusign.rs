//! `DocuSign` Connect: JSON SIM messages, proved by `X-DocuSign-Signature-1` to `-100`.
//!
//! There is a header per active key of the account, and a key of ours may be older or newer, so any header
//! may match any key. Messages carry no delivery id and no signed time: repetitions are told by their
//! content. <https://developers.docusign.com/platform/webhooks/connect/>

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};

use super::{
    EsignError, KeyRefused, SignEvent, SignKind, Trust, Vendor, field,
    node::{Node, text_of},
};

const HEADER_PREFIX: &str = "x-docusign-signature-";

/// The keys of an account.
#[derive(Debug)]
pub(super) struct Keys(Vec<hmac::Key>);

impl Keys {
    pub(super) fn new(keys: &[SecretString]) -> Result<Self, KeyRefused> {
        keys.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// Succeeds when any header matches any key.
    pub(super) fn verify(&self, headers: &HeaderMap, raw_body: &[u8]) -> Result<(), EsignError> {
        let claimed: Vec<_> = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with(HEADER_PREFIX))
            .map(|(_, value)| STANDARD.decode(value.as_bytes()).unwrap_or_default())
            .collect();
        if claimed.is_empty() {
            return Err(EsignError::SignatureMissing);
        }
        let proved = self
            .0
            .iter()
            .map(|key| hmac::sign(key, raw_body))
            .any(|tag| claimed.iter().any(|claim| verify_slices_are_equal(tag.as_ref(), claim).is_ok()));
        if proved { Ok(()) } else { Err(EsignError::SignatureWrong) }
    }
}

/// The HMAC key of an account's key text, surrounding blanks aside.
pub(super) fn key(secret: &SecretString) -> Result<hmac::Key, KeyRefused> {
    match secret.expose_secret().trim() {
        "" => Err(KeyRefused::Empty),
        text => Ok(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())),
    }
}

/// Reads a proved message.
pub(super) fn read(raw_body: &[u8]) -> Result<SignEvent, EsignError> {
    let text = text_of(raw_body);
    let body = Node::object(&text)?;
    let data = body.child("data");
    let summary = data.and_then(|data| data.child("envelopeSummary"));
    let word = field::word_of(body, "event");
    let envelope = envelope_id(body, &[data, summary]);
    let occurred_at = field::time_of(body, "generatedDateTime");
    let recipient = data.map(|data| field::id_of(data, "recipientId")).unwrap_or_default();
    let time = occurred_at.map(|time| time.to_string()).unwrap_or_default();
    // `retryCount` differs between attempts, so a hash of the body would not do.
    let delivery_key =
        [&*field::id_of(body, "configurationId"), &word, &envelope, &recipient, &time].join("|");
    Ok(SignEvent {
        provider: Vendor::DocuSign,
        kind: kind(word),
        provider_document_id: envelope,
        correlations: field::distinct([summary, data].into_iter().flatten().flat_map(correlations).collect()),
        occurred_at,
        delivery_key,
        trust: Trust::BodySigned,
    })
}

fn kind(event: String) -> SignKind {
    match event.as_str() {
        "envelope-sent" => SignKind::Sent,
        "envelope-delivered" => SignKind::Viewed,
        "envelope-completed" => SignKind::Signed,
        "envelope-declined" => SignKind::Declined,
        "envelope-voided" => SignKind::Voided,
        "envelope-expired" => SignKind::Expired,
        _ => SignKind::Other(event),
    }
}

/// The envelope's id, in one case as it is a GUID; where the field is absent, from the message's address of it.
fn envelope_id(body: Node<'_>, places: &[Option<Node<'_>>]) -> String {
    let named = places.iter().flatten().find_map(|place| place.text_of("envelopeId"));
    let address = || {
        let uri = body.text_of("uri")?;
        let (_, rest) = uri.split_once("/envelopes/")?;
        rest.split(['/', '?']).next().map(str::to_owned)
    };
    field::id(&named.or_else(address).unwrap_or_default().to_ascii_lowercase())
}

/// Our field among those of the envelope and of each document in it. What signers fill in (tabs) is not read: a
/// signer could name another hire.
fn correlations(place: Node<'_>) -> Vec<String> {
    let fields = place.child("customFields");
    let lists = ["textCustomFields", "listCustomFields"].map(|name| fields.and_then(|all| all.child(name)));
    let documents = place.child("envelopeDocuments").map(Node::each).unwrap_or_default();
    let of_documents = documents.into_iter().filter_map(|document| document.child("documentFields"));
    fields.into_iter().chain(lists.into_iter().flatten()).chain(of_documents).flat_map(field::named).collect()
}

#[cfg(test)]
mod tests;
