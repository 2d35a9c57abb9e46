"""Types for which moto has no operations: what was declared is kept by the stand-in, and no more is known of it."""

import json
import secrets

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.changes import DEFAULTS
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.values import Props


class Remembered(Kind):
    """Kept in `emulated.json` under the type's token. Refused is a second one of the same id, as AWS does."""

    def new_id(self, aws: Aws, props: Props) -> str:
        """The id of a new one, as AWS would make it."""
        raise NotImplementedError

    def made(self, aws: Aws, id_: str, props: Props) -> Props:
        """What AWS adds to what was declared."""
        return {}

    def create(self, aws: Aws, props: Props) -> str:
        id_ = self.new_id(aws, props)
        if aws.memory.get(self.type_name, id_) is not None:
            raise RuntimeError(f"api error AlreadyExists: {id_} is already there")
        self._keep(aws, id_, {**props, **self.made(aws, id_, props)})
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = aws.memory.get(self.type_name, id_)
        if found is None:
            return None
        return {**dict.fromkeys(self.known_inputs() - {"region"}), **found}

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if aws.memory.get(self.type_name, id_) is None:
            raise RuntimeError(f"api error NotFound: {id_} is not there")
        self._keep(aws, id_, {**props, **self.made(aws, id_, props)})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws.memory.remove(self.type_name, id_)

    def _keep(self, aws: Aws, id_: str, props: Props) -> None:
        kept = {key: value for key, value in props.items() if key not in self.secret | {DEFAULTS}}
        aws.memory.put(self.type_name, id_, json.loads(json.dumps(kept)))


def uuid() -> str:
    """A new id as AWS's services write theirs."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
