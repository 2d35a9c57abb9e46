"""Problems of what a stack is asked for: PW7xx. They concern entries that name environments, since others have none."""

from pagerworthy.codes.code import Code
from pagerworthy.problem import Severity

ROWS: tuple[Code, ...] = (
    Code(
        code="PW701",
        title="A service called platform",
        why="Each environment has a stack of that name: its network, cluster and keys.",
        mend="Give the service another name.",
        wrong="metadata: {name: platform}",
        right="metadata: {name: developer-portal}",
    ),
    Code(
        code="PW702",
        title="CPU and memory that Fargate does not combine",
        why="AWS would refuse the task when the stack is brought up, half of it there.",
        mend="Write a memory that Fargate offers with this CPU, both in the units of ECS.",
        wrong="compute: {type: fargate, cpu: 256, memory: 4096}",
        right="compute: {type: fargate, cpu: 512, memory: 4096}",
    ),
    Code(
        code="PW703",
        title="A version that AWS does not offer",
        why="AWS would refuse the resource when the stack is brought up, half of it there.",
        mend="Write a version that is offered; the series alone (`17`) is kept up to date by AWS.",
        wrong='db: {type: postgres, size: small, version: "9.6"}',
        right='db: {type: postgres, size: small, version: "17"}',
    ),
    Code(
        code="PW704",
        title="More zones than production has",
        why="Nobody can lose a zone less than is there: the entry promises what the network cannot keep.",
        mend="Write as many zones as the environment has, or give the environment more.",
        wrong="db: {type: postgres, size: small, zones: 3}    # in an environment with zones: 2",
        right="db: {type: postgres, size: small, zones: 2}",
    ),
    Code(
        code="PW705",
        title="Regulated data without encryption",
        why="PCI DSS and SOX ask that card data and the books are encrypted where they lie, and that readers are known.",
        mend="Remove `encrypted: false`; in place of memcached, which knows no keys and no passwords, use redis.",
        wrong="data: {classification: restricted, regulations: [pci-dss]}\n"
        "resources: {cards: {type: postgres, size: small, encrypted: false}}",
        right="data: {classification: restricted, regulations: [pci-dss]}\n"
        "resources: {cards: {type: postgres, size: small}}",
    ),
    Code(
        code="PW706",
        title="Regulated records that are kept for less than a year",
        why="PCI DSS asks for twelve months of records, and auditors of SOX for the year that they look at.",
        mend="Write 365d or more. Backups may be younger: beside them, a copy of each day is kept for a year.",
        wrong="data: {classification: restricted, regulations: [sox]}\n"
        "resources: {statements: {type: bucket, retention: 90d}}",
        right="data: {classification: restricted, regulations: [sox]}\n"
        "resources: {statements: {type: bucket, retention: 400d}}",
    ),
    Code(
        code="PW707",
        title="Regulated data in public",
        why="Whoever guesses a name could read it, and nobody would know who did.",
        mend="Remove `public: true`, and let a service hand out what people may see.",
        wrong="data: {classification: restricted, regulations: [pci-dss]}\n"
        "resources: {receipts: {type: bucket, public: true}}",
        right="data: {classification: restricted, regulations: [pci-dss]}\nresources: {receipts: {type: bucket}}",
    ),
    Code(
        code="PW708",
        title="A retention that AWS does not offer",
        why="What the entry promises would be gone earlier.",
        mend="Write a shorter one, or keep the data in a resource that can: a bucket, or a database.",
        wrong="jobs: {type: queue, retention: 30d}",
        right="jobs: {type: queue, retention: 14d}",
    ),
    Code(
        code="PW709",
        title="Two things of one name in the cloud",
        why="Names are made of service and resource; the second stack would fail, or take what is the first one's.",
        mend="Give one of the resources another name.",
        wrong="resource `b-c` of the service `a`, and resource `c` of the service `a-b`",
        right="resource `store` of the service `a`, and resource `c` of the service `a-b`",
    ),
    Code(
        code="PW710",
        title="A public name outside of its environment's domain",
        why="Its certificate and its records are written into the environment's zone, which holds no other names. An "
        "entry says what something is called in production; elsewhere the environment's domain takes the place of "
        "production's, so that `api.shop.example.com` is `api.staging.shop.example.com` in staging.",
        mend="Write a name in production's domain, or give the environment a domain.",
        wrong="shop: {type: edge, domain: shop.example.org}    # production has domain: shop.example.com",
        right="shop: {type: edge, domain: shop.example.com}",
    ),
    Code(
        code="PW711",
        title="An edge with nobody behind it",
        why="A load balancer passes requests on to the service that owns it, which must listen to a port on Fargate.",
        mend="Write `compute` with `type: fargate` and a `port`, or let the service that answers own the edge.",
        wrong="shop: {type: edge, domain: shop.example.com}    # and no compute",
        right="compute: {type: fargate, port: 8080}\nresources: {shop: {type: edge, domain: shop.example.com}}",
    ),
    Code(
        code="PW712",
        title="A regulated public edge without a firewall",
        why="PCI DSS (6.4.2) asks for something before public applications that finds attacks and stops them.",
        mend="Remove `waf: false`: without a word there is one.",
        wrong="data: {classification: restricted, regulations: [pci-dss]}\n"
        "resources: {shop: {type: edge, domain: shop.example.com, public: true, waf: false}}",
        right="data: {classification: restricted, regulations: [pci-dss]}\n"
        "resources: {shop: {type: edge, domain: shop.example.com, public: true}}",
    ),
    Code(
        code="PW713",
        title="More zones than the region has",
        why="AWS would refuse the environment's network when it is brought up, half of it there.",
        mend="Write as many zones as the region has, or choose another region.",
        wrong="spec: {purpose: production, provider: aws, region: eu-west-1, zones: 4}",
        right="spec: {purpose: production, provider: aws, region: eu-west-1, zones: 3}",
    ),
    Code(
        code="PW714",
        title="An environment whose CI could change another one",
        why="What CI of an environment may change is known by its name and a hyphen. What `production-eu` has in the same "
        "account begins with `production-`, so that whoever may change production could change it, too.",
        mend="Give one of them an account of its own, which is best for production anyway, or another name.",
        wrong='the environments `production` and `production-eu`, both with account: "111122223333"',
        right='the environments `production` and `eu-production`, or `production-eu` with account: "444455556666"',
    ),
    Code(
        code="PW715",
        title="A stack's release cannot be read",
        why="The service would go back to its first release, and nobody would see why.",
        mend="Write the tag or the digest of the image, in quotation marks; `pulumi config set version v1.4.2` does.",
        wrong="config:\n  pagerworthy:version: 1.10    # a number, and read as 1.1",
        right='config:\n  pagerworthy:version: "1.10"',
    ),
    Code(
        code="PW716",
        title="Something to provision, and nowhere",
        why="Each environment that an entry names has a stack for the service. Without one nothing of `compute` and "
        "`resources` is brought up, and no command says so.",
        mend="Name the environments. Leave it if nothing is to be brought up from here.",
        wrong="resources: {orders: {type: postgres, size: small}}    # and no environments",
        right="environments: [production]\nresources: {orders: {type: postgres, size: small}}",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW717",
        title="An account that several environments hold, or none",
        why="An account has the identity provider of CI only once. If it followed from names whose platform declares it, "
        "an environment that is added could take it from another, whose next run would delete it: nobody's CI would get "
        "in.",
        mend="Write `holds_account: true` into the entry of exactly one of the environments of an account: of the one "
        "whose platform has it already, or else of production's. To move it, move it in the state of both platforms "
        "first (`pulumi state move`).",
        wrong='the environments `production` and `staging`, both with account: "111122223333", and no more',
        right="the same, and `holds_account: true` in the entry of `production`",
    ),
    Code(
        code="PW718",
        title="A stop that takes longer than Fargate waits",
        why="Fargate kills a task two minutes after it was asked to end, whatever it was doing.",
        mend="Write 120s or less. What takes longer has to survive being cut off: let another task pick it up again.",
        wrong="health: {stop: 10m}",
        right="health: {stop: 120s}",
    ),
    Code(
        code="PW719",
        title="Reading alone, with a password for everything",
        why="A database, a cache of type redis and a broker have one user, whose password every caller may read. With "
        "`access: read` the caller promises to read only; the cloud keeps nobody to it.",
        mend="Write `read-write` if that is meant. Where it must hold, let the owner hand out what others may read: by a "
        "service, a topic or a bucket, whose grants AWS enforces.",
        wrong="dependencies: [{resource: cart/valkey, criticality: hard, access: read}]",
        right="dependencies: [{service: cart, criticality: hard}]",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW720",
        title="More callers, or more that is called, than a security group has rules",
        why="Each caller is let in by a rule of its own, and let out by another. AWS allows 60 of each a security group "
        "until it is asked for more: the stack of the 61st caller, or of who calls 59 others, would fail.",
        mend="Ask AWS for more rules per security group (at most 1,000), or split what everybody calls, or who calls all.",
        wrong="61 services that depend on `flags`",
        right="the same, in an account with a higher quota; or callers that get what they need from fewer services",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW721",
        title="More alarms than a region has",
        why="Each objective has up to eleven alarms, and AWS allows 5,000 a region until it is asked for more. The stacks "
        "that come last would fail, and their services be watched by nobody.",
        mend="Ask AWS for more CloudWatch alarms, or spread services over several accounts.",
        wrong="500 services with an objective each, in one environment",
        right="the same, in an account with a higher quota",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW722",
        title="A stack's configuration that nobody reads",
        why="A file is found by its name, `Pulumi.SERVICE.ENVIRONMENT.yaml`, and a release by its key. With either written "
        "wrong, the service stays at what it was, or goes back to its first image, and nothing else says so.",
        mend="Write the name or the key as it is suggested. Remove a file once its stack is destroyed.",
        wrong='stacks/Pulumi.qoute.staging.yaml, or:\nconfig:\n  pagerworthy:versoin: "1.10"',
        right='stacks/Pulumi.quote.staging.yaml, and:\nconfig:\n  pagerworthy:version: "1.10"',
        severity=Severity.WARNING,
    ),
    Code(
        code="PW723",
        title="More grants than a role has room for",
        why="What a service may do with buckets, queues, topics and senders stands in one policy of its role, for which "
        "AWS allows 10,240 characters and never more: its stack would fail. 28 grants fit with names of usual length.",
        mend="Let another service have some of them, or keep what belongs together in one bucket.",
        wrong="a service that depends on 90 buckets",
        right="a service that depends on one bucket with 90 prefixes",
        severity=Severity.WARNING,
    ),
)
