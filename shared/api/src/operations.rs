//! The operations of a function, listed once: for its router and for its documentation.

use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, MethodRouter},
};
use utoipa::{Path, openapi::HttpMethod};

#[doc(hidden)]
pub use pastey::paste;

/// Lists the operations of a function, each `module::operation` with its `#[utoipa::path]`: makes its state
/// [`Operations`](crate::Operations). What only the document needs is not linked into the function. The crate needs `axum`
/// and `utoipa` of its own.
#[macro_export]
macro_rules! operations {
    ($state:ty: $($module:ident::$operation:ident),+ $(,)?) => {
        impl $crate::Operations for $state {
            fn routes() -> axum::Router<$state> {
                use $crate::operations::{at, paste};
                let router = axum::Router::new();
                paste! {$(
                    let router = at::<$module::[<__path_ $operation>], _, _, _>(router, &$module::$operation);
                )+}
                router
            }

            fn openapi() -> utoipa::openapi::OpenApi {
                #[derive(utoipa::OpenApi)]
                #[openapi(paths($($module::$operation),+))]
                struct Document;
                let mut document = <Document as utoipa::OpenApi>::openapi();
                use $crate::{describe::describe, operations::paste};
                paste! {$(
                    describe::<$module::[<__path_ $operation>], $state, _, _>(&mut document, &$module::$operation);
                )+}
                document
            }
        }
    };
}

/// An operation at its path, for `operations!`.
#[doc(hidden)]
pub fn at<P, S, H, T>(router: Router<S>, operation: &H) -> Router<S>
where
    P: Path,
    S: Clone + Send + Sync + 'static,
    H: Handler<T, S>,
    T: 'static,
{
    let add = |route: MethodRouter<S>, method| route.on(filter(&method), operation.clone());
    router.route(&P::path(), P::methods().into_iter().fold(MethodRouter::new(), add))
}

const fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
    }
}
