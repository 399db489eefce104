# SPDX-License-Identifier: EUPL-1.2
"""The stand-alone checker, run as a stranger runs it, on proofs good and forged."""

import ast
import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tarazy.core.audit import merkle
from tarazy.core.audit.checkpoint import Checkpoint, Signer, new_key
from tarazy.core.audit.entry import canonical

TOOL = Path(__file__).parents[2] / "tools" / "verify_proof.py"
ORIGIN = "tarazy.example/audit"
SIGNER = Signer.load(ORIGIN, new_key())
KEY = SIGNER.verifier().line()

Proof = dict[str, Any]
Check = Callable[..., subprocess.CompletedProcess[str]]


def leaf(number: int) -> bytes:
    return canonical(
        {
            "v": 1,
            "at": f"2026-03-01T07:30:00.{number:06}Z",
            "verb": "supervision.trail.view",
            "kind": "look",
            "outcome": "done",
            "actor": f"usr_{number}",
            "roles": ["officer"],
            "purpose": "supervision",
            "basis": "ord_1",
            "subject": "per_1",
            "details": {"note": "00" * 32},
        }
    )


def proof_of(seq: int, size: int) -> Proof:
    tree = merkle.CompactRange()
    nodes: dict[merkle.Node, bytes] = {}
    for number in range(size):
        nodes.update(tree.append(merkle.leaf_hash(leaf(number))))
    hashes = merkle.proof(merkle.inclusion_spans(seq, size), lambda _: nodes)
    return {
        "leaf": leaf(seq).decode(),
        "seq": seq,
        "size": size,
        "hashes": [base64.b64encode(one).decode() for one in hashes],
        "checkpoint": SIGNER.sign(Checkpoint(ORIGIN, size, tree.root()).text()),
        "verifier": KEY,
    }


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def run(proof: object, *words: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "proof.json"
        path.write_text(proof if isinstance(proof, str) else json.dumps(proof))
        return subprocess.run(
            [sys.executable, "-I", str(TOOL), str(path), *words],
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(("seq", "size"), [(0, 1), (0, 8), (6, 7), (12, 21)])
def test_a_good_proof(check: Check, seq: int, size: int) -> None:
    done = check(proof_of(seq, size), "--key", KEY)
    assert (done.returncode, done.stderr) == (0, "")
    for told in (f"{seq} of {size}", f"usr_{seq} (officer)", "supervision.trail.view", "note"):
        assert told in done.stdout
    assert done.stdout.endswith("\nproved\n")


def test_without_a_key_it_warns_loudly(check: Check) -> None:
    done = check(proof_of(3, 9))
    assert done.returncode == 0
    assert done.stderr.startswith("WARNING")
    assert not done.stdout.endswith("\nproved\n")


def _with(**changes: object) -> Proof:
    return {**proof_of(5, 9), **changes}


OTHER = Signer.load(ORIGIN, new_key())


@pytest.mark.parametrize(
    ("proof", "why"),
    [
        (_with(leaf=leaf(4).decode()), "changed"),
        (_with(seq=4), "changed"),
        (_with(seq=9), "outside"),
        (_with(seq=-1), "outside"),
        (_with(seq=True), "no seq"),
        (_with(size=8), "signed tree has 9"),
        (_with(hashes=[]), "does not fit"),
        (_with(hashes=proof_of(5, 9)["hashes"][:-1]), "does not fit"),
        (_with(hashes=[*proof_of(5, 9)["hashes"], "AAAA"]), "does not fit"),
        (_with(hashes=[1, 2, 3, 4]), "base64"),
        (_with(hashes=["AAAA"] * 64), "higher|high"),
        (_with(checkpoint=proof_of(5, 9)["checkpoint"].replace("\n9\n", "\n8\n")), "wrong"),
        (_with(checkpoint=OTHER.sign(Checkpoint(ORIGIN, 9, b"x" * 32).text())), "not signed"),
        (_with(checkpoint=SIGNER.sign("something else\n")), "no tree head"),
        (_with(checkpoint=""), "not signed"),
        (_with(leaf="\ud800"), "surrogates"),
        ("not JSON", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "no proof"),
        ("{}", "no leaf"),
        ("", "cannot be read"),
        (" " * 1_000_001, "too large"),
    ],
)
def test_a_forged_proof(check: Check, proof: object, why: str) -> None:
    done = check(proof, "--key", KEY)
    assert done.returncode == 1
    assert done.stdout.startswith("NOT proved: ")
    assert any(word in done.stdout for word in why.split("|"))
    assert done.stderr == ""


@pytest.mark.parametrize(
    "key", ["x", KEY[:-4] + "AAAA", OTHER.verifier().line()], ids=["short", "changed", "another"]
)
def test_another_key(check: Check, key: str) -> None:
    done = check(proof_of(5, 9), "--key", key)
    assert done.returncode == 1
    assert done.stdout.startswith("NOT proved: ")


def test_it_stands_alone() -> None:
    imported = {
        (node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name)
        for node in ast.walk(ast.parse(TOOL.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names) == {
        "cryptography"
    }
