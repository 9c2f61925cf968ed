//! What a call says about itself on its way to the service.

use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
};
use vestibule_domain::EndpointId;

use crate::table::Table;

async fn head(mut call: TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(call.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}

#[tokio::test]
async fn a_call_is_signed_and_does_not_tell_about_the_sdk() {
    let table = Table::new().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let store = table.elsewhere(&format!("http://{}", listener.local_addr().unwrap()));
    let endpoint = EndpointId::new(&table.world);
    tokio::spawn(async move { store.platform().find_endpoint(endpoint).await.map(drop) });
    let head = head(listener.accept().await.unwrap().0).await;
    for needed in ["x-amz-target: dynamodb_20120810.getitem", "authorization: aws4-hmac-sha256"] {
        assert!(head.contains(needed), "{needed} in {head}");
    }
    for telling in ["user-agent", "amz-sdk-invocation-id", "amz-sdk-request"] {
        assert!(!head.contains(telling), "{telling} in {head}");
    }
}
