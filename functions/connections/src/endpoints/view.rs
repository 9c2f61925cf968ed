//! What is shown of an endpoint and of what came in there.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{DamagedView, newest_first};
use vestibule_domain::EsignEndpoint;
use vestibule_store::{EsignDelivery, Page};

use crate::Connections;

/// What is said of a delivery whose record cannot be read.
const DAMAGED: &str = "Nothing has to be done: it is only a note, and goes after 30 days.";

/// A key that an endpoint takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct EsignKeyView {
    /// When it was given.
    #[schema(value_type = String, format = "date-time")]
    pub since: Timestamp,
}

/// An endpoint for events of an e-sign vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct EsignEndpointView {
    /// Its id.
    pub id: String,
    /// `docusign` or `standard`.
    #[schema(example = "docusign")]
    pub vendor: String,
    /// The address to enter at the vendor.
    #[schema(example = "https://app.example.com/api/esign/webhook/docusign/ep_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    pub url: String,
    /// When it was made.
    #[schema(value_type = String, format = "date-time")]
    pub created: Timestamp,
    /// The keys that it takes, the newest first; two during a rotation.
    pub keys: Vec<EsignKeyView>,
}

impl EsignEndpointView {
    pub(crate) fn of(state: &Connections, endpoint: &EsignEndpoint) -> Self {
        let EsignEndpoint { id, vendor, created, keys } = endpoint;
        Self {
            id: id.to_string(),
            vendor: vendor.clone(),
            url: format!("{}/api/esign/webhook/{vendor}/{id}", state.site),
            created: *created,
            keys: keys.iter().map(|since| EsignKeyView { since: *since }).collect(),
        }
    }
}

/// What came in. It names nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct EsignDeliveryView {
    /// Its id.
    pub id: String,
    /// The vendor's word for what happened; empty when the event does not say.
    #[schema(example = "signed")]
    pub kind: String,
    /// `recorded`: a document moved on; `unchanged`: it came late or again; `ignored`: not a kind of event that matters;
    /// `unmatched`: it waits for staff.
    #[schema(value_type = String, example = "recorded")]
    pub outcome: vestibule_store::DeliveryOutcome,
    /// When it came.
    #[schema(value_type = String, format = "date-time")]
    pub at: Timestamp,
}

/// A delivery, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EsignDeliveryItem {
    /// A delivery.
    Delivery(EsignDeliveryView),
    /// One whose record cannot be read.
    Damaged(DamagedView),
}

impl EsignDeliveryItem {
    fn id(&self) -> String {
        match self {
            Self::Delivery(delivery) => delivery.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }

    /// The entries of a page, newest first.
    pub(crate) fn page(page: Page<EsignDelivery>) -> Vec<Self> {
        let view = |it: EsignDelivery| {
            let EsignDelivery { id, kind, outcome, at, .. } = it;
            Self::Delivery(EsignDeliveryView { id: id.to_string(), kind, outcome, at })
        };
        let broken = |id| Self::Damaged(DamagedView::new(id, DAMAGED));
        newest_first(page.items.into_iter().map(view).collect(), page.damaged, Self::id, broken)
    }
}
