//! The description of an operation from its arguments: what a handler takes is what its description says. The
//! `#[utoipa::path]` names the method, the path, the tag, the answer and what is refused for reasons of the operation's own.

use axum::extract::{Query, Request, State, rejection::QueryRejection};
use http::{HeaderMap, request::Parts};
use utoipa::{
    IntoParams, Path, ToSchema,
    openapi::{
        Content, HttpMethod, OpenApi, RefOr, Response, Schema,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{ObjectBuilder, SchemaType, Type},
        security::SecurityRequirement,
    },
};
use vestibule_domain::{Id, RoleName, id::Kind};
use vestibule_store::Entity;

use crate::{
    Administrator, ApiError, ApiJson, ApiPath, Authenticated, Origin, PageQuery, Reading, RepeatKey,
    SignedIn, Standing,
};

/// The form of a ULID.
const ULID: &str = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

/// What an argument of an operation says of it.
pub trait Argument {
    /// Writes it down.
    fn describe(operation: &mut Description<'_>);
}

/// An operation that is being described.
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct Description<'a> {
    path: &'a str,
    operation: &'a mut Operation,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description<'_> {
    /// Statuses that it is refused with.
    pub fn refused(&mut self, statuses: &[u16]) {
        for status in statuses {
            self.operation
                .responses
                .responses
                .entry(status.to_string())
                .or_insert_with(|| Response::new("").into());
        }
    }

    /// It needs a caller.
    pub fn called(&mut self) {
        self.refused(&[400, 401, 403]);
        self.operation.security = Some(vec![SecurityRequirement::new("token", [""; 0])]);
    }

    /// Parameters of the query or the headers.
    pub fn parameters<P: IntoParams>(&mut self) {
        self.refused(&[400]);
        self.parameters_of(P::into_params(|| None));
    }

    /// A body of this type, as JSON.
    pub fn json<T: ToSchema>(&mut self) {
        self.refused(&[400, 413, 422]);
        self.body::<T>("application/json");
    }

    /// A body of this type.
    pub fn body<T: ToSchema>(&mut self, media: &str) {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        let named = RefOr::Ref(utoipa::openapi::Ref::from_schema_name(T::name()));
        self.raw_body(media, Content::new(Some(named)));
    }

    /// A body of somebody else's making, or a file.
    pub fn raw_body(&mut self, media: &str, content: Content) {
        self.operation.request_body = Some(RequestBodyBuilder::new().content(media, content).build().into());
    }

    /// The parts of its path.
    fn path_parts(&mut self, parts: &[(&'static str, Option<String>)]) {
        self.refused(&[404]);
        // What the attribute says of a part counts.
        if self.operation.parameters.iter().flatten().any(is_in_path) {
            return;
        }
        let names = self.path.split('{').skip(1).filter_map(|part| part.split('}').next());
        let parameter = |(name, (about, pattern)): (&str, &(&'static str, Option<String>))| {
            let text =
                ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(pattern.clone());
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
            parameter
                .required(utoipa::openapi::Required::True)
                .description(Some(*about))
                .schema(Some(text))
                .build()
        };
        let parameters: Vec<_> = names.zip(parts).map(parameter).collect();
        self.parameters_of(parameters);
    }

    fn parameters_of(&mut self, parameters: Vec<Parameter>) {
        self.operation.parameters.get_or_insert_default().extend(parameters.into_iter().map(Into::into));
    }
}

fn is_in_path(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path)
}

/// A part of a path.
pub trait PathParts {
    /// What each part is, with the pattern that it has.
    fn parts() -> Vec<(&'static str, Option<String>)>;
}

impl<K: Kind> PathParts for Id<K> {
    fn parts() -> Vec<(&'static str, Option<String>)> {
        vec![("Its id.", Some(format!("^{}_{ULID}$", K::PREFIX)))]
    }
}

impl PathParts for RoleName {
    fn parts() -> Vec<(&'static str, Option<String>)> {
        vec![("The role's name.", Some("^[a-z][a-z0-9_]{0,39}$".to_owned()))]
    }
}

impl PathParts for u64 {
    fn parts() -> Vec<(&'static str, Option<String>)> {
        vec![("Its number.", Some("^[0-9]{1,15}$".to_owned()))]
    }
}

impl PathParts for String {
    fn parts() -> Vec<(&'static str, Option<String>)> {
        vec![("The provider's name in the deployment's settings.", None)]
    }
}

impl<A: PathParts, B: PathParts> PathParts for (A, B) {
    fn parts() -> Vec<(&'static str, Option<String>)> {
        [A::parts(), B::parts()].concat()
    }
}

impl<T: PathParts> Argument for ApiPath<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.path_parts(&T::parts());
    }
}

impl<E: Entity<Id: PathParts>> Argument for Reading<E> {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
        operation.path_parts(&E::Id::parts());
        operation.refused(&[409]);
    }
}

impl Argument for Authenticated {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
    }
}

impl Argument for Administrator {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
    }
}

impl Argument for SignedIn {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
    }
}

impl Argument for Standing {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
    }
}

impl Argument for PageQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
    }
}

impl<Q: IntoParams> Argument for Result<Query<Q>, QueryRejection> {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters_of(Q::into_params(|| Some(ParameterIn::Query)));
    }
}

impl<T: ToSchema> Argument for ApiJson<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.json::<T>();
    }
}

/// An operation whose answer is kept for a repeated request.
pub(crate) fn repeated(operation: &mut Description<'_>) {
    operation.parameters::<RepeatKey>();
    operation.refused(&[409, 422]);
}

macro_rules! silent {
    ($([$($generic:ident)?] $argument:ty),+ $(,)?) => {
        $(impl$(<$generic>)? Argument for $argument {
            fn describe(_: &mut Description<'_>) {}
        })+
    };
}
silent!([S] State<S>, [] Origin, [] HeaderMap, [] Parts, [] Request, [] Result<SignedIn, ApiError>);

/// All arguments of a handler, as `axum` has them.
pub trait Arguments {
    /// Describes the operation by them.
    fn describe(operation: &mut Description<'_>);
}

impl Arguments for ((),) {
    fn describe(_: &mut Description<'_>) {}
}

macro_rules! arguments {
    ($($argument:ident)+) => {
        impl<M, $($argument: Argument),+> Arguments for (M, $($argument,)+) {
            fn describe(operation: &mut Description<'_>) {
                $($argument::describe(operation);)+
            }
        }
    };
}
arguments!(A);
arguments!(A B);
arguments!(A B C);
arguments!(A B C D);
arguments!(A B C D E);
arguments!(A B C D E F);
arguments!(A B C D E F G);

/// Describes an operation by its arguments, for [`crate::operations!`].
#[doc(hidden)]
pub fn describe<P, S, H, T>(document: &mut OpenApi, _: &H)
where
    P: Path,
    H: axum::handler::Handler<T, S>,
    T: Arguments,
{
    let path = P::path();
    let Some(item) = document.paths.paths.get_mut(&path) else { return };
    let mut schemas = Vec::new();
    for method in P::methods() {
        let Some(operation) = operation(item, &method) else { continue };
        let mut description = Description { path: &path, operation, schemas: Vec::new() };
        T::describe(&mut description);
        schemas.append(&mut description.schemas);
    }
    document.components.get_or_insert_default().schemas.extend(schemas);
}

fn operation<'a>(item: &'a mut utoipa::openapi::PathItem, method: &HttpMethod) -> Option<&'a mut Operation> {
    match method {
        HttpMethod::Get => item.get.as_mut(),
        HttpMethod::Put => item.put.as_mut(),
        HttpMethod::Post => item.post.as_mut(),
        HttpMethod::Delete => item.delete.as_mut(),
        HttpMethod::Patch => item.patch.as_mut(),
        _ => None,
    }
}
