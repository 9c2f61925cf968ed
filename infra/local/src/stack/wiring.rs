//! The steps of a start, each putting up one kind of part.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use vestibule_adapters::aws;
use vestibule_api::{SettingError, Settings};
use vestibule_asl::{Definition, RealPace, substitute};
use vestibule_auth::Profile;
use vestibule_models::{Clock, Cloud, Delivery, NameServer, ObjectLock, Rule};
use vestibule_store::Store;

use super::{Plan, StackOptions};
use crate::FirstData;
use crate::lambda::Functions;
use crate::roles::{self, Roles};
use crate::sample::{self, Sample, SampleOptions, SecretNames};
use crate::stream::{Checkpoints, Reader};
use crate::template::SecretValue;
use crate::{files, gateway, pages, random, schedule};

pub(super) async fn listen(port: u16) -> Result<TcpListener> {
    let bound = TcpListener::bind(("127.0.0.1", port)).await;
    bound.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("port {port} is in use; choose another with --port, or --port 0 for a free one")
        }
        _ => anyhow!("port {port} cannot be used ({}); choose another with --port", error.kind()),
    })
}

pub(super) fn clock(options: &StackOptions) -> Clock {
    let world = options.world.clone();
    Arc::new(move || world.now())
}

pub(super) async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let ended = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    if let Err(error) = ended.await {
        tracing::error!(%error, "a listener ended");
    }
}

pub(super) async fn dynamodb(
    options: &StackOptions,
    servers: &mut JoinSet<()>,
    stopped: watch::Receiver<bool>,
) -> Result<String> {
    match &options.dynamodb_endpoint {
        Some(url) => Ok(url.clone()),
        None => crate::dynamodb::start(options.data_dir.as_deref(), servers, stopped).await,
    }
}

/// The name server, until the stack stops; functions are told where it is.
pub(super) async fn names(
    plan: &mut Plan,
    cloud: &Cloud,
    servers: &mut JoinSet<()>,
    mut stopped: watch::Receiver<bool>,
) -> Result<()> {
    let (udp, tcp) = NameServer::bind().await?;
    plan.asks_names_at(tcp.local_addr()?);
    let server = cloud.dns().clone();
    servers.spawn(async move {
        tokio::select! {
            () = server.serve(udp, tcp) => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
    Ok(())
}

/// The table's database as functions reach it: behind the check of their roles.
pub(super) async fn checked(
    url: &str,
    roles: Roles,
    servers: &mut JoinSet<()>,
    stopped: watch::Receiver<bool>,
) -> Result<String> {
    let listener = listen(0).await?;
    let checked = format!("http://{}", listener.local_addr()?);
    servers.spawn(serve(listener, roles::in_front_of(url, roles), stopped));
    Ok(checked)
}

pub(super) async fn tables(plan: &Plan, options: &StackOptions) -> Result<()> {
    let config = aws::sdk_config(&plan.service_settings(), "DYNAMODB")?;
    let client = aws_sdk_dynamodb::Client::new(&config);
    for table in &plan.template.tables {
        let made = crate::tables::ensure(&client, table).await;
        made.with_context(|| match &options.dynamodb_endpoint {
            Some(_) => "--dynamodb-endpoint: the table cannot be made there".to_owned(),
            None => format!("the table {} cannot be made", table.name),
        })?;
    }
    Ok(())
}

/// Buses, rules, state machines, buckets and first values of secrets.
pub(super) fn cloud(plan: &Plan, cloud: &Cloud) -> Result<()> {
    let template = &plan.template;
    for bus in &template.buses {
        cloud.events().add_bus(&bus.name);
    }
    for rule in &template.rules {
        cloud.events().add_rule(Rule {
            name: rule.name.clone(),
            bus: rule.bus.clone(),
            pattern: rule.pattern.clone(),
            target_function: rule.function.clone(),
        })?;
    }
    for name in &template.configuration_sets {
        cloud.mailer().add_configuration_set(name);
    }
    for destination in &template.event_destinations {
        cloud.mailer().add_event_destination(&destination.configuration_set, &destination.types)?;
    }
    for machine in &template.state_machines {
        let text = files::state_machine(&machine.definition)
            .ok_or_else(|| anyhow!("{} names an unknown definition {}", machine.name, machine.definition))?;
        let text = substitute(text, &machine.substitutions)?;
        let definition = Definition::parse(&machine.definition, &text)?;
        cloud.step_functions().add_state_machine(&machine.name, definition);
    }
    for bucket in &template.buckets {
        cloud.s3().put_bucket(&bucket.name, Some(ObjectLock { default_days: Some(bucket.lock_days) }))?;
    }
    for secret in &template.secrets {
        if !cloud.secrets().exists(&secret.name)? {
            let value = match &secret.value {
                SecretValue::Given(text) => text.clone(),
                SecretValue::Generated(length) => random::letters(*length),
            };
            cloud.secrets().put(&secret.name, &value)?;
        }
    }
    Ok(())
}

/// The identity providers that the caller chose. They stay over a restart.
pub(super) fn oidc_providers(plan: &Plan, cloud: &Cloud, options: &StackOptions) -> Result<()> {
    let Some(providers) = &options.oidc_providers else { return Ok(()) };
    cloud.secrets().put(&plan.environment("OIDC_PROVIDERS_SECRET")?, providers.expose_secret())?;
    Ok(())
}

/// Keys, sample tenant and people; what later starts find again. Functions read the keys as they start.
pub(super) async fn sample(
    plan: &mut Plan,
    cloud: &Cloud,
    options: &StackOptions,
) -> Result<(Sample, Store)> {
    let config = aws::sdk_config(&plan.service_settings(), "DYNAMODB")?;
    let table = plan.template.tables.first().context("the template has no table")?;
    let names = SecretNames {
        verification_keys: plan.environment("VERIFICATION_KEYS_SECRET")?,
        signing_key: plan.environment("SIGNING_KEY_SECRET")?,
        field_keys: plan.environment("FIELD_KEYS_SECRET")?,
        audit_key: plan.secret("/audit-key")?,
        cursor_key: plan.environment("CURSOR_KEY_SECRET")?,
        pepper: plan.environment("PASSWORD_PEPPER_SECRET")?,
        esign_prefix: plan.environment("ESIGN_SECRET_PREFIX")?,
    };
    sample::prepare_keys(cloud, &names, &options.world)?;
    let store = Store::new(&config, table.name.as_str(), sample::sealer(cloud, &names, &options.world)?);
    let sample_options = SampleOptions {
        issuer: plan.environment("ISSUER")?,
        job_start: options.job_start,
        mailboxes: options.mailboxes,
        first_data: options.first_data,
        password_profile: plan.environment("PASSWORD_PROFILE")?,
    };
    let profile = Profile::parse(&sample_options.password_profile);
    profile
        .map_err(|error| SettingError::new("PASSWORD_PROFILE", format!("is no cost of a hash; {error}")))?;
    // Boxed: most starts find everything there.
    let sample = Box::pin(Sample::prepare(cloud, &store, &names, sample_options, &options.world)).await?;
    plan.default_endpoint(&sample.endpoint.to_string());
    if options.debug_bypass {
        plan.bypass_sign_in(&sample.debug_users());
    }
    Ok((sample, store))
}

pub(super) async fn functions(plan: &Plan, functions: &Functions, options: &StackOptions) -> Result<()> {
    for function in &plan.template.functions {
        let settings = Settings::new(plan.settings(function))?;
        let handler = crate::functions::build(&function.name, &settings, options.world.clone()).await?;
        functions.register(function, handler);
    }
    Ok(())
}

pub(super) fn workflows(cloud: &Cloud, functions: &Functions, pace: f64) -> Result<()> {
    cloud.step_functions().start(Arc::new(functions.clone()), Arc::new(RealPace { scale: pace }))?;
    Ok(())
}

/// Sends matched events to their functions, those first that an earlier process left behind.
pub(super) fn events(cloud: &Cloud, functions: &Functions) -> Result<()> {
    let bus = cloud.events().clone();
    let functions = functions.clone();
    let send = move |delivery: Delivery| {
        let (bus, functions) = (bus.clone(), functions.clone());
        tokio::spawn(async move {
            if let Err(error) = functions.deliver(&delivery.function, delivery.event).await {
                tracing::error!(rule = delivery.rule, %error, "an event goes to the dead letters");
            }
            if let Err(error) = bus.ack(&delivery.id) {
                tracing::error!(%error, "an event will come again at the next start");
            }
        });
    };
    for delivery in cloud.events().pending()? {
        send(delivery);
    }
    cloud.events().on_match(Arc::new(send));
    Ok(())
}

/// Stream readers and schedules.
pub(super) fn workers(
    plan: &Plan,
    functions: &Functions,
    options: &StackOptions,
    workers: &mut JoinSet<()>,
) -> Result<()> {
    let config = aws::sdk_config(&plan.service_settings(), "DYNAMODB")?;
    for stream in plan.template.streams.iter().filter(|_| options.streams) {
        let checkpoints = Checkpoints::open(options.data_dir.as_deref(), &stream.function)?;
        let reader = Reader {
            stream: stream.clone(),
            client: aws_sdk_dynamodbstreams::Client::new(&config),
            functions: functions.clone(),
            checkpoints,
            scale: options.pace,
        };
        workers.spawn(reader.run());
    }
    for schedule in plan.template.schedules.iter().filter(|_| options.schedules) {
        workers.spawn(schedule::run(
            schedule.clone(),
            plan.around.clone(),
            clock(options),
            functions.clone(),
        ));
    }
    Ok(())
}

/// The HTTP API with the stack's own pages beside it.
pub(super) fn front(
    plan: &Plan,
    cloud: &Cloud,
    functions: &Functions,
    sample: &Sample,
    options: &StackOptions,
) -> Result<Router> {
    let password = (options.first_data == FirstData::Sample).then(|| sample.password.expose_secret());
    let account = plan.around.account_id.clone();
    let api = gateway::router(&plan.template, functions.clone(), account, clock(options));
    Ok(pages::router((cloud.clone(), options.world.clone()), &plan.template, password)?.merge(api))
}
