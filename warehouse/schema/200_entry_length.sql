CREATE TABLE base.entry_length (
    entry_no INTEGER NOT NULL,
    scope VARCHAR NOT NULL,
    word_count INTEGER NOT NULL
);
COMMENT ON TABLE base.entry_length IS 'Length of each searchable text, for BM25.';
COMMENT ON COLUMN base.entry_length.entry_no IS 'The text.';
COMMENT ON COLUMN base.entry_length.scope IS 'documents or recommendations.';
COMMENT ON COLUMN base.entry_length.word_count IS 'Indexed words; the commonest English words are not.';
