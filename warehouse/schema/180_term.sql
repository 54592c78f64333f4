CREATE TABLE base.term (
    token VARCHAR NOT NULL,
    stem VARCHAR NOT NULL,
    term_no INTEGER NOT NULL
);
COMMENT ON TABLE base.term IS 'Each word met in the texts, lower case and without accents, and its English stem.';
COMMENT ON COLUMN base.term.token IS 'The word.';
COMMENT ON COLUMN base.term.stem IS 'Its stem; plurals and tenses share one.';
COMMENT ON COLUMN base.term.term_no IS 'Number of the stem in this file only.';
