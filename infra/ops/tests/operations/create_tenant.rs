use vestibule_adapters::secrets::Secrets;
use vestibule_domain::{CompanyName, DocumentKind, Domain, Email, PersonName, Preset, Slug};
use vestibule_ops::{NewTenant, OpsError, check_keys, create_tenant, open_table};
use vestibule_store::Store;

use crate::{Account, field_keys};

const RING: &str = "ring";

fn new(slug: &str, domain: &str, email: &str) -> NewTenant {
    NewTenant {
        name: CompanyName::parse("Acme").unwrap(),
        slug: Slug::parse(slug).unwrap(),
        preset: Preset::Brokerage,
        domain: Some(Domain::parse(domain).unwrap()),
        work_mail: Some(format!("m-{}", "0".repeat(32))),
        documents: vec![DocumentKind::parse("contract").unwrap()],
        esign: Some(("docusign".into(), Some("key".to_owned().into()))),
        crm_url: "https://crm.acme.example/".into(),
        admin: (Email::parse(email).unwrap(), PersonName::parse("Kim Example").unwrap()),
    }
}

async fn ready(account: &mut Account) -> (Store, Secrets) {
    account.init().await.unwrap();
    field_keys::with_table(account).await;
    let store = open_table(&account.settings, "table", RING, &account.world).await.unwrap();
    (store, vestibule_ops::Vault::open(&account.settings).unwrap().into_secrets())
}

#[tokio::test]
async fn a_tenant_is_made_with_its_endpoint_and_its_first_administrator() {
    let mut account = Account::new().await;
    let (store, secrets) = ready(&mut account).await;
    let made =
        create_tenant(&store, &secrets, new("acme", "acme.example", "kim@acme.example"), &account.world);
    let made = made.await.unwrap();
    assert!(made.mailed);
    let platform = store.platform();
    let context = platform.find_context(made.tenant.id, made.admin).await.unwrap().unwrap();
    assert_eq!(
        (context.membership.roles, context.tenant),
        (vec![Preset::Brokerage.founder_role()], made.tenant.clone())
    );
    let admin = platform.find_user(made.admin).await.unwrap().unwrap();
    assert_eq!(admin.home(), Some(made.tenant.id), "the first session begins there");
    let endpoint = platform.find_endpoint(made.tenant.endpoint.unwrap()).await.unwrap().unwrap();
    assert_eq!((endpoint.tenant, endpoint.provider.as_str()), (made.tenant.id, "docusign"));
    let key = account.cloud.secrets().value(&made.esign_secret.unwrap()).unwrap();
    assert_eq!(key.as_deref(), Some(r#"{"keys":["key"]}"#));
}

#[tokio::test]
async fn slug_and_domain_belong_to_one_tenant_and_an_account_serves_several() {
    let mut account = Account::new().await;
    let (store, secrets) = ready(&mut account).await;
    let make = |new| create_tenant(&store, &secrets, new, &account.world);
    let first = make(new("acme", "acme.example", "kim@acme.example")).await.unwrap();
    for (slug, domain, taken) in [
        ("acme", "other.example", "the slug acme"),
        ("other", "acme.example", "the mail domain acme.example"),
    ] {
        let refused = make(new(slug, domain, "lee@acme.example")).await.unwrap_err();
        assert!(matches!(&refused, OpsError::Taken(what) if what == taken), "{refused}");
    }
    let again = make(new("acme", "acme.example", "kim@acme.example")).await.unwrap();
    assert!(again.before && !again.mailed, "the answer of an earlier run was lost");
    assert_eq!(
        (&again.tenant, again.admin, &again.esign_secret),
        (&first.tenant, first.admin, &first.esign_secret)
    );
    let second = make(new("second", "second.example", "Kim@acme.example")).await.unwrap();
    assert!(!second.mailed);
    assert_eq!(second.admin, first.admin);
}

#[tokio::test]
async fn a_stack_without_keys_is_told_what_to_do() {
    let account = Account::new().await;
    for name in ["signing-key", "verification-keys", "field-keys", "audit-key"] {
        account.cloud.secrets().put(&format!("stack/{name}"), "-").unwrap();
    }
    let problems =
        |findings: Vec<vestibule_ops::Finding>| findings.into_iter().filter_map(|it| it.problem).count();
    let findings = check_keys(&account.vault, "stack").await;
    assert!(
        findings.iter().all(|it| it.problem.as_ref().is_some_and(|told| told.contains("init-keys"))),
        "{findings:?}"
    );
    let pair = vestibule_ops::KeyPair {
        signing: "stack/signing-key".into(),
        verification: "stack/verification-keys".into(),
    };
    let audit = vestibule_ops::AuditKey { secret: "stack/audit-key".into(), ..crate::audit_key() };
    vestibule_ops::init_keys(&account.vault, &pair, "stack/field-keys", &audit, &account.world)
        .await
        .unwrap();
    assert_eq!(problems(check_keys(&account.vault, "stack").await), 0);
    assert_eq!(problems(check_keys(&account.vault, "another").await), 4);
}
