use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Bucket, Surroundings, Template};
use crate::files::TEMPLATE;

fn around() -> Surroundings {
    Surroundings {
        stack_name: "vestibule".to_owned(),
        region: "eu-central-1".to_owned(),
        account_id: "000000000000".to_owned(),
        table_name: None,
        parameters: BTreeMap::from([("MailFrom".to_owned(), "hr@acme.test".to_owned())]),
    }
}

fn refusal(yaml: &str) -> String {
    Template::parse(yaml, &around()).unwrap_err().to_string()
}

#[test]
fn the_deployed_template_becomes_every_part_of_the_stack() {
    let template = Template::parse(TEMPLATE, &around()).unwrap();
    let built: BTreeSet<_> = crate::functions::NAMES.iter().copied().collect();
    assert_eq!(
        template.functions.iter().map(|function| function.name.as_str()).collect::<BTreeSet<_>>(),
        built
    );
    assert_eq!(template.schedules[0].every, Duration::from_mins(1));
    let rules: Vec<_> = template.rules.iter().map(|r| (r.function.as_str(), r.bus.as_str())).collect();
    let swept = ("vestibule-provision-sweep", "vestibule-bus");
    assert_eq!(rules, [("vestibule-email-events", "default"), swept]);
    assert_eq!(template.configuration_sets, ["vestibule-mail"]);
    let destination = &template.event_destinations[0];
    assert_eq!((destination.configuration_set.as_str(), destination.types.len()), ("vestibule-mail", 6));
    assert_eq!(template.buses[0].name, "vestibule-bus");
    let batches: Vec<_> = template.streams.iter().map(|s| (s.table.as_str(), s.batch_size)).collect();
    assert_eq!(batches, [("vestibule-Table", 100), ("vestibule-Table", 10)]);
    assert!(template.streams.iter().all(|stream| stream.bisect && stream.reports_failures));
    let bucket = Bucket { name: "vestibule-auditcheckpoints".to_owned(), lock_days: 3653 };
    assert_eq!(template.buckets, [bucket]);
    let table = &template.tables[0];
    assert_eq!(table.name, "vestibule-Table");
    assert_eq!(table.indexes.len(), 2);
    assert_eq!(table.ttl.as_deref(), Some("ttl"));
    assert_eq!(table.stream.as_deref(), Some("NEW_IMAGE"));
}

#[test]
fn environments_join_globals_own_values_and_given_parameters() {
    let template = Template::parse(TEMPLATE, &around()).unwrap();
    let step = template.function("mailbox-step").unwrap();
    assert_eq!(step.environment["MAIL_FROM"], "hr@acme.test");
    assert_eq!(step.environment["TABLE_NAME"], "vestibule-Table");
    assert_eq!(step.timeout, Duration::from_secs(15));
    let run = template.function("vestibule-provision-run").unwrap();
    let machine = &template.state_machines;
    let prefix = &run.environment["STATE_MACHINE_PREFIX"];
    let import = template.function("import-step").unwrap();
    let account = template.function("account-step").unwrap();
    for (saga, function) in [
        ("mailbox", step),
        ("credentials", step),
        ("offboarding", step),
        ("import", import),
        ("account", account),
    ] {
        let machine = machine.iter().find(|machine| machine.arn == format!("{prefix}{saga}")).unwrap();
        assert!(machine.substitutions.values().eq([&function.arn]), "{saga}");
    }
}

#[test]
fn a_given_table_name_reaches_table_environment_and_stream() {
    let mut around = around();
    around.table_name = Some("t-17".to_owned());
    let template = Template::parse(TEMPLATE, &around).unwrap();
    assert_eq!(template.tables[0].name, "t-17");
    assert_eq!(template.streams[0].table, "t-17");
    assert!(template.functions.iter().all(|f| f.environment["TABLE_NAME"] == "t-17"));
}

#[test]
fn the_lock_of_the_checkpoints_is_as_long_as_the_parameter_says() {
    let mut around = around();
    around.parameters.insert("AuditLockDays".to_owned(), "7".to_owned());
    assert_eq!(Template::parse(TEMPLATE, &around).unwrap().buckets[0].lock_days, 7);
    around.parameters.insert("AuditLockDays".to_owned(), "0".to_owned());
    let refused = Template::parse(TEMPLATE, &around).unwrap_err().to_string();
    assert_eq!(refused, "the parameter AuditLockDays must be a whole number from 1 to 36500");
}

#[test]
fn a_bucket_that_is_less_than_locked_is_refused() {
    for (from, to, told) in [
        (
            "      ObjectLockEnabled: true",
            "      ObjectLockEnabled: false",
            "ObjectLockEnabled: must be true",
        ),
        ("Mode: COMPLIANCE", "Mode: GOVERNANCE", "ObjectLockConfiguration.Rule: the mode must be COMPLIANCE"),
        (
            "{ Status: Enabled }",
            "{ Status: Suspended }",
            "VersioningConfiguration: must be Enabled where objects are locked",
        ),
    ] {
        let changed = TEMPLATE.replacen(from, to, 1);
        assert_ne!(changed, TEMPLATE, "{from}");
        assert_eq!(refusal(&changed), format!("AuditCheckpoints: {told}"));
    }
    let unknown =
        TEMPLATE.replacen("      BucketEncryption:", "      Colour: red\n      BucketEncryption:", 1);
    assert!(refusal(&unknown).starts_with("AuditCheckpoints: Properties: unknown field `Colour`"));
    let open =
        TEMPLATE.replacen("\"aws:SecureTransport\": \"false\"", "\"aws:SecureTransport\": \"true\"", 1);
    let told =
        "AuditCheckpointsPolicy: PolicyDocument: a bucket's policy may only deny what comes without TLS";
    assert_eq!(refusal(&open), told);
}

#[test]
fn a_third_reader_of_the_stream_is_refused() {
    let reader = "        AnotherStream:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 1
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 1
            FunctionResponseTypes: [ReportBatchItemFailures]
";
    let place = "      Events:\n        TableStream:";
    let third = TEMPLATE.replacen(place, &format!("      Events:\n{reader}        TableStream:"), 1);
    assert_ne!(third, TEMPLATE);
    let told = refusal(&third);
    assert!(told.contains("two functions read the table's stream already"), "{told}");
}

#[test]
fn refusals_name_the_logical_id_and_the_field() {
    let unknown_event = TEMPLATE.replace("Type: Schedule,", "Type: SQS,");
    assert_eq!(
        refusal(&unknown_event),
        "AuditSignerFunction: Events.EveryMinute: the event type SQS is not supported"
    );
    let unknown_field = TEMPLATE.replace("BatchSize: 100", "BatchSize: 100\n            Colour: red");
    assert!(
        refusal(&unknown_field).starts_with("DispatcherFunction: Events.TableStream: unknown field `Colour`")
    );
    let unknown_type = TEMPLATE.replace("AWS::SQS::Queue", "AWS::SNS::Topic");
    assert_eq!(
        refusal(&unknown_type),
        "DeadLetters: Type: the resource type AWS::SNS::Topic is not supported"
    );
    let unknown_tag = TEMPLATE.replace("!GetAtt Table.StreamArn", "!ImportValue x");
    assert!(refusal(&unknown_tag).contains("!ImportValue"));
    let own_bus = TEMPLATE.replace("event-bus/default\"", "event-bus/own\"");
    assert_eq!(
        refusal(&own_bus),
        "MailEvents: EventDestination.EventBridgeDestination.EventBusArn: must be the account's default bus"
    );
    let cron = TEMPLATE.replace("rate(1 minute)", "cron(0 10 * * ? *)");
    assert!(refusal(&cron).starts_with("AuditSignerFunction: Events.EveryMinute"));
}

#[test]
fn newcomer_11_every_parameter_behind_a_setting_is_named_with_it() {
    let document = super::yaml::to_json(TEMPLATE).unwrap();
    let resources = document["Resources"].as_object().unwrap().values();
    let environments = resources.chain([&document["Globals"]["Function"]]).filter_map(|one| {
        let properties = one.get("Properties").unwrap_or(one);
        properties["Environment"]["Variables"].as_object()
    });
    let mut pairs = std::collections::BTreeSet::new();
    for (variable, value) in environments.flatten() {
        if let Some(name) = value["Ref"].as_str().filter(|name| document["Parameters"].get(*name).is_some()) {
            pairs.insert((variable.as_str(), name));
        }
    }
    assert_eq!(pairs, vestibule_api::settings::PARAMETERS.into());
    // And what a parameter must be is said in words wherever a pattern says it.
    for (name, parameter) in document["Parameters"].as_object().unwrap() {
        let limited = parameter.get("AllowedPattern").or(parameter.get("MinValue"));
        assert_eq!(limited.is_some(), parameter.get("ConstraintDescription").is_some(), "{name}");
    }
}
