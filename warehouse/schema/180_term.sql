CREATE TABLE base.word (
    token VARCHAR NOT NULL,
    bare VARCHAR NOT NULL,
    stem VARCHAR NOT NULL
);
COMMENT ON TABLE base.word IS 'Each word met in the texts, lower case and without accents, and its English stem.';
COMMENT ON COLUMN base.word.token IS 'The word.';
COMMENT ON COLUMN base.word.bare IS 'The word without a plural ending.';
COMMENT ON COLUMN base.word.stem IS 'Its stem; plurals and tenses share one. Empty for the commonest English words, which are not looked for.';
CREATE TABLE base.term (
    term_no INTEGER NOT NULL,
    scope VARCHAR NOT NULL,
    stem VARCHAR NOT NULL,
    entry_count INTEGER NOT NULL,
    rarity INTEGER NOT NULL
);
COMMENT ON TABLE base.term IS 'One row a stem and scope.';
COMMENT ON COLUMN base.term.term_no IS 'Number of the stem and scope in this file only.';
COMMENT ON COLUMN base.term.scope IS 'documents or recommendations.';
COMMENT ON COLUMN base.term.stem IS 'The stem.';
COMMENT ON COLUMN base.term.entry_count IS 'Texts of the scope that have it.';
COMMENT ON COLUMN base.term.rarity IS 'BM25''s inverse document frequency, times 1,000: whole numbers add up to the same in any order.';
