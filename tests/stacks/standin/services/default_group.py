"""EC2's default security groups: there with their VPC, taken over and emptied, and left behind as they are."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.services.network import SecurityGroup, first
from tests.stacks.standin.tags import listed
from tests.stacks.standin.values import Props, words


class DefaultSecurityGroup(SecurityGroup):
    """Without rules, as the real plugin leaves it that is given none."""

    type_name = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    inputs = words("vpcId revokeRulesOnDelete tags")
    outputs = words("arn ownerId vpcId ingress egress name description")
    replaces = words("vpcId")
    defaults = {"revokeRulesOnDelete": False}  # noqa: RUF012
    named = ""

    def create(self, aws: Aws, props: Props) -> str:
        ec2 = aws("ec2")
        filters = [{"Name": "vpc-id", "Values": [props["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
        found = first(ec2.describe_security_groups(Filters=filters)["SecurityGroups"])
        if found is None:
            raise RuntimeError(f"{props['vpcId']} has no default security group")
        id_ = str(found["GroupId"])
        rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [id_]}])["SecurityGroupRules"]
        for egress, revoke in ((True, ec2.revoke_security_group_egress), (False, ec2.revoke_security_group_ingress)):
            gone = [each["SecurityGroupRuleId"] for each in rules if each["IsEgress"] is egress]
            if gone:
                revoke(GroupId=id_, SecurityGroupRuleIds=gone)
        if props.get("tags"):
            ec2.create_tags(Resources=[id_], Tags=listed(props["tags"]))
        return id_

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """AWS keeps it for as long as there is the VPC."""
