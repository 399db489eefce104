# SPDX-License-Identifier: EUPL-1.2
"""Signed notes against Go's implementation's own example, and every way to forge one."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tarazy.core.audit.checkpoint import (
    Checkpoint,
    NoteError,
    Signer,
    Verifier,
    new_key,
    open_checkpoint,
    open_note,
)

# From the documentation of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_SUM_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
ORIGIN = "tarazy.example/audit"
ROOT = bytes(range(32))


@pytest.fixture
def signer() -> Signer:
    return Signer.load(ORIGIN, new_key())


def test_reads_what_go_wrote() -> None:
    assert open_note(GO_NOTE, Verifier.parse(GO_KEY)) == GO_TEXT
    assert Verifier.parse(GO_KEY).line() == GO_KEY
    assert Verifier.parse(GO_SUM_KEY).line() == GO_SUM_KEY


def test_a_checkpoint_comes_back(signer: Signer) -> None:
    checkpoint = Checkpoint(ORIGIN, 17, ROOT)
    note = signer.sign(checkpoint.text())
    assert note.startswith(f"{ORIGIN}\n17\n{base64.b64encode(ROOT).decode()}\n\n— {ORIGIN} ")
    assert open_checkpoint(note, Verifier.parse(signer.verifier().line())) == checkpoint
    assert signer.sign(checkpoint.text()) == note, "Ed25519 signs the same text the same way"


def test_signatures_of_witnesses_and_extension_lines_are_let_be(signer: Signer) -> None:
    note = signer.sign(Checkpoint(ORIGIN, 1, ROOT).text() + "extension\n")
    witness = Signer.load("witness.example", new_key()).sign("other\n").splitlines()[-1]
    assert open_checkpoint(f"{note}{witness}\n", signer.verifier()).size == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("\n17\n", "\n18\n"),
        (ORIGIN, "other.example/audit"),
        ("\n\n—", "\n—"),
        ("— ", "- "),
        ("AAEC", "AAED"),
        ("=\n\n", "=\nmore\n\n"),
    ],
)
def test_a_changed_note_is_refused(signer: Signer, was: str, becomes: str) -> None:
    note = signer.sign(Checkpoint(ORIGIN, 17, ROOT).text())
    assert was in note
    with pytest.raises(NoteError):
        open_checkpoint(note.replace(was, becomes), signer.verifier())


def test_another_key_of_the_same_name_is_refused(signer: Signer) -> None:
    note = Signer.load(ORIGIN, new_key()).sign(Checkpoint(ORIGIN, 17, ROOT).text())
    with pytest.raises(NoteError, match="has not signed"):
        open_checkpoint(note, signer.verifier())


@pytest.mark.parametrize(
    "text",
    [
        "other\n1\nAAAA\n",
        f"{ORIGIN}\n",
        f"{ORIGIN}\n01\n{base64.b64encode(ROOT).decode()}\n",
        f"{ORIGIN}\n-1\n{base64.b64encode(ROOT).decode()}\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"{ORIGIN}\n1\n!!!!\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint(signer: Signer, text: str) -> None:
    with pytest.raises(NoteError):
        open_checkpoint(signer.sign(text), signer.verifier())


@pytest.mark.parametrize("note", ["", "\n\n", "x" * 20_000, "a\n\n— \n", GO_NOTE.rstrip("\n")])
def test_texts_that_are_no_notes(signer: Signer, note: str) -> None:
    with pytest.raises(NoteError):
        open_note(note, signer.verifier())


@pytest.mark.parametrize(
    "line",
    ["", "a+b", "a+00000000+AAAA", GO_KEY.replace("c74f20a3", "c74f20a4"), f"x{GO_KEY}", "a+b+!"],
)
def test_lines_that_are_no_verifier_keys(line: str) -> None:
    with pytest.raises(ValueError, match="verifier key"):
        Verifier.parse(line)


def test_keys_of_another_kind_or_with_a_bad_name() -> None:
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(ValueError, match="another kind"):
        Signer.load(ORIGIN, other.decode())
    with pytest.raises(ValueError, match="PEM"):
        Signer.load(ORIGIN, "secret")
    with pytest.raises(ValueError, match="cannot name"):
        Signer.load("two words", new_key()).verifier()
