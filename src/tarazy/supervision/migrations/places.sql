-- SPDX-License-Identifier: EUPL-1.2
-- What is near a place, and what has these words: by PostgreSQL's own indexes, no extension.
ALTER TABLE supervision_place
    ADD COLUMN spot box GENERATED ALWAYS AS (box(
        point(6378137 * radians(lon), 6378137 * ln(tan(pi() / 4 + radians(lat) / 2))),
        point(6378137 * radians(lon_to), 6378137 * ln(tan(pi() / 4 + radians(lat_to) / 2)))
    )) STORED,
    ADD COLUMN words tsvector GENERATED ALWAYS AS (
        array_to_tsvector(string_to_array(search_key, ' '))
    ) STORED;
CREATE INDEX houses_near ON supervision_place USING gist (spot) WHERE kind = 'house';
CREATE INDEX streets_near ON supervision_place USING gist (spot) WHERE kind = 'street';
CREATE INDEX settlements_near ON supervision_place USING gist (spot) WHERE kind = 'settlement';
CREATE INDEX places_by_word ON supervision_place USING gin (words) WHERE search_key <> '';
CREATE INDEX places_by_gram ON supervision_place USING gin (grams) WHERE search_key <> '';
