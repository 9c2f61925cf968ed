//! What is said of each thing that was looked at, and how it is given, in plain words. Nothing of what a provider wrote is repeated.

use vestibule_adapters::mailbox::{Check, CheckState};
use vestibule_domain::MailboxProvider;

const SCOPES: &str = "In Google's Admin console open Security, Access and data control, API controls, Domain-wide delegation, and give the client id of the service account exactly these scopes: https://www.googleapis.com/auth/admin.directory.user and https://www.googleapis.com/auth/admin.directory.group.readonly. It can take up to a day until it counts.";
const GRAPH_RIGHTS: &str = "In Microsoft's Entra admin center open the application, API permissions, add the application permissions User.ReadWrite.All, User-PasswordProfile.ReadWrite.All, Group.Read.All and Organization.Read.All of Microsoft Graph, and grant admin consent.";
const WRITE_USERS: &str = "In Microsoft's Entra admin center open the application, API permissions, add the application permission User.ReadWrite.All of Microsoft Graph, and grant admin consent.";
const SET_PASSWORDS: &str = "In Microsoft's Entra admin center open the application, API permissions, add the application permission User-PasswordProfile.ReadWrite.All of Microsoft Graph, and grant admin consent. No other permission contains it.";
const NEW_SECRET: &str = "In Microsoft's Entra admin center open the application, Certificates & secrets, make a new client secret, and enter its value here.";
const OPERATOR: &str = "Ask whoever runs this service to look at the WorkMail organization.";
const AGAIN: &str = "Try again in some minutes.";

/// What is said, and what to do.
pub(super) fn words(provider: MailboxProvider, check: &Check) -> (String, Option<&'static str>) {
    if check.state == CheckState::Ok {
        return (there(provider, check), None);
    }
    let (message, how_to) = match provider {
        MailboxProvider::Google => google(check),
        MailboxProvider::Microsoft => microsoft(check),
        MailboxProvider::WorkMail => work_mail(check),
    }
    .unwrap_or_else(|| any(check));
    (message.to_owned(), how_to)
}

fn there(provider: MailboxProvider, check: &Check) -> String {
    let text = match (check.name, provider) {
        ("access", MailboxProvider::Google) => "The key is accepted, and the scopes are delegated.",
        ("access", MailboxProvider::Microsoft) => "The application's client secret is accepted.",
        ("access", MailboxProvider::WorkMail) => "The organization is active.",
        ("administrator", _) => "The administrator may manage users.",
        ("domain", _) => "The mail domain is there.",
        ("users", MailboxProvider::Microsoft) if check.code == "rights_unseen" => {
            "Users can be read. Whether they may be made and changed shows with the first mailbox."
        }
        ("users", MailboxProvider::Microsoft) => "Users can be read, made and changed.",
        ("passwords", _) => "Passwords can be set.",
        ("users", _) => "Users can be read.",
        ("groups", _) => "Groups can be read, so that no address of a group is given to a person.",
        ("licences", _) => {
            let count = check.count.unwrap_or_default();
            return format!("{count} {} free.", if count == 1 { "licence is" } else { "licences are" });
        }
        _ => "It is there.",
    };
    text.to_owned()
}

type Words = (&'static str, Option<&'static str>);

fn google(check: &Check) -> Option<Words> {
    Some(match (check.name, check.code) {
        (_, "delegation_missing" | "scope_missing") => {
            ("Google does not let the service account act for the business.", Some(SCOPES))
        }
        (_, "key_or_administrator_refused") => (
            "Google refuses the key, or does not know the administrator.",
            Some(
                "Look whether the key still exists at the service account and whether the administrator's address is right; then make a new key, and enter both here.",
            ),
        ),
        (_, "key_unreadable") => (
            "The kept key file cannot be read.",
            Some("Make a new key of the service account, and enter it here."),
        ),
        (_, "api_not_enabled") => (
            "The Admin SDK API is off in the project of the service account.",
            Some(
                "In the Google Cloud console choose the project of the service account, open APIs & Services, and enable Admin SDK API.",
            ),
        ),
        (_, "api_access_disabled") => (
            "API access is off for the business.",
            Some(
                "In Google's Admin console open Security, Access and data control, API controls, and allow API access.",
            ),
        ),
        ("administrator", code) if code.starts_with("administrator_") => return administrator(code),
        ("licences", "licences_unseen") => {
            ("Google does not show free licences here; a job says if there are none.", None)
        }
        (_, "rights_missing") => (
            "The administrator may not do this.",
            Some("Give the administrator the role User Management Admin and the right to read groups."),
        ),
        ("domain", "mail_domain_not_found") => (
            "The mail domain is not among the domains of the business at Google.",
            Some(
                "In Google's Admin console open Account, Domains, Manage domains, add the domain and verify it.",
            ),
        ),
        _ => return None,
    })
}

fn administrator(code: &str) -> Option<Words> {
    Some(match code {
        "administrator_suspended" => (
            "The administrator is suspended.",
            Some("Restore the administrator, or enter the address of another one."),
        ),
        "administrator_delegated" => (
            "The administrator has a role of the business's own; whether it may make users cannot be seen.",
            Some("Take a super administrator, or one whose role has all rights to users."),
        ),
        "administrator_without_rights" => (
            "The person is no administrator.",
            Some("Give the person the role User Management Admin, or enter the address of an administrator."),
        ),
        "administrator_unknown" => (
            "Google does not know the administrator.",
            Some("Enter the address with which an administrator of this business signs in at Google."),
        ),
        _ => return None,
    })
}

fn microsoft(check: &Check) -> Option<Words> {
    Some(match (check.name, check.code) {
        (_, "client_secret_refused") => ("Microsoft refuses the client secret.", Some(NEW_SECRET)),
        (_, "client_secret_expired") => ("The client secret has expired.", Some(NEW_SECRET)),
        (_, "application_unknown") => (
            "The directory has no such application.",
            Some(
                "Enter the application (client) id that the Entra admin center shows on the application's overview.",
            ),
        ),
        (_, "directory_unknown") => (
            "Microsoft knows no such directory.",
            Some(
                "Enter the directory (tenant) id that the Entra admin center shows on the application's overview.",
            ),
        ),
        (_, "credentials_refused") => ("Microsoft refuses the application.", Some(GRAPH_RIGHTS)),
        ("licences", "licences_used_up") => (
            "All licences of this kind are in use.",
            Some(
                "Buy more in the Microsoft 365 admin center under Billing, Licenses, or take one from somebody who left.",
            ),
        ),
        ("licences", "licence_unknown") => (
            "The directory has no licence of this kind.",
            Some("Enter the SKU id of a licence with Exchange Online that the business has bought."),
        ),
        ("domain", "domains_unseen") => (
            "The application may not read domains, so nobody could look. Mailboxes are made all the same.",
            Some(
                "To have it looked at, add the application permission Domain.Read.All and grant admin consent.",
            ),
        ),
        ("users", "users_read_only") => {
            ("The application may read users, but not make or change them.", Some(WRITE_USERS))
        }
        ("passwords", "rights_missing") => ("The application may not set passwords.", Some(SET_PASSWORDS)),
        ("passwords", "rights_unseen") => (
            "Microsoft does not show whether the application may set passwords. The first mailbox tells.",
            Some(SET_PASSWORDS),
        ),
        (_, "rights_missing") => ("The application lacks a permission for this.", Some(GRAPH_RIGHTS)),
        ("domain", "mail_domain_not_found" | "mail_domain_unverified") => (
            "The mail domain is not verified in the directory.",
            Some("In the Microsoft 365 admin center open Settings, Domains, add the domain and verify it."),
        ),
        _ => return None,
    })
}

fn work_mail(check: &Check) -> Option<Words> {
    Some(match (check.name, check.code) {
        (_, "organization_not_found") => ("There is no such WorkMail organization.", Some(OPERATOR)),
        (_, "organization_state") => ("The WorkMail organization is not active.", Some(OPERATOR)),
        (_, "access_denied" | "credentials_invalid") => {
            ("This service may not use the WorkMail organization.", Some(OPERATOR))
        }
        ("domain", "mail_domain_not_found") => {
            ("The mail domain is not in the WorkMail organization.", Some(OPERATOR))
        }
        ("domain", "mail_domain_unverified") => {
            ("The mail domain is not verified in the WorkMail organization.", Some(OPERATOR))
        }
        _ => return None,
    })
}

fn any(check: &Check) -> Words {
    match (check.code, check.state) {
        ("domain_missing", _) => (
            "The business has no mail domain yet.",
            Some("Say which domain it is, and prove that it is yours: settings, mail domain."),
        ),
        ("mailbox_credentials_missing", _) => {
            ("There is no secret for this provider.", Some("Enter the provider's secret again."))
        }
        ("throttled", _) => ("The provider asks to wait: too many calls.", Some(AGAIN)),
        (_, CheckState::Missing) => (
            "The provider refuses this.",
            Some("Look at the steps for this provider in the documents, one after the other."),
        ),
        _ => ("The provider gives no clear answer now.", Some(AGAIN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_missing_is_told_with_what_to_do() {
        for provider in MailboxProvider::ALL {
            for code in [
                "delegation_missing",
                "scope_missing",
                "client_secret_expired",
                "licences_used_up",
                "mail_domain_not_found",
                "organization_not_found",
                "domain_missing",
                "mailbox_credentials_missing",
                "rights_missing",
                "some_new_word",
            ] {
                let (message, how_to) = words(provider, &Check::missing("domain", code));
                assert!(message.ends_with('.') && how_to.is_some_and(|it| it.ends_with('.')), "{code}");
                assert!(!message.contains(code) && !message.contains('_'), "{message}");
            }
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        for (name, code, permission) in [
            ("users", "users_read_only", "permission User.ReadWrite.All of"),
            ("passwords", "rights_missing", "permission User-PasswordProfile.ReadWrite.All of"),
        ] {
            let (_, how_to) = words(MailboxProvider::Microsoft, &Check::missing(name, code));
            assert!(how_to.is_some_and(|it| it.contains(permission)), "{name}: {how_to:?}");
        }
    }

    #[test]
    fn free_licences_are_counted() {
        let free = |count| Check { count: Some(count), ..Check::ok("licences") };
        assert_eq!(words(MailboxProvider::Microsoft, &free(1)).0, "1 licence is free.");
        assert_eq!(words(MailboxProvider::Microsoft, &free(3)), ("3 licences are free.".to_owned(), None));
    }
}
