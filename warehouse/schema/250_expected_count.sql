CREATE TABLE base.expected_count (
    source VARCHAR NOT NULL,
    year INTEGER,
    documents INTEGER NOT NULL,
    recommendations INTEGER NOT NULL
);
COMMENT ON TABLE base.expected_count IS 'One row a source and year: the least that people, having looked, expect there to be. A night with less is not published.';
COMMENT ON COLUMN base.expected_count.source IS 'The stream.';
COMMENT ON COLUMN base.expected_count.year IS 'Publication year; NULL: undated documents.';
COMMENT ON COLUMN base.expected_count.documents IS 'Fewest documents.';
COMMENT ON COLUMN base.expected_count.recommendations IS 'Fewest recommendations, restatements not counted.';
