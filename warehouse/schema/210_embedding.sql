CREATE TABLE base.embedding (
    entry_no INTEGER NOT NULL,
    scope VARCHAR NOT NULL,
    code BIT NOT NULL,
    vector TINYINT[] NOT NULL
);
COMMENT ON TABLE base.embedding IS 'Sentence vectors, one row a searchable text.';
COMMENT ON COLUMN base.embedding.entry_no IS 'The text.';
COMMENT ON COLUMN base.embedding.scope IS 'documents or recommendations.';
COMMENT ON COLUMN base.embedding.code IS 'The signs of the vector: texts of like meaning differ in few bits.';
COMMENT ON COLUMN base.embedding.vector IS 'The vector, its largest number brought to 127: for cosines.';
