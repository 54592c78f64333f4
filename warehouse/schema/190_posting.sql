CREATE TABLE base.posting (
    term_no INTEGER NOT NULL,
    entry_no INTEGER NOT NULL,
    weight UTINYINT NOT NULL
);
COMMENT ON TABLE base.posting IS 'How much each stem weighs in each searchable text; sorted by term, so a query reads a few stretches.';
COMMENT ON COLUMN base.posting.term_no IS 'The stem, of the text''s scope.';
COMMENT ON COLUMN base.posting.entry_no IS 'The text.';
COMMENT ON COLUMN base.posting.weight IS 'BM25''s part of frequency and length, 0 to 255: how near it comes to a stem that stands there endlessly often.';
