//! The picture of a profile: what is kept of a file, and for whom.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const KIM: &str = "kim@example.org";
const PATH: &str = "/api/v1/auth/me/avatar";

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::from_fn(width, height, |x, y| image::Rgb([200, u8::try_from((x ^ y) & 255).unwrap(), 40]))
        .write_to(&mut file, format)
        .unwrap();
    file.into_inner()
}

async fn set(actor: &Actor, file: Vec<u8>) -> Answer {
    let request = actor.request(Method::PUT, PATH).header("content-type", "image/jpeg");
    actor.send(request.body(file)).await
}

async fn remove(actor: &Actor) -> Answer {
    actor.send(actor.request(Method::DELETE, PATH)).await
}

/// The bytes of the picture as they come over the wire.
async fn shown(actor: &Actor) -> Vec<u8> {
    let response = actor.request(Method::GET, PATH).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    response.bytes().await.unwrap().to_vec()
}

async fn avatar_of(actor: &Actor) -> Value {
    actor.get("/api/v1/auth/me").await.expect(200).body["avatar"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_made_small_sealed_replaced_and_removed() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    mine.get(PATH).await.expect(404);
    assert_eq!(avatar_of(&mine).await, json!(null));
    let file = [picture(900, 700, ImageFormat::Jpeg), b"taken at 48.2N 16.4E".to_vec()].concat();
    assert!(set(&mine, file.clone()).await.expect(200).body["avatar"].is_string());
    let kept = shown(&mine).await;
    assert!(!kept.windows(5).any(|part| part == b"48.2N"), "nothing beside the picture is kept");
    let read = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).unwrap();
    assert_eq!((read.width(), read.height()), (256, 256));
    let plain = STANDARD.encode(&kept);
    for row in app.dump().await {
        assert!(!row.contains(&plain[..40]), "sealed: {row}");
    }
    let before = avatar_of(&mine).await;
    app.advance(jiff::SignedDuration::from_secs(1));
    set(&mine, picture(10, 10, ImageFormat::Png)).await.expect(200);
    assert!(shown(&mine).await != kept && avatar_of(&mine).await != before);
    for _ in 0..2 {
        remove(&mine).await.expect(204);
        mine.get(PATH).await.expect(404);
        assert_eq!(avatar_of(&mine).await, json!(null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_and_changes_nothing() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    set(&mine, picture(300, 300, ImageFormat::Png)).await.expect(200);
    let kept = shown(&mine).await;
    let cut = picture(300, 300, ImageFormat::Png);
    for (file, status, words) in [
        (Vec::new(), 400, "PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), 400, "PNG or JPEG"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(), 400, "PNG or JPEG"),
        (cut[..cut.len() - 40].to_vec(), 400, "cannot be read"),
        (picture(2049, 4, ImageFormat::Png), 400, "2,048 by 2,048"),
        (vec![0xff; (1 << 20) + 1], 413, "1 MiB"),
    ] {
        let answer = set(&mine, file).await.expect(status);
        assert!(answer.body["detail"].as_str().unwrap().contains(words), "{}", answer.text);
    }
    assert_eq!(shown(&mine).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_its_owners_only() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    set(&mine, picture(64, 64, ImageFormat::Jpeg)).await.expect(200);
    let other = app.with_token(&app.newcomer("other@example.org").await);
    other.get(PATH).await.expect(404);
    remove(&other).await.expect(204);
    let nobody = app.anonymous();
    nobody.get(PATH).await.expect(401);
    set(&nobody, picture(8, 8, ImageFormat::Png)).await.expect(401);
    remove(&nobody).await.expect(401);
    shown(&mine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_set_at_once_leave_one_that_was_sent() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    let sizes = [8, 16, 32, 64];
    let sent = sizes.map(|size| set(&mine, picture(size, size, ImageFormat::Png)));
    let answers = futures::future::join_all(sent).await;
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
    assert!(answers.iter().any(|answer| answer.status == 200));
    assert_eq!(image::load_from_memory(&shown(&mine).await).unwrap().width(), 256);
}
