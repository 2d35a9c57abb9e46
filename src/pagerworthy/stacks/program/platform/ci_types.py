"""What Pulumi's provider asks of AWS for each type of resource that the programs declare, by IAM's names of it.

Reading is of what things are, never of what they hold: no object, message or log line. `GetSecretValue` is among the
writes, since the provider reads back what it wrote. What AWS's parts ask of each other in our name is here as well:
RDS makes the secret of a master, AWS Backup opens a key, a cache's logs are delivered by CloudWatch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_TAGS = " TagResource UntagResource"
_EC2_TAGS = " CreateTags DeleteTags"
_RULES = (
    "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress"
)
# A key that AWS's own parts use for as long as the resource lives.
_LENT = " kms:CreateGrant kms:Decrypt kms:GenerateDataKey kms:RetireGrant"
_DELIVERY = (
    " logs:CreateLogDelivery logs:DeleteLogDelivery logs:GetLogDelivery logs:ListLogDeliveries logs:UpdateLogDelivery"
    " logs:PutResourcePolicy"
)
# What stands in the network by the hands of whoever makes it.
_INTERFACES = (
    " ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission ec2:DeleteNetworkInterface"
    " ec2:DeleteNetworkInterfacePermission ec2:DetachNetworkInterface"
)
_PLACES = " ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs"


@dataclass(frozen=True, slots=True)
class Calls:
    """The actions (`ecs:CreateService`) that a type needs: `reads` in order to look, `writes` in order to change."""

    reads: frozenset[str]
    writes: frozenset[str]


def _calls(prefix: str, reads: str, writes: str = "") -> Calls:
    """Actions with spaces between; those without a prefix have this one."""

    def whole(actions: str) -> frozenset[str]:
        return frozenset(each if ":" in each else f"{prefix}:{each}" for each in actions.split())

    return Calls(whole(reads), whole(writes))


TYPES: Mapping[str, Calls] = {
    "acm/certificate:Certificate": _calls(
        "acm",
        "DescribeCertificate ListTagsForCertificate",
        "AddTagsToCertificate DeleteCertificate RemoveTagsFromCertificate RequestCertificate UpdateCertificateOptions",
    ),
    "acm/certificateValidation:CertificateValidation": _calls("acm", "DescribeCertificate"),
    "appautoscaling/policy:Policy": _calls(
        "application-autoscaling",
        "DescribeScalingPolicies cloudwatch:DescribeAlarms ecs:DescribeServices",
        "DeleteScalingPolicy PutScalingPolicy cloudwatch:DeleteAlarms cloudwatch:PutMetricAlarm",
    ),
    "appautoscaling/target:Target": _calls(
        "application-autoscaling",
        "DescribeScalableTargets ListTagsForResource ecs:DescribeServices",
        "DeregisterScalableTarget RegisterScalableTarget" + _TAGS,
    ),
    "backup/plan:Plan": _calls(
        "backup", "GetBackupPlan ListTags", "CreateBackupPlan DeleteBackupPlan UpdateBackupPlan" + _TAGS
    ),
    "backup/selection:Selection": _calls(
        "backup", "GetBackupSelection", "CreateBackupSelection DeleteBackupSelection iam:PassRole"
    ),
    "backup/vault:Vault": _calls(
        "backup",
        "DescribeBackupVault ListTags kms:DescribeKey",
        "CreateBackupVault DeleteBackupVault backup-storage:MountCapsule" + _TAGS + _LENT,
    ),
    "budgets/budget:Budget": _calls("budgets", "ListTagsForResource ViewBudget", "ModifyBudget" + _TAGS),
    "cloudwatch/compositeAlarm:CompositeAlarm": _calls(
        "cloudwatch", "DescribeAlarms ListTagsForResource", "DeleteAlarms PutCompositeAlarm" + _TAGS
    ),
    "cloudwatch/dashboard:Dashboard": _calls("cloudwatch", "GetDashboard", "DeleteDashboards PutDashboard"),
    "cloudwatch/logGroup:LogGroup": _calls(
        "logs",
        "DescribeLogGroups ListTagsForResource kms:DescribeKey",
        "AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy"
        + _TAGS,
    ),
    "cloudwatch/metricAlarm:MetricAlarm": _calls(
        "cloudwatch", "DescribeAlarms ListTagsForResource", "DeleteAlarms PutMetricAlarm" + _TAGS
    ),
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": _calls(
        "ec2", "DescribeSecurityGroupRules DescribeSecurityGroups", _RULES + _EC2_TAGS
    ),
    "ec2/eip:Eip": _calls(
        "ec2",
        "DescribeAddresses DescribeAddressesAttribute",
        "AllocateAddress AssociateAddress DisassociateAddress ReleaseAddress" + _EC2_TAGS,
    ),
    "ec2/flowLog:FlowLog": _calls(
        "ec2",
        "DescribeFlowLogs s3:GetBucketPolicy",
        "CreateFlowLogs DeleteFlowLogs logs:CreateLogDelivery logs:DeleteLogDelivery" + _EC2_TAGS,
    ),
    "ec2/internetGateway:InternetGateway": _calls(
        "ec2",
        "DescribeInternetGateways",
        "AttachInternetGateway CreateInternetGateway DeleteInternetGateway DetachInternetGateway" + _EC2_TAGS,
    ),
    "ec2/natGateway:NatGateway": _calls(
        "ec2",
        "DescribeAddresses DescribeNatGateways DescribeNetworkInterfaces",
        "CreateNatGateway DeleteNatGateway" + _EC2_TAGS,
    ),
    "ec2/route:Route": _calls("ec2", "DescribeRouteTables", "CreateRoute DeleteRoute ReplaceRoute"),
    "ec2/routeTable:RouteTable": _calls(
        "ec2",
        "DescribeRouteTables",
        "CreateRoute CreateRouteTable DeleteRoute DeleteRouteTable DisassociateRouteTable ReplaceRoute" + _EC2_TAGS,
    ),
    "ec2/routeTableAssociation:RouteTableAssociation": _calls(
        "ec2", "DescribeRouteTables", "AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation"
    ),
    "ec2/securityGroup:SecurityGroup": _calls(
        "ec2",
        "DescribeNetworkInterfaces DescribeSecurityGroupRules DescribeSecurityGroups",
        f"CreateSecurityGroup DeleteSecurityGroup {_RULES}" + _EC2_TAGS,
    ),
    "ec2/subnet:Subnet": _calls(
        "ec2",
        "DescribeAvailabilityZones DescribeNetworkInterfaces DescribeSubnets",
        "CreateSubnet DeleteSubnet ModifySubnetAttribute" + _EC2_TAGS,
    ),
    "ec2/vpc:Vpc": _calls(
        "ec2",
        "DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups DescribeVpcAttribute DescribeVpcs",
        "CreateVpc DeleteVpc ModifyVpcAttribute" + _EC2_TAGS,
    ),
    "ec2/vpcEndpoint:VpcEndpoint": _calls(
        "ec2",
        "DescribeNetworkInterfaces DescribePrefixLists DescribeVpcEndpointServices DescribeVpcEndpoints",
        "CreateVpcEndpoint DeleteVpcEndpoints ModifyVpcEndpoint route53:AssociateVPCWithHostedZone" + _EC2_TAGS,
    ),
    "ecr/lifecyclePolicy:LifecyclePolicy": _calls(
        "ecr", "GetLifecyclePolicy", "DeleteLifecyclePolicy PutLifecyclePolicy"
    ),
    "ecr/repository:Repository": _calls(
        "ecr",
        "DescribeRepositories ListTagsForResource kms:DescribeKey",
        "CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability" + _TAGS + _LENT,
    ),
    "ecr/repositoryPolicy:RepositoryPolicy": _calls(
        "ecr", "GetRepositoryPolicy", "DeleteRepositoryPolicy SetRepositoryPolicy"
    ),
    "ecs/cluster:Cluster": _calls(
        "ecs",
        "DescribeClusters ListTagsForResource",
        "CreateCluster DeleteCluster UpdateCluster UpdateClusterSettings" + _TAGS,
    ),
    # The provider waits for a service by following its deployments.
    "ecs/service:Service": _calls(
        "ecs",
        "DescribeServiceDeployments DescribeServiceRevisions DescribeServices ListServiceDeployments"
        " ListTagsForResource servicediscovery:GetNamespace servicediscovery:GetService servicediscovery:ListServices",
        "CreateService DeleteService UpdateService iam:PassRole servicediscovery:CreateService"
        " servicediscovery:DeleteService servicediscovery:UpdateService" + _TAGS,
    ),
    "ecs/taskDefinition:TaskDefinition": _calls(
        "ecs",
        "DescribeTaskDefinition ListTagsForResource",
        "DeregisterTaskDefinition RegisterTaskDefinition iam:PassRole" + _TAGS,
    ),
    "elasticache/cluster:Cluster": _calls(
        "elasticache",
        "DescribeCacheClusters ListTagsForResource" + _PLACES,
        "AddTagsToResource CreateCacheCluster DeleteCacheCluster ModifyCacheCluster RebootCacheCluster"
        " RemoveTagsFromResource" + _INTERFACES,
    ),
    "elasticache/parameterGroup:ParameterGroup": _calls(
        "elasticache",
        "DescribeCacheParameterGroups DescribeCacheParameters ListTagsForResource",
        "AddTagsToResource CreateCacheParameterGroup DeleteCacheParameterGroup ModifyCacheParameterGroup"
        " RemoveTagsFromResource ResetCacheParameterGroup",
    ),
    "elasticache/replicationGroup:ReplicationGroup": _calls(
        "elasticache",
        "DescribeCacheClusters DescribeReplicationGroups DescribeUpdateActions ListTagsForResource kms:DescribeKey"
        " logs:DescribeLogGroups logs:DescribeResourcePolicies" + _PLACES,
        "AddTagsToResource CreateReplicationGroup CreateSnapshot DecreaseReplicaCount DeleteReplicationGroup"
        " IncreaseReplicaCount ModifyReplicationGroup ModifyReplicationGroupShardConfiguration RemoveTagsFromResource"
        + _DELIVERY
        + _INTERFACES
        + _LENT,
    ),
    "elasticache/subnetGroup:SubnetGroup": _calls(
        "elasticache",
        "DescribeCacheSubnetGroups ListTagsForResource" + _PLACES,
        "AddTagsToResource CreateCacheSubnetGroup DeleteCacheSubnetGroup ModifyCacheSubnetGroup RemoveTagsFromResource",
    ),
    # Whoever could change these could do anything; a person with other rights does it.
    "iam/openIdConnectProvider:OpenIdConnectProvider": _calls(
        "iam", "GetOpenIDConnectProvider ListOpenIDConnectProviderTags"
    ),
    "iam/policy:Policy": _calls("iam", "GetPolicy GetPolicyVersion ListPolicyTags ListPolicyVersions"),
    "iam/role:Role": _calls(
        "iam",
        "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags",
        "CreateRole DeleteRole PutRolePermissionsBoundary TagRole UntagRole UpdateAssumeRolePolicy UpdateRole"
        " UpdateRoleDescription",
    ),
    "iam/rolePolicy:RolePolicy": _calls("iam", "GetRolePolicy", "DeleteRolePolicy PutRolePolicy"),
    "iam/rolePolicyAttachment:RolePolicyAttachment": _calls(
        "iam", "ListAttachedRolePolicies", "AttachRolePolicy DetachRolePolicy"
    ),
    "kms/alias:Alias": _calls("kms", "ListAliases", "CreateAlias DeleteAlias UpdateAlias"),
    "kms/key:Key": _calls(
        "kms",
        "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
        "CreateKey EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion UpdateKeyDescription" + _TAGS,
    ),
    "lb/listener:Listener": _calls(
        "elasticloadbalancing",
        "DescribeListenerAttributes DescribeListeners DescribeTags",
        "AddTags CreateListener DeleteListener ModifyListener ModifyListenerAttributes RemoveTags",
    ),
    "lb/listenerRule:ListenerRule": _calls(
        "elasticloadbalancing",
        "DescribeListeners DescribeRules DescribeTags",
        "AddTags CreateRule DeleteRule ModifyRule RemoveTags SetRulePriorities",
    ),
    "lb/loadBalancer:LoadBalancer": _calls(
        "elasticloadbalancing",
        "DescribeCapacityReservation DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeTags"
        " s3:GetBucketPolicy ec2:DescribeAccountAttributes ec2:DescribeInternetGateways" + _PLACES,
        "AddTags CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes RemoveTags SetIpAddressType"
        " SetSecurityGroups SetSubnets",
    ),
    "lb/targetGroup:TargetGroup": _calls(
        "elasticloadbalancing",
        "DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth",
        "AddTags CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags",
    ),
    "mq/broker:Broker": _calls(
        "mq",
        "DescribeBroker DescribeBrokerEngineTypes DescribeBrokerInstanceOptions DescribeUser ListTags kms:DescribeKey"
        " ec2:DescribeAccountAttributes ec2:DescribeInternetGateways ec2:DescribeNetworkInterfacePermissions"
        " ec2:DescribeVpcEndpoints" + _PLACES,
        "CreateBroker CreateTags DeleteBroker DeleteTags RebootBroker UpdateBroker ec2:CreateVpcEndpoint"
        " ec2:DeleteVpcEndpoints" + _INTERFACES + _LENT,
    ),
    "rds/instance:Instance": _calls(
        "rds",
        "DescribeDBInstances DescribeDBSnapshots ListTagsForResource kms:DescribeKey",
        "AddTagsToResource CreateDBInstance CreateDBSnapshot DeleteDBInstance ModifyDBInstance RebootDBInstance"
        " RemoveTagsFromResource secretsmanager:CreateSecret secretsmanager:RotateSecret secretsmanager:TagResource"
        + _LENT,
    ),
    "rds/parameterGroup:ParameterGroup": _calls(
        "rds",
        "DescribeDBParameterGroups DescribeDBParameters ListTagsForResource",
        "AddTagsToResource CreateDBParameterGroup DeleteDBParameterGroup ModifyDBParameterGroup RemoveTagsFromResource"
        " ResetDBParameterGroup",
    ),
    "rds/subnetGroup:SubnetGroup": _calls(
        "rds",
        "DescribeDBSubnetGroups ListTagsForResource",
        "AddTagsToResource CreateDBSubnetGroup DeleteDBSubnetGroup ModifyDBSubnetGroup RemoveTagsFromResource",
    ),
    "route53/record:Record": _calls(
        "route53", "GetChange GetHostedZone ListResourceRecordSets", "ChangeResourceRecordSets"
    ),
    "route53/zone:Zone": _calls(
        "route53",
        "GetChange GetHostedZone ListResourceRecordSets ListTagsForResource",
        "ChangeTagsForResource CreateHostedZone DeleteHostedZone UpdateHostedZoneComment",
    ),
    # No bucket is emptied here: whoever takes one down that is not empty is a person.
    "s3/bucket:Bucket": _calls(
        "s3",
        "GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging"
        " GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning"
        " GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket"
        " ListTagsForResource",
        "CreateBucket DeleteBucket PutBucketTagging" + _TAGS,
    ),
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _calls(
        "s3", "GetLifecycleConfiguration", "PutLifecycleConfiguration"
    ),
    "s3/bucketOwnershipControls:BucketOwnershipControls": _calls(
        "s3", "GetBucketOwnershipControls", "PutBucketOwnershipControls"
    ),
    "s3/bucketPolicy:BucketPolicy": _calls("s3", "GetBucketPolicy", "DeleteBucketPolicy PutBucketPolicy"),
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _calls(
        "s3", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"
    ),
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _calls(
        "s3", "GetEncryptionConfiguration", "PutEncryptionConfiguration"
    ),
    "s3/bucketVersioning:BucketVersioning": _calls("s3", "GetBucketVersioning", "PutBucketVersioning"),
    "secretsmanager/secret:Secret": _calls(
        "secretsmanager",
        "DescribeSecret GetResourcePolicy kms:DescribeKey",
        "CreateSecret DeleteSecret UpdateSecret kms:Decrypt kms:GenerateDataKey" + _TAGS,
    ),
    "secretsmanager/secretVersion:SecretVersion": _calls(
        "secretsmanager",
        "DescribeSecret",
        "GetSecretValue PutSecretValue UpdateSecretVersionStage kms:Decrypt kms:GenerateDataKey",
    ),
    "servicediscovery/privateDnsNamespace:PrivateDnsNamespace": _calls(
        "servicediscovery",
        "GetNamespace GetOperation ListTagsForResource ec2:DescribeVpcs route53:GetHostedZone"
        " route53:ListHostedZonesByName",
        "CreatePrivateDnsNamespace DeleteNamespace UpdatePrivateDnsNamespace route53:AssociateVPCWithHostedZone"
        " route53:CreateHostedZone route53:DeleteHostedZone" + _TAGS,
    ),
    "sesv2/configurationSet:ConfigurationSet": _calls(
        "ses",
        "GetConfigurationSet ListTagsForResource",
        "CreateConfigurationSet DeleteConfigurationSet PutConfigurationSetDeliveryOptions"
        " PutConfigurationSetReputationOptions PutConfigurationSetSendingOptions PutConfigurationSetSuppressionOptions"
        " PutConfigurationSetTrackingOptions PutConfigurationSetVdmOptions" + _TAGS,
    ),
    "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": _calls(
        "ses",
        "GetConfigurationSetEventDestinations",
        "CreateConfigurationSetEventDestination DeleteConfigurationSetEventDestination"
        " UpdateConfigurationSetEventDestination",
    ),
    "sesv2/emailIdentity:EmailIdentity": _calls(
        "ses",
        "GetEmailIdentity ListTagsForResource",
        "CreateEmailIdentity DeleteEmailIdentity PutEmailIdentityConfigurationSetAttributes"
        " PutEmailIdentityDkimAttributes PutEmailIdentityDkimSigningAttributes" + _TAGS,
    ),
    "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes": _calls(
        "ses", "GetEmailIdentity", "PutEmailIdentityMailFromAttributes"
    ),
    "sns/topic:Topic": _calls(
        "sns", "GetTopicAttributes ListTagsForResource", "CreateTopic DeleteTopic SetTopicAttributes" + _TAGS
    ),
    "sns/topicPolicy:TopicPolicy": _calls("sns", "GetTopicAttributes", "SetTopicAttributes"),
    "sns/topicSubscription:TopicSubscription": _calls(
        "sns", "GetSubscriptionAttributes", "SetSubscriptionAttributes Subscribe Unsubscribe"
    ),
    "sqs/queue:Queue": _calls(
        "sqs",
        "GetQueueAttributes GetQueueUrl ListQueueTags",
        "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
    ),
    "sqs/queuePolicy:QueuePolicy": _calls("sqs", "GetQueueAttributes", "SetQueueAttributes"),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": _calls(
        "ec2",
        "DescribeSecurityGroupRules DescribeSecurityGroups",
        "AuthorizeSecurityGroupEgress ModifySecurityGroupRules RevokeSecurityGroupEgress" + _EC2_TAGS,
    ),
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": _calls(
        "ec2",
        "DescribeSecurityGroupRules DescribeSecurityGroups",
        "AuthorizeSecurityGroupIngress ModifySecurityGroupRules RevokeSecurityGroupIngress" + _EC2_TAGS,
    ),
    "wafv2/webAcl:WebAcl": _calls(
        "wafv2", "GetWebACL ListTagsForResource", "CreateWebACL DeleteWebACL UpdateWebACL" + _TAGS
    ),
    "wafv2/webAclAssociation:WebAclAssociation": _calls(
        "wafv2",
        "GetWebACL GetWebACLForResource",
        "AssociateWebACL DisassociateWebACL elasticloadbalancing:SetWebAcl",
    ),
}
