//! Access tokens that were not made by us, or not as they claim: algorithms, keys, claims.

use std::sync::atomic::Ordering;

use aws_lc_rs::{
    encoding::AsDer as _,
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use vestibule_tests::App;

use crate::forge::{Forger, message, own_key, sealed, signed, trap};

const ADMIN: &str = "admin@test-brand.local";

#[tokio::test]
async fn t01_no_algorithm_in_any_spelling_is_no_signature() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    forger.works().await;
    let signature = token.rsplit('.').next().unwrap();
    let names =
        ["none", "None", "NONE", "nOnE", "", " none", "none ", "null", "\u{ff4e}one", "ES256\u{0}none"];
    let mut algorithms: Vec<Value> = names.iter().map(|name| json!(name)).collect();
    algorithms.extend([
        json!(null),
        json!(["none"]),
        json!(["ES256", "none"]),
        json!({}),
        json!(0),
        json!("-"),
    ]);
    for algorithm in algorithms {
        let header = crate::forge::changed(&forger.header, &json!({ "alg": algorithm }));
        let message = message(&header.to_string(), &forger.claims.to_string());
        for token in [format!("{message}."), message.clone(), format!("{message}.{signature}")] {
            forger.refused(token, &format!("alg {algorithm}")).await;
        }
        forger
            .refused(forger.with_header(&json!({ "alg": algorithm })), &format!("signed, {algorithm}"))
            .await;
    }
}

#[tokio::test]
async fn t02_hmac_over_anything_public_is_refused() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let names = app.stack.sample().secret_names();
    let published = app.stack.cloud().secrets().value(&names.verification_keys).unwrap().unwrap();
    let public: Value = serde_json::from_str(&published).unwrap();
    let der = forger.key.public_key().as_der().unwrap().as_ref().to_vec();
    let point = forger.key.public_key().as_ref().to_vec();
    let body = STANDARD.encode(&der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let kid = forger.header["kid"].as_str().unwrap();
    let texts = [published.clone(), public["keys"][0].to_string(), pem.clone(), format!("{pem}\n")];
    let mut keys: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    keys.extend([
        der,
        point[1..].to_vec(),
        point,
        kid.into(),
        b"secret".to_vec(),
        b"\0".to_vec(),
        Vec::new(),
    ]);
    let algorithms =
        [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)];
    for (name, algorithm) in algorithms {
        let header = crate::forge::changed(&forger.header, &json!({ "alg": name }));
        let hmac_message = message(&header.to_string(), &forger.claims.to_string());
        let as_es256 = message(&forger.header.to_string(), &forger.claims.to_string());
        for (number, key) in keys.iter().enumerate() {
            let key = hmac::Key::new(algorithm, key);
            for message in [&hmac_message, &as_es256] {
                let mac = hmac::sign(&key, message.as_bytes());
                forger.refused(sealed(message, mac.as_ref()), &format!("{name}, key {number}")).await;
            }
        }
    }
}

#[tokio::test]
async fn t02_other_algorithms_and_broken_signatures_are_refused() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let random = SystemRandom::new();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let wide = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    for name in ["RS256", "PS256", "ES384", "EdDSA", "ES256K", "es256", "ES512"] {
        let header = crate::forge::changed(&forger.header, &json!({ "alg": name }));
        let message = message(&header.to_string(), &forger.claims.to_string());
        let mut signature = vec![0; rsa.public_modulus_len()];
        match name {
            "PS256" => rsa.sign(&RSA_PSS_SHA256, &random, message.as_bytes(), &mut signature).unwrap(),
            "ES384" => signature = wide.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            _ => rsa.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap(),
        }
        forger.refused(sealed(&message, &signature), name).await;
        forger.refused(forger.with_header(&json!({ "alg": name })), &format!("{name}, our signature")).await;
    }
    let (message, signature) = token.rsplit_once('.').unwrap();
    let right = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut flipped = right.clone();
    flipped[40] ^= 1;
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&order[2 * n..2 * n + 2], 16).unwrap()).collect();
    let wrong = [
        vec![0; 64],
        Vec::new(),
        flipped,
        right[..63].to_vec(),
        order.repeat(2),
        [&right[..], &[0]].concat(),
    ];
    for (number, signature) in wrong.iter().enumerate() {
        forger.refused(sealed(message, signature), &format!("broken signature {number}")).await;
    }
    let parts: Vec<_> = token.split('.').collect();
    let texts = [
        format!("{token}="),
        format!("{token}.{signature}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{}.{}.{}", parts[0], parts[2], parts[1]),
        format!("{}\t", token.replacen('.', " .", 1)),
        token.replace('.', ".."),
        "a".repeat(5000),
        format!("{token}{}", "A".repeat(5000)),
    ];
    for text in texts {
        forger.refused(text.clone(), &text[..text.len().min(40)]).await;
    }
}

#[tokio::test]
async fn t03_key_ids_that_name_no_key_of_ours_are_refused() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let (url, asked) = trap().await;
    let kid = forger.header["kid"].as_str().unwrap();
    let texts = [
        String::new(),
        "unknown".into(),
        format!("{kid} "),
        kid.to_lowercase(),
        format!("{kid}\u{0}"),
        "../../../../dev/null".into(),
        "/dev/null".into(),
        "file:///proc/self/environ".into(),
        format!("{url}/key"),
        "x' UNION SELECT 'key' --".into(),
        "$(id)".into(),
        "k".repeat(2000),
    ];
    let mut kids: Vec<Value> = texts.into_iter().map(Value::String).collect();
    kids.extend([json!(null), json!([kid]), json!({ "kid": kid }), json!(0), json!("-")]);
    let own = own_key();
    for kid in kids {
        let header = crate::forge::changed(&forger.header, &json!({ "kid": kid })).to_string();
        for key in [&own, &forger.key] {
            let claims = forger.claims.to_string();
            forger.refused(signed(key, &header, &claims), &format!("kid {kid}")).await;
        }
        let empty = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b""), header.as_bytes());
        let message = message(&header, &forger.claims.to_string());
        forger.refused(sealed(&message, empty.as_ref()), &format!("kid {kid}, empty key")).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing is fetched");
}

#[tokio::test]
async fn t03_headers_that_bring_a_key_along_are_refused_and_nothing_is_fetched() {
    let app = App::identity().await;
    let token = app.sample_login(ADMIN).await.access;
    let forger = Forger::new(&app, &token);
    let (url, asked) = trap().await;
    let own = own_key();
    let point = own.public_key().as_ref();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "mine",
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]) });
    let certificate = STANDARD.encode(own.public_key().as_der().unwrap().as_ref());
    let brought = [
        json!({ "jku": format!("{url}/jwks") }),
        json!({ "jku": format!("{url}/jwks"), "kid": "mine" }),
        json!({ "jku": format!("https://vestibule.local@{}/jwks", &url[7..]) }),
        json!({ "jwk": jwk }),
        json!({ "jwk": jwk, "kid": "mine" }),
        json!({ "x5u": format!("{url}/chain") }),
        json!({ "x5c": [certificate] }),
        json!({ "x5t": "AAAA", "x5t#S256": "AAAA" }),
        json!({ "crit": ["exp"] }),
        json!({ "crit": ["jku"], "jku": format!("{url}/jwks") }),
        json!({ "zip": "DEF" }),
        json!({ "cty": "JWT" }),
        json!({ "b64": false, "crit": ["b64"] }),
        json!({ "iss": url }),
    ];
    for headers in brought {
        let header = crate::forge::changed(&forger.header, &headers).to_string();
        for key in [&own, &forger.key] {
            forger.refused(signed(key, &header, &forger.claims.to_string()), &headers.to_string()).await;
        }
        let claims = crate::forge::changed(&forger.claims, &json!({ "iss": url })).to_string();
        forger.refused(signed(&own, &header, &claims), &headers.to_string()).await;
    }
    let (alg, kid) = (r#""alg":"ES256""#, format!(r#""kid":{}"#, forger.header["kid"]));
    for header in [
        format!(r#"{{"typ":"at+jwt",{alg},"alg":"none",{kid}}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"none",{alg},{kid}}}"#),
        format!(r#"{{"typ":"at+jwt",{alg},"kid":"x",{kid}}}"#),
        format!(r#"["at+jwt","ES256",{}]"#, forger.header["kid"]),
    ] {
        forger.refused(signed(&forger.key, &header, &forger.claims.to_string()), &header).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing is fetched");
}
