//! The bare hash: argon2id at OWASP's minimum cost, as often as the event says, in one buffer that is used again and
//! again. Nothing of the product is in it.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};
use tokio::sync::Mutex;

const PASSWORD: &[u8] = b"gravel ottoman fjord whistle";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let params = Params::new(19_456, 2, 1, Some(32)).map_err(|error| error.to_string())?;
    let memory = Mutex::new(vec![Block::new(); params.block_count()]);
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    run(service_fn(|event| hash(&argon, &memory, event))).await
}

async fn hash(
    argon: &Argon2<'_>,
    memory: &Mutex<Vec<Block>>,
    event: LambdaEvent<Value>,
) -> Result<Value, Error> {
    let times = event.payload["times"].as_u64().unwrap_or_default();
    let mut memory = memory.lock().await;
    let mut hash = [0; 32];
    for number in 0..times {
        let salt = u128::from(number).to_le_bytes();
        let done = argon.hash_password_into_with_memory(PASSWORD, &salt, &mut hash, memory.as_mut_slice());
        done.map_err(|error| error.to_string())?;
    }
    Ok(json!({ "hashes": times, "last": hash.to_vec() }))
}
