"""Proves that the DynamoDB at the given URL has what the store relies on: transactions with reasons, and streams."""

import sys

import boto3
from botocore.exceptions import ClientError


def client(service, url):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def create_table(dynamodb):
    dynamodb.create_table(
        TableName="proof",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return dynamodb.describe_table(TableName="proof")["Table"]["LatestStreamArn"]


def put(sk):
    return {
        "Put": {
            "TableName": "proof",
            "Item": {"PK": {"S": "T#1"}, "SK": {"S": sk}},
            "ConditionExpression": "attribute_not_exists(PK)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def refused_reasons(dynamodb):
    try:
        dynamodb.transact_write_items(TransactItems=[put("C"), put("A")])
    except ClientError as error:
        return error.response["CancellationReasons"]
    raise AssertionError("a transaction with a failing condition was accepted")


def stream_keys(streams, arn):
    keys = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        keys += [record["dynamodb"]["NewImage"]["SK"]["S"] for record in records]
    return sorted(keys)


def main(url):
    dynamodb = client("dynamodb", url)
    arn = create_table(dynamodb)
    dynamodb.transact_write_items(TransactItems=[put("A"), put("B")])
    reasons = refused_reasons(dynamodb)
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"], reasons
    assert reasons[1]["Item"]["SK"]["S"] == "A", reasons
    keys = stream_keys(client("dynamodbstreams", url), arn)
    assert keys == ["A", "B"], keys
    print(f"{url}: table created, transaction written, the refused one named its reasons, stream read {keys}")


main(sys.argv[1])
