"""Elastic Load Balancing: listeners and their rules."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.services.balancers import retag_lb, tags_of
from tests.stacks.standin.tags import listed
from tests.stacks.standin.values import Props, named, words

_REDIRECT = {
    "host": "Host",
    "path": "Path",
    "port": "Port",
    "protocol": "Protocol",
    "query": "Query",
    "statusCode": "StatusCode",
}
_FIXED = {"contentType": "ContentType", "messageBody": "MessageBody", "statusCode": "StatusCode"}
_FORWARD = {"arn": "TargetGroupArn", "weight": "Weight"}
_STICKY = {"enabled": "Enabled", "duration": "DurationSeconds"}
_KNOWN_ACTION = words("type order targetGroupArn redirect fixedResponse forward")


def _back(found: dict[str, Any], names: dict[str, str]) -> Props:
    return {key: found[name] for key, name in names.items() if found.get(name) is not None}


def actions(declared: list[Props]) -> list[dict[str, Any]]:
    made = []
    for action in declared:
        if unknown := action.keys() - _KNOWN_ACTION:
            raise ValueError(f"the stand-in does not know {', '.join(sorted(unknown))} of an action")
        one: dict[str, Any] = named(action, {"type": "Type", "order": "Order", "targetGroupArn": "TargetGroupArn"})
        if "redirect" in action:
            # What a redirect does not name stays as it came.
            kept = {
                "Host": "#{host}",
                "Path": "/#{path}",
                "Port": "#{port}",
                "Protocol": "#{protocol}",
                "Query": "#{query}",
            }
            one["RedirectConfig"] = {**kept, **named(action["redirect"], _REDIRECT)}
        if "fixedResponse" in action:
            one["FixedResponseConfig"] = named(action["fixedResponse"], _FIXED)
        if "forward" in action:
            forward = action["forward"]
            one["ForwardConfig"] = {"TargetGroups": [named(each, _FORWARD) for each in forward["targetGroups"]]}
            if "stickiness" in forward:
                one["ForwardConfig"]["TargetGroupStickinessConfig"] = named(forward["stickiness"], _STICKY)
        made.append(one)
    return made


def actions_of(found: list[dict[str, Any]], declared: list[Props]) -> list[Props]:
    """The actions as Pulumi writes them; a forward to one group in the way in which it was declared."""
    whole = any("forward" in each for each in declared)
    read = []
    for action in found:
        one = _back(action, {"type": "Type", "order": "Order"})
        if "RedirectConfig" in action:
            one["redirect"] = _back(action["RedirectConfig"], _REDIRECT)
        if "FixedResponseConfig" in action:
            one["fixedResponse"] = _back(action["FixedResponseConfig"], _FIXED)
        groups = action.get("ForwardConfig", {}).get("TargetGroups") or []
        if whole and groups:
            one["forward"] = {"targetGroups": [_back(each, _FORWARD) for each in groups]}
            if sticky := action["ForwardConfig"].get("TargetGroupStickinessConfig"):
                one["forward"]["stickiness"] = _back(sticky, _STICKY)
        elif action["Type"] == "forward":
            one["targetGroupArn"] = action.get("TargetGroupArn") or groups[0]["TargetGroupArn"]
        read.append(one)
    return read


_LISTENER = {"port": "Port", "protocol": "Protocol", "sslPolicy": "SslPolicy"}


class Listener(Kind):
    type_name = "aws:lb/listener:Listener"
    inputs = words("loadBalancerArn defaultActions certificateArn alpnPolicy tags") | _LISTENER.keys()
    outputs = words("arn protocol sslPolicy routingHttpResponseServerEnabled tcpIdleTimeoutSeconds")
    replaces = words("loadBalancerArn")
    missing = words("ListenerNotFound LoadBalancerNotFound")

    def check(self, props: Props) -> None:
        if props.get("protocol") == "HTTPS" and not props.get("certificateArn"):
            raise ValueError("a listener for HTTPS needs certificateArn")

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("elbv2").create_listener(
            LoadBalancerArn=props["loadBalancerArn"], Tags=listed(props.get("tags")), **self._settings(props)
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("elbv2").describe_listeners(ListenerArns=[id_])["Listeners"][0]
        certificates = found.get("Certificates") or []
        return {
            "arn": id_,
            "loadBalancerArn": found["LoadBalancerArn"],
            "port": found.get("Port"),
            "protocol": found.get("Protocol"),
            "sslPolicy": found.get("SslPolicy") if found.get("Protocol") in {"HTTPS", "TLS"} else None,
            "certificateArn": certificates[0]["CertificateArn"] if certificates else None,
            "defaultActions": actions_of(found["DefaultActions"], props.get("defaultActions", [])),
            "tags": tags_of(aws, id_),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            aws("elbv2").modify_listener(ListenerArn=id_, **self._settings(props))
        if "tags" in changed:
            retag_lb(aws, id_, props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("elbv2").delete_listener(ListenerArn=id_)

    def _settings(self, props: Props) -> dict[str, Any]:
        made: dict[str, Any] = {**named(props, _LISTENER), "DefaultActions": actions(props["defaultActions"])}
        if "certificateArn" in props:
            made["Certificates"] = [{"CertificateArn": props["certificateArn"]}]
        return made


_CONDITIONS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


class ListenerRule(Kind):
    type_name = "aws:lb/listenerRule:ListenerRule"
    inputs = words("listenerArn priority actions conditions tags")
    outputs = words("arn priority")
    replaces = words("listenerArn")
    missing = words("RuleNotFound")

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("elbv2").create_rule(
            ListenerArn=props["listenerArn"],
            Priority=props["priority"],
            Conditions=_conditions(props["conditions"]),
            Actions=actions(props["actions"]),
            Tags=listed(props.get("tags")),
        )
        return str(made["Rules"][0]["RuleArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("elbv2").describe_rules(RuleArns=[id_])["Rules"][0]
        return {
            "arn": id_,
            "priority": int(found["Priority"]),
            "actions": actions_of(found["Actions"], props.get("actions", [])),
            "conditions": [_condition_of(each) for each in found["Conditions"]],
            "tags": tags_of(aws, id_),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        elb = aws("elbv2")
        if "priority" in changed:
            elb.set_rule_priorities(RulePriorities=[{"RuleArn": id_, "Priority": props["priority"]}])
        if changed & {"actions", "conditions"}:
            elb.modify_rule(RuleArn=id_, Conditions=_conditions(props["conditions"]), Actions=actions(props["actions"]))
        if "tags" in changed:
            retag_lb(aws, id_, props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("elbv2").delete_rule(RuleArn=id_)


def _conditions(declared: list[Props]) -> list[dict[str, Any]]:
    made = []
    for condition in declared:
        for key, value in condition.items():
            if key == "httpHeader":
                config = {"HttpHeaderName": value["httpHeaderName"], "Values": value["values"]}
                made.append({"Field": "http-header", "HttpHeaderConfig": config})
            elif key in _CONDITIONS:
                field, name = _CONDITIONS[key]
                made.append({"Field": field, name: {"Values": value["values"]}})
            else:
                raise ValueError(f"the stand-in does not know {key} of a condition")
    return made


def _condition_of(found: dict[str, Any]) -> Props:
    if found["Field"] == "http-header":
        config = found["HttpHeaderConfig"]
        return {"httpHeader": {"httpHeaderName": config["HttpHeaderName"], "values": config["Values"]}}
    key, name = next((key, name) for key, (field, name) in _CONDITIONS.items() if field == found["Field"])
    return {key: {"values": (found.get(name) or {}).get("Values") or found.get("Values")}}
