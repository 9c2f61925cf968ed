//! The floor: the least that a Lambda function with one `DynamoDB` read can cost with this SDK and this runtime. Reads
//! the item that the event names and says whether it is there. Nothing of the product is in it.

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
    types::AttributeValue,
};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = client()?;
    let table = variable("TABLE_NAME")?;
    run(service_fn(|event| get(&client, &table, event))).await
}

async fn get(client: &Client, table: &str, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let part = |name: &str| AttributeValue::S(event.payload[name].as_str().unwrap_or_default().to_owned());
    let request = client.get_item().table_name(table).key("PK", part("PK")).key("SK", part("SK"));
    let answer = request.consistent_read(true).send().await?;
    Ok(json!({ "found": answer.item.is_some() }))
}

fn client() -> Result<Client, Error> {
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        None,
        None,
        "environment",
    );
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(credentials)
        .endpoint_url(variable("AWS_ENDPOINT_URL_DYNAMODB")?);
    Ok(Client::from_conf(config.build()))
}

fn variable(name: &str) -> Result<String, Error> {
    std::env::vars()
        .find_map(|(known, value)| (known == name).then_some(value))
        .ok_or_else(|| format!("{name} is not set").into())
}
