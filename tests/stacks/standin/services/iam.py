"""IAM."""

import json
from urllib.parse import unquote

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, named, words


def _document(text: object) -> str | None:
    """A policy as JSON text, which boto3 gives as text in URL's code or already parsed."""
    if text is None:
        return None
    return unquote(text) if isinstance(text, str) else json.dumps(text)


class Role(Kind):
    type_name = "aws:iam/role:Role"
    inputs = words(
        "name path description assumeRolePolicy maxSessionDuration permissionsBoundary forceDetachPolicies tags"
    )
    outputs = words("arn createDate uniqueId inlinePolicies managedPolicyArns")
    replaces = words("name path")
    fixed = words("forceDetachPolicies")
    documents = words("assumeRolePolicy")
    defaults = {"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        optional = {"description": "Description", "permissionsBoundary": "PermissionsBoundary"}
        aws("iam").create_role(
            RoleName=props["name"],
            Path=props["path"],
            AssumeRolePolicyDocument=props["assumeRolePolicy"],
            MaxSessionDuration=props["maxSessionDuration"],
            Tags=listed(props.get("tags")),
            **named(props, optional),
        )
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        iam = aws("iam")
        found = iam.get_role(RoleName=id_)["Role"]
        return {
            "name": id_,
            "arn": found["Arn"],
            "path": found["Path"],
            "description": found.get("Description") or None,
            "assumeRolePolicy": _document(found["AssumeRolePolicyDocument"]),
            "maxSessionDuration": found.get("MaxSessionDuration", 3600),
            "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "createDate": found["CreateDate"].isoformat(),
            "uniqueId": found["RoleId"],
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        iam = aws("iam")
        if "assumeRolePolicy" in changed:
            iam.update_assume_role_policy(RoleName=id_, PolicyDocument=props["assumeRolePolicy"])
        if changed & {"description", "maxSessionDuration"}:
            iam.update_role(
                RoleName=id_,
                Description=props.get("description", ""),
                MaxSessionDuration=props.get("maxSessionDuration", 3600),
            )
        if "permissionsBoundary" in changed:
            if boundary := props.get("permissionsBoundary"):
                iam.put_role_permissions_boundary(RoleName=id_, PermissionsBoundary=boundary)
            else:
                iam.delete_role_permissions_boundary(RoleName=id_)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: iam.tag_role(RoleName=id_, Tags=listed(tags)),
                lambda keys: iam.untag_role(RoleName=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        iam = aws("iam")
        if props.get("forceDetachPolicies"):
            for each in iam.list_attached_role_policies(RoleName=id_)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=id_, PolicyArn=each["PolicyArn"])
            for name in iam.list_role_policies(RoleName=id_)["PolicyNames"]:
                iam.delete_role_policy(RoleName=id_, PolicyName=name)
        iam.delete_role(RoleName=id_)


class RolePolicy(Kind):
    type_name = "aws:iam/rolePolicy:RolePolicy"
    inputs = words("name role policy")
    replaces = words("name role")
    documents = words("policy")
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props)
        return f"{props['role']}:{props['name']}"

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        role, _, name = id_.partition(":")
        found = aws("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name, "policy": _document(found["PolicyDocument"])}

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self._put(aws, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        role, _, name = id_.partition(":")
        aws("iam").delete_role_policy(RoleName=role, PolicyName=name)

    def _put(self, aws: Aws, props: Props) -> None:
        aws("iam").put_role_policy(RoleName=props["role"], PolicyName=props["name"], PolicyDocument=props["policy"])


class RolePolicyAttachment(Kind):
    type_name = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    inputs = words("role policyArn")
    replaces = inputs

    def create(self, aws: Aws, props: Props) -> str:
        aws("iam").attach_role_policy(RoleName=props["role"], PolicyArn=props["policyArn"])
        return f"{props['role']}/{props['policyArn']}"

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        role, _, arn = id_.partition("/")
        found = aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return {"role": role, "policyArn": arn} if any(each["PolicyArn"] == arn for each in found) else None

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        role, _, arn = id_.partition("/")
        aws("iam").detach_role_policy(RoleName=role, PolicyArn=arn)


class OpenIdConnectProvider(Kind):
    type_name = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
    inputs = words("url clientIdLists thumbprintLists tags")
    outputs = words("arn thumbprintLists")
    replaces = words("url")

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("iam").create_open_id_connect_provider(
            Url=props["url"],
            ClientIDList=props["clientIdLists"],
            ThumbprintList=props.get("thumbprintLists") or ["0" * 40],
            Tags=listed(props.get("tags")),
        )
        return str(made["OpenIDConnectProviderArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=id_)
        url = found["Url"]
        return {
            "arn": id_,
            "url": url if url.startswith("https://") else f"https://{url}",
            "clientIdLists": found["ClientIDList"],
            "thumbprintLists": found["ThumbprintList"],
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        iam = aws("iam")
        if "thumbprintLists" in changed:
            iam.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=id_, ThumbprintList=props["thumbprintLists"]
            )
        if "clientIdLists" in changed:
            new, before = set(props["clientIdLists"]), set(old.get("clientIdLists", []))
            for client in sorted(new - before):
                iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=id_, ClientID=client)
            for client in sorted(before - new):
                iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=id_, ClientID=client)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=id_, Tags=listed(tags)),
                lambda keys: iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=id_)


class Policy(Kind):
    type_name = "aws:iam/policy:Policy"
    inputs = words("name path description policy tags")
    outputs = words("arn policyId attachmentCount")
    replaces = words("name path description")
    documents = words("policy")
    defaults = {"path": "/"}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("iam").create_policy(
            PolicyName=props["name"],
            Path=props["path"],
            PolicyDocument=props["policy"],
            Tags=listed(props.get("tags")),
            **named(props, {"description": "Description"}),
        )
        return str(made["Policy"]["Arn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        iam = aws("iam")
        found = iam.get_policy(PolicyArn=id_)["Policy"]
        version = iam.get_policy_version(PolicyArn=id_, VersionId=found["DefaultVersionId"])["PolicyVersion"]
        return {
            "arn": id_,
            "name": found["PolicyName"],
            "path": found["Path"],
            "description": found.get("Description") or None,
            "policy": _document(version["Document"]),
            "policyId": found["PolicyId"],
            "attachmentCount": found["AttachmentCount"],
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        iam = aws("iam")
        if "policy" in changed:
            iam.create_policy_version(PolicyArn=id_, PolicyDocument=props["policy"], SetAsDefault=True)
            self._forget(aws, id_)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: iam.tag_policy(PolicyArn=id_, Tags=listed(tags)),
                lambda keys: iam.untag_policy(PolicyArn=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        self._forget(aws, id_)
        aws("iam").delete_policy(PolicyArn=id_)

    def _forget(self, aws: Aws, id_: str) -> None:
        """Deletes the versions that count no more: AWS keeps five, and deletes no policy that has any."""
        iam = aws("iam")
        for each in iam.list_policy_versions(PolicyArn=id_)["Versions"]:
            if not each["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=id_, VersionId=each["VersionId"])
