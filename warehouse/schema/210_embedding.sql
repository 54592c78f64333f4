-- The length of the vectors is set to the model's when they are loaded.
CREATE TABLE base.embedding (
    entry_no INTEGER NOT NULL,
    vector FLOAT[384] NOT NULL
);
COMMENT ON TABLE base.embedding IS 'Sentence vectors, one row a searchable text, for array_cosine_similarity.';
COMMENT ON COLUMN base.embedding.entry_no IS 'The text.';
COMMENT ON COLUMN base.embedding.vector IS 'Unit length.';
