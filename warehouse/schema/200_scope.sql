CREATE TABLE base.scope (
    scope VARCHAR NOT NULL,
    entry_count INTEGER NOT NULL,
    mean_words DOUBLE NOT NULL
);
COMMENT ON TABLE base.scope IS 'What is searched together, for BM25.';
COMMENT ON COLUMN base.scope.scope IS 'documents or recommendations.';
COMMENT ON COLUMN base.scope.entry_count IS 'Its texts.';
COMMENT ON COLUMN base.scope.mean_words IS 'Mean number of indexed words of a text, at least 1.';
