"""Native histograms for a real Prometheus: promtool of Debian's age cannot write them into a unit test.

They go in by remote write: protobuf, as prometheus/prompb/types.proto has it, in snappy's block format. Both are so
little here that they are written by hand.
"""

import struct
from collections.abc import Iterable, Mapping


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _signed(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _whole(field: int, number: bytes) -> bytes:
    return _varint(field << 3) + number


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _histogram(milliseconds: int, buckets: Mapping[int, int]) -> bytes:
    """Counts so far, by the power of two that is the upper bound of their bucket (schema 0)."""
    spans, deltas, last, before = b"", b"", None, 0
    for index, count in sorted(buckets.items()):
        offset = index if last is None else index - last - 1
        spans += _part(11, _whole(1, _signed(offset)) + _whole(2, _varint(1)))
        deltas += _signed(count - before)
        last, before = index, count
    return b"".join(
        [
            _whole(1, _varint(sum(buckets.values()))),
            _varint(3 << 3 | 1) + struct.pack("<d", 1.0),
            _whole(4, _signed(0)),
            _whole(6, _varint(0)),
            spans,
            _part(12, deltas),
            _whole(15, _varint(milliseconds)),
        ]
    )


def write_request(labels: Mapping[str, str], samples: Iterable[tuple[int, Mapping[int, int]]]) -> bytes:
    """The body of a remote write of one series; each sample has its time in milliseconds."""
    names = b"".join(
        _part(1, _part(1, name.encode()) + _part(2, value.encode())) for name, value in sorted(labels.items())
    )
    histograms = b"".join(_part(4, _histogram(moment, buckets)) for moment, buckets in samples)
    return _snappy(_part(1, names + histograms))


def _snappy(content: bytes) -> bytes:
    """The content as literals, nothing compressed: https://github.com/google/snappy, format_description.txt."""
    out = _varint(len(content))
    for start in range(0, len(content), 65536):
        block = content[start : start + 65536]
        out += bytes([61 << 2]) + struct.pack("<H", len(block) - 1) + block
    return out
