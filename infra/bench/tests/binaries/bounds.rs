//! A part of the worst inputs, on the binaries that are built: pictures, and what strangers send to sign in.

use vestibule_bench::{
    bounds::{Allowed, Spent, spend},
    extremes::{Extreme, avatars, files, of},
    stack::admin_token,
};
use vestibule_local::Stack;

use super::{stack, start};

async fn spent(stack: &Stack, function: &str, extremes: &[Extreme]) -> Vec<Spent> {
    let mut running = start(stack, function, &[("SIGN_INS_PER_MINUTE", "1000000")]).await.unwrap();
    let mut spent = Vec::new();
    for extreme in extremes {
        let told = spend(&mut running, extreme).await;
        spent.push(told.unwrap_or_else(|error| panic!("{function}: {}: {error}", extreme.input)));
    }
    spent
}

/// Within the memory; the time is judged on a release, by `cargo run -p vestibule-bench -- --bounds`.
fn held(stack: &Stack, function: &str, spent: &[Spent]) {
    let memory = stack.template().function(function).unwrap().memory_mb;
    let allowed = Allowed { memory, time: std::time::Duration::MAX };
    for spent in spent {
        assert!(spent.fits(allowed), "{function}: {spent:?} with {memory} MB");
    }
}

#[tokio::test]
async fn fault_02_no_picture_needs_more_memory_than_the_function_has() {
    let stack = stack().await;
    let pictures = avatars(&admin_token(&stack).unwrap()).unwrap();
    let spent = spent(&stack, "session", &pictures).await;
    held(&stack, "session", &spent);
    // The narrow ones are taken, and cost next to nothing beside the square ones.
    let narrow = spent.iter().find(|spent| spent.input == "PNG of 1 by 2,048").unwrap();
    assert_eq!(narrow.status, Some(200), "{narrow:?}");
    let idle = spent.iter().map(|spent| spent.peak).min().unwrap();
    assert!(narrow.peak < idle + (8 << 10), "{spent:?}");
}

/// A file of 10,000 rows is looked at in less than 64 MB, the worst of 4 MiB in what the function has.
#[tokio::test]
async fn bounded_a_file_of_people_needs_little_memory() {
    let stack = stack().await;
    let files = files(&admin_token(&stack).unwrap()).unwrap();
    let spent = spent(&stack, "team", &files).await;
    held(&stack, "team", &spent);
    for spent in &spent {
        println!("{}: {} KiB, {:?}", spent.input, spent.peak, spent.status);
    }
    assert!(spent[0].peak < 64 << 10 && spent[0].status == Some(200), "{:?}", spent[0]);
}

#[tokio::test]
async fn bounded_no_body_header_or_cookie_needs_more_memory_than_the_function_has() {
    let stack = stack().await;
    for function in [
        "connections",
        "console",
        "esign-webhook",
        "hires",
        "organizations",
        "promo",
        "mailbox-password",
        "team",
        "import-step",
        "account-step",
        "dispatcher",
        "email-events",
    ] {
        let some = of(&stack, function).unwrap();
        assert!(some.len() >= 5, "{function}");
        held(&stack, function, &spent(&stack, function, &some).await);
    }
}
