# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path

from tarazy.site import cli, environment, secrets


def test_each_call_makes_others() -> None:
    one, other = secrets.make(), secrets.make()
    assert all(one[name] != other[name] for name in one)


def test_what_is_printed_is_a_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "tarazy.env"
    values = secrets.make()
    path.write_text(secrets.text(values) + "# a remark\n\nTARAZY_WEB_PORT=9000\n")
    read = dict(cli.settings_in(path))
    assert {name: read[name] for name in values} == values
    here = environment.read({**read, "TARAZY_FOLDER": str(tmp_path)})
    assert here.web_port == 9000
    assert here.audit_key.startswith("-----BEGIN PRIVATE KEY-----\n")
