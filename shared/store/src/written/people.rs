//! People, their sessions, and what waits for them.

use serde_json::json;
use vestibule_auth::{Grant, PasswordHash, RefreshToken, TokenDigest};
use vestibule_domain::{
    Account, AccountOrder, AccountOrigin, Connection, Delivery, DeliveryState, Device, IdentityMailKind,
    IdentityMailRequest, ImportRow, InvitationState, MemberKind, MembershipChange, NewOrganization, Preset,
    PromoSignup, RowClass, RowResult, SignInChange, SignupJob, SignupStatus, SuppressionReason, Tier, Totp,
    User, UserName, UserState, UserStatus,
};

use super::given::{Given, accepted};
use crate::{
    AccountMail, ClaimedMail, Granted, ImportPart, Invitation, InvitationEnd, Membership, Registration,
    Session, SignupCounts, Suppression,
};

impl Given {
    pub(super) fn digest(&self) -> TokenDigest {
        RefreshToken::new(self.id(), self.id(), &self.world).digest()
    }

    pub(super) fn password(&self) -> PasswordHash {
        // Hashing is slow, and the hash is a text without a rule where it is stored.
        let terms = format!("$argon2id$v=19$m={},t={},p=1", self.small(), self.small());
        serde_json::from_value(json!(format!(
            "{terms}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
        )))
        .unwrap()
    }

    pub(super) fn device(&self) -> Device {
        Device { agent: self.maybe(|| self.any_text(256)), address: self.maybe(|| self.any_text(40)) }
    }

    fn connection(&self) -> Connection {
        Connection { provider: self.any_text(20), key: self.any_text(80), since: self.time() }
    }

    pub(super) fn account(&self) -> Account {
        let state = self.one(&Account::STATES);
        Account {
            user: self.id(),
            tenant: self.id(),
            role: self.role_name(),
            tier: self.one(&Tier::ALL),
            status: UserStatus { state, since: self.time(), by: self.any_text(30) },
            job: self.id(),
            origin: self.one(&[AccountOrigin::Admin, AccountOrigin::Promo]),
            version: self.number(),
        }
    }

    pub(super) fn account_mail(&self) -> AccountMail {
        let delivery = self.maybe(|| Delivery { state: self.one(&DeliveryState::ALL), at: self.time() });
        AccountMail { source: self.any_text(30), delivery, version: self.number() }
    }

    pub(super) fn account_order(&self) -> AccountOrder {
        let organization = || NewOrganization {
            name: self.any_text(80),
            slug: self.any_text(40),
            preset: self.one(&Preset::ALL),
        };
        AccountOrder {
            email: self.email(),
            name: self.name(),
            user: self.id(),
            tier: self.one(&Tier::ALL),
            role: self.role_name(),
            organization: self.maybe(organization),
            origin: self.one(&[AccountOrigin::Admin, AccountOrigin::Promo]),
            by: self.any_text(30),
        }
    }

    pub(super) fn promo_signup(&self) -> PromoSignup {
        let company = self.maybe(|| self.any_text(80));
        PromoSignup {
            repeats: self.small(),
            status: self.one(&SignupStatus::ALL),
            since: self.time(),
            job: self.maybe(|| SignupJob { tenant: self.id(), id: self.id() }),
            error: self.maybe(|| self.any_text(20)),
            version: self.number(),
            ..PromoSignup::new(self.id(), (self.email(), self.name(), company), self.time())
        }
    }

    pub(super) fn promo_counts(&self) -> SignupCounts {
        let some = || i64::from(self.small());
        SignupCounts {
            new: some(),
            provisioning: some(),
            account: some(),
            failed: some(),
            needs_attention: some(),
        }
    }

    pub(super) fn user(&self) -> User {
        use UserState::{Active, Invited, Locked, Removed, Suspended};
        let mut user = User::new(self.id(), self.email(), self.name(), &self.world);
        let state = self.one(&[Active, Invited, Locked, Removed, Suspended]);
        user.status = UserStatus { state, since: self.time(), by: self.any_text(30) };
        (user.epoch, user.version) = (self.number(), self.number());
        user.totp = self.maybe(|| Totp {
            secret: self.any_text(27),
            confirmed: self.maybe(|| self.time()),
            last_step: self.maybe(|| self.number()),
        });
        user.recovery = (0..self.below(4)).map(|_| self.digest().as_str().to_owned()).collect();
        user.connections = (0..self.below(3)).map(|_| self.connection()).collect();
        user.default_tenant = self.maybe(|| self.id());
        user.last_tenant = self.maybe(|| self.id());
        user.avatar = self.maybe(|| self.time());
        user
    }

    pub(super) fn membership(&self) -> Membership {
        Membership {
            tenant: self.id(),
            user: self.id(),
            email: self.email(),
            roles: (0..=self.below(4)).map(|_| self.role_name()).collect(),
            suspended: self.maybe(|| self.time()),
            kind: self.one(&MemberKind::ALL),
            groups: (0..self.below(4)).map(|_| self.id()).collect(),
            joined: self.maybe(|| self.time()),
            invited_by: self.maybe(|| self.id()),
            invited: self.maybe(|| self.time()),
            left: self.maybe(|| self.time()),
            last_used: self.maybe(|| self.time()),
            name: None,
            version: self.number(),
        }
    }

    pub(super) fn session(&self) -> Session {
        Session {
            id: self.id(),
            tenant: self.maybe(|| self.id()),
            epoch: self.number(),
            created: self.time(),
            refreshed: self.maybe(|| self.time()),
            refreshed_before: self.maybe(|| self.time()),
            expires: self.time(),
            ended: self.maybe(|| self.time()),
            strong: self.yes(),
            method: self.any_text(20),
            device: self.maybe(|| self.device()),
            current: self.maybe(|| self.digest()),
            previous: self.maybe(|| self.digest()),
            salt: self.maybe(|| self.any_text(22)),
        }
    }

    pub(super) fn registration(&self) -> Registration {
        Registration {
            id: self.id(),
            email: self.email(),
            name: self.name(),
            password: self.maybe(|| self.password()),
            connection: self.maybe(|| self.connection()),
            digest: self.maybe(|| self.digest()),
            expires: self.time(),
        }
    }

    pub(super) fn invitation(&self) -> Invitation {
        let end = || InvitationEnd {
            state: self.one(&InvitationState::ALL),
            at: self.time(),
            by: self.maybe(|| self.id()),
        };
        Invitation {
            id: self.id(),
            email: self.email(),
            roles: vec![self.role_name()],
            kind: self.one(&MemberKind::ALL),
            groups: (0..self.below(3)).map(|_| self.id()).collect(),
            inviter: self.id(),
            created: self.time(),
            sent: self.time(),
            expires: self.time(),
            round: self.small(),
            digest: self.maybe(|| self.digest()),
            problem: self.maybe(|| self.delivery()),
            ended: self.maybe(end),
            import: self.maybe(|| self.id()),
            version: self.number(),
        }
    }

    pub(super) fn import_part(&self) -> ImportPart {
        let row = |line: u64| ImportRow {
            line,
            email: self.any_text(80),
            roles: vec![self.any_text(20)],
            kind: self.maybe(|| self.any_text(10)),
            groups: vec![self.any_text(20)],
            refused: self.maybe(|| RowResult { class: self.one(&RowClass::ALL), detail: self.any_text(40) }),
        };
        ImportPart { part: self.small(), rows: (1..4).map(row).collect() }
    }

    pub(super) fn mail(&self) -> IdentityMailRequest {
        let user = self.id();
        let changed = |change| IdentityMailKind::SignInChanged { user, change };
        let mail = self.one(&[
            IdentityMailKind::Registration { registration: self.id() },
            IdentityMailKind::MagicLink,
            IdentityMailKind::ResetPassword,
            IdentityMailKind::ConfirmEmail { user },
            IdentityMailKind::EmailChanged { user },
            IdentityMailKind::NewDevice { user },
            IdentityMailKind::LockedOut { until: self.time() },
            IdentityMailKind::PasswordChanged { user },
            IdentityMailKind::MembershipChanged {
                user,
                tenant: self.id(),
                change: self.one(&[
                    MembershipChange::Changed,
                    MembershipChange::Suspended,
                    MembershipChange::Resumed,
                    MembershipChange::Removed,
                ]),
            },
            IdentityMailKind::Administrator { user, is_new: self.yes() },
            IdentityMailKind::Invitation { tenant: self.id(), invitation: self.id(), round: self.small() },
            changed(SignInChange::SecondFactorAdded),
            changed(SignInChange::SecondFactorRemoved),
            changed(SignInChange::RecoveryCodesReplaced),
            changed(SignInChange::RecoveryCodeUsed { left: self.below(9) }),
            changed(SignInChange::ProviderConnected { provider: self.any_text(20) }),
            changed(SignInChange::ProviderDisconnected { provider: self.any_text(20) }),
        ]);
        let device = self.maybe(|| self.device());
        IdentityMailRequest { id: self.id(), email: self.email(), mail, device, at: self.time() }
    }

    pub(super) fn delivery(&self) -> Delivery {
        Delivery { state: self.one(&DeliveryState::ALL), at: self.time() }
    }

    pub(super) fn sent_mail(&self, request: IdentityMailRequest) -> ClaimedMail {
        ClaimedMail {
            request,
            tries: self.small(),
            claimed_until: self.maybe(|| self.time().as_millisecond()),
            outcome: self.maybe(|| self.any_text(20)),
            message: self.maybe(|| self.any_text(60)),
            delivery: self.maybe(|| self.delivery()),
        }
    }

    pub(super) fn user_name(&self) -> UserName {
        accepted(|| self.joined(&["admin", "Own", "100k", "x"], &["-", "", ".", "#"]), UserName::parse)
    }

    pub(super) fn granted(&self) -> Granted {
        Granted {
            user: self.id(),
            grant: self.one(&Grant::ALL),
            username: self.user_name(),
            granted_at: self.time(),
            by: self.any_text(30),
            version: self.number(),
        }
    }

    pub(super) fn suppression(&self) -> Suppression {
        let reason = self.one(&[SuppressionReason::Bounced, SuppressionReason::Complained]);
        let (mail, job) = (self.maybe(|| self.id()), self.maybe(|| self.id()));
        Suppression { reason, since: self.time(), mail, job }
    }
}
