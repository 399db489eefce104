# SPDX-License-Identifier: EUPL-1.2
"""The Merkle tree of RFC 6962 and RFC 9162, 2.1: roots, proofs, and their verification. Pure.

A tree over n leaves is described by its complete subtrees: the node (level, position) covers the
leaves position * 2**level up to (position + 1) * 2**level. A node never changes once it is
complete, so nodes can be stored for ever, and a root or a proof is folded from O(log n) of them.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

Node = tuple[int, int]
"""Level and position of a complete subtree."""
Span = tuple[int, int]
"""Leaves from the first up to, not including, the second."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """A tree that grows leaf by leaf and remembers only its O(log n) largest complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, hash_of_leaf: bytes) -> list[tuple[Node, bytes]]:
        """The nodes that this leaf completes: itself first, then upwards."""
        position, complete = self.size, hash_of_leaf
        nodes = [((0, position), complete)]
        while position & 1:
            complete = node_hash(self._peaks.pop(), complete)
            position >>= 1
            nodes.append(((len(nodes), position), complete))
        self._peaks.append(complete)
        self.size += 1
        return nodes

    def root(self) -> bytes:
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    tree = CompactRange()
    for hash_of_leaf in leaf_hashes:
        tree.append(hash_of_leaf)
    return tree.root()


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes are the inclusion proof of a leaf, in the order of the proof."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _path(index, index + 1, (0, size))


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose hashes prove that the tree of size `new` grew out of that of size `old`."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} cannot have grown out of one of {old}")
    if old in (0, new):
        return []
    # The old tree's last complete subtree is where the two trees meet. Where that subtree is the
    # whole old tree, the verifier knows its hash already and the proof leaves it out.
    begin = old & (old - 1)
    path = _path(begin, old, (0, new))
    return path if begin == 0 else [(begin, old), *path]


def nodes_of(span: Span) -> list[Node]:
    """The complete subtrees that a span of the tree consists of, from left to right.

    A span of a tree starts at a multiple of its size, rounded up to a power of two.
    """
    begin, end = span
    nodes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def span_hash(span: Span, hashes: Mapping[Node, bytes]) -> bytes:
    """The hash over a span of the tree; KeyError where a stored node is missing."""
    if span == (0, 0):
        return EMPTY_ROOT
    return _fold([hashes[node] for node in nodes_of(span)])


def proof(spans: Sequence[Span], read: Callable[[list[Node]], Mapping[Node, bytes]]) -> list[bytes]:
    """The hashes of the spans. `read` is called once, with all the nodes that they need."""
    hashes = read([node for span in spans for node in nodes_of(span)])
    return [span_hash(span, hashes) for span in spans]


def verify_inclusion(
    leaf: bytes, index: int, path: Sequence[bytes], head: tuple[int, bytes]
) -> bool:
    """RFC 9162, 2.1.3.2: is the leaf with this hash at this index under this size and root?"""
    size, root = head
    if not 0 <= index < size:
        return False
    first, last, result = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            result = node_hash(other, result)
            first, last = _up_to_right_child(first, last)
        else:
            result = node_hash(result, other)
        first, last = first >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """RFC 9162, 2.1.4.2: did the tree of the new size and root grow out of the old one?"""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    return bool(hashes) and _climb(hashes, (old_size, new_size)) == (old_root, new_root)


def _climb(hashes: list[bytes], sizes: tuple[int, int]) -> tuple[bytes, bytes] | None:
    first, last = sizes[0] - 1, sizes[1] - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            old, new = node_hash(other, old), node_hash(other, new)
            first, last = _up_to_right_child(first, last)
        else:
            new = node_hash(new, other)
        first, last = first >> 1, last >> 1
    return (old, new) if last == 0 else None


def _up_to_right_child(first: int, last: int) -> tuple[int, int]:
    """At the right edge, a node without a sibling stands for its parent."""
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def _path(begin: int, end: int, within: Span) -> list[Span]:
    """The siblings from the span (begin, end) up to the whole, lowest first (PATH and SUBPROOF)."""
    path = []
    low, high = within
    while (low, high) != (begin, end):
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if begin < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def _fold(peaks: Sequence[bytes]) -> bytes:
    """Peaks from left to right; the tree hangs the smaller ones below, to the right."""
    result = peaks[-1]
    for left in reversed(peaks[:-1]):
        result = node_hash(left, result)
    return result
