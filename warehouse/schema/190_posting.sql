CREATE TABLE base.posting (
    term_no INTEGER NOT NULL,
    entry_no INTEGER NOT NULL,
    frequency USMALLINT NOT NULL
);
COMMENT ON TABLE base.posting IS 'How often each stem stands in each searchable text; sorted by term, so a query reads a few stretches.';
COMMENT ON COLUMN base.posting.term_no IS 'The stem.';
COMMENT ON COLUMN base.posting.entry_no IS 'The text.';
COMMENT ON COLUMN base.posting.frequency IS 'Occurrences.';
