"""A declarative catalog of services, kept in git, with production-readiness scoring."""

__version__ = "0.1.0"
