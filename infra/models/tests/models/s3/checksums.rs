//! Checksums: sent along, sent behind a stream, wrong, and missing.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumMode, ChecksumType},
};
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Request;
use http_body_util::BodyExt as _;

use super::{Account, LOCKED, PLAIN, is, message, refusal};
use crate::support::send;

const ALL: [ChecksumAlgorithm; 5] = [
    ChecksumAlgorithm::Crc32,
    ChecksumAlgorithm::Crc32C,
    ChecksumAlgorithm::Crc64Nvme,
    ChecksumAlgorithm::Sha1,
    ChecksumAlgorithm::Sha256,
];

#[tokio::test]
async fn a_checksum_is_verified_kept_and_given_back() {
    let account = Account::open().await;
    for algorithm in ALL {
        let put = account.client.put_object().bucket(LOCKED).key("k").checksum_algorithm(algorithm.clone());
        let put = put.body(ByteStream::from_static(b"123456789")).send().await.unwrap();
        let get = account.client.get_object().bucket(LOCKED).key("k").checksum_mode(ChecksumMode::Enabled);
        let got = get.send().await.unwrap();
        // The published check values of the algorithms, for `123456789`.
        let (value, told, right) = match algorithm {
            ChecksumAlgorithm::Crc32 => (got.checksum_crc32(), put.checksum_crc32(), "cbf43926"),
            ChecksumAlgorithm::Crc32C => (got.checksum_crc32_c(), put.checksum_crc32_c(), "e3069283"),
            ChecksumAlgorithm::Crc64Nvme => {
                (got.checksum_crc64_nvme(), put.checksum_crc64_nvme(), "ae8b14860a799888")
            }
            ChecksumAlgorithm::Sha1 => {
                (got.checksum_sha1(), put.checksum_sha1(), "f7c3bc1d808e04732adf679965ccc34ca7ae3441")
            }
            _ => (
                got.checksum_sha256(),
                put.checksum_sha256(),
                "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
            ),
        };
        let hex = |text: &str| {
            let bytes = STANDARD.decode(text).unwrap();
            bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
        };
        assert_eq!(value.map(hex), Some(right.to_owned()));
        assert_eq!((value, got.checksum_type()), (told, Some(&ChecksumType::FullObject)));
        assert_eq!(got.body.collect().await.unwrap().to_vec(), b"123456789");
    }
}

#[tokio::test]
async fn a_wrong_checksum_keeps_nothing() {
    let account = Account::open().await;
    let put = || account.client.put_object().bucket(LOCKED).key("k").body(ByteStream::from_static(b"x"));
    let zeros = |bytes: usize| STANDARD.encode(vec![0; bytes]);
    for wrong in [
        put().checksum_crc32(zeros(4)),
        put().checksum_crc32_c(zeros(4)),
        put().checksum_crc64_nvme(zeros(8)),
        put().checksum_sha1(zeros(20)),
        put().checksum_sha256(zeros(32)),
        put().content_md5(zeros(16)),
    ] {
        assert_eq!(refusal(wrong.send().await), is(400, "BadDigest"));
    }
    assert_eq!(refusal(put().checksum_sha256(zeros(4)).send().await), is(400, "InvalidRequest"));
    assert_eq!(refusal(put().content_md5("short").send().await), is(400, "InvalidDigest"));
    let two = put().checksum_sha256(zeros(32)).checksum_crc32(zeros(4)).send().await;
    assert_eq!(refusal(two), is(400, "InvalidRequest"));
    assert_eq!(account.text(LOCKED, "k").await, None);
}

#[tokio::test]
async fn a_locked_bucket_takes_no_body_without_a_checksum() {
    let account = Account::open().await;
    let put =
        |bucket| account.sparing().put_object().bucket(bucket).key("k").body(ByteStream::from_static(b"x"));
    assert_eq!(refusal(put(LOCKED).send().await), is(400, "InvalidRequest"));
    assert!(message(put(LOCKED).send().await).contains("Content-MD5 OR x-amz-checksum-"));
    // MD5 of `x`.
    put(LOCKED).content_md5("ndTkYSaMgDT1yFZOFVxnpg==").send().await.unwrap();
    // Without one S3 makes its own.
    let own = put(PLAIN).send().await.unwrap();
    assert_eq!(own.checksum_crc64_nvme().map(str::len), Some(12));
}

#[tokio::test]
async fn a_stream_comes_in_chunks_with_its_checksum_behind_it() {
    let account = Account::open().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let bytes = vec![b'a'; 200_000];
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    for algorithm in ALL {
        let body = ByteStream::from_path(file.path()).await.unwrap();
        let put = account.client.put_object().bucket(LOCKED).key("k").checksum_algorithm(algorithm);
        put.body(body).send().await.unwrap();
        let got = account.client.get_object().bucket(LOCKED).key("k").send().await.unwrap();
        assert_eq!(got.body.collect().await.unwrap().to_vec(), bytes);
    }
}

/// Status and body of the answer to a put that the SDK would not send.
async fn raw(account: &Account, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let scope = "AWS4-HMAC-SHA256 Credential=me/20261129/eu-west-1/s3/aws4_request, ..";
    let request = Request::put("/locked/k").header("authorization", scope);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = send(&account.cloud, request.body(Body::from(body.to_owned())).unwrap()).await;
    let (status, body) = (response.status().as_u16(), response.into_body());
    let body = body.collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_stream_that_is_not_what_it_says_is_refused() {
    let account = Account::open().await;
    let streamed = async |body: &str, length: &str| {
        let headers = [
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", length),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
        ];
        raw(&account, &headers, body).await
    };
    // CRC-32 of `123456789`.
    let whole = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    assert_eq!(streamed(whole, "9").await, (200, String::new()));
    let wrong = "9\r\n123456788\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    let bare = "9\r\n123456789\r\n0\r\n\r\n";
    for (body, length, code) in [
        (wrong, "9", "BadDigest"),
        (whole, "8", "IncompleteBody"),
        ("9\r\n1234", "9", "IncompleteBody"),
        ("z\r\n1234", "9", "IncompleteBody"),
        (bare, "9", "MalformedTrailerError"),
    ] {
        let (status, told) = streamed(body, length).await;
        assert!(status == 400 && told.contains(&format!("<Code>{code}</Code>")), "{code}: {told}");
    }
    assert_eq!(account.text(LOCKED, "k").await.as_deref(), Some("123456789"));
}

#[tokio::test]
async fn a_body_is_held_against_the_hash_that_was_signed() {
    let account = Account::open().await;
    // MD5 of `x`.
    let put = async |hash: &str| {
        let headers = [("x-amz-content-sha256", hash), ("content-md5", "ndTkYSaMgDT1yFZOFVxnpg==")];
        raw(&account, &headers, "x").await
    };
    let (status, told) = put(&"0".repeat(64)).await;
    assert!(status == 400 && told.contains("<Code>XAmzContentSHA256Mismatch</Code>"), "{told}");
    let (status, told) = put("of-nothing").await;
    assert!(status == 400 && told.contains("<Code>InvalidArgument</Code>"), "{told}");
    // SHA-256 of `x`.
    let right = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    assert_eq!(put(right).await.0, 200);
}
