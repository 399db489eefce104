# SPDX-License-Identifier: EUPL-1.2
import re
from pathlib import Path

import pytest

from tarazy.core.errors import Misconfigured
from tarazy.site import environment, secrets

GOOD = secrets.make()
DOCS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_defaults_are_a_real_service_on_its_own_database(tmp_path: Path) -> None:
    here = environment.read({**GOOD, "TARAZY_FOLDER": str(tmp_path)})
    assert (here.mode, here.demo, here.embedded) == ("production", False, True)
    assert (here.web_port, here.gateway_port) == (8000, 8001)
    assert here.database_url.startswith("postgresql://tarazy_app@")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TARAZY_MODE", "testing"),
        ("TARAZY_SECRET_KEY", ""),
        ("TARAZY_SECRET_KEY", "short"),
        ("TARAZY_SECRET_KEY", "demo-" + "x" * 40),
        ("TARAZY_DEVICE_KEY", "demo-" + "x" * 40),
        ("TARAZY_AUDIT_KEY", ""),
        ("TARAZY_AUDIT_KEY", "no key at all"),
        ("TARAZY_AUDIT_ORIGIN", "two words"),
        ("TARAZY_WEB_PORT", "http"),
        ("TARAZY_WEB_PORT", "0"),
        ("TARAZY_GATEWAY_PORT", "65536"),
        ("TARAZY_GATEWAY_PORT", "-1"),
        ("TARAZY_TIME_ZONE", "Mars/Olympus"),
        ("TARAZY_TIME_ZONE", "../etc/passwd"),
        ("TARAZY_BEHIND_PROXY", "perhaps"),
        ("TARAZY_MAP_TILES", "/nowhere/tiles.pmtiles"),
        ("TARAZY_MAP_STYLE_URL", "ftp://maps"),
        ("TARAZY_DUTY_TELEPHONE", "tel:1;ext=2"),
        ("TARAZY_EVENTS_URL", "javascript:alert(1)"),
        ("TARAZY_MEASURES", "/nowhere/measures.toml"),
        ("TARAZY_CAUSES", "/nowhere/causes.toml"),
        ("TARAZY_PERIODS", "/nowhere/periods.toml"),
        ("TARAZY_NOTICES", "/nowhere/notices.toml"),
        ("TARAZY_PAGES_URL", "tarazy.example.kz"),
        ("TARAZY_MALWARE_SCAN", "clamscan"),
        ("TARAZY_DEVICES_URL", "ftp://gateway"),
        ("TARAZY_GOSZAKUP_TOKEN", "two words"),
        ("DATABASE_URL", "sqlite:///tarazy.db"),
        ("TARAZY_MQTT_URL", "http://broker.example.kz"),
        ("TARAZY_MQTT_URL", "mqtts://"),
        ("TARAZY_MQTT_URL", "mqtts://gateway:se/cret@broker.example.kz"),
        ("TARAZY_MQTT_URL", "mqtts://broker.example.kz:99999"),
    ],
)
def test_a_bad_value_names_the_setting_and_a_remedy(
    setting: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured) as caught:
        environment.read({**GOOD, "TARAZY_FOLDER": str(tmp_path), setting: value})
    assert caught.value.setting == setting
    assert len(caught.value.remedy) > 10


def test_a_demo_takes_its_own_secrets(tmp_path: Path) -> None:
    demo = secrets.make(environment.DEMO_MARK)
    assert environment.read({**demo, "TARAZY_MODE": "demo", "TARAZY_FOLDER": str(tmp_path)}).demo


def test_the_table_in_the_documents_is_whole() -> None:
    source = Path(environment.__file__).read_text()
    read = set(re.findall(r'"((?:TARAZY_|DATABASE_)[A-Z_]+)"', source))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCS.read_text(), re.MULTILINE))
    assert read <= told
    assert told <= read | {"TARAZY_ENV_FILE"}


def test_the_portals_token_is_optional_and_never_shown() -> None:
    assert environment.read(GOOD).goszakup is None
    here = environment.read({**GOOD, "TARAZY_GOSZAKUP_TOKEN": "a-token-4711"})
    assert here.goszakup is not None
    assert here.goszakup.address.startswith("https://ows.goszakup.gov.kz/")
    assert "a-token-4711" not in repr(here)
