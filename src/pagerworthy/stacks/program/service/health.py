"""How ECS knows that a task is well: a command that asks the container, from within it.

HTTP is asked with `wget` or `curl`, whichever the image has; gRPC with `grpc_health_probe` on its PATH, the program
that Kubernetes asked images for too. An image without them is never well, so a check belongs into an entry together
with its program in the image. Nobody asks a service that has no port.
"""

from pagerworthy.catalog import Compute
from pagerworthy.cloud import seconds

# What is asked for as a whole: gRPC's own name for "all of this server".
_WHOLE = frozenset({"grpc.health.v1.Health", "grpc.health.v1.Health/Check"})
_TIMEOUT = 3
_RETRIES = 3
# How long a container may take before its failures count.
_START = 60


def health_check(compute: Compute) -> dict[str, object] | None:
    """The check of a container definition; None where the entry asks for none."""
    liveness = compute.health.liveness if compute.health else None
    if liveness is None or compute.port is None:
        return None
    return {
        "command": _http(compute.port, liveness.path)
        if liveness.path.startswith("/")
        else _grpc(compute.port, liveness.path),
        # ECS asks every 5 to 300 seconds.
        "interval": min(max(seconds(liveness.interval) if liveness.interval else 30, 5), 300),
        "timeout": _TIMEOUT,
        "retries": _RETRIES,
        "startPeriod": _START,
    }


def _http(port: int, path: str) -> list[str]:
    # The schema lets no character into a path that a shell would read as its own.
    url = f"http://127.0.0.1:{port}{path}"
    asked = (f"wget -q -T {_TIMEOUT} -O /dev/null {url}", f"curl -fsS -m {_TIMEOUT} -o /dev/null {url}")
    return ["CMD-SHELL", f"{' || '.join(asked)} || exit 1"]


def _grpc(port: int, name: str) -> list[str]:
    command = ["CMD", "grpc_health_probe", f"-addr=127.0.0.1:{port}", f"-rpc-timeout={_TIMEOUT}s"]
    return command if name in _WHOLE else [*command, f"-service={name}"]
