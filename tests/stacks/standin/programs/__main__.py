"""Declares one area's resources, as it is at first or changed (`TURN=2`)."""

import importlib
import os

import pulumi
from pulumi_aws.provider import Provider

area = importlib.import_module(os.environ["AREA"])
provider = Provider("aws", region=os.environ["AWS_REGION"])
outputs = area.declare(pulumi.ResourceOptions(provider=provider), os.environ.get("TURN") == "2")
for key, value in outputs.items():
    pulumi.export(key, value)
