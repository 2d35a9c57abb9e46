"""ACM."""

import hashlib

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, named, pascal, words


class Certificate(Kind):
    """Certificates that ACM issues; imported ones are not known here."""

    type_name = "aws:acm/certificate:Certificate"
    inputs = words("domainName validationMethod subjectAlternativeNames keyAlgorithm options tags")
    outputs = words(
        "arn domainValidationOptions status type notAfter notBefore keyAlgorithm options renewalEligibility "
        "renewalSummaries validationEmails subjectAlternativeNames pendingRenewal"
    )
    replaces = words("domainName validationMethod subjectAlternativeNames keyAlgorithm")
    fixed = words("options keyAlgorithm")

    def create(self, aws: Aws, props: Props) -> str:
        optional: Props = named(
            props, {"validationMethod": "ValidationMethod", "subjectAlternativeNames": "SubjectAlternativeNames"}
        )
        if "options" in props:
            optional["Options"] = pascal(props["options"])
        made = aws("acm").request_certificate(
            DomainName=props["domainName"], **optional, **({"Tags": listed(props["tags"])} if props.get("tags") else {})
        )
        return str(made["CertificateArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        acm = aws("acm")
        found = acm.describe_certificate(CertificateArn=id_)["Certificate"]
        names = [found["DomainName"], *(found.get("SubjectAlternativeNames") or [])]
        return {
            "arn": id_,
            "domainName": found["DomainName"],
            "subjectAlternativeNames": self._as_said(names, props),
            "validationMethod": props.get("validationMethod", "DNS"),
            "domainValidationOptions": [_option(each, aws.account) for each in dict.fromkeys(names)],
            "status": found["Status"],
            "type": found["Type"],
            "notAfter": found["NotAfter"].isoformat() if "NotAfter" in found else None,
            "notBefore": found["NotBefore"].isoformat() if "NotBefore" in found else None,
            "tags": mapped(acm.list_tags_for_certificate(CertificateArn=id_)["Tags"]),
        }

    def _as_said(self, names: list[str], props: Props) -> list[str]:
        """What was declared, while the certificate is for all of these names: AWS adds the first one by itself."""
        said = list(props.get("subjectAlternativeNames", []))
        return said if said and set(said) | {names[0]} == set(names) else sorted(set(names))

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        acm = aws("acm")
        if "options" in changed:
            raise NotImplementedError("moto cannot change a certificate's options")
        retag(
            props.get("tags"),
            old.get("tags"),
            lambda tags: acm.add_tags_to_certificate(CertificateArn=id_, Tags=listed(tags)),
            lambda keys: acm.remove_tags_from_certificate(CertificateArn=id_, Tags=[{"Key": key} for key in keys]),
        )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("acm").delete_certificate(CertificateArn=id_)


def _option(domain: str, account: str) -> Props:
    """The record that proves whose domain it is, as AWS makes it: the same each time for a domain and an account."""
    bare = domain.removeprefix("*.")
    mark = hashlib.md5(f"{account}{bare}".encode(), usedforsecurity=False).hexdigest()
    proof = hashlib.md5(mark.encode(), usedforsecurity=False).hexdigest()
    return {
        "domainName": domain,
        "resourceRecordName": f"_{mark}.{bare}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{proof}.acm-validations.aws.",
    }


class CertificateValidation(Kind):
    """Waits for nothing: moto issues a certificate at once. Refused is one whose records are not named."""

    type_name = "aws:acm/certificateValidation:CertificateValidation"
    inputs = words("certificateArn validationRecordFqdns")
    replaces = inputs

    def create(self, aws: Aws, props: Props) -> str:
        found = aws("acm").describe_certificate(CertificateArn=props["certificateArn"])["Certificate"]
        names = {found["DomainName"], *(found.get("SubjectAlternativeNames") or [])}
        wanted = {_option(name, aws.account)["resourceRecordName"].rstrip(".") for name in names}
        if "validationRecordFqdns" in props:
            given = {each.rstrip(".") for each in props["validationRecordFqdns"]}
            if missing := sorted(wanted - given):
                raise RuntimeError(f"missing {', '.join(missing)} DNS validation record")
        return str(found.get("IssuedAt") or found["CreatedAt"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        aws("acm").describe_certificate(CertificateArn=props["certificateArn"])
        return {"certificateArn": props["certificateArn"]}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """There is nothing in the cloud to delete."""
