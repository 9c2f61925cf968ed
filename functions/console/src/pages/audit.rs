//! The audit log: who did what, and the proof that it is whole.

use crate::{
    operations::{AUDIT_CHECKPOINT, AUDIT_LOG, AUDIT_RECORD, AUDIT_VERIFY},
    page::{Page, Read},
};

const LOG: Read = Read::new("log", AUDIT_LOG).must("audit.view");
const CHECKPOINT: Read = Read::new("checkpoint", AUDIT_CHECKPOINT);

/// Pages of the audit log. They only read.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/admin/audit",
        template: "audit.html",
        reads: &[LOG
            .along(&["from", "to", "actor", "action", "resource", "outcome", "cursor"])
            .most(25)
            .asks()],
        does: &[],
    },
    Page {
        path: "/admin/audit/{id}",
        template: "audit_record.html",
        reads: &[Read::new("record", AUDIT_RECORD).of(&["id"])],
        does: &[],
    },
    // One record says who may look; a log without a checkpoint is no refusal.
    Page {
        path: "/admin/audit/verify",
        template: "audit_verify.html",
        reads: &[LOG.most(1), CHECKPOINT],
        does: &[],
    },
    Page {
        path: "/admin/audit/verify/run",
        template: "audit_verify.html",
        reads: &[LOG.most(1), Read::new("check", AUDIT_VERIFY).along(&["cursor"]), CHECKPOINT],
        does: &[],
    },
];
