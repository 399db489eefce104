# SPDX-License-Identifier: EUPL-1.2
import uuid

from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.ids import PUBLIC_ID, PUBLIC_ID_LENGTH_MAX, maker, new_id, uuid7_hex


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1))
def test_layout_is_that_of_rfc_9562(unix_ms: int, random_bits: int) -> None:
    made = uuid.UUID(uuid7_hex(unix_ms, random_bits))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == unix_ms


def test_the_example_of_rfc_9562() -> None:
    """Appendix A.6: 2022-02-22 19:22:22 UTC, rand_a CC3, rand_b 18C4DC0C0C07398F."""
    random_bits = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    assert uuid7_hex(0x017F22E279B0, random_bits) == "017f22e279b07cc398c4dc0c0c07398f"


def test_public_ids_are_typed_and_distinct() -> None:
    made = [new_id("ord") for _ in range(1000)]
    assert len(set(made)) == len(made)
    assert all(PUBLIC_ID.match(one) and len(one) <= PUBLIC_ID_LENGTH_MAX for one in made)
    assert maker("per")().startswith("per_")
