//! The environment variables that Lambda defines for a function.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

/// The variables of a function in `binary` whose runtime endpoint is at `address`; `settings` win.
pub(super) fn variables(
    binary: &Path,
    address: SocketAddr,
    settings: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let name = function_name(binary);
    let address = address.to_string();
    let group = format!("/aws/lambda/{name}");
    let defined = [
        ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", &name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("_HANDLER", "bootstrap"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ];
    let mut variables: BTreeMap<_, _> =
        defined.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    variables.extend(settings);
    variables
}

/// `hires` for `.../hires/bootstrap` and for `.../hires`.
fn function_name(binary: &Path) -> String {
    let named = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    match named(binary) {
        Some(name) if name != "bootstrap" => name,
        _ => binary.parent().and_then(named).unwrap_or_else(|| "function".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_by_its_folder_or_its_file() {
        assert_eq!(function_name(Path::new("lambda/hires/bootstrap")), "hires");
        assert_eq!(function_name(Path::new("debug/hires")), "hires");
    }

    #[test]
    fn settings_win_over_what_lambda_defines() {
        let settings = BTreeMap::from([("AWS_REGION".to_owned(), "us-east-1".to_owned())]);
        let variables =
            variables(Path::new("debug/hires"), SocketAddr::from(([127, 0, 0, 1], 9001)), settings);
        assert_eq!(variables["AWS_REGION"], "us-east-1");
        assert_eq!(variables["AWS_LAMBDA_RUNTIME_API"], "127.0.0.1:9001");
    }
}
