"""Declares the areas of `AREAS`, as they are at first or changed (`TURN=2`), each under a component of its name."""

import importlib
import os

import pulumi
from pulumi_aws.provider import Provider

provider = Provider("aws", region=os.environ["AWS_REGION"])
for name in os.environ["AREAS"].split():
    parent = pulumi.ComponentResource(f"area:index:{name}", name)
    options = pulumi.ResourceOptions(provider=provider, parent=parent)
    for key, value in importlib.import_module(name).declare(options, os.environ.get("TURN") == "2").items():
        pulumi.export(f"{name}.{key}", value)
