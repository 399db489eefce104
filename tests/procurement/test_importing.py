# SPDX-License-Identifier: EUPL-1.2
"""Files into tables: what stays, what is counted, and that a second time changes nothing."""

import gzip
import json
import shutil
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from procurement.imported import (
    NOW,
    Write,
    bring,
    contents,
    fate,
    release,
    titles,
)

from tarazy.core.errors import Misconfigured, Refused, Temporary
from tarazy.procurement import importing
from tarazy.procurement.importing import FileReport, NothingRead, import_files
from tarazy.procurement.receiving import open_kept
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.run import run
from tarazy.procurement.sources import framing
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import Folder


def test_the_same_file_twice_changes_nothing(folder: Path, write: Write) -> None:
    file = write("a.jsonl", release("a", title="A"), release("b", title="B"))
    assert fate(bring(folder, file)[0]) == (2, 0, 0, 0)
    before, manifest = contents(folder), Folder(folder).manifest()
    summary = import_files(folder, [file], now=NOW)
    assert fate(summary.files[0]) == (0, 0, 2, 0)
    assert not summary.changed
    assert Folder(folder).manifest() == manifest
    assert contents(folder) == before


def test_the_same_releases_in_another_file_change_nothing(folder: Path, write: Write) -> None:
    bring(folder, write("a.jsonl", release("a"), release("b")))
    before = contents(folder)
    package = write("p.json", {"releases": [dict(reversed(release("b").items())), release("a")]})
    assert fate(bring(folder, package)[0]) == (0, 0, 2, 0)
    assert contents(folder) == before


def test_a_newer_release_replaces_an_older_one_and_all_its_rows(folder: Path, write: Write) -> None:
    bring(folder, write("a.jsonl", release("a", title="old", price=1), release("b", title="B")))
    newer = release("a", "2026-02-01T00:00:00Z", title="new", price=2)
    assert fate(bring(folder, write("b.jsonl", newer))[0]) == (0, 1, 0, 0)
    assert titles(folder) == {"a": "new", "b": "B"}
    prices = {row["ocid"]: row["value_amount"] for row in contents(folder)["bid"]}
    assert prices == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("dates", "stays", "expected"),
    [
        (("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"), "known", (0, 0, 0, 1)),
        (("2026-02-01T00:00:00Z", None), "known", (0, 0, 0, 1)),
        (("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z"), "comes", (0, 1, 0, 0)),
        (("2026-02-01T00:00:00Z", "2026-02-01T04:00:00+05:00"), "known", (0, 0, 0, 1)),
        ((None, "2026-02-01T00:00:00Z"), "comes", (0, 1, 0, 0)),
        ((None, None), "comes", (0, 1, 0, 0)),
        (("2026-02-01T00:00:00", "2026-01-31T09:00:00"), "known", (0, 0, 0, 1)),
        (("2026-01-31 09:00:00", "2026-01-31T10:00:00"), "comes", (0, 1, 0, 0)),
        (("2026-02-01", "2026-01-31"), "known", (0, 0, 0, 1)),
        (("2026-01-31", "2026-02-01"), "comes", (0, 1, 0, 0)),
        (("2026-02-01", None), "known", (0, 0, 0, 1)),
        (("2026-02-01", "2026-01-01T00:00:00Z"), "comes", (0, 1, 0, 0)),
        (("2026-02-01T00:00:00Z", "2026-03-01"), "known", (0, 0, 0, 1)),
    ],
)
def test_of_two_releases_the_newer_stays(
    folder: Path,
    write: Write,
    dates: tuple[str | None, str | None],
    stays: str,
    expected: tuple[int, ...],
) -> None:
    bring(folder, write("a.jsonl", release("a", dates[0], title="known")))
    report = bring(folder, write("b.jsonl", release("a", dates[1], title="comes")))[0]
    assert titles(folder) == {"a": stays}
    assert fate(report) == expected


def test_of_several_in_one_file_one_stays_and_each_is_counted(folder: Path, write: Write) -> None:
    file = write(
        "a.jsonl",
        release("a", "2026-01-02T00:00:00Z", title="newest"),
        release("a", "2026-01-01T00:00:00Z", title="older"),
        release("a", None, title="oldest"),
        release("c", "2026-01-02", title="newer"),
        release("c", "2026-01-01", title="older"),
        release("b", title="B"),
        release("b", title="B"),
    )
    assert fate(bring(folder, file)[0]) == (3, 0, 1, 3)
    assert titles(folder) == {"a": "newest", "b": "B", "c": "newer"}
    assert len(contents(folder)["bid"]) == 3


def test_a_set_of_files_that_contradict_each_other_settles(folder: Path, write: Write) -> None:
    files = [write("a.jsonl", release("a", title="one")), write("b.jsonl", release("a", title="2"))]
    bring(folder, *files)
    before = contents(folder)
    assert [fate(report) for report in bring(folder, *files)] == [(0, 0, 1, 0), (0, 0, 1, 0)]
    assert contents(folder) == before


def test_bad_lines_are_reported_with_their_lines_and_skipped(folder: Path, write: Write) -> None:
    bad = release("b")
    bad["tender"]["value"] = {"amount": "x", "currency": "KZT"}
    file = write("a.jsonl", release("a"), b"{", b"\x00", bad, b'{"a": 1}', release("c"))
    report = bring(folder, file)[0]
    assert fate(report) == (3, 0, 0, 0)
    assert [(one.what, one.count, one.lines) for one in report.refused] == [
        (Refusal.NOT_JSON, 2, [2, 3]),
        (Refusal.NOT_OCDS, 1, [5]),
    ]
    assert [(one.what, one.count, one.lines) for one in report.lost] == [
        ("tender.value.amount", 1, [4])
    ]


def test_the_worst_lines_each_give_a_row_of_the_report_and_cost_only_themselves(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "DOCUMENT_BYTES_MAX", 5000)
    injected = release("'; DROP TABLE bid; --", title="Robert'); DELETE FROM tender; --")
    wrong = release("w", title=17, value={"amount": True}, tenderPeriod=[], numberOfTenderers=-1)
    prices = [release(f"p{price}", value={"amount": price}) for price in (0, -5, 10**22)]
    file = write(
        "a.jsonl",
        release("a", title="x" * 200_000),
        json.dumps(release("b", title="Ә"), ensure_ascii=False).encode("utf-16"),
        json.dumps(release("c", title="Я"), ensure_ascii=False).encode("cp1251"),
        b"\xef\xbb\xbf" + json.dumps(release("d")).encode(),
        injected,
        wrong,
        *prices,
        release("p0", value={"amount": 7}),
        b"[" * 3000,
    )
    report = bring(folder, file)[0]
    assert report.read == report.imported + report.superseded + report.replaced == 7
    assert {one.what: one.lines for one in report.refused} == {
        Refusal.TOO_LONG: [1],
        Refusal.NOT_UTF8: [3],
        Refusal.NOT_JSON: [2, 11],
    }
    assert {one.what: one.lines for one in report.lost} == {
        "tender.value.amount": [6, 9],
        "tender.tenderPeriod": [6],
        "tender.numberOfTenderers": [6],
    }
    assert titles(folder)["'; DROP TABLE bid; --"] == "Robert'); DELETE FROM tender; --"
    amounts = {row["ocid"]: row["value_amount"] for row in contents(folder)["contracting_process"]}
    assert (amounts["p0"], amounts["p-5"], amounts[f"p{10**22}"]) == (7, -5, None)


def test_a_truncated_file_gives_its_good_lines_and_says_so(folder: Path, write: Write) -> None:
    noisy = [release(f"p{n:04}", title=f"{n**50:x}") for n in range(500)]
    whole = write("a.jsonl", *noisy).read_bytes()
    packed = gzip.compress(whole)
    cut = folder.parent / "cut.jsonl.gz"
    cut.write_bytes(packed[: len(packed) * 2 // 3])
    report = bring(folder, cut)[0]
    assert 0 < report.imported < 500
    assert [one.what for one in report.refused] == [Refusal.TRUNCATED]
    assert report.refused[0].lines == [report.imported + 1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.EMPTY_FILE),
        (b" \n\n", Refusal.EMPTY_FILE),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Refusal.NOT_JSON),
        (b"ocid,title\na,b\n", Refusal.NOT_JSON),
        (b'{"type": "FeatureCollection", "features": []}', Refusal.NOT_OCDS),
        (b'[\n {"ocid": "a"}\n]', Refusal.NOT_OCDS),
        (gzip.compress(b"{" * 1000, mtime=0)[:-9], Refusal.TRUNCATED),
        (b"\x1f\x8b not gzip", Refusal.DAMAGED),
        (b'{"version": "3.0", "ocid": "a"}', Refusal.UNSUPPORTED_VERSION),
    ],
)
def test_a_file_of_nothing_to_read_is_refused_and_nothing_changes(
    folder: Path, tmp_path: Path, write: Write, content: bytes, why: Refusal
) -> None:
    bring(folder, write("a.jsonl", release("a")))
    before = Folder(folder).manifest()
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    with pytest.raises(NothingRead) as refused:
        bring(folder, bad)
    assert refused.value.name is why
    assert refused.value.files[0].refusal == why
    assert Folder(folder).manifest() == before
    assert len(list((folder / "received").iterdir())) == 1
    [alone] = refused.value.files
    record = (folder / "imports" / f"{alone.id}.json").read_bytes()
    assert msgspec.json.decode(record, type=FileReport) == alone
    assert (alone.name, alone.size_bytes, alone.kept) == ("bad", len(content), "")
    beside = bring(folder, bad, write("b.jsonl", release("b")))[0]
    assert beside.refusal == why
    assert titles(folder).keys() == {"a", "b"}
    with open_kept(Folder(folder), beside.kept) as kept:
        assert kept.read() == content
    record = (folder / "imports" / f"{beside.id}.json").read_bytes()
    assert msgspec.json.decode(record, type=FileReport) == beside


def test_more_files_than_the_limit_are_refused(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "FILES_MAX", 1)
    files = [write("a.jsonl", release("a")), write("b.jsonl", release("b"))]
    with pytest.raises(Refused) as refused:
        bring(folder, *files)
    assert refused.value.name is Refusal.TOO_MANY_FILES
    assert bring(folder, files[0])[0].imported == 1


@pytest.mark.parametrize("indent", [None, 1])
def test_a_byte_order_mark_at_the_start_of_a_file_costs_nothing(
    folder: Path, tmp_path: Path, indent: int | None
) -> None:
    package = {"releases": [release("a"), release("b")]}
    file = tmp_path / "a.json"
    file.write_text(json.dumps(package, indent=indent), encoding="utf-8-sig")
    lines = tmp_path / "b.jsonl"
    lines.write_text("\n".join(json.dumps(release(one)) for one in "cd"), encoding="utf-8-sig")
    assert [(one.imported, one.refused) for one in bring(folder, file, lines)] == [(2, []), (2, [])]


def test_a_missing_file_is_refused_beside_a_good_one(folder: Path, write: Write) -> None:
    missing, good = bring(folder, folder / "none.jsonl", write("a.jsonl", release("a")))
    assert missing.refusal == Refusal.NO_FILE
    assert good.imported == 1


def test_a_bad_file_that_is_given_twice_says_why_each_time(folder: Path, write: Write) -> None:
    bad = write("bad.jsonl")
    reports = bring(folder, bad, write("a.jsonl", release("a")), bad)
    assert [one.refusal for one in reports] == [Refusal.EMPTY_FILE, None, Refusal.EMPTY_FILE]


def test_what_was_read_is_kept_under_imports(folder: Path, write: Write) -> None:
    file = write("a.jsonl", release("a"), b"{")
    report = bring(folder, file)[0]
    kept = (folder / "imports" / f"{report.id}.json").read_bytes()
    assert msgspec.json.decode(kept, type=FileReport) == report
    assert report.sha256 == sha256(file.read_bytes()).hexdigest()
    assert report.size_bytes == file.stat().st_size
    row = contents(folder)["contracting_process"][0]
    assert (row["source"], row["position"]) == (report.id, 1)


def test_an_import_that_dies_leaves_the_version_before(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(folder, write("a.jsonl", release("a")))
    before = Folder(folder).manifest()
    monkeypatch.setattr(importing, "merge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bring(folder, write("b.jsonl", release("b")))
    assert Folder(folder).manifest() == before
    monkeypatch.undo()
    assert bring(folder, write("b.jsonl", release("b")))[0].imported == 1


def test_two_at_once_are_told_to_wait(folder: Path, write: Write) -> None:
    with Folder(folder).writing(), pytest.raises(Temporary):
        bring(folder, write("a.jsonl", release("a")))


def test_progress_goes_from_nothing_to_all(folder: Path, write: Write) -> None:
    files = [write("a.jsonl", release("a")), write("b.jsonl", release("b"))]
    told: list[tuple[int, int]] = []
    import_files(folder, files, now=NOW, progress=lambda done, total: told.append((done, total)))
    size = sum(file.stat().st_size for file in files)
    assert told[-1] == (size, size)
    assert told == sorted(told)


def test_every_real_file_is_imported_and_a_second_time_changes_nothing(
    folder: Path, shared_data: Path
) -> None:
    packages = sorted((shared_data / "ocds" / "packages").iterdir())
    files = [shared_data / "ocds" / "real_compiled.jsonl", *packages]
    reports = bring(folder, *files)
    assert all(report.read and not report.refused for report in reports)
    version = Folder(folder).manifest().version
    empty = {name for name, rows in Folder(folder).manifest().rows.items() if not rows}
    # what none of these publishers has
    assert empty == {
        "related_process",
        "beneficial_owner",
        "shareholder",
        "fee",
        "complaint",
        "criterion",
        "enquiry",
    }
    again = bring(folder, *files)
    assert all(report.unchanged == report.read for report in again)
    assert Folder(folder).manifest().version == version


def test_tables_of_an_earlier_reader_are_made_anew_from_what_was_received(
    folder: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", release("p1", title="old"), release("p2")))
    bring(folder, write("b.jsonl", release("p1", "2026-02-01T00:00:00Z", title="new")))
    store = Folder(folder)
    with store.writing() as manifest:
        store.publish(msgspec.structs.replace(manifest, reader=READER_VERSION - 1))
    for table in (folder / str(store.manifest().tables)).iterdir():
        if table.name not in {"contracting_process", "bid"}:
            shutil.rmtree(table)  # an earlier reader knew fewer tables
    with pytest.raises(Refused) as refused:
        run(folder, now=NOW)
    assert refused.value.name == Refusal.OLD_TABLES
    reports = bring(folder, write("c.jsonl", release("p3", title="more")))
    assert [report.name for report in reports] == ["a.jsonl", "b.jsonl", "c.jsonl"]
    titled = titles(folder)
    assert (titled["p1"], titled["p3"], len(titled)) == ("new", "more", 3)
    assert store.manifest().reader == READER_VERSION
    assert set(contents(folder)) == set(SCHEMAS)


def test_a_kept_file_that_is_gone_stops_the_renewal_and_changes_nothing(
    folder: Path, write: Write
) -> None:
    [report] = bring(folder, write("a.jsonl", release("p1")))
    store = Folder(folder)
    with store.writing() as manifest:
        store.publish(msgspec.structs.replace(manifest, reader=READER_VERSION - 1))
    (folder / report.kept).unlink()
    before = store.manifest()
    with pytest.raises(Misconfigured):
        bring(folder, write("b.jsonl", release("p2")))
    assert store.manifest() == before


def test_the_salt_of_a_folder_stays_and_is_nobody_elses(folder: Path, write: Write) -> None:
    contact = {"parties": [{"id": "p", "contactPoint": {"telephone": "+7 700 000 00 01"}}]}
    bring(folder, write("a.jsonl", {**release("p1"), **contact}))
    salt = (folder / "salt").read_bytes()
    assert len(salt) == 32
    assert (folder / "salt").stat().st_mode & 0o077 == 0
    bring(folder, write("b.jsonl", {**release("p2"), **contact}))
    assert (folder / "salt").read_bytes() == salt
    one, two = (row["telephone"] for row in contents(folder)["party"])
    assert one == two
    assert "700" not in repr(contents(folder)["party"])
