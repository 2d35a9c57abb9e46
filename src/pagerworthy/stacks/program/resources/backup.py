"""Backups that are kept longer than a database keeps its own: AWS Backup, with a vault and a plan for each resource.

RDS keeps backups for at most 35 days. Regulated services must be able to show a year, so that a vault under their key
takes a backup each day and keeps it as long as the entry, or the law, asks for.
"""

from pulumi import Input
from pulumi_aws.backup._inputs import PlanRuleArgs, PlanRuleLifecycleArgs
from pulumi_aws.backup.plan import Plan, PlanArgs
from pulumi_aws.backup.selection import Selection, SelectionArgs
from pulumi_aws.backup.vault import Vault, VaultArgs
from pulumi_aws.iam.role_policy_attachment import RolePolicyAttachment, RolePolicyAttachmentArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import partition
from pagerworthy.stacks.program.resources.place import in_production, key_arn
from pagerworthy.stacks.program.roles import declare_role
from pagerworthy.stacks.program.scope import Scope

_ASSUME = [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]
# AWS's own policies for what may be backed up. They name what the role may read; the selection names this resource.
DATABASE_POLICIES = ("service-role/AWSBackupServiceRolePolicyForBackup",)
BUCKET_POLICIES = ("AWSBackupServiceRolePolicyForS3Backup",)
# Daily, an hour after RDS has made its own.
_SCHEDULE = "cron(0 4 * * ? *)"


def long_backup(
    scope: Scope[ServiceInputs], name: str, arn: Input[str], days: int, policies: tuple[str, ...] = DATABASE_POLICIES
) -> None:
    """Backs up a resource each day, and keeps each backup for `days`."""
    physical = scope.name(name, limit=50)
    vault = Vault(
        f"{name}-backup-vault",
        VaultArgs(
            name=physical,
            kms_key_arn=key_arn(scope),
            force_destroy=not in_production(scope),
            tags=scope.tagged(physical),
        ),
        scope.options(protect=in_production(scope)),
    )
    plan = Plan(
        f"{name}-backup-plan",
        PlanArgs(
            name=physical,
            rules=[
                PlanRuleArgs(
                    rule_name="daily",
                    target_vault_name=vault.name,
                    schedule=_SCHEDULE,
                    start_window=60,
                    completion_window=360,
                    lifecycle=PlanRuleLifecycleArgs(delete_after=days),
                    recovery_point_tags=scope.tagged(physical),
                )
            ],
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    role_name = scope.name(name, "backup", limit=64)
    description = f"Backs up {name} of {scope.inputs.service}"
    role = declare_role(scope, f"{name}-backup-role", role_name, description, _ASSUME)
    arns = f"arn:{partition(scope.inputs.spec.region)}"
    attached = [
        RolePolicyAttachment(
            f"{name}-backup-{policy.rpartition('/')[2]}",
            RolePolicyAttachmentArgs(role=role.name, policy_arn=f"{arns}:iam::aws:policy/{policy}"),
            scope.options(),
        )
        for policy in policies
    ]
    Selection(
        f"{name}-backup-selection",
        SelectionArgs(name=physical, plan_id=plan.id, iam_role_arn=role.arn, resources=[arn]),
        scope.options(depends_on=attached),
    )
