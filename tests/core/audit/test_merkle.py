# SPDX-License-Identifier: EUPL-1.2
"""The tree against the vectors of Certificate Transparency, and an independent tree."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tarazy.core.audit import merkle

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


class Tree:
    """A tree that keeps its complete nodes, as the database does."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[merkle.Node, bytes] = {}
        self.compact = merkle.CompactRange()
        self.roots = [merkle.EMPTY_ROOT]
        for leaf in leaves:
            self.nodes.update(self.compact.append(merkle.leaf_hash(leaf)))
            self.roots.append(self.compact.root())

    def read(self, wanted: list[merkle.Node]) -> Mapping[merkle.Node, bytes]:
        return {node: self.nodes[node] for node in wanted}

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return merkle.proof(merkle.inclusion_spans(index, size), self.read)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return merkle.proof(merkle.consistency_spans(old, new), self.read)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_of_the_reference(size: int) -> None:
    tree = Tree(LEAVES[:size])
    assert tree.compact.root().hex() == ROOTS[size]
    assert merkle.span_hash((0, size), tree.nodes).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [A, B, C]),
        (5, 8, [D, E, ROOTS[4]]),
        (2, 3, [ROOTS[2]]),
        (1, 5, [ROOTS[1], B, D]),
    ],
)
def test_inclusion_proofs_of_the_reference(index: int, size: int, path: list[str]) -> None:
    assert [one.hex() for one in Tree(LEAVES).inclusion(index, size)] == path
    assert merkle.verify_inclusion(
        merkle.leaf_hash(LEAVES[index]),
        index,
        [bytes.fromhex(one) for one in path],
        (size, bytes.fromhex(ROOTS[size])),
    )


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(1, 1, []), (0, 5, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[4]]), (2, 5, [B, D])],
)
def test_consistency_proofs_of_the_reference(old: int, new: int, path: list[str]) -> None:
    assert [one.hex() for one in Tree(LEAVES).consistency(old, new)] == path
    assert merkle.verify_consistency(
        (old, bytes.fromhex(ROOTS[old])),
        (new, bytes.fromhex(ROOTS[new])),
        [bytes.fromhex(one) for one in path],
    )


sizes = st.integers(min_value=1, max_value=150)


@given(sizes, st.data())
def test_each_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    tree = Tree([bytes([i % 256]) * 3 for i in range(size)])
    index = data.draw(st.integers(0, size - 1))
    path, head = tree.inclusion(index, size), (size, tree.roots[size])
    leaf = tree.nodes[0, index]
    assert merkle.verify_inclusion(leaf, index, path, head)
    wrong = data.draw(st.integers(-1, size + 1).filter(lambda other: other != index))
    assert not merkle.verify_inclusion(leaf, wrong, path, head)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"another"), index, path, head)
    assert not merkle.verify_inclusion(leaf, index, [*path, leaf], head)
    assert not path or not merkle.verify_inclusion(leaf, index, path[:-1], head)
    assert not merkle.verify_inclusion(leaf, index, path, (size, merkle.EMPTY_ROOT))


@given(sizes, st.data())
def test_growth_is_proved_and_rewriting_is_not(size: int, data: st.DataObject) -> None:
    tree = Tree([bytes([i % 256]) for i in range(size)])
    old = data.draw(st.integers(0, size))
    path, new_head = tree.consistency(old, size), (size, tree.roots[size])
    assert merkle.verify_consistency((old, tree.roots[old]), new_head, path)
    assert not merkle.verify_consistency((old, merkle.leaf_hash(b"x")), new_head, path)
    assert (
        not merkle.verify_consistency((old, tree.roots[old]), (size, b"x" * 32), path) or old == 0
    )
    assert not merkle.verify_consistency(
        (old, tree.roots[old]), new_head, [*path, merkle.EMPTY_ROOT]
    )
    assert not merkle.verify_consistency(new_head, (old, tree.roots[old]), path) or old == size


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
def test_an_independent_tree_agrees(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    ours, theirs = Tree(leaves), InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        theirs.append_entry(leaf)
    at_size = data.draw(st.integers(1, size))
    assert ours.roots[at_size] == theirs.get_root(at_size)
    index = data.draw(st.integers(0, at_size - 1))
    their_path = theirs.prove_inclusion(index + 1, at_size).serialize()["path"]
    our_path = [ours.nodes[0, index], *ours.inclusion(index, at_size)]
    assert sorted(one.hex() for one in our_path) == sorted(their_path)


def test_leaves_and_spans_outside_the_tree() -> None:
    for index, size in ((0, 0), (3, 3), (-1, 2)):
        with pytest.raises(ValueError, match="no leaf"):
            merkle.inclusion_spans(index, size)
    with pytest.raises(ValueError, match="grown"):
        merkle.consistency_spans(3, 2)
    with pytest.raises(KeyError):
        merkle.span_hash((0, 3), {(1, 0): merkle.EMPTY_ROOT})
    assert merkle.root_of([]) == merkle.EMPTY_ROOT
