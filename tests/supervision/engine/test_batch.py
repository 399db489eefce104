# SPDX-License-Identifier: EUPL-1.2
"""Columns out of the database, value for value."""

import numpy as np
import pytest

from tarazy.supervision.engine.batch import POSTGRES_EPOCH, columns

pytestmark = pytest.mark.django_db
KINDS = [
    *(("whole", "bigint"), ("moment", "moment"), ("exact", "double")),
    *(("rough", "real"), ("small", "smallint")),
]
ROWS = """
SELECT * FROM (VALUES
    ((2 ^ 62)::bigint, '2026-11-27 20:00:00.000001+05'::timestamptz, 0.1::float8, 12.3::float4,
        (-7)::int2),
    (1, '1999-12-31 23:59:59+00', 'NaN', '-Infinity', 32767::int2)) AS one
"""


def test_each_kind_comes_as_it_is_and_in_its_order() -> None:
    told = columns(ROWS, [], KINDS)
    assert told["whole"].tolist() == [2**62, 1]
    assert (told["moment"] + POSTGRES_EPOCH).tolist() == [1795791600000001, 946684799000000]
    assert told["exact"][0] == 0.1
    assert np.isnan(told["exact"][1])
    assert told["rough"].tolist() == [float(np.float32(12.3)), -np.inf]
    assert told["small"].tolist() == [-7, 32767]


def test_nothing_is_columns_without_a_value() -> None:
    told = columns("SELECT 1::bigint, 1.0::float8 WHERE false", [], [*KINDS[:1], *KINDS[2:3]])
    assert [len(one) for one in told.values()] == [0, 0]


@pytest.mark.parametrize("row", ["(NULL::bigint, 1.0::float8)", "(2::bigint, NULL::float8)"])
def test_a_null_is_never_read_as_the_row_after_it(row: str) -> None:
    query = f"SELECT * FROM (VALUES (1::bigint, 0.5::float8), {row}, (3, 1.5)) AS one"
    with pytest.raises(ValueError, match="null"):
        columns(query, [], [*KINDS[:1], *KINDS[2:3]])
