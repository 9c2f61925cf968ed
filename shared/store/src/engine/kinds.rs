//! Every kind of row, with its name in the table and its fields that tell about a person. A row is written
//! with a kind of this list, and each has a test that what was written can be read again.

use crate::engine::item::Row;

macro_rules! kinds {
    ($($kind:ident $name:literal [$($personal:literal),*];)*) => {
        /// What a row holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $(
                #[doc = concat!("`", $name, "`")]
                $kind
            ),*
        }

        impl Kind {
            /// All of them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The value of the row's attribute `item`.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name),*
                }
            }

            /// The fields that are sealed.
            pub(crate) fn personal(self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind => &[$($personal),*]),*
                }
            }
        }
    };
}

kinds! {
    Tenant "tenant" [];
    Roles "roles" [];
    RoleBook "role_book" [];
    RolesVersion "roles_version" [];
    Member "member" ["email"];
    Former "former_member" ["email", "name"];
    Groups "groups" [];
    Seats "seats" [];
    Invitation "invitation" ["email"];
    Invited "invited" [];
    ImportRows "import_rows" ["rows"];
    Preferences "preferences" [];
    Setup "setup" ["billing_email", "integrations"];
    DomainProof "domain_proof" [];
    Hire "hire" ["name", "personal_email"];
    EsignEvent "esign_event" ["correlation"];
    EsignEndpoints "esign_endpoints" [];
    EsignDelivery "esign_delivery" [];
    LooseSecret "loose_secret" [];
    Job "job" [];
    JobResult "job_result" ["value"];
    Pending "pending" [];
    Audit "audit" ["actor_email", "source_ip", "user_agent", "salt"];
    Refusal "refusal" ["actor_email", "source_ip", "user_agent", "salt"];
    ChainEntry "chain_entry" [];
    ChainHead "chain_head" [];
    Checkpoint "checkpoint" [];
    Unsigned "unsigned" [];
    Outbox "outbox" [];
    Owed "owed" [];
    User "user" ["email", "name", "totp", "recovery", "connections"];
    Account "account" [];
    AccountMail "account_mail" [];
    AccountOrder "account_order" ["email", "name"];
    ListedAccount "listed_account" [];
    ListedTenant "listed_tenant" [];
    PlatformJob "platform_job" [];
    PromoSignup "promo_signup" ["email", "name", "company"];
    PromoAddress "promo_address" [];
    ListedSignup "listed_signup" [];
    PromoCounts "promo_counts" [];
    Avatar "avatar" ["picture"];
    Session "session" ["device"];
    Link "link" ["email"];
    SignIn "sign_in" [];
    Connection "connection" [];
    Registration "registration" ["email", "name", "connection"];
    Mail "mail" ["email", "device"];
    Suppression "suppression" [];
    Limit "limit" [];
    Endpoint "endpoint" [];
    Address "address" [];
    Claim "claim" [];
    Answer "answer" [];
    Grant "grant" [];
    Administrators "administrators" [];
    UserName "user_name" [];
}

impl Kind {
    /// The kind that a row names.
    pub(crate) fn of(row: &Row) -> Option<Self> {
        let name = row.get("item")?.as_s().ok()?;
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
