# SPDX-License-Identifier: EUPL-1.2
"""Telephones, e-mail addresses and owners as salted hashes: to be compared, not to be read.

The salt is a folder's own, so that the hashes of two services cannot be joined.
"""

from hashlib import blake2b

import pyarrow as pa

from tarazy.procurement.sources.interface import TEXT
from tarazy.procurement.sources.tables import SHAPES

SALT_BYTES = 32
HASH_BYTES = 12


def sealed(tables: dict[str, pa.Table], salt: bytes) -> dict[str, pa.Table]:
    """The tables with a hash in place of each text of a sealed column."""
    found = dict(tables)
    for name, shape in SHAPES.items():
        for column in shape.sealed:
            table = found[name]
            place = table.schema.get_field_index(column)
            if table[column].null_count < len(table):
                found[name] = table.set_column(place, column, _hashed(table[column], column, salt))
    return found


def _hashed(column: pa.ChunkedArray, name: str, salt: bytes) -> pa.Array:
    """Equal texts of one kind of column have equal hashes, in whatever table."""
    coded = column.combine_chunks().dictionary_encode()
    hashes = [
        blake2b(text.encode(), digest_size=HASH_BYTES, key=salt, person=name.encode()).hexdigest()
        for text in coded.dictionary.to_pylist()
    ]
    return pa.array(hashes, TEXT).take(coded.indices)
