//! `GET /api/audit/verify`

use std::convert::Infallible;

use axum::{
    Json,
    extract::{FromRequestParts, State},
};
use http::request::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_adapters::archive::{Archive, ArchiveError, checkpoints};
use vestibule_api::{Api, ApiError, Argument, Authenticated, Description};
use vestibule_auth::TenantScope;
use vestibule_chain::{Checker, Flaw, Frontier, SignedCheckpoint, Verifier};
use vestibule_domain::Permission;
use vestibule_store::{Chained, Cursor, CursorError, TenantStore};

use crate::{list_records::cursor, parameters::Parameters};

/// Records that one request checks, and how many of them are read at once.
const MOST: u64 = 1_000;
const AT_ONCE: u16 = 500;
const LIST: &str = "AUDIT-VERIFY";
/// What is said where the archive and the table do not agree on what was signed.
const HIDDEN: &str = "The newest signed checkpoint is not where checkpoints are kept, or the log no longer knows of it. Ask whoever runs the platform.";

/// Longest cursor that is looked at, in characters: it holds a checkpoint and the right edge of its tree.
const LONGEST_CURSOR: usize = 8_192;

/// Where a check goes on. What is wrong with it is told after it is known who asks.
#[derive(Debug)]
pub struct VerifyQuery(Result<Option<String>, ApiError>);

/// Where a check goes on.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `VerifyQuery` reads")]
struct VerifyParameters {
    /// The `next` of the answer before.
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for VerifyQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut parameters = Parameters::read(parts.uri.query(), &["cursor"]);
        let cursor = parameters.take("cursor", |text| cursor(text, LONGEST_CURSOR));
        Ok(Self(parameters.check().map(|()| cursor)))
    }
}

impl Argument for VerifyQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<VerifyParameters>();
    }
}

/// What is known about the log so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifyResult {
    /// Right so far: `next` goes on.
    GoingOn,
    /// Every record up to the checkpoint is as it was written, and none is missing.
    Whole,
    /// A record was changed or taken away; `problem` says which.
    Broken,
    /// No checkpoint was signed yet.
    Unsigned,
}

/// How far a check of the log has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyView {
    /// How many records were checked.
    pub checked: u64,
    /// How many the checkpoint covers.
    pub of: u64,
    /// What is known so far.
    pub result: VerifyResult,
    /// What is wrong; `null` while nothing is.
    pub problem: Option<String>,
    /// When the checkpoint was signed (RFC 3339); `null` before the first one.
    pub signed: Option<String>,
    /// The cursor to go on with; `null` at the end.
    pub next: Option<String>,
}

/// What a check goes on with.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    frontier: Frontier,
    note: String,
}

/// Checks the log against the newest checkpoint, which is kept outside of the database: a thousand records a request, the oldest first. A
/// check that goes on holds against the checkpoint with which it began. The check is this product's own word; to check without
/// it, export the log and use `vestibule-ops verify-audit`.
#[utoipa::path(get, path = "/api/audit/verify", tag = "audit", responses((status = 200, body = VerifyView)))]
pub async fn verify_log(
    State(api): State<Api>,
    State(archive): State<Archive>,
    caller: Authenticated,
    query: VerifyQuery,
) -> Result<Json<VerifyView>, ApiError> {
    let scope = caller.require(Permission::AuditView)?;
    let store = api.store.tenant(&scope);
    let position = match query.0? {
        None => newest(&store, &archive, &scope).await?,
        Some(cursor) => {
            let text = Cursor::open(&cursor, &api.cursors, scope.tenant(), LIST)?;
            Start::Known(serde_json::from_str(&text).map_err(|_| CursorError)?)
        }
    };
    let position = match position {
        Start::Known(position) => position,
        Start::Nothing => return Ok(Json(VerifyView::without(VerifyResult::Unsigned, None))),
        Start::Hidden => return Ok(Json(VerifyView::without(VerifyResult::Broken, Some(HIDDEN)))),
    };
    check(&api, &store, &scope, position).await.map(Json)
}

/// Where a check begins.
enum Start {
    /// With this checkpoint.
    Known(Position),
    /// Nothing was signed yet.
    Nothing,
    /// The archive lacks what the table knows of, or the other way round.
    Hidden,
}

async fn newest(store: &TenantStore<'_>, archive: &Archive, scope: &TenantScope) -> Result<Start, ApiError> {
    let chain = scope.tenant().to_string();
    // Whichever of them was tampered with, the other one tells.
    let known = store.checkpoint().await?;
    let (known, name) = match (known, archive.newest(&checkpoints::prefix(&chain)).await.map_err(fault)?) {
        (None, None) => return Ok(Start::Nothing),
        (Some(known), Some(name)) => (known, name),
        _ => return Ok(Start::Hidden),
    };
    let note = archive.read(&name).await.map_err(fault)?.and_then(|note| String::from_utf8(note).ok());
    Ok(match note {
        // Names sort by size, the largest first.
        Some(note) if name <= checkpoints::name(&chain, known.size) => {
            Start::Known(Position { frontier: Frontier::default(), note })
        }
        _ => Start::Hidden,
    })
}

async fn check(
    api: &Api,
    store: &TenantStore<'_>,
    scope: &TenantScope,
    Position { frontier, note }: Position,
) -> Result<VerifyView, ApiError> {
    let chain = scope.tenant().to_string();
    let key = store.checkpoint().await?.map(|known| known.key).unwrap_or_default();
    let verifier = key.parse::<Verifier>();
    let signed = match verifier.and_then(|verifier| SignedCheckpoint::open(&note, &chain, &[verifier])) {
        Ok(signed) => signed,
        Err(error) => return Ok(VerifyView::without(VerifyResult::Broken, Some(&error.to_string()))),
    };
    let mut checker = Checker::going_on(&chain, frontier);
    let told = show(store, &mut checker, &signed).await?;
    let told = told.and_then(|()| judge(&checker, &signed, api.world.now()));
    let mut view = VerifyView::of(&checker, &signed);
    match told {
        Err(flaw) => (view.result, view.problem) = (VerifyResult::Broken, Some(flaw.to_string())),
        Ok(Some(frontier)) => {
            let position = serde_json::to_string(&Position { frontier, note });
            let position = position.map_err(|error| ApiError::Fault(Box::new(error)))?;
            view.next = Some(Cursor::seal(&api.cursors, scope.tenant(), LIST, &position).as_str().to_owned());
        }
        Ok(None) => view.result = VerifyResult::Whole,
    }
    Ok(view)
}

/// Shows the checker what comes next, at most a thousand records.
async fn show(
    store: &TenantStore<'_>,
    checker: &mut Checker,
    signed: &SignedCheckpoint,
) -> Result<Result<(), Flaw>, ApiError> {
    let end = signed.size.min(checker.size() + MOST);
    while checker.size() < end {
        let found = store.chained(checker.size(), end, AT_ONCE).await?;
        if found.is_empty() {
            // The checker tells how far the log goes.
            return Ok(checker.close(Some(signed), signed.at));
        }
        for one in found {
            if let Err(flaw) = show_one(checker, one) {
                return Ok(Err(flaw));
            }
        }
    }
    Ok(Ok(()))
}

fn show_one(checker: &mut Checker, Chained { entry, record }: Chained) -> Result<(), Flaw> {
    let Some(record) = record else { return checker.gone(&entry) };
    let leaf = entry.leaf().map_err(|_| Flaw::Unwritable(entry.number))?;
    checker.record(entry.number, &leaf, &record.body(), entry.expires, record.personal().as_ref())
}

/// The frontier to go on with; `None` at the end, where all of it is right.
fn judge(checker: &Checker, signed: &SignedCheckpoint, now: Timestamp) -> Result<Option<Frontier>, Flaw> {
    if checker.size() < signed.size {
        return checker.so_far(now).map(Some);
    }
    checker.close(Some(signed), now).map(|()| None)
}

impl VerifyView {
    fn of(checker: &Checker, signed: &SignedCheckpoint) -> Self {
        Self {
            checked: checker.size(),
            of: signed.size,
            result: VerifyResult::GoingOn,
            problem: None,
            signed: Some(signed.at.to_string()),
            next: None,
        }
    }

    fn without(result: VerifyResult, problem: Option<&str>) -> Self {
        let problem = problem.map(str::to_owned);
        Self { checked: 0, of: 0, result, problem, signed: None, next: None }
    }
}

fn fault(error: ArchiveError) -> ApiError {
    ApiError::Fault(Box::new(error))
}
