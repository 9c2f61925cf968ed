//! Microsoft's shared authorities.

use serde_json::{Value, json};

use super::*;
use crate::oidc::Tenants;

const TID: &str = "9e107d9d-372b-4b68-a1d8-3542a419d6aa";
const OTHER: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OID: &str = "00000000-0000-0000-66f3-3332eca7ea81";

async fn outcome(tenants: Tenants, change: impl FnOnce(&str, &mut Draft)) -> Result<Identity, OidcError> {
    let double = Double::start().await;
    let blank = format!("{}/{{tenantid}}/v2.0", double.url);
    {
        let mut publication = double.publication();
        publication.document["issuer"] = json!(blank);
        publication.keys[0]["issuer"] = json!(blank);
        publication.keys[1]["issuer"] = json!(format!("{}/{OTHER}/v2.0", double.url));
    }
    let providers = double.providers(Kind::Microsoft { tenants });
    let url = double.url.clone();
    let draft = |draft: &mut Draft| {
        draft.claims["iss"] = json!(format!("{url}/{TID}/v2.0"));
        draft.claims["tid"] = json!(TID);
        draft.claims["oid"] = json!(OID);
        change(&url, draft);
    };
    sign_in(&double, providers.get("double").unwrap(), draft).await
}

fn ours() -> Tenants {
    Tenants::Only(vec![TID.to_uppercase()])
}

fn claim(name: &'static str, value: Value) -> impl FnOnce(&str, &mut Draft) {
    move |_, draft| draft.claims[name] = value
}

#[tokio::test]
async fn a_person_is_the_directory_and_the_object() {
    for tenants in [ours(), Tenants::Any] {
        let identity = outcome(tenants, |_, _| ()).await.unwrap();
        assert_eq!(identity.key, format!("{TID}|{OID}"));
        // `email_verified` is not a claim of theirs: a directory's admin can have it say anything.
        assert!(identity.email.is_some() && !identity.email_verified);
    }
}

#[tokio::test]
async fn an_address_is_verified_only_with_the_claim_for_it() {
    for (value, verified) in [
        (json!(true), true),
        (json!("1"), true),
        (json!(1), true),
        (json!(false), false),
        (json!("0"), false),
        (Value::Null, false),
        (json!([true]), false),
    ] {
        let identity = outcome(ours(), claim("xms_edov", value.clone())).await.unwrap();
        assert_eq!(identity.email_verified, verified, "{value}");
    }
}

#[tokio::test]
async fn the_issuer_is_the_directorys_own_and_the_directory_is_allowed() {
    let from_other = |url: &str, draft: &mut Draft| {
        draft.claims["tid"] = json!(OTHER);
        draft.claims["iss"] = json!(format!("{url}/{OTHER}/v2.0"));
    };
    assert_eq!(outcome(ours(), from_other).await, Err(OidcError::Refused(Refusal::Account("tid"))));
    assert!(outcome(Tenants::Any, from_other).await.is_ok());
    assert_eq!(
        outcome(Tenants::Any, claim("tid", json!(OTHER))).await,
        Err(OidcError::Refused(Refusal::Claim("iss")))
    );
    for no_guid in [json!(null), json!("{tenantid}"), json!("../x"), json!(TID.replace('-', ""))] {
        let change = |url: &str, draft: &mut Draft| {
            draft.claims["iss"] = json!(format!("{url}/{}/v2.0", no_guid.as_str().unwrap_or(TID)));
            draft.claims["tid"] = no_guid;
        };
        assert_eq!(outcome(Tenants::Any, change).await, Err(OidcError::Refused(Refusal::Claim("tid"))));
    }
    assert_eq!(
        outcome(ours(), claim("oid", Value::Null)).await,
        Err(OidcError::Refused(Refusal::Claim("oid")))
    );
}

#[tokio::test]
async fn a_key_for_one_directory_signs_for_no_other() {
    let with_others_key = |_: &str, draft: &mut Draft| {
        (draft.signature, draft.header) = (Signature::Es256, Signature::Es256.header());
    };
    assert_eq!(outcome(Tenants::Any, with_others_key).await, Err(OidcError::Refused(Refusal::Claim("iss"))));
}

#[tokio::test]
async fn one_directorys_own_authority_needs_no_blank() {
    let double = Double::start().await;
    let issuer = format!("{}/organizations/v2.0", double.url);
    double.publication().document["issuer"] = json!(issuer);
    let providers = double.providers(Kind::Microsoft { tenants: ours() });
    let provider = providers.get("double").unwrap();
    let draft = |iss: String| {
        move |draft: &mut Draft| {
            draft.claims["iss"] = json!(iss);
            draft.claims["tid"] = json!(TID);
            draft.claims["oid"] = json!(OID);
        }
    };
    assert!(sign_in(&double, provider, draft(issuer)).await.is_ok());
    let filled = format!("{}/{TID}/v2.0", double.url);
    assert_eq!(
        sign_in(&double, provider, draft(filled)).await,
        Err(OidcError::Refused(Refusal::Claim("iss")))
    );
}
