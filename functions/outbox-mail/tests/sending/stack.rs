//! A table and the outside systems on loopback and in memory, and the function between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use dynoxide::Database;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::net::TcpListener;
use vestibule_api::{EventFunction as _, Settings, function::handle};
use vestibule_auth::{Actor, FieldKeys};
use vestibule_domain::{
    Email, Id, IdentityMailKind, IdentityMailRequest, MailId, PersonName, RegistrationId, User, UserId, World,
};
use vestibule_models::{Cloud, CloudOptions, SentMail};
use vestibule_outbox_mail::Outbox;
use vestibule_store::Registration;

pub(crate) const SITE: &str = "https://accounts.example";
const TABLE: &str = "outbox-mail";

pub(crate) struct Stack {
    pub(crate) outbox: Outbox,
    pub(crate) cloud: Cloud,
    rows: Client,
    clock: Arc<AtomicI64>,
}

impl Stack {
    /// Starts everything within the test's own runtime.
    pub(crate) async fn start() -> Self {
        let counter = AtomicU64::new(1);
        let clock = Arc::new(AtomicI64::new(1_790_000_000));
        let seconds = clock.clone();
        let world = World::new(
            move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap(),
            move |buffer| {
                let next = counter.fetch_add(1, Ordering::SeqCst).to_be_bytes();
                let cycled = next.iter().rev().cycle();
                buffer.iter_mut().zip(cycled).for_each(|(byte, next)| *byte = *next);
            },
        );
        let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
        cloud.secrets().put("field-keys", FieldKeys::generate(&world).expose_secret()).unwrap();
        let outside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tables = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let variables = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL", &url(&outside)),
            ("AWS_ENDPOINT_URL_DYNAMODB", &url(&tables)),
            ("TABLE_NAME", TABLE),
            ("FIELD_KEYS_SECRET", "field-keys"),
            ("SITE_URL", SITE),
            ("PRODUCT_NAME", "Test Brand"),
            ("MAIL_FROM", "Accounts <accounts@vestibule.example>"),
        ];
        let settings = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::new(settings).unwrap();
        tokio::spawn(axum::serve(outside, cloud.router()).into_future());
        tokio::spawn(dynoxide::server::serve_on(tables, Database::memory().unwrap()));
        let rows = Client::new(&settings.aws("DYNAMODB").unwrap());
        vestibule_store::table_definition(&rows, TABLE).unwrap().send().await.unwrap();
        Self { outbox: Outbox::open(&settings, world).await.unwrap(), cloud, rows, clock }
    }

    /// Lets the pause after a failed try pass.
    pub(crate) fn outlast_the_pause(&self) {
        self.clock.fetch_add(120, Ordering::SeqCst);
    }

    /// A person who has proved `address`.
    pub(crate) async fn person(&self, address: &str) -> UserId {
        let world = &self.outbox.world;
        let user = User::new(Id::new(world), email(address), PersonName::parse("Kim").unwrap(), world);
        let actor = Actor::User { id: user.id, email: user.email.clone(), source_ip: None, user_agent: None };
        self.outbox.store.platform().create_user(&user, &actor, world).await.unwrap();
        user.id
    }

    /// A request for a mail, as a command records it.
    pub(crate) async fn request(&self, address: &str, mail: IdentityMailKind) -> MailId {
        let request = self.mail(address, mail);
        self.outbox.store.platform().request_mail(&request, None, &self.outbox.world).await.unwrap();
        request.id
    }

    /// A registration and the request for its mail.
    pub(crate) async fn register(&self, address: &str) -> (RegistrationId, MailId) {
        let world = &self.outbox.world;
        let registration = Registration {
            id: Id::new(world),
            email: email(address),
            name: PersonName::parse("Lee").unwrap(),
            password: None,
            connection: None,
            digest: None,
            expires: world.now() + SignedDuration::from_hours(24),
        };
        let kind = IdentityMailKind::Registration { registration: registration.id };
        let request = self.mail(address, kind);
        self.outbox
            .store
            .platform()
            .register(&registration, &request, None, &self.outbox.world)
            .await
            .unwrap();
        (registration.id, request.id)
    }

    fn mail(&self, address: &str, mail: IdentityMailKind) -> IdentityMailRequest {
        let world = &self.outbox.world;
        IdentityMailRequest { id: Id::new(world), email: email(address), mail, device: None, at: world.now() }
    }

    /// Delivers the mails' records in one batch; the place of the first that is to come again.
    pub(crate) async fn deliver(&self, mails: &[MailId]) -> Option<usize> {
        let records = mails.iter().enumerate().map(|(nth, id)| {
            let image = json!({ "item": { "S": "mail" }, "id": { "S": id.to_string() } });
            json!({ "eventName": "INSERT", "dynamodb": { "SequenceNumber": nth.to_string(), "NewImage": image } })
        });
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        let answer = handle(&self.outbox, event).await.unwrap();
        let first = answer["batchItemFailures"].as_array().unwrap().first().cloned();
        first.map(|first| first["itemIdentifier"].as_str().unwrap().parse().unwrap())
    }

    /// How the mail ended, if it did.
    pub(crate) async fn outcome(&self, mail: MailId) -> Option<String> {
        let key = |text: String| AttributeValue::S(text);
        let row = self.rows.get_item().table_name(TABLE).key("PK", key(format!("MAIL#{mail}")));
        let row = row.key("SK", key("MAIL".to_owned())).consistent_read(true).send().await.unwrap();
        row.item.unwrap().get("outcome").map(|outcome| outcome.as_s().unwrap().clone())
    }

    /// Every mail that was sent, oldest first.
    pub(crate) fn sent(&self) -> Vec<SentMail> {
        self.cloud.mailer().sent().unwrap()
    }
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// The token of the link in a mail's text that begins with `link`.
pub(crate) fn token(mail: &SentMail, link: &str) -> SecretString {
    let text = mail.text.as_deref().unwrap();
    let (_, rest) = text.split_once(link).unwrap();
    rest.split_whitespace().next().unwrap().into()
}
