"""moto's Step Functions server with its interpreter switched on, its Lambda calls redirected and its waits shortened."""

import json
import logging
import time
import types
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/reference"


def client(service, url, **options):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="reference",
        aws_secret_access_key="reference",
        config=Config(max_pool_connections=64, **options),
    )


def redirect_lambda(invoke_url):
    """moto makes the client with its own URL; AWS_ENDPOINT_URL_LAMBDA is not looked at."""
    functions = client(
        "lambda", invoke_url, parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=900
    )
    lambda_eval_utils.boto_client_for = lambda **_: functions


def separate_preprocessors():
    """The list is an attribute of the class: one refused definition would break all later ones."""
    original = Preprocessor.__init__

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self._query_language_per_scope = []

    Preprocessor.__init__ = init


def shorten_waits(scale):
    sleep = time.sleep
    retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: sleep(seconds * scale))
    WaitFunction._wait_interval = lambda _self, env, wait_seconds: env.program_state_event.wait(wait_seconds * scale)


class MotoEngine:
    def __init__(self, invoke_url, scale=0.0):
        logging.disable(logging.ERROR)  # Each request, and each failure that a definition handles.
        redirect_lambda(invoke_url)
        separate_preprocessors()
        shorten_waits(scale)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        url = "http://{}:{}".format(*self.server.get_host_and_port())
        switches = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
        request = urllib.request.Request(f"{url}/moto-api/config", json.dumps(switches).encode(), method="POST")
        urllib.request.urlopen(request).read()
        self.steps = client("stepfunctions", url)
        self.machines = {}

    def create(self, name, definition):
        created = self.steps.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
        self.machines[name] = created["stateMachineArn"]

    def run(self, machine, name, value):
        arn = self.steps.start_execution(
            stateMachineArn=self.machines[machine], name=name, input=json.dumps(value)
        )["executionArn"]
        while (ended := self.steps.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.02)
        return {
            "status": ended["status"],
            "output": json.loads(ended["output"]) if ended.get("output") else None,
            "error": ended.get("error"),
            "cause": ended.get("cause"),
            "states": self.states_entered(arn),
        }

    def states_entered(self, arn):
        pages = self.steps.get_paginator("get_execution_history").paginate(executionArn=arn)
        details = (event.get("stateEnteredEventDetails") for page in pages for event in page["events"])
        return [[detail["name"], json.loads(detail["input"])] for detail in details if detail]

    def run_all(self, scenarios, parallel=8):
        with ThreadPoolExecutor(parallel) as pool:
            runs = pool.map(lambda each: self.run(each.definition, each.job, each.input), scenarios)
            return {scenario.job: run for scenario, run in zip(scenarios, runs)}

    def stop(self):
        self.server.stop()
